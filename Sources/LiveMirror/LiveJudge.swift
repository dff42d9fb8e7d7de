package import BillingModel
import DivergenceAnalysis
package import MirrorLog
package import MirrorStore
import ParityReport
package import ShadowRun

/// Judges what a store holds, as it comes in.
///
/// A verdict is a function of the records alone, and those lie in the store: the judge remembers no
/// more than when which account must be judged, then fetches that account's records, and lets go of
/// them when its verdicts are known. One that starts anew reads all records once, judges every account
/// once, and what it then finds is what the one before it would have found. What the store holds of an
/// earlier program's verdicts is put right on the way.
package struct LiveJudge: Sendable {
    private var agenda: JudgingAgenda
    /// The offset of the last record that was taken.
    package private(set) var offset: Int64 = 0
    /// What is known of the episodes that have settled.
    package private(set) var tally = VerdictTally()
    /// Lines of the store that are no records; there are none unless somebody wrote them by hand.
    package private(set) var rejected = 0

    /// How many records must have been judged for them not to be judged again the next time.
    private let stretch: Int

    /// A judge that has read nothing.
    ///
    /// - Parameters:
    ///   - settings: What verdicts depend on besides the records.
    ///   - stretch: How many records of an account must have been judged at once for those of settled
    ///     episodes not to be judged again. It makes no difference to a verdict.
    ///   - room: How many things may be remembered for that, each of some hundred bytes.
    package init(settings: JudgeSettings, stretch: Int = 8, room: Int = 500_000) {
        agenda = JudgingAgenda(settings: settings, room: room)
        self.stretch = stretch
    }

    /// Judges the accounts of a lease only; before any record is taken.
    mutating func judgeOnly(_ lease: Lease) {
        guard lease.partitions > 1 else { return }
        agenda.covers = { lease.covers($0) }
    }

    /// How many records were taken.
    package var records: Int { agenda.records }

    /// Which accounts are judged here; `nil` for all.
    package var covers: (@Sendable (AccountID) -> Bool)? { agenda.covers }

    /// Up to when all is delivered.
    package var horizon: Instant { agenda.coverage.horizon }

    /// How many accounts there are something of which has not settled.
    package var unsettledCount: Int { agenda.unsettledCount }

    /// How many accounts need not be judged from their first record on the next time.
    package var checkpointCount: Int { agenda.checkpointCount }

    /// How many Stripe records there are that no account was found for.
    package var unclaimedCount: Int { agenda.unclaimedCount }

    /// Takes records, which follow those taken before.
    ///
    /// - Throws: ``RecordError`` when memory is short.
    package mutating func take(_ records: [StoredRecord]) throws(RecordError) {
        guard let last = records.last else { return }
        let batch = try Self.batch(of: records)
        rejected += batch.rejects.count
        agenda.feed(batch) { records[$0 - 1].isContested }
        offset = last.offset
    }

    private static func batch(of records: [StoredRecord]) throws(RecordError) -> LogBatch {
        var text: [UInt8] = []
        text.reserveCapacity(records.reduce(0) { $0 + $1.line.count + 1 })
        for record in records {
            text += record.line
            text.append(UInt8(ascii: "\n"))
        }
        // What is read lies in memory already: it takes no buffer of its own.
        var reader = try BatchReader(size: 1)
        return reader.read(whole: text)
    }

    // MARK: - Judging

    /// Accounts that are to be judged, a page at a time.
    struct Round {
        /// The coverage under which all of them are.
        fileprivate let coverage: LogCoverage
        fileprivate var rest: Rest
        /// Whether no verdict was counted before.
        fileprivate let isFirst: Bool

        fileprivate enum Rest {
            case listed(behind: AccountID?)
            case these(ArraySlice<AccountID>)
            case none
        }

        /// Whether no account is left.
        var isOver: Bool { if case .none = rest { true } else { false } }
    }

    /// What was found out about some accounts.
    struct Page {
        /// What changes about the store's verdicts, in order of account.
        fileprivate(set) var updates: [VerdictUpdate] = []
        /// When the episodes had closed whose verdicts are new or others now.
        fileprivate(set) var closings: [Instant] = []
        fileprivate var judged: [Judged] = []
        fileprivate var appeared: [[DivergenceClass]] = []
        fileprivate var gone: [[DivergenceClass]] = []
    }

    /// What is to be remembered of an account.
    fileprivate struct Judged {
        var account: AccountID
        var standing: JudgingAgenda.Standing
        var checkpoint: AccountCheckpoint?
    }

    /// All that must be judged as the records taken so far stand.
    ///
    /// - Parameter isFirst: Whether nothing was judged before.
    /// - Returns: The accounts, none of which was judged yet.
    mutating func round(isFirst: Bool = false) -> Round {
        let rest: Round.Rest
        switch agenda.share() {
        case .all:
            agenda.dropCheckpoints()
            rest = .listed(behind: nil)
        case .some(let accounts): rest = accounts.isEmpty ? .none : .these(accounts[...])
        }
        return Round(coverage: agenda.coverage, rest: rest, isFirst: isFirst)
    }

    /// Judges the next accounts of a round.
    ///
    /// - Parameters:
    ///   - round: The round; it is left as it was where the store fails.
    ///   - store: The store.
    /// - Returns: What was found out, to be noted once that is durable.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func nextPage(of round: inout Round, in store: some MirrorStore) throws(CaptureError) -> Page {
        let (accounts, rest) = try nextAccounts(of: round, in: store)
        let judge = AccountJudge(settings: agenda.settings, coverage: round.coverage)
        var page = Page()
        var left = accounts
        while !left.isEmpty {
            try judgeAccounts(left.prefix(Self.fetchedAtOnce), judge, store, round, &page)
            left = left.dropFirst(Self.fetchedAtOnce)
        }
        round.rest = rest
        return page
    }

    /// Notes that what a page says is durable.
    mutating func note(_ page: Page) {
        for judged in page.judged {
            agenda.noteJudged(judged.account, judged.standing, judged.checkpoint)
        }
        for classes in page.gone { tally.remove(classes) }
        for classes in page.appeared { tally.add(classes) }
    }

    /// Notes that all pages of a round are durable.
    mutating func noteEnd(of round: Round) { agenda.noteJudged(under: round.coverage) }

    /// How many accounts a page has: their verdicts are committed together.
    private static let accountsAPage = 256
    /// The records of how many accounts are in memory at once.
    private static let fetchedAtOnce = 16

    private func nextAccounts(
        of round: Round,
        in store: some MirrorStore
    ) throws(CaptureError) -> (ArraySlice<AccountID>, Round.Rest) {
        switch round.rest {
        case .none: return ([], .none)
        case .these(let accounts):
            let rest = accounts.dropFirst(Self.accountsAPage)
            return (accounts.prefix(Self.accountsAPage), rest.isEmpty ? .none : .these(rest))
        case .listed(let last):
            let listed = try store.accounts(after: last, limit: Self.accountsAPage)
            let mine = listed.filter { agenda.covers?($0) ?? true }
            let isLast = listed.count < Self.accountsAPage
            return (mine[...], isLast ? .none : .listed(behind: listed.last))
        }
    }

    /// Judges some accounts, each from its checkpoint on or else from its first record.
    private func judgeAccounts(
        _ accounts: ArraySlice<AccountID>,
        _ judge: AccountJudge,
        _ store: some MirrorStore,
        _ round: Round,
        _ page: inout Page,
        fromTheFirst: Bool = false
    ) throws(CaptureError) {
        let checkpoints = accounts.map { fromTheFirst ? nil : agenda.checkpoint(of: $0) }
        let histories = zip(accounts, checkpoints).map { account, checkpoint in
            AccountHistory(
                account,
                customers: agenda.customers(of: account),
                since: checkpoint?.since ?? Instant(microseconds: .min)
            )
        }
        let before = Dictionary(grouping: try store.verdicts(of: histories), by: \.account)
        let records = try store.records(of: histories, through: offset)
        var engine = ParityEngine(settings: agenda.settings)
        var again: [AccountID] = []
        do {
            engine.feed(try Self.batch(of: records), after: 0)
            for (history, checkpoint) in zip(histories, checkpoints) {
                let found = try engine.verdicts(
                    of: history.account,
                    and: history.customers,
                    by: judge,
                    after: checkpoint
                )
                guard let found else {
                    again.append(history.account)
                    continue
                }
                let known = before[history.account] ?? []
                page.compare(found.episodes, with: known, isFirst: round.isFirst)
                let isLong = found.ledger.received >= stretch
                page.judged.append(
                    Judged(
                        account: history.account,
                        standing: JudgingAgenda.Standing(found.episodes, agenda.settings),
                        checkpoint: isLong ? found.checkpoint : nil
                    )
                )
            }
        } catch {
            throw CaptureError("an account can't be judged: \(error)", isPassing: false)
        }
        guard !again.isEmpty else { return }
        try judgeAccounts(again[...], judge, store, round, &page, fromTheFirst: true)
    }
}

