package import BillingModel
package import MirrorLog

extension ParityEngine {
    /// Judges every account as the records stand, in the order of account ids.
    ///
    /// - Parameters:
    ///   - jobs: How many threads may work at once, at least 1. It makes no difference to what comes
    ///     out, nor to the order in which it does.
    ///   - findsReproducers: Whether each divergence's smallest reproducer is looked for.
    ///   - drawsSwimlanes: Whether what a picture of each divergence shows is gathered.
    ///   - visit: Called with what was found out about each account.
    /// - Throws: ``PackedError`` where a saved engine was tampered with.
    package func judgeAll(
        jobs: Int = 1,
        findsReproducers: Bool = false,
        drawsSwimlanes: Bool = false,
        _ visit: (AccountVerdicts) -> Void
    ) throws(PackedError) {
        var judge = judge
        judge.findsReproducers = findsReproducers
        judge.drawsSwimlanes = drawsSwimlanes
        try forEachAccount(jobs: jobs, { [judge] in judge.judge($0, $1) }, visit)
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
    /// - Throws: ``PackedError`` where a saved engine was tampered with.
    package func forEachAccount<Found: Sendable>(
        among chosen: Set<AccountID>? = nil,
        jobs: Int,
        _ work: @Sendable (AccountID, [MirrorRecord]) -> Found,
        _ visit: (Found) -> Void
    ) throws(PackedError) {
        let (coverage, customers) = (coverage, strays.customersByOwner)
        let accounts = ledgers.keys.filter { chosen?.contains($0) ?? true }.sorted()
        let shares = stride(from: 0, to: accounts.count, by: Self.accountsAShare).map { start in
            accounts[start..<min(start + Self.accountsAShare, accounts.count)]
        }
        try inOrder(
            shares,
            jobs: jobs,
            { share throws(PackedError) in
                var found: [Found] = []
                found.reserveCapacity(share.count)
                for account in share {
                    let theirs = customers[account] ?? []
                    found.append(work(account, try records(of: account, theirs, coverage)))
                }
                return found
            },
            { for found in $0 { visit(found) } }
        )
    }

    /// How many accounts a thread takes at once.
    private static let accountsAShare = 16

    /// The verdicts that have settled, changed or fallen away since this was last asked.
    ///
    /// - Throws: ``PackedError`` where a saved engine was tampered with.
    /// - Complexity: O(n) in the accounts, and that of judging those something of which has
    ///   settled by the horizon.
    package mutating func settle() throws(PackedError) -> [VerdictChange] {
        let coverage = coverage
        let customers = strays.customersByOwner
        let judge = judge
        var changes: [VerdictChange] = []
        let isShownAnew = issuedUnder.map { !$0.showsTheSame(as: coverage) } ?? false
        let due = ledgers.filter { $0.value.due.map { $0 <= coverage.horizon } ?? false }.map(\.key)
        let candidates =
            isShownAnew
            ? Set(ledgers.keys) : Set(due).union(strays.dueOwners(by: coverage.horizon))
        for account in candidates.sorted() {
            let theirs = customers[account] ?? []
            let records = try records(of: account, theirs, coverage)
            let verdicts = judge.judge(account, records).episodes
            changes += issue(verdicts, of: account)
            ledgers[account]?.due = verdicts.filter(\.isOpen).map(\.closed).min()
            strays.settle(theirs)
        }
        issuedUnder = coverage
        return changes
    }

    private func records(
        of account: AccountID,
        _ customers: [CustomerID],
        _ coverage: LogCoverage
    ) throws(PackedError) -> [MirrorRecord] {
        var records: [MirrorRecord] = []
        records.reserveCapacity(ledgers[account]?.ledger.count ?? 0)
        for packed in ledgers[account]?.ledger ?? RecordLedger() {
            try unpack(packed, into: &records, coverage)
        }
        for customer in customers {
            // Delivered with its account as well, a record is the same one again.
            let known = Set(records.map(\.id))
            for packed in strays.records[customer]?.ledger ?? RecordLedger()
            where !known.contains(try PackedRecord.id(of: packed)) {
                try unpack(packed, into: &records, coverage)
            }
        }
        return records
    }

    private func unpack(
        _ packed: ArraySlice<UInt8>,
        into records: inout [MirrorRecord],
        _ coverage: LogCoverage
    ) throws(PackedError) {
        let record = try MirrorRecord(packed: packed)
        if coverage.leavesOutTestMode, case .stripe(let event) = record.body,
            event.livemode == false
        {
            return
        }
        records.append(record)
    }

    private mutating func issue(
        _ verdicts: [EpisodeVerdict],
        of account: AccountID
    ) -> [VerdictChange] {
        let before = issued[account] ?? []
        var after: [IssuedVerdict] = []
        var changes: [VerdictChange] = []
        for verdict in verdicts where !verdict.isOpen {
            let mark = IssuedVerdict(verdict)
            after.append(mark)
            if !before.contains(mark) { changes.append(.issued(verdict)) }
        }
        for old in before where !after.contains(where: { $0.opened == old.opened }) {
            changes.append(.withdrawn(account, opened: old.opened))
        }
        issued[account] = after
        return changes
    }
}

/// A change of what is known.
package enum VerdictChange: Sendable {
    /// An episode has settled, or its verdict is another one now.
    case issued(EpisodeVerdict)
    /// An episode that was given out is none any more: a late record joined it to another.
    case withdrawn(AccountID, opened: Instant)
}

/// What is remembered of a verdict that was given out.
struct IssuedVerdict: Hashable {
    var opened: Instant
    /// Stands for all that the verdict says.
    var digest: UInt64
}

extension LogCoverage {
    /// Whether verdicts under a later coverage can differ only by what has settled since.
    fileprivate func showsTheSame(as other: LogCoverage) -> Bool {
        paths == other.paths && tables == other.tables && gaps == other.gaps
            && horizon <= other.horizon && leavesOutTestMode == other.leavesOutTestMode
    }
}

extension EpisodeVerdict {
    /// Whether it has not settled yet.
    package var isOpen: Bool { if case .open = outcome { true } else { false } }
}
