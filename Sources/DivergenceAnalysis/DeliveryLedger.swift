package import BillingModel
package import MirrorLog
import ShadowRun

/// What became of each record of an account: every one is matched, pending or orphaned.
///
/// Matched is an event or request whose owed executions are there, or that none is owed; an
/// execution whose trigger is there; a row that an execution, or a fact, accounts for. Pending is
/// what has not settled. Orphaned is what nothing in the log answers to, each with its reason.
package struct DeliveryLedger: Hashable, Sendable {
    /// How many records of each kind came to what, in the order of the kinds.
    package var kinds = Array(repeating: Entry(), count: MirrorRecord.Kind.allCases.count)
    /// The orphaned records, in order of time within an account.
    package var orphans: [Orphan] = []

    /// The records of one kind.
    package struct Entry: Hashable, Sendable {
        /// Those that are accounted for.
        package var matched = 0
        /// Those that have not settled.
        package var pending = 0
        /// Those that nothing answers to.
        package var orphaned = 0
        /// Test-mode events left out of a log of live mode.
        package var leftOut = 0
        /// Those that were delivered with their account and without as well.
        package var redelivered = 0

        /// No records.
        package init() {}
    }

    /// A record that nothing answers to.
    package struct Orphan: Hashable, Sendable {
        /// The record.
        package var record: RecordID
        /// Its kind.
        package var kind: MirrorRecord.Kind
        /// Its account; `nil` where none was found.
        package var account: AccountID?
        /// Why.
        package var why: Why
        /// When the episode that it lies in opened, if in one.
        package var opened: Instant?

        /// A record that nothing answers to.
        package init(
            record: RecordID,
            kind: MirrorRecord.Kind,
            account: AccountID?,
            why: Why,
            opened: Instant?
        ) {
            self.record = record
            self.kind = kind
            self.account = account
            self.why = why
            self.opened = opened
        }
    }

    /// Why nothing answers to a record.
    package enum Why: String, CaseIterable, Sendable {
        /// A path that should have reacted has no execution, or a stuck one.
        case unprocessed
        /// What an execution reacted to is not in the log.
        case noTrigger = "no_trigger"
        /// A row shows what no execution did.
        case unattributed
        /// The account has no baseline.
        case noBaseline = "no_baseline"
        /// No account has its customer.
        case unmapped
    }

    /// No records.
    package init() {}

    /// How many records it accounts for.
    package var received: Int {
        kinds.reduce(0) { $0 + $1.matched + $1.pending + $1.orphaned }
    }

    /// Takes another ledger's counts and orphans in.
    package mutating func add(_ other: DeliveryLedger) {
        for place in kinds.indices {
            kinds[place].matched += other.kinds[place].matched
            kinds[place].pending += other.kinds[place].pending
            kinds[place].orphaned += other.kinds[place].orphaned
            kinds[place].leftOut += other.kinds[place].leftOut
            kinds[place].redelivered += other.kinds[place].redelivered
        }
        orphans += other.orphans
    }

    mutating func orphan(
        _ record: MirrorRecord,
        of account: AccountID?,
        _ why: Why,
        opened: Instant?
    ) {
        kinds[record.kind.place].orphaned += 1
        orphans.append(
            Orphan(record: record.id, kind: record.kind, account: account, why: why, opened: opened)
        )
    }
}

/// Writes an account's ledger, episode by episode.
struct LedgerKeeper {
    private(set) var ledger = DeliveryLedger()
    private let account: AccountID
    private let records: [MirrorRecord]
    private let coverage: LogCoverage
    private var next = 0

    init(_ account: AccountID, _ records: [MirrorRecord], _ coverage: LogCoverage) {
        self.account = account
        self.records = records
        self.coverage = coverage
    }

    /// Enters an episode, and what came between it and the one before.
    ///
    /// - Parameters:
    ///   - episode: The episode.
    ///   - unprocessed: Its triggers that lack an execution.
    ///   - untriggered: The places of executions outside any episode whose trigger is not there.
    mutating func enter(_ episode: Episode, _ unprocessed: [Unprocessed], untriggered: Set<Int>) {
        enter(between: next..<episode.range.lowerBound, untriggered)
        next = episode.range.upperBound
        let isPending = episode.closesAt > coverage.horizon
        let orphans = isPending ? [:] : orphans(of: episode.timeline, unprocessed)
        for place in episode.range {
            if !orphans.isEmpty, let why = orphans[records[place].id] {
                ledger.orphan(records[place], of: account, why, opened: episode.openedAt)
            } else if isPending {
                ledger.kinds[records[place].kind.place].pending += 1
            } else {
                ledger.kinds[records[place].kind.place].matched += 1
            }
        }
    }

    /// Enters what came after the last episode.
    ///
    /// Of an account that is not known, for want of a baseline, nothing is matched.
    mutating func close(untriggered: Set<Int>, isKnown: Bool) {
        enter(between: next..<records.count, untriggered)
        guard !isKnown else { return }
        ledger = DeliveryLedger()
        for record in records { ledger.orphan(record, of: account, .noBaseline, opened: nil) }
    }

    private mutating func enter(between range: Range<Int>, _ untriggered: Set<Int>) {
        for place in range {
            if untriggered.contains(place) {
                ledger.orphan(records[place], of: account, .noTrigger, opened: nil)
            } else if records[place].at > coverage.horizon {
                ledger.kinds[records[place].kind.place].pending += 1
            } else {
                ledger.kinds[records[place].kind.place].matched += 1
            }
        }
    }

    private func orphans(
        of timeline: Timeline,
        _ unprocessed: [Unprocessed]
    ) -> [RecordID: DeliveryLedger.Why] {
        var orphans: [RecordID: DeliveryLedger.Why] = [:]
        for residual in timeline.residuals where residual.owner == nil {
            if case .effect = residual.change { orphans[residual.record] = .unattributed }
        }
        for index in timeline.runs.indices where timeline.runs[index].trigger == nil {
            orphans[timeline.runs[index].id] = .noTrigger
        }
        for recording in timeline.recordings where !recording.hasTrigger {
            orphans[recording.id] = .noTrigger
        }
        for trigger in unprocessed { orphans[trigger.trigger.record] = .unprocessed }
        return orphans
    }
}

extension ParityEngine {
    /// What became of the records that no account's ledger has: events of unknown customers, which
    /// nothing answers to, events delivered with and without their account, test-mode events left out
    /// of a log of live mode, and the marks of all accounts.
    ///
    /// - Parameter findings: What merging all records found.
    /// - Returns: Their ledger.
    package func ledgerOfNoAccount(_ findings: MergeFindings) -> DeliveryLedger {
        var ledger = DeliveryLedger()
        ledger.kinds[MirrorRecord.Kind.mark.place].matched = marks.ledger.count
        let stripe = MirrorRecord.Kind.stripe.place
        ledger.kinds[stripe].leftOut = findings.testLines.count
        ledger.kinds[stripe].redelivered = findings.twice
        ledger.kinds[stripe].orphaned = findings.unclaimed.count
        ledger.orphans = findings.unclaimed.map { id in
            .init(record: id, kind: .stripe, account: nil, why: .unmapped, opened: nil)
        }
        return ledger
    }
}
