package import BillingModel
import DivergenceAnalysis
package import MirrorLog
package import MirrorStore
package import ParityReport
package import ShadowRun

/// Judges what a store holds, as it comes in.
///
/// A verdict is a function of the records alone, so nothing of a judge needs to be kept: one that
/// starts anew reads all records again, and what it then finds is what the one before it would have
/// found. What the store holds of an earlier program's verdicts is put right on the way.
package struct LiveJudge: Sendable {
    /// The records fed so far, for a report of all of them.
    package private(set) var replay: Replay
    /// The offset of the last record that was taken.
    package private(set) var offset: Int64 = 0
    /// What is known of the episodes that have settled.
    package private(set) var tally = VerdictTally()
    /// When the episodes had closed whose verdicts the last ``settle()`` brought.
    package private(set) var closings: [Instant] = []
    /// Lines of the store that are no records; there are none unless somebody wrote them by hand.
    package private(set) var rejects: [Reject] = []

    /// A judge that has read nothing.
    ///
    /// - Parameters:
    ///   - settings: What verdicts depend on besides the records.
    ///   - program: The program's name and version, for reports.
    package init(settings: JudgeSettings, program: String) {
        replay = Replay(settings: settings, program: program)
    }

    /// Judges the accounts of a lease only; before any record is taken.
    mutating func judgeOnly(_ lease: Lease) {
        guard lease.partitions > 1 else { return }
        replay.judgeOnly { lease.covers($0) }
    }

    /// Takes records, which follow those taken before.
    ///
    /// - Throws: ``RecordError`` when memory is short.
    package mutating func take(_ records: [StoredRecord]) throws {
        guard let last = records.last else { return }
        var text: [UInt8] = []
        text.reserveCapacity(records.reduce(0) { $0 + $1.line.count + 1 })
        for record in records {
            text += record.line
            text.append(UInt8(ascii: "\n"))
        }
        var rejected: [Reject] = []
        try replay.read(whole: text) { rejected.append($0) }
        rejects += rejected
        offset = last.offset
    }

    /// What has settled, changed or fallen away since this was last asked.
    ///
    /// - Throws: ``PackedError`` where memory was tampered with.
    package mutating func settle() throws(PackedError) -> [VerdictUpdate] {
        closings = []
        return try replay.settle().map { change in
            tally.note(change)
            if case .issued(let verdict) = change { closings.append(verdict.closed) }
            return VerdictUpdate(change)
        }
    }

    /// What has to be changed about a store's verdicts, so that they are those of all records taken.
    ///
    /// It is asked once, when all that a store held at the start was taken.
    /// - Parameters:
    ///   - store: The store.
    ///   - lease: Whose verdicts are looked at.
    /// - Returns: The changes, in order of account and opening.
    /// - Throws: ``CaptureError`` where the store can't be read, ``PackedError`` where memory was
    ///   tampered with.
    package mutating func reconcile(
        with store: some MirrorStore,
        _ lease: Lease
    ) throws -> [VerdictUpdate] {
        var stale: [VerdictKey: [UInt8]] = [:]
        try store.forEachVerdict { verdict in
            guard lease.covers(verdict.account) else { return }
            stale[VerdictKey(verdict.account, verdict.opened)] = verdict.content
        }
        var updates: [VerdictUpdate] = []
        for update in try settle() {
            guard case .put(let verdict) = update else { continue }
            let before = stale.removeValue(forKey: VerdictKey(verdict.account, verdict.opened))
            if before != verdict.content { updates.append(update) }
        }
        for key in stale.keys.sorted() {
            updates.append(.withdraw(key.account, opened: key.opened))
        }
        return updates
    }
}

/// What tells one episode from another.
struct VerdictKey: Hashable, Comparable, Sendable {
    /// Whose it is.
    let account: AccountID
    /// When it opened.
    let opened: Instant

    init(_ account: AccountID, _ opened: Instant) {
        (self.account, self.opened) = (account, opened)
    }

    static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.account, lhs.opened) < (rhs.account, rhs.opened)
    }
}

extension VerdictUpdate {
    /// The change as a store takes it.
    init(_ change: VerdictChange) {
        switch change {
        case .issued(let verdict):
            self = .put(
                StoredVerdict(
                    account: verdict.account,
                    opened: verdict.opened,
                    content: verdict.line
                )
            )
        case .withdrawn(let account, let opened):
            self = .withdraw(account, opened: opened)
        }
    }
}