extension LiveJudge.Page {
    /// Notes what is other about an account's verdicts than the store has it.
    fileprivate mutating func compare(
        _ verdicts: [EpisodeVerdict],
        with before: [StoredVerdict],
        isFirst: Bool
    ) {
        var stale = Dictionary(before.map { ($0.opened, $0.content) }) { $1 }
        for verdict in verdicts where !verdict.isOpen {
            let now = StoredVerdict(
                account: verdict.account,
                opened: verdict.opened,
                content: verdict.line
            )
            let old = stale.removeValue(forKey: now.opened)
            let isChanged = old != now.content
            if isChanged {
                updates.append(.put(now))
                closings.append(verdict.closed)
            }
            guard isChanged || isFirst else { continue }
            appeared.append(verdict.classes)
            if let old, !isFirst { gone.append(Self.classes(of: old)) }
        }
        for old in before where stale[old.opened] != nil {
            updates.append(.withdraw(old.account, opened: old.opened))
            if !isFirst { gone.append(Self.classes(of: old.content)) }
        }
    }

    /// The classes that a stored verdict was counted with.
    private static func classes(of line: [UInt8]) -> [DivergenceClass] {
        // This judge wrote it, or put it right when it began.
        (try? ListedEpisode(verdict: line))?.classes ?? []
    }
}

extension EpisodeVerdict {
    /// The classes of a divergence; none where it agrees or could not be judged.
    fileprivate var classes: [DivergenceClass] {
        if case .divergent(let divergence) = outcome { divergence.classes } else { [] }
    }
}
