package import DivergenceAnalysis
package import MirrorLog

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The lines of a packed log's logs that are no records.
package struct PackedRejects {
    fileprivate let insert: Statement

    /// Adds a line.
    ///
    /// - Parameters:
    ///   - reject: The line.
    ///   - log: The name of its log.
    /// - Throws: ``PackedLogError`` where the disk is full.
    package func add(_ reject: Reject, of log: String) throws(PackedLogError) {
        try insert.run(
            [
                .text(log), .number(Int64(reject.line)), .text(reject.reason),
                .text(reject.excerpt),
            ]
        )
    }
}

/// Writes a packed log: under a name of its own, and in its place when it is whole.
package struct PackedLogWriter: ~Copyable {
    private let path: String
    private let partial: String
    private let database: Database
    private let parts: [Statement]
    /// Takes the lines that are no records.
    package let rejects: PackedRejects
    private var counts: [Int64]
    private var isFinished = false

    /// Begins a packed log.
    ///
    /// - Parameter path: Where it is to be.
    /// - Throws: ``PackedLogError`` where that can't be.
    package init(at path: String) throws(PackedLogError) {
        let partial = path + ".partial"
        unlink(partial)
        let made: (Database, [Statement], PackedRejects)
        do throws(PackedLogError) {
            made = try Self.make(partial)
        } catch {
            unlink(partial)
            throw error
        }
        (database, parts, rejects) = made
        (self.path, self.partial) = (path, partial)
        counts = parts.map { _ in 0 }
    }

    private static func make(
        _ path: String
    ) throws(PackedLogError) -> (Database, [Statement], PackedRejects) {
        let database = try Database(making: path)
        try database.run(schema)
        var parts: [Statement] = []
        for table in PackedLog.tables {
            let insert = "INSERT INTO \(table) (id, value, seal) VALUES (?, ?, ?)"
            parts.append(try Statement(database, insert))
        }
        let reject = "INSERT INTO rejects (log, line, reason, excerpt) VALUES (?, ?, ?, ?)"
        return (database, parts, PackedRejects(insert: try Statement(database, reject)))
    }

    deinit { if !isFinished { unlink(partial) } }

    /// One transaction, and no journal: what is not finished is thrown away as a whole.
    private static var schema: String {
        let tables = PackedLog.tables.map { name in
            "CREATE TABLE \(name) (place INTEGER PRIMARY KEY, id TEXT NOT NULL, "
                + "value BLOB NOT NULL, seal INTEGER NOT NULL);"
        }
        return """
            PRAGMA page_size = 16384;
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = NORMAL;
            PRAGMA application_id = \(PackedLog.applicationID);
            BEGIN;
            CREATE TABLE meta (fingerprint TEXT NOT NULL, program TEXT NOT NULL,
                digest TEXT NOT NULL, records INTEGER NOT NULL, header BLOB NOT NULL,
                seal INTEGER NOT NULL);
            CREATE TABLE parts (place INTEGER PRIMARY KEY, name TEXT NOT NULL,
                entries INTEGER NOT NULL);
            CREATE TABLE rejects (place INTEGER PRIMARY KEY, log TEXT NOT NULL,
                line INTEGER NOT NULL, reason TEXT NOT NULL, excerpt TEXT NOT NULL);
            \(tables.joined(separator: "\n"))
            """
    }

    /// Adds what is known under one key; in the order of the keys.
    package mutating func add(_ entry: RunEntry, to section: RunSection) throws(PackedLogError) {
        counts[section.rawValue] += 1
        try parts[section.rawValue].run(
            [
                .text(entry.key), .bytes(entry.value),
                .number(RowSeal.of(entry.key, entry.value)),
            ]
        )
    }

    /// Puts the file in its place.
    ///
    /// - Parameters:
    ///   - header: What is known of the log as a whole.
    ///   - digest: The digest of the log, for people who look into the file.
    ///   - records: How many records it has, for the same.
    ///   - program: The program's name and version, for the same.
    /// - Throws: ``PackedLogError`` where the disk is full.
    package mutating func finish(
        header: [UInt8],
        digest: String,
        records: Int,
        program: String
    ) throws(PackedLogError) {
        let part = try Statement(database, "INSERT INTO parts (name, entries) VALUES (?, ?)")
        for (table, count) in zip(PackedLog.tables, counts) {
            try part.run([.text(table), .number(count)])
        }
        let fingerprint = PackedLog.fingerprint
        try Statement(database, "INSERT INTO meta VALUES (?, ?, ?, ?, ?, ?)").run(
            [
                .text(fingerprint), .text(program), .text(digest), .number(Int64(records)),
                .bytes(header), .number(RowSeal.of(fingerprint, header)),
            ]
        )
        try database.run("COMMIT")
        guard rename(partial, path) == 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw PackedLogError(
                code: .inputOutput,
                description: "can't write `\(path)`: \(reason)"
            )
        }
        isFinished = true
    }
}
