package import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ShadowRun

/// Cuts some records of an account out of logs, as their lines stand there.
package struct LogCut {
    /// The digest of what was read, as a report states it.
    package private(set) var digest = LogDigest()
    /// The regions that the account's records show it to be of.
    package private(set) var regions: Set<CorpusRegion> = []
    private let account: AccountID
    /// The customers that the account's records map it to.
    private var customers: Set<CustomerID> = []
    private let wanted: Set<RecordID>
    private var met: [(record: MirrorRecord, line: [UInt8])] = []

    /// A cut that has read nothing yet.
    ///
    /// - Parameters:
    ///   - wanted: The ids of the records.
    ///   - account: Whose they are.
    package init(_ wanted: [RecordID], of account: AccountID) {
        self.wanted = Set(wanted)
        self.account = account
    }

    /// Reads one log to its end.
    ///
    /// - Throws: ``LogSourceError`` where it can't be read, ``RecordError`` when memory is short.
    package mutating func read(_ source: LogSource) throws {
        let reader = try RecordReader()
        var splitter = LineSplitter()
        try source.readChunks { chunk in
            splitter.feed(chunk) { line in take(line, reader) }
        }
        splitter.finish { line in take(line, reader) }
    }

    private mutating func take(_ line: LineSplitter.Line, _ reader: RecordReader) {
        if let hash = line.hash {
            digest.add(hash: hash)
            return
        }
        digest.add(line: line.bytes)
        // What is no record was rejected when the report was made, and is in no reproducer.
        guard let record = try? reader.read(line.bytes) else { return }
        if record.account == account {
            if let region = record.region { regions.insert(region) }
            if let customer = record.claimedCustomer { customers.insert(customer) }
        }
        let isTheirs = record.account == nil || record.account == account
        guard isTheirs, wanted.contains(record.id) else { return }
        let bytes = Array(line.bytes)
        if !met.contains(where: { $0.line == bytes }) { met.append((record, bytes)) }
    }

    /// The records' lines, in event-time order, each record once.
    ///
    /// - Throws: ``RecordError`` where one was not met.
    package var lines: [[UInt8]] {
        get throws(RecordError) {
            let theirs = met.filter { isTheirs($0.record) }
            let counting = Redeliveries.counting(theirs.map(\.record)).map { theirs[$0] }
            let found = Set(counting.map(\.record.id))
            if let missing = wanted.subtracting(found).sorted().first {
                throw RecordError("record `\(missing)` of account `\(account)` is not in the log")
            }
            return counting.sorted { MirrorRecord.inEventTimeOrder($0.record, $1.record) }
                .map(\.line)
        }
    }

    /// Whether a record is the account's, or a stray that is found through its customer.
    ///
    /// Ids of Stripe's events are not unique in real life: another customer's may have the same.
    private func isTheirs(_ record: MirrorRecord) -> Bool {
        guard record.account == nil, case .stripe(let event) = record.body,
            let customer = event.customer
        else { return true }
        return customers.contains(customer)
    }
}

extension MirrorRecord {
    /// The words of each source that it is complete, so that all before has settled: what a log that
    /// was cut short ends with.
    package static func closing(_ instant: Instant) -> [MirrorRecord] {
        Mark.Source.allCases.map { source in
            MirrorRecord(
                id: RecordID("closing_\(source.rawValue)"),
                at: instant,
                account: nil,
                body: .mark(Mark(source: source, says: .through(instant)))
            )
        }
    }
}
