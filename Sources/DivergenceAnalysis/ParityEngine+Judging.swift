package import BillingModel
package import MirrorLog
import ShadowRun

extension ParityEngine {
    /// Judges every account as the records stand, in the order of account ids.
    ///
    /// - Parameters:
    ///   - jobs: How many threads may work at once, at least 1. It makes no difference to what comes
    ///     out, nor to the order in which it does.
    ///   - findsReproducers: Whether each divergence's smallest reproducer is looked for.
    ///   - drawsSwimlanes: Whether what a picture of each divergence shows is gathered.
    ///   - visit: Called with what was found out about each account.
    /// - Returns: What became known as all records met.
    /// - Throws: ``PackedError`` where a saved engine was tampered with, ``ScratchError`` where
    ///   records can't be read back from disk.
    @discardableResult
    package func judgeAll(
        jobs: Int = 1,
        findsReproducers: Bool = false,
        drawsSwimlanes: Bool = false,
        _ visit: (AccountVerdicts) -> Void
    ) throws -> MergeFindings {
        var judge = judge
        judge.findsReproducers = findsReproducers
        judge.drawsSwimlanes = drawsSwimlanes
        return try forEachAccount(jobs: jobs, { [judge] in judge.judge($0, $1) }, visit)
    }

    /// The judge of every account, as the records stand.
    package var judge: AccountJudge {
        AccountJudge(settings: settings, coverage: coverage, rows: rows)
    }

    /// Works on the records of every account, or of some, in the order of account ids.
    ///
    /// - Parameters:
    ///   - chosen: The accounts, where it is not all of them.
    ///   - jobs: How many threads may work at once, at least 1.
    ///   - work: What is done with an account's records, each id once, in order of arrival.
    ///   - visit: Called with what came of it, account after account.
    /// - Returns: What became known as all records met.
    /// - Throws: ``PackedError`` where a saved engine was tampered with, ``ScratchError`` where
    ///   records can't be read back from disk.
    @discardableResult
    package func forEachAccount<Found: Sendable>(
        among chosen: Set<AccountID>? = nil,
        jobs: Int,
        _ work: @Sendable (AccountID, [MirrorRecord]) -> Found,
        _ visit: (Found) -> Void
    ) throws -> MergeFindings {
        let coverage = coverage
        var merge = try AccountMerge(self)
        try inOrder(
            { try merge.nextShare(among: chosen) },
            jobs: jobs,
            { share in
                try share.map { try work($0.account, $0.records.unpacked(coverage)) }
            },
            { for found in $0 { visit(found) } }
        )
        return merge.findings
    }

    /// What becomes known as all records meet, without judging them.
    ///
    /// - Throws: As ``forEachAccount(among:jobs:_:_:)``.
    package func findings() throws -> MergeFindings {
        var merge = try AccountMerge(self)
        while try merge.next() != nil {}
        return merge.findings
    }

    /// Judges one account by the records in memory.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - customers: Its customers, in order, whose records that name no account are its own.
    ///   - judge: The judge, who knows what the log as a whole shows.
    ///   - checkpoint: What earlier records come to, where those in memory are not all.
    /// - Returns: What was found out about it; `nil` where that takes the earlier records too.
    /// - Throws: ``PackedError`` where a saved engine was tampered with.
    package func verdicts(
        of account: AccountID,
        and customers: [CustomerID],
        by judge: AccountJudge,
        after checkpoint: AccountCheckpoint? = nil
    ) throws(PackedError) -> AccountVerdicts? {
        var records = ledgers[account] ?? AccountRecords()
        var isEachOnce = counts.redelivered == 0
        for customer in customers {
            guard let theirs = strays.records[customer] else { continue }
            if !records.takeUnknown(of: theirs).isEmpty { isEachOnce = false }
        }
        let unpacked = try records.unpacked(judge.coverage)
        guard checkpoint == nil || !unpacked.inEventTimeOrder().referBack else { return nil }
        var verdicts = judge.judge(account, unpacked, after: checkpoint)
        // Which of two records of one id stands can be told only where both are at hand.
        if !isEachOnce { verdicts.checkpoint = nil }
        return verdicts
    }
}

extension AccountMerge {
    /// The next accounts, for a thread to take at once; `nil` where there are none any more.
    fileprivate mutating func nextShare(
        among chosen: Set<AccountID>?
    ) throws -> [(account: AccountID, records: AccountRecords)]? {
        var share: [(account: AccountID, records: AccountRecords)] = []
        var bytes = 0
        while share.count < Self.accountsAShare, bytes < Self.bytesAShare, let next = try next() {
            guard chosen?.contains(next.account) ?? true else { continue }
            bytes += next.records.ledger.byteCount
            share.append(next)
        }
        return share.isEmpty ? nil : share
    }

    /// How many accounts a thread takes at once.
    private static let accountsAShare = 16
    /// From how many bytes of records on it takes no further account.
    private static let bytesAShare = 1 << 16
}

extension LogCoverage {
    /// Whether verdicts under a later coverage can differ only by what has settled since.
    func showsTheSame(as other: LogCoverage) -> Bool {
        paths == other.paths && tables == other.tables && gaps == other.gaps
            && horizon <= other.horizon && leavesOutTestMode == other.leavesOutTestMode
    }
}

extension EpisodeVerdict {
    /// Whether it has not settled yet.
    package var isOpen: Bool { if case .open = outcome { true } else { false } }
}
