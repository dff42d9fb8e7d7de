/// A line for the log, as a live source hands it on: what is kept, and what it was read as.
///
/// The line is made of what the source sent, and only what was read back from it is judged: so a
/// replay of the log gives what the mirror gave.
package struct CapturedRecord: Sendable {
    /// The line, without its line feed.
    package let line: [UInt8]
    /// What the line says.
    package let record: MirrorRecord

    /// Reads a line as a replay will.
    ///
    /// - Parameters:
    ///   - line: The line, without its line feed.
    ///   - reader: A reader of the calling thread.
    /// - Throws: ``RecordError`` where the line is no record.
    package init(line: [UInt8], _ reader: borrowing RecordReader) throws(RecordError) {
        guard !line.contains(UInt8(ascii: "\n")) else {
            throw RecordError("a captured line must be one line")
        }
        record = try reader.read(copying: line)
        self.line = line
    }
}

/// What a source sent that no record could be made of.
package struct CaptureReject: Hashable, Sendable {
    /// Where it stood: a log position, a request's id.
    package var place: String
    /// Why it was rejected: a sentence without a capital or a full stop, and without customer data.
    package var reason: String
    /// What was sent, for whoever mends it; it may hold customer data and goes nowhere but the store.
    package var content: [UInt8]

    /// A reject from its parts.
    ///
    /// A zero among the words is shown as `�`: databases keep no text that has one.
    package init(place: String, reason: String, content: [UInt8]) {
        self.place = place.replacing("\0", with: "\u{FFFD}")
        self.reason = reason.replacing("\0", with: "\u{FFFD}")
        self.content = content
    }
}

/// What a source hands on in one piece: all of it becomes durable, together with how far the source
/// has come, or none of it does.
package struct CapturedBatch: Sendable {
    /// The name under which the source's position is kept.
    package var source: String
    /// The records, in the order in which the source gave them.
    package var records: [CapturedRecord]
    /// What could not be read.
    package var rejects: [CaptureReject]
    /// How far the source has come with this batch, in its own words; `nil` leaves it where it was.
    package var position: String?

    /// A batch from its parts.
    package init(
        source: String,
        records: [CapturedRecord] = [],
        rejects: [CaptureReject] = [],
        position: String? = nil
    ) {
        self.source = source
        self.records = records
        self.rejects = rejects
        self.position = position
    }

    /// Whether there is nothing to keep.
    package var isEmpty: Bool { records.isEmpty && rejects.isEmpty && position == nil }
}

/// Where live sources hand on what they capture.
///
/// Called from several threads; it waits until the batch is durable, for a source tells its peer that
/// it has something only once the call has returned.
package protocol CaptureSink: Sendable {
    /// Keeps a batch.
    ///
    /// A record that is there already, of the same id, account and content, is kept once and counted
    /// as redelivered; one of the same id and other content is kept as well, for the judge to decide
    /// between the two.
    /// - Parameter batch: The batch.
    /// - Returns: How many of its records were there already.
    /// - Throws: ``CaptureError`` where it is not durable: nothing of the batch was then kept.
    @discardableResult
    func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int

    /// How far a source has come, in its own words.
    ///
    /// - Parameter source: The name under which the position is kept.
    /// - Returns: The position of its last batch that had one; `nil` where there was none.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func position(of source: String) throws(CaptureError) -> String?
}

/// Why what was captured could not be kept.
package struct CaptureError: Error, Hashable, CustomStringConvertible {
    /// What went wrong and what to do, without customer data.
    package var description: String
    /// Whether trying again may help: a full disk, a connection that was lost.
    package var isPassing: Bool

    /// An error from its parts.
    package init(_ description: String, isPassing: Bool) {
        self.description = description
        self.isPassing = isPassing
    }
}
