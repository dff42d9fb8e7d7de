package import BillingModel
package import MirrorLog
package import ShadowRun

/// Which accounts are to be judged when: all that a live mirror must remember of records that lie in
/// a store.
///
/// It is fed every record, keeps none, and says whose records to fetch and judge. What it holds grows
/// with the accounts and their customers, not with the records: what it remembers of accounts that have
/// many records, so that not all are judged again each time, has its limit.
package struct JudgingAgenda: Sendable {
    /// What verdicts depend on besides the log.
    package let settings: JudgeSettings
    /// Which accounts are judged here, where others judge the rest; `nil` for all.
    ///
    /// Set before anything is fed.
    package var covers: (@Sendable (AccountID) -> Bool)?
    /// How many records were fed.
    package private(set) var records = 0
    /// Stripe records whose customer no account has claimed.
    package private(set) var unclaimedCount = 0
    private var log = CoverageTracker()
    /// From which horizon on there is something to judge of an account; none where all has settled.
    private var due: [AccountID: Instant] = [:]
    /// Behind which instant a record changes no verdict that an account has been given.
    private var quiet: [AccountID: Instant] = [:]
    private var customers: [CustomerID: Customer] = [:]
    /// Whose records that name no account are each account's, sorted.
    private var claimed: [AccountID: [CustomerID]] = [:]
    /// Where judging an account need not begin at its first record.
    private var checkpoints: [AccountID: AccountCheckpoint] = [:]
    /// How many things all checkpoints hold.
    private var held = 0
    /// How many they may hold, each of some hundred bytes.
    private let room: Int
    /// The coverage that the verdicts found so far rest on; `nil` before any.
    private var judgedUnder: LogCoverage?

    private struct Customer {
        /// Whose it is; `nil` where nobody has said.
        var owner: AccountID?
        /// How many records there are of it that name no account.
        var strays = 0
    }

    /// Nothing to be judged.
    ///
    /// - Parameters:
    ///   - settings: What verdicts depend on besides the log.
    ///   - room: How many things the checkpoints may hold, each of some hundred bytes.
    package init(settings: JudgeSettings, room: Int) {
        self.settings = settings
        self.room = room
    }

    // MARK: - Feeding

    /// Takes notice of the records of a batch, each of which is fed once.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - isContested: Whether another record has the id of the one on a line of the batch, and came
    ///     before it.
    /// - Complexity: O(n) in its records.
    package mutating func feed(_ batch: LogBatch, isContested: (_ line: Int) -> Bool) {
        for arrival in batch.arrivals { feed(arrival, isContested(arrival.line)) }
    }

    private mutating func feed(_ record: PackedArrival, _ isContested: Bool) {
        records += 1
        // What it may stand in place of, or speaks of, can have happened at any time.
        let at =
            isContested || record.gist.kind == .mark ? Instant(microseconds: .min) : record.at
        log.noteDelivery(record)
        log.note(record)
        if let account = record.account {
            note(at, of: account)
            if let customer = record.gist.claimed { claim(customer, by: account) }
        } else if case .stripe(let named, _) = record.gist {
            let customer = named ?? CustomerID("")
            customers[customer, default: Customer()].strays += 1
            guard let owner = customers[customer]?.owner else {
                unclaimedCount += 1
                return
            }
            note(at, of: owner)
        }
    }

    /// Notes that an account has a record of an instant that it was not judged with.
    ///
    /// Where it can change no verdict yet, there is nothing to judge before an episode that it opens
    /// may have closed.
    private mutating func note(_ instant: Instant, of account: AccountID) {
        guard covers?(account) ?? true else { return }
        if let checkpoint = checkpoints[account], instant <= checkpoint.quiet {
            drop(account)
        }
        let changesNone = quiet[account].map { $0 < instant } ?? false
        let settles =
            changesNone ? instant.advanced(by: settings.settle) : Instant(microseconds: .min)
        due[account] = min(due[account] ?? settles, settles)
    }

    /// Of two accounts that claim one customer the first by id has it.
    private mutating func claim(_ customer: CustomerID, by account: AccountID) {
        let known = customers[customer] ?? Customer()
        let owner = min(known.owner ?? account, account)
        guard owner != known.owner else { return }
        customers[customer] = Customer(owner: owner, strays: known.strays)
        if known.owner == nil { unclaimedCount -= known.strays }
        if let before = known.owner { claimed[before]?.removeAll { $0 == customer } }
        claimed[owner, default: []].append(customer)
        claimed[owner]?.sort()
        guard known.strays > 0 else { return }
        for changed in [known.owner, owner].compactMap(\.self) {
            note(Instant(microseconds: .min), of: changed)
        }
    }

    // MARK: - Asking

    /// Up to when the log is complete, and what it shows.
    package var coverage: LogCoverage { log.coverage }

    /// How many accounts there are something of which has not settled.
    package var unsettledCount: Int { due.count }

    /// The customers whose records that name no account are an account's, in order of their ids.
    package func customers(of account: AccountID) -> [CustomerID] { claimed[account] ?? [] }

    /// Which accounts are to be judged now.
    package enum Share: Hashable, Sendable {
        /// All that there are: nothing was judged before, or what the log shows has changed in more
        /// than how far it reaches.
        case all
        /// These, in order.
        case some([AccountID])
    }

    /// Which accounts are to be judged now, as what was fed stands.
    ///
    /// - Complexity: O(n) in the accounts something of which has not settled.
    package func share() -> Share {
        let coverage = coverage
        guard let judgedUnder, judgedUnder.showsTheSame(as: coverage) else { return .all }
        let horizon = coverage.horizon
        return .some(due.compactMap { $1 <= horizon ? $0 : nil }.sorted())
    }

    /// What must be remembered of an account that was judged.
    package struct Standing: Hashable, Sendable {
        /// From which horizon on something of it settles that has not; `nil` where all has.
        fileprivate var next: Instant?
        /// Behind which instant a record changes none of its verdicts.
        fileprivate var quiet: Instant

        /// What must be remembered.
        ///
        /// - Parameters:
        ///   - verdicts: The account's verdicts, the open ones among them.
        ///   - settings: What they depend on besides the log.
        package init(_ verdicts: [EpisodeVerdict], _ settings: JudgeSettings) {
            next = verdicts.filter(\.isOpen).map(\.closed).min()
            let settled = verdicts.filter { !$0.isOpen }.map(\.closed).max()
            quiet = settled.map { settings.quiet(behind: $0) } ?? Instant(microseconds: .min)
        }
    }

    /// Notes that an account was judged with all that was fed of it.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - standing: What must be remembered of it.
    ///   - checkpoint: Where judging it may begin the next time; `nil` where that stays as it is.
    package mutating func noteJudged(
        _ account: AccountID,
        _ standing: Standing,
        _ checkpoint: AccountCheckpoint?
    ) {
        due[account] = standing.next
        quiet[account] = max(standing.quiet, checkpoints[account]?.quiet ?? standing.quiet)
        guard let checkpoint else { return }
        drop(account)
        // They come back: each costs no more than judging its account once from its first record.
        if held + checkpoint.size > room { (checkpoints, held) = ([:], 0) }
        guard checkpoint.size <= room else { return }
        checkpoints[account] = checkpoint
        held += checkpoint.size
    }

    private mutating func drop(_ account: AccountID) {
        held -= checkpoints.removeValue(forKey: account)?.size ?? 0
    }

    /// How many accounts need not be judged from their first record on.
    package var checkpointCount: Int { checkpoints.count }

    /// Where judging an account may begin; `nil` for at its first record.
    package func checkpoint(of account: AccountID) -> AccountCheckpoint? { checkpoints[account] }

    /// Forgets where judging may begin: what the log shows is other than it was.
    package mutating func dropCheckpoints() { (checkpoints, held) = ([:], 0) }

    /// Notes that all of a share was judged, and under which coverage.
    package mutating func noteJudged(under coverage: LogCoverage) {
        judgedUnder = coverage
    }
}
