package import BillingModel
package import MirrorLog
package import ShadowRun

/// Which accounts are to be judged when: all that a live mirror must remember of records that lie in
/// a store.
///
/// It is fed every record, keeps none, and says whose records to fetch and judge. What it holds grows
/// with the customers that accounts have and with the accounts something of which has not settled,
/// not with the records.
package struct JudgingAgenda: Sendable {
    /// What verdicts depend on besides the log.
    package let settings: JudgeSettings
    /// Which accounts are judged here, where others judge the rest; `nil` for all. Set before
    /// anything is fed.
    package var covers: (@Sendable (AccountID) -> Bool)?
    /// How many records were fed.
    package private(set) var records = 0
    /// Stripe records whose customer no account has claimed.
    package private(set) var unclaimedCount = 0
    private var log = CoverageTracker()
    /// The accounts something of which has not settled.
    private var due: [AccountID: Due] = [:]
    private var customers: [CustomerID: Customer] = [:]
    /// Whose records that name no account are each account's, sorted.
    private var claimed: [AccountID: [CustomerID]] = [:]
    /// The coverage that the verdicts found so far rest on; `nil` before any.
    private var judgedUnder: LogCoverage?

    private struct Due {
        /// From which horizon on something of it settles.
        var settles: Instant
        /// The earliest event time among its records that were not judged yet.
        var earliest: Instant
    }

    private struct Customer {
        /// Whose it is; `nil` where nobody has said.
        var owner: AccountID?
        /// How many records there are of it that name no account.
        var strays = 0
    }

    /// Nothing to be judged.
    ///
    /// - Parameter settings: What verdicts depend on besides the log.
    package init(settings: JudgeSettings) {
        self.settings = settings
    }

    // MARK: - Feeding

    /// Takes notice of the records of a batch, each of which is fed once.
    ///
    /// - Complexity: O(n) in its records.
    package mutating func feed(_ batch: LogBatch) {
        for arrival in batch.arrivals { feed(arrival) }
    }

    private mutating func feed(_ record: PackedArrival) {
        records += 1
        log.noteDelivery(record)
        log.note(record)
        if let account = record.account {
            note(record.at, of: account)
            if let customer = record.gist.claimed { claim(customer, by: account) }
        } else if case .stripe(let named, _) = record.gist {
            let customer = named ?? CustomerID("")
            customers[customer, default: Customer()].strays += 1
            guard let owner = customers[customer]?.owner else {
                unclaimedCount += 1
                return
            }
            note(record.at, of: owner)
        }
    }

    /// Notes that an account has a record of an instant that it was not judged with.
    private mutating func note(_ instant: Instant, of account: AccountID) {
        // An episode may have closed well before a record and still look ahead to it, for its cause.
        let settles = instant.advanced(by: settings.longerSettle.times(-1))
        guard covers?(account) ?? true else { return }
        let known = due[account]
        due[account] = Due(
            settles: min(known?.settles ?? settles, settles),
            earliest: min(known?.earliest ?? instant, instant)
        )
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
        return .some(due.compactMap { $1.settles <= horizon ? $0 : nil }.sorted())
    }

    /// Notes that an account was judged with all that was fed of it.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - next: From which horizon on something of it settles that has not; `nil` where all has.
    package mutating func noteJudged(_ account: AccountID, next: Instant?) {
        due[account] = next.map { Due(settles: $0, earliest: Instant(microseconds: .max)) }
    }

    /// Notes that all of a share was judged, and under which coverage.
    package mutating func noteJudged(under coverage: LogCoverage) {
        judgedUnder = coverage
    }
}
