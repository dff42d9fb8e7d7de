package import BillingModel
package import MirrorLog
package import ShadowRun

/// Takes records one at a time and judges the accounts that they are of.
///
/// A replay feeds it a file and asks once, at the end; a live mirror feeds it the records of a few
/// accounts whenever something of them may have settled, see ``JudgingAgenda``. Both get the same
/// verdicts, because a verdict is a function of the records and not of when they came: every record is
/// kept, in packed form, and whoever asks is told what follows from all of them.
///
/// Where memory is limited, records go to disk; see ``Spilling``.
package struct ParityEngine: Sendable {
    /// What verdicts depend on besides the log.
    package let settings: JudgeSettings
    /// The rows of the table of causes.
    package let rows: [CauseRow]
    /// What was fed.
    package internal(set) var counts = Counts()
    /// When and how much each source delivered.
    package internal(set) var activity = MirrorActivity()
    /// What the log as a whole shows.
    var log = CoverageTracker()
    /// The records of each account.
    var ledgers: [AccountID: AccountRecords] = [:]
    /// Stripe records without an account.
    var strays = StrayRecords()
    /// The marks of all accounts.
    var marks = AccountRecords()
    /// Where records go that don't fit into memory; `nil` keeps all of them there.
    package let spilling: Spilling?
    /// What was fed before that which is in memory, in order.
    var runs: [any RecordRun] = []
    /// How many times what fits into memory each run is.
    var runSizes: [Int] = []
    /// About how much memory the records take.
    var heldBytes = 0
    /// How late records were seen.
    var lateness = Lateness()

    /// What an engine was fed.
    package struct Counts: Hashable, Sendable {
        /// Records, redeliveries included.
        package var records = 0
        /// Records whose id had come before; they change nothing.
        package var redelivered = 0
        /// Records that were seen later than the settle time after they happened.
        package var late = 0
        /// Records that came after one that had happened later.
        package var outOfOrder = 0
    }

    /// Which accounts are judged here, where others judge the rest; `nil` for all.
    ///
    /// The records of other accounts still tell what the log shows and whose a customer is, and are
    /// not kept. Set before anything is fed.
    package var covers: (@Sendable (AccountID) -> Bool)?

    /// An engine that was fed nothing.
    ///
    /// - Parameters:
    ///   - settings: What verdicts depend on besides the log.
    ///   - rows: The rows of the table of causes.
    ///   - spilling: Where records go that don't fit into memory; `nil` keeps all of them there.
    package init(
        settings: JudgeSettings,
        rows: [CauseRow] = CauseRow.table,
        spilling: Spilling? = nil
    ) {
        self.settings = settings
        self.rows = rows
        self.spilling = spilling
    }

    // MARK: - Feeding

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - line: Where it stands in its log, for naming it should it be left out in the end.
    /// - Complexity: O(1), but for a redelivery: O(n) in its account's records.
    package mutating func feed(_ record: MirrorRecord, line: Int = 0) {
        let packed = record.packed(leavingOutOwner: record.account != nil)
        take(PackedArrival(record, line: line, at: packed.indices), packed[...])
    }

    /// Takes the records of a batch.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - lines: How many lines of the log stand before it.
    /// - Complexity: O(n) in its records, as for each by itself.
    package mutating func feed(_ batch: LogBatch, after lines: Int) {
        for var arrival in batch.arrivals {
            arrival.line += lines
            take(arrival, batch.packed[arrival.range])
        }
    }

    private mutating func take(_ record: PackedArrival, _ packed: ArraySlice<UInt8>) {
        counts.records += 1
        noteDelivery(record)
        let arrival = keep(record, packed)
        activity.note(record, arrival)
        if arrival != .new { counts.redelivered += 1 }
        if arrival != .redelivered { note(record) }
    }

    /// Puts a record with its account's, or with those that wait for one.
    private mutating func keep(
        _ record: PackedArrival,
        _ packed: ArraySlice<UInt8>
    ) -> AccountRecords.Arrival {
        if let covers, let account = record.account, !covers(account) { return .new }
        let hash = record.idHash
        let testLine = record.isTestMode ? record.line : nil
        let known = ledgers.count + strays.records.count
        defer {
            heldBytes += AccountRecords.bytes(forRecordsOf: packed.count)
            let more = ledgers.count + strays.records.count - known
            heldBytes += more * AccountRecords.bytesAnAccount
        }
        if let account = record.account {
            return ledgers[account, default: AccountRecords()]
                .take(hash, packed, testLine: testLine)
        }
        if case .stripe(let customer, _) = record.gist {
            return strays.take(of: customer, hash, packed, testLine: testLine)
        }
        return marks.take(hash, packed)
    }

    private mutating func noteDelivery(_ record: PackedArrival) {
        if record.at < log.latest { counts.outOfOrder += 1 }
        log.noteDelivery(record)
        guard let seen = record.seen else { return }
        lateness.note(seen.since(record.at))
        if seen.since(record.at) > settings.settle { counts.late += 1 }
    }

    private mutating func note(_ record: PackedArrival) {
        log.note(record)
        claim(record.gist.claimed, by: record.account)
    }

    private mutating func claim(_ customer: CustomerID?, by account: AccountID?) {
        guard let customer, let account else { return }
        let known = strays.owners.count
        defer { heldBytes += (strays.owners.count - known) * AccountRecords.bytesAnAccount }
        strays.claim(customer, by: account)
    }

    // MARK: - What was fed, as a whole

    /// What the log shows, up to its horizon.
    ///
    /// The horizon is the earliest time through which some source says it is complete; of a log
    /// without such marks it is the latest event time.
    package var coverage: LogCoverage { log.coverage }

    /// Whether events of both modes were met.
    ///
    /// Live and test never meet in one report: the test ones are then left out.
    package var mixesModes: Bool { log.mixesModes }
}

extension RecordGist {
    /// The customer that the record says is its account's.
    var claimed: CustomerID? {
        switch self {
        case .baseline(let customer), .change(_, let customer): customer
        case .stripe, .request, .execution, .mark: nil
        }
    }
}

extension PackedArrival {
    /// Whether it is an event that says it is of test mode.
    fileprivate var isTestMode: Bool {
        if case .stripe(_, let livemode) = gist { livemode == false } else { false }
    }
}
