import CLibPQ
import Glibc

/// A connection to the database, of one thread.
///
/// A class because it owns what libpq allocated; no pointer of libpq leaves this file. No call waits
/// longer than a fifth of a second without asking whether to stop.
package final class PostgresConnection {
    private let raw: OpaquePointer
    private let shouldStop: () -> Bool

    /// What a connection is for.
    package enum Purpose: Sendable {
        /// Reading tables: its transactions are read-only unless they say otherwise, which none does.
        case queries
        /// Commands and the stream of replication.
        case replication
        /// Reading and writing a store of the mirror's own, never what it watches.
        case store
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - target: A connection string of libpq, by keywords or a URL.
    ///   - purpose: What it is for.
    ///   - seconds: How long to try.
    ///   - shouldStop: Asked often; `true` ends every wait with an error.
    /// - Throws: ``PostgresError`` where it does not come about.
    package init(
        _ target: String,
        for purpose: Purpose,
        within seconds: Int = 10,
        shouldStop: @escaping () -> Bool = { false }
    ) throws(PostgresError) {
        let what = "connecting"
        var keywords = try Self.keywords(of: target)
        var options = keywords.removeValue(forKey: "options").map { $0 + " " } ?? ""
        // The server's texts are read in these forms, whatever its configuration says.
        options += "-c datestyle=ISO -c timezone=UTC -c client_min_messages=error"
        if purpose == .queries { options += " -c default_transaction_read_only=on" }
        keywords["options"] = options
        keywords["client_encoding"] = "UTF8"
        if purpose == .replication { keywords["replication"] = "database" }
        // A peer that vanished without a word is noticed within half a minute.
        let defaults = [
            "application_name": "dunning-mirror", "keepalives_idle": "10",
            "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "30000",
        ]
        keywords.merge(defaults) { own, _ in own }
        let sorted = keywords.sorted { $0.key < $1.key }
        guard
            let raw = CStrings.with(
                sorted.map(\.key),
                { names in
                    CStrings.with(sorted.map(\.value)) { values in
                        PQconnectStartParams(names, values, 0)
                    }
                }
            )
        else { throw PostgresError(what, "out of memory", isPassing: true) }
        self.raw = raw
        self.shouldStop = shouldStop
        var waits = seconds * 5
        var state = PGRES_POLLING_WRITING
        while PQstatus(raw) != CONNECTION_BAD, state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { break }
            guard !shouldStop() else { throw .stopped(what) }
            guard waits > 0 else {
                throw PostgresError(what, "no answer within \(seconds) s", isPassing: true)
            }
            if !wait(forWriting: state == PGRES_POLLING_WRITING, milliseconds: 200) { waits -= 1 }
            state = PQconnectPoll(raw)
        }
        guard PQstatus(raw) == CONNECTION_OK else { throw connectError(what) }
        guard PQsetnonblocking(raw, 1) == 0 else { throw lost(what) }
    }

    deinit {
        PQfinish(raw)
    }

    // MARK: - Statements

    /// Runs a statement and returns its rows as text.
    ///
    /// - Parameters:
    ///   - sql: One statement; of a replication connection, one command.
    ///   - values: What its `$1` and so on stand for; none of a replication connection.
    ///   - operation: What is being done, for errors.
    /// - Returns: The rows, each with its columns in order; none of what returns no rows.
    /// - Throws: ``PostgresError`` where it failed.
    package func query(
        _ sql: String,
        _ values: [String?] = [],
        _ operation: String
    ) throws(PostgresError) -> [[String?]] {
        let sent =
            values.isEmpty
            ? PQsendQuery(raw, sql)
            : CStrings.with(values) {
                PQsendQueryParams(raw, sql, Int32(values.count), nil, $0, nil, nil, 0)
            }
        guard sent == 1 else { throw lost(operation) }
        try flush(operation)
        var rows: [[String?]] = []
        var failure: PostgresError?
        while let result = try nextResult(operation) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK: rows += Self.rows(of: result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
            default: failure = failure ?? Self.error(of: result, operation)
            }
            if PQstatus(raw) == CONNECTION_BAD { throw failure ?? lost(operation) }
        }
        if let failure { throw failure }
        return rows
    }

    /// Begins a `COPY … TO STDOUT`, whose rows ``copiedRow(_:)`` then returns.
    package func startCopy(_ sql: String, _ operation: String) throws(PostgresError) {
        try start(sql, expecting: PGRES_COPY_OUT, operation)
    }

    /// Begins the stream of replication.
    package func startReplication(_ command: String) throws(PostgresError) {
        try start(command, expecting: PGRES_COPY_BOTH, "starting replication")
    }

    private func start(
        _ sql: String,
        expecting status: ExecStatusType,
        _ operation: String
    ) throws(PostgresError) {
        guard PQsendQuery(raw, sql) == 1 else { throw lost(operation) }
        try flush(operation)
        guard let result = try nextResult(operation) else { throw lost(operation) }
        defer { PQclear(result) }
        guard PQresultStatus(result) == status else { throw Self.error(of: result, operation) }
    }

    // MARK: - Streams

    /// What a stream gives.
    enum Piece {
        /// A row of `COPY`, or a frame of replication.
        case data([UInt8])
        /// Nothing came in the time given.
        case nothing
        /// The server ended the stream.
        case ended
    }

    /// The next row of a `COPY`; `nil` at its end.
    func copiedRow(_ operation: String) throws(PostgresError) -> [UInt8]? {
        while true {
            switch try piece(waiting: 200, operation) {
            case .data(let bytes): return bytes
            case .ended: return nil
            case .nothing: if shouldStop() { throw .stopped(operation) }
            }
        }
    }

    /// The next piece of a stream.
    ///
    /// - Parameters:
    ///   - milliseconds: How long to wait for it, at most.
    ///   - operation: What is being done, for errors.
    /// - Returns: A piece, or that none came in time.
    /// - Throws: ``PostgresError`` where the connection broke or the server ended it with an error.
    func piece(
        waiting milliseconds: Int,
        _ operation: String
    ) throws(PostgresError) -> Piece {
        var hasWaited = false
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(raw, &buffer, 1)
            if let buffer {
                defer { PQfreemem(buffer) }
                return .data(
                    Array(UnsafeRawBufferPointer(start: buffer, count: Int(max(0, length))))
                )
            }
            switch length {
            case 0 where hasWaited: return .nothing
            case 0:
                hasWaited = true
                if milliseconds > 0 { wait(forWriting: false, milliseconds: milliseconds) }
                guard PQconsumeInput(raw) == 1 else { throw lost(operation) }
            case -1:
                try endStream(operation)
                return .ended
            default: throw lost(operation)
            }
        }
    }

    private func endStream(_ operation: String) throws(PostgresError) {
        while let result = try nextResult(operation) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK: continue
            // What the server still waits to be told is the end of our own side.
            case PGRES_COPY_IN, PGRES_COPY_BOTH: return
            default: throw Self.error(of: result, operation)
            }
        }
    }

    /// Sends a frame of replication.
    func send(_ frame: [UInt8], _ operation: String) throws(PostgresError) {
        let sent = frame.withUnsafeBytes { bytes in
            PQputCopyData(
                raw,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count)
            )
        }
        guard sent == 1 else { throw lost(operation) }
        try flush(operation)
    }

    // MARK: - Waiting

    private func flush(_ operation: String) throws(PostgresError) {
        while true {
            switch PQflush(raw) {
            case 0: return
            case 1:
                guard !shouldStop() else { throw .stopped(operation) }
                wait(forWriting: true, milliseconds: 200)
                guard PQconsumeInput(raw) == 1 else { throw lost(operation) }
            default: throw lost(operation)
            }
        }
    }

    private func nextResult(_ operation: String) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(raw) == 1 {
            guard !shouldStop() else { throw .stopped(operation) }
            wait(forWriting: false, milliseconds: 200)
            guard PQconsumeInput(raw) == 1 else { throw lost(operation) }
        }
        return PQgetResult(raw)
    }

    /// Waits until the connection can be read, or written as well; `false` where the time ran out.
    @discardableResult
    private func wait(forWriting: Bool, milliseconds: Int) -> Bool {
        let events = Int16(POLLIN) | (forWriting ? Int16(POLLOUT) : 0)
        var entry = pollfd(fd: PQsocket(raw), events: events, revents: 0)
        return poll(&entry, 1, Int32(clamping: milliseconds)) > 0
    }

    // MARK: - Errors

    private func lost(_ operation: String) -> PostgresError {
        PostgresError(
            operation,
            "the connection was lost: \(Self.firstLine(PQerrorMessage(raw)))",
            isPassing: true
        )
    }

    private func connectError(_ operation: String) -> PostgresError {
        let words = Self.firstLine(PQerrorMessage(raw))
        // Before a session exists libpq keeps no state; these words are the server's own.
        let isFinal = ["authentication failed", "does not exist", "no pg_hba.conf entry"]
            .contains { words.contains($0) }
        let isNoSocket = words.contains("No such file")
        return PostgresError(operation, words, isPassing: !isFinal || isNoSocket)
    }

    private static func error(of result: OpaquePointer, _ operation: String) -> PostgresError {
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let words = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        guard let state else {
            return PostgresError(
                operation,
                firstLine(PQresultErrorMessage(result)),
                isPassing: true
            )
        }
        return PostgresError(operation, words ?? "it was refused", serverState: state)
    }

    private static func firstLine(_ words: UnsafePointer<CChar>?) -> String {
        let text = words.map { String(cString: $0) } ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init)
        return line ?? "it was closed"
    }

    private static func rows(of result: OpaquePointer) -> [[String?]] {
        let columns = PQnfields(result)
        return (0..<PQntuples(result)).map { row in
            (0..<columns).map { column in
                PQgetisnull(result, row, column) == 1
                    ? nil : PQgetvalue(result, row, column).map { String(cString: $0) }
            }
        }
    }

    private static func keywords(of target: String) throws(PostgresError) -> [String: String] {
        guard let list = PQconninfoParse(target, nil) else {
            // The parser's own words may repeat a password.
            throw PostgresError("connecting", "the target is malformed", isPassing: false)
        }
        defer { PQconninfoFree(list) }
        var keywords: [String: String] = [:]
        var place = list
        while let name = place.pointee.keyword {
            if let value = place.pointee.val {
                keywords[String(cString: name)] = String(cString: value)
            }
            place += 1
        }
        return keywords
    }
}

/// Lends C an array of strings.
private enum CStrings {
    static func with<Result>(
        _ texts: [String?],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        let copies = texts.map { text in text.map { strdup($0) } ?? nil }
        defer { for copy in copies { free(copy) } }
        let pointers = copies.map { copy in copy.map { UnsafePointer($0) } } + [nil]
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
