import BillingModel

/// What one account is in the fleet for.
struct Part {
    var type: AccountType
    var role: Role
    var subscriptions: Int
}

/// The roles that accounts are cast in.
enum Role: Equatable {
    /// An ordinary customer.
    case ordinary
    /// A customer who begins in debt, and stays there.
    case debtor
    /// A customer whose payment, drift run and new bad debt meet within seconds.
    case contended
    /// Somebody to whom this is done once.
    case victim(Defect)

    /// What lies behind the account.
    var past: Past {
        switch self {
        case .debtor: .debt
        case .contended, .victim(.race): .oldDebt
        case .victim(.inflatedDebt): .superseded
        case .ordinary, .victim: .clean
        }
    }
}

/// Who plays what: parts are given out by the plan's counts to accounts of fitting types.
struct Cast {
    private(set) var parts: [Part]
    private var free: [AccountType: [Int]] = [:]
    private var random: SplitMix64

    /// Every account of the plan as an ordinary customer, types mixed.
    init(plan: FleetPlan) {
        var random = SplitMix64(seed: plan.seed)
        var types: [AccountType] = []
        for count in plan.accounts {
            types += repeatElement(count.value, count: count.weight)
        }
        random.shuffle(&types)
        parts = types.map {
            Part(type: $0, role: .ordinary, subscriptions: random.within(1...2))
        }
        self.random = random
        for (index, type) in types.enumerated().reversed() { free[type, default: []].append(index) }
        let debtors = types.count * plan.billing.debtors / 1000
        for _ in 0..<debtors {
            guard let index = take({ $0.support == .supported }, plan) else { break }
            parts[index].role = .debtor
        }
    }

    /// Gives a role to a number of accounts whose type suits it.
    ///
    /// - Returns: The accounts.
    /// - Throws: ``FleetPlanError`` where too few are left.
    mutating func assign(
        _ role: Role,
        to count: Int,
        as name: String,
        of plan: FleetPlan,
        where suits: (AccountType) -> Bool
    ) throws(FleetPlanError) -> [Int] {
        var chosen: [Int] = []
        for taken in 0..<max(0, count) {
            guard let index = take(suits, plan) else {
                throw FleetPlanError(
                    "\(name): \(count) accounts are needed, only \(taken) of fitting types are left"
                )
            }
            parts[index].role = role
            chosen.append(index)
        }
        return chosen
    }

    /// Sets how many subscriptions an account has.
    mutating func setSubscriptions(_ count: Int, of account: Int) {
        parts[account].subscriptions = count
    }

    /// Takes a free account whose type suits; each such account is as likely.
    private mutating func take(_ suits: (AccountType) -> Bool, _ plan: FleetPlan) -> Int? {
        let choices = plan.accounts.map(\.value).filter(suits).map {
            Weighted($0, free[$0]?.count ?? 0)
        }
        return random.pick(choices).flatMap { free[$0]?.popLast() }
    }
}
