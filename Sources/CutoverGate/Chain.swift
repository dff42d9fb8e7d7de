package import MirrorLog

/// All that was ever recorded of the gate, each record holding the digest of the one before it.
///
/// It is read from the files of a folder and says of each what is not as it was written. While it
/// has a problem nothing stands on it and nothing can be added to it.
package struct Chain: Sendable {
    /// The records that could be read, in order.
    package private(set) var records: [ChainRecord]
    /// What is wrong, in the order of places, with the head last.
    package let problems: [ChainProblem]

    /// A chain before its first record.
    package init() {
        records = []
        problems = []
    }

    /// Reads a chain and verifies it.
    ///
    /// An empty folder is a chain before its first record: files can't show that all of them are
    /// gone. Whoever expects a chain there must ask whether ``records`` is empty, or say which
    /// digests were published.
    ///
    /// - Parameters:
    ///   - files: All files of the folder, in any order.
    ///   - published: Digests of records that were made known elsewhere, such as of former heads:
    ///     each must be in the chain.
    package init(files: [ChainFile], published: [String] = []) {
        var check = ChainCheck(files)
        check.run(published: published)
        records = check.records
        problems = check.problems
    }

    /// Whether nothing is wrong.
    package var isSound: Bool { problems.isEmpty }

    /// The head; `nil` before the first record.
    package var head: ChainHead? { records.last.map(ChainHead.init) }

    /// The chain as it was before one of its records: what that record could rest on.
    package func before(_ record: ChainRecord) -> Chain {
        let earlier = records.filter { $0.sequence < record.sequence }
        let head = earlier.last.map { ChainHead($0).file }
        return Chain(files: earlier.map(\.file) + [head].compactMap { $0 })
    }

    /// Adds a record at the end.
    ///
    /// The caller writes ``ChainRecord/file`` and then the file of ``head``, so that an interruption
    /// between both shows as a record behind the head.
    ///
    /// - Parameter entry: What to keep.
    /// - Returns: The record.
    /// - Throws: ``RecordError`` where the chain has a problem, the entry is from before the last
    ///   record, or what would be written could not be read back.
    package mutating func append(_ entry: ChainEntry) throws(RecordError) -> ChainRecord {
        if let problem = problems.first {
            throw RecordError(
                "the chain has \(problems.count) \(problems.count == 1 ? "problem" : "problems"), "
                    + "so nothing is added to it; the first is: \(problem)"
            )
        }
        if let last = records.last, entry.at < last.entry.at {
            throw RecordError("\(entry.at) is before the last record, which is of \(last.entry.at)")
        }
        let record = ChainRecord(entry, after: records.last)
        // What can't be read back must never be written: nothing could follow it.
        guard try ChainRecord(reading: record.file.bytes) == record else {
            throw RecordError("the record would not read back as what was to be kept")
        }
        records.append(record)
        return record
    }
}
