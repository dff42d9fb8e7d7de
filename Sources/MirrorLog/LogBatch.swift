/// Some lines of a log, one behind the other, read and packed.
package struct LogBatch: Sendable {
    /// The records, in order.
    package internal(set) var arrivals: [PackedArrival] = []
    /// Their packed forms, one behind the other.
    package internal(set) var packed: [UInt8] = []
    /// The lines that are no records, numbered from 1 within the batch.
    package internal(set) var rejects: [Reject] = []
    /// How many lines ended here, blank ones included.
    package internal(set) var lineCount = 0
    /// How many bytes were read.
    package internal(set) var byteCount = 0
    /// Whether nothing comes behind it.
    package internal(set) var endsLog = false
    /// The digest of the lines.
    package internal(set) var digest = LogDigest()

    /// No lines yet.
    init() {}
}

/// Makes batches of a log: the buffer and the parser that one thread needs for it.
package struct BatchReader {
    private let records: RecordReader
    private let limit: Int
    private var splitter: LineSplitter
    private var buffer: [UInt8]
    private var piece = LogCutter.Piece(count: 0, endsLine: true, endsLog: true)
    private var byteCount = 0
    /// How many records and packed bytes the batch before had: the next one has about as many.
    private var usual = (records: 0, bytes: 0)

    /// How much of a log is read at a time: little enough to stay in a core's own cache.
    package static let defaultSize = 1 << 20

    /// A reader without work.
    ///
    /// - Parameters:
    ///   - size: How much is read at a time, in bytes; at least 1.
    ///   - limit: The longest line that is read, in bytes.
    /// - Throws: ``RecordError`` when memory is short.
    package init(
        size: Int = defaultSize,
        limit: Int = LineSplitter.defaultLimit
    ) throws(RecordError) {
        records = try RecordReader()
        self.limit = limit
        splitter = LineSplitter(limit: limit)
        buffer = [UInt8](repeating: 0, count: size + JSONScanner.padding)
    }

    /// Takes whole lines of a log: the part of the work that is done by one thread at a time.
    ///
    /// - Parameter cutter: The log, not at its end.
    /// - Throws: ``LogSourceError`` where the log can't be read.
    mutating func take(from cutter: inout LogCutter) throws(LogSourceError) {
        splitter = LineSplitter(limit: limit, startsLog: cutter.isAtStart)
        piece = try cutter.cut(into: &buffer)
        byteCount = piece.count
        // A line longer than the buffer goes on in the next piece.
        while !piece.endsLine, !piece.endsLog {
            feed { _ in }
            piece = try cutter.cut(into: &buffer)
            byteCount += piece.count
        }
    }

    /// Reads what was taken.
    mutating func read() -> LogBatch {
        batch { reader, deliver in
            reader.feed(deliver)
            if reader.piece.endsLog { reader.splitter.finish(deliver) }
        }
    }

    /// Reads a whole log that is held in memory.
    ///
    /// - Parameter text: The log, UTF-8.
    /// - Returns: All of it.
    package mutating func read(whole text: [UInt8]) -> LogBatch {
        splitter = LineSplitter(limit: limit)
        buffer = text + [UInt8](repeating: 0, count: JSONScanner.padding)
        piece = LogCutter.Piece(count: text.count, endsLine: true, endsLog: true)
        byteCount = text.count
        return read()
    }

    /// Passes the piece on to the splitter.
    private mutating func feed(_ deliver: (LineSplitter.Line) -> Void) {
        let (buffer, count) = (buffer, piece.count)
        buffer.withUnsafeBytes { bytes in
            splitter.feed(UnsafeRawBufferPointer(rebasing: bytes[..<count]), deliver)
        }
    }

    private mutating func batch(
        _ forEachLine: (inout BatchReader, (LineSplitter.Line) -> Void) -> Void
    ) -> LogBatch {
        var batch = LogBatch()
        var writer = PackedWriter(capacity: usual.bytes + usual.bytes / 8)
        batch.arrivals.reserveCapacity(usual.records + usual.records / 8)
        let (records, limit) = (records, limit)
        forEachLine(&self) { line in
            batch.digest.add(line)
            do throws(RecordError) {
                batch.arrivals.append(try records.pack(line, limit: limit, into: &writer))
            } catch {
                batch.rejects.append(Reject(line, because: error))
            }
        }
        batch.lineCount = splitter.lineCount
        batch.byteCount = byteCount
        batch.endsLog = piece.endsLog
        batch.packed = writer.bytes
        usual = (batch.arrivals.count, batch.packed.count)
        return batch
    }
}

extension RecordReader {
    /// Reads a line and appends the record's packed form.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - limit: The longest line that is read, in bytes.
    ///   - writer: What is written to.
    /// - Returns: What is to be known of the record.
    /// - Throws: ``RecordError`` where the line is no record; nothing was written then.
    func pack(
        _ line: LineSplitter.Line,
        limit: Int,
        into writer: inout PackedWriter
    ) throws(RecordError) -> PackedArrival {
        let json = try parse(line, limit: limit)
        let start = writer.bytes.count
        defer { writer.home = nil }
        if let arrival = try? packDirectly(json, line: line.number, into: &writer) {
            return arrival
        }
        writer.truncate(to: start)
        writer.home = nil
        let record = try read(json)
        writer.leavesOutOwner = record.account != nil
        writer.write(record)
        return PackedArrival(record, line: line.number, at: start..<writer.bytes.count)
    }
}
