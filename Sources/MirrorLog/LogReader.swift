/// A line that is no record.
///
/// It is counted and reported, and never stops a run.
package struct Reject: Hashable, Sendable {
    /// The line's number, from 1.
    package var line: Int
    /// Why it was rejected: a sentence without a capital or a full stop.
    package var reason: String
    /// The line's first 60 characters, made fit to print.
    package var excerpt: String

    /// A rejected line.
    package init(line: Int, reason: String, excerpt: String) {
        self.line = line
        self.reason = reason
        self.excerpt = excerpt
    }

    /// The reject of a line that could not be read.
    init(_ line: LineSplitter.Line, because error: RecordError) {
        let cut = line.isTerminated ? "" : "the log was cut off in mid-line: "
        self.init(
            line: line.number,
            reason: cut + error.reason,
            excerpt: Self.excerpt(of: line.bytes)
        )
    }

    /// The first 60 characters of a line.
    ///
    /// What would not print, or would change how the rest prints, is shown as `�`.
    private static func excerpt(of line: UnsafeRawBufferPointer) -> String {
        // A character is a Unicode scalar here, of four bytes at most.
        let head = String(decoding: line.prefix(240), as: UTF8.self)
        var excerpt = String.UnicodeScalarView()
        for scalar in head.unicodeScalars.prefix(60) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                excerpt.append("\u{FFFD}")
            default:
                excerpt.append(scalar)
            }
        }
        return String(excerpt)
    }
}

/// Turns the bytes of a log into records and rejects, one after the other.
///
/// It is the plain way to read a log: ``LogSource/readBatches(jobs:size:limit:_:)`` is the fast one.
package struct LogReader {
    /// What a line turned out to be.
    package enum Outcome {
        /// A record.
        case record(MirrorRecord, line: Int)
        /// No record.
        case reject(Reject)
    }

    private var splitter: LineSplitter
    private let records: RecordReader
    /// The digest of the lines so far.
    package private(set) var digest = LogDigest()

    /// A reader at the start of a log.
    ///
    /// - Parameter limit: The longest line that is read, in bytes.
    /// - Throws: ``RecordError`` when memory is short.
    package init(limit: Int = LineSplitter.defaultLimit) throws(RecordError) {
        splitter = LineSplitter(limit: limit)
        records = try RecordReader()
    }

    /// How many lines have ended so far, blank ones included.
    package var lineCount: Int { splitter.lineCount }

    /// Reads the lines that end in a chunk.
    ///
    /// - Parameters:
    ///   - chunk: The next part of the log, with ``JSONScanner/padding`` readable bytes behind it,
    ///     as ``LogSource`` hands them out.
    ///   - deliver: Called for each line that is not blank, in order.
    package mutating func feed(
        _ chunk: UnsafeRawBufferPointer,
        _ deliver: (Outcome) throws -> Void
    ) rethrows {
        let (records, limit) = (records, splitter.limit)
        var digest = digest
        defer { self.digest = digest }
        try splitter.feed(chunk) { line in
            digest.add(line)
            try deliver(Self.outcome(of: line, by: records, limit: limit))
        }
    }

    /// Reads a whole log that is held in memory.
    ///
    /// - Parameters:
    ///   - text: The log, UTF-8.
    ///   - deliver: Called for each line that is not blank, in order.
    package mutating func read(
        whole text: [UInt8],
        _ deliver: (Outcome) throws -> Void
    ) rethrows {
        let padded = text + [UInt8](repeating: 0, count: JSONScanner.padding)
        try padded.withUnsafeBytes { bytes in
            try feed(UnsafeRawBufferPointer(rebasing: bytes[..<text.count]), deliver)
        }
        try finish(deliver)
    }

    /// Reads the last line, where no line feed ended it.
    package mutating func finish(_ deliver: (Outcome) throws -> Void) rethrows {
        let (records, limit) = (records, splitter.limit)
        var digest = digest
        defer { self.digest = digest }
        try splitter.finish { line in
            digest.add(line)
            try deliver(Self.outcome(of: line, by: records, limit: limit))
        }
    }

    private static func outcome(
        of line: LineSplitter.Line,
        by records: RecordReader,
        limit: Int
    ) -> Outcome {
        do throws(RecordError) {
            return .record(try records.read(line, limit: limit), line: line.number)
        } catch {
            return .reject(Reject(line, because: error))
        }
    }
}

extension RecordReader {
    /// Reads a line of a log.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - limit: The longest line that is read, in bytes.
    /// - Returns: The record.
    /// - Throws: ``RecordError`` where the line is none.
    func read(
        _ line: LineSplitter.Line,
        limit: Int
    ) throws(RecordError) -> MirrorRecord {
        try read(parse(line, limit: limit))
    }

    /// Parses a line of a log.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - limit: The longest line that is read, in bytes.
    /// - Returns: Its value, good until the next line is parsed.
    /// - Throws: ``RecordError`` where the line is too long or no JSON.
    func parse(
        _ line: LineSplitter.Line,
        limit: Int
    ) throws(RecordError) -> JSONValue {
        guard line.hash == nil else {
            throw RecordError("the line has \(line.size) bytes; the limit is \(limit)")
        }
        return try scanner.parse(line.bytes)
    }
}

extension LogDigest {
    /// Adds a line.
    mutating func add(_ line: LineSplitter.Line) {
        if let hash = line.hash { add(hash: hash) } else { add(line: line.bytes) }
    }
}
