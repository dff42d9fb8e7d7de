import BillingModel
import DunningBrain

/// An account with a time and a policy, made up from a seed to be as awkward as life.
struct RandomAccount {
    /// What it was made from: the same seed gives the same account.
    let seed: UInt64
    private(set) var state = AccountState()
    private(set) var policy = Policy()
    let now: Instant
    private var random: SeededRandom

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        now = Instant(microseconds: 1_772_366_400_000_000 + Int64(random.number(0...2_000_000)))
        makePolicy()
        makeAccount()
        makeOverride()
        makeInvoices()
        makeSubscriptions()
    }

    /// What the brain decides on it.
    var decision: Decision { decide(state, at: now, policy) }

    /// Makes the account another one, with the same time and policy.
    func with(_ change: (inout AccountState) -> Void) -> RandomAccount {
        var other = self
        change(&other.state)
        return other
    }

    private mutating func makePolicy() {
        policy.confirmation = random.pick([.minutes(15), .minutes(15), .minutes(15), .zero])
        policy.threshold = random.pick([0, 0, 0, 0, 1, 4999, 5000])
        policy.reactivation = random.pick([.days(90), .days(90), .zero])
    }

    private mutating func makeAccount() {
        state.type = randomType()
        state.flags = random.next()
        if random.chance(10) { state.flags = 0 }
        state.ban = random.pick([nil, nil, .badDebt, .badDebt, .abuse])
        state.badDebtAt = random.chance(50) ? time(around: .days(20)) : nil
        state.stripeCustomer = random.chance(90) ? CustomerID("cus_1") : nil
        state.legalEntity = random.pick([nil, "us", "cn"])
        for product in random.part(of: ["cdn", "dns", "r2"], 30) {
            state.probations.append(Probation(product: product, failed: random.chance(30)))
        }
        if random.chance(20) {
            state.mandates = [Mandate(id: "man_1", paymentMethod: "alipay", status: "active")]
        }
        state.metadata.accountType = random.pick([nil, "pay_go", "startup"])
        state.metadata.badDebt = random.pick([nil, nil, "true", "true", "false", ""])
        state.metadata.badDebtAmount = random.pick([nil, nil, "usd:5000", "5000", ""])
        if random.chance(6) { state.missing = random.pick([["invoices"], ["account", "page 2"]]) }
    }

    private mutating func randomType() -> AccountType? {
        switch random.number(0...99) {
        case ..<35: .known(.payGo)
        case ..<90: .known(random.pick(AccountType.Known.allCases))
        case ..<95: .unknown(random.pick(["academic", "", "PAY_GO", "pay go"]))
        default: nil
        }
    }

    private mutating func makeOverride() {
        guard random.chance(25) else { return }
        let ends: [Int64?] = [-1, 0, 1, 86_400_000_000, -86_400_000_000, nil]
        state.override = Override(
            flagged: random.chance(50),
            by: "admin:7",
            since: random.chance(50) ? time(around: .days(3)) : nil,
            until: random.pick(ends).map { now.advanced(by: TimeSpan(microseconds: $0)) }
        )
    }

    /// A time that lies about as far back as a span: to the microsecond, or anywhere near.
    private mutating func time(around span: TimeSpan) -> Instant {
        let edges: [Int64] = [-1, 0, 1, -1_000_000, 1_000_000]
        let offset = random.chance(70) ? random.pick(edges) : Int64(random.number(0...40)) << 36
        let back = TimeSpan(
            microseconds: -span.microseconds + (random.chance(50) ? -offset : offset)
        )
        return now.advanced(by: back)
    }
}

extension RandomAccount {
    private static let invoiceIDs = (0...7).map { InvoiceID("in_\($0)") }

    private static let statements: [String] = [
        "", "0", "00", "1", "700", "000700", "4999", "5000", "12.50", "-700", "+700", "7e2", " 700",
        "700 ", "7 00", "0x10", "seven", "\u{661}\u{662}", "9223372036854775806",
        "9223372036854775807", "9223372036854775808", "99999999999999999999999",
    ]

    private mutating func makeInvoices() {
        for id in random.part(of: Self.invoiceIDs, random.pick([0, 20, 40, 75])).prefix(6) {
            state.invoices.append(invoice(id))
        }
    }

    private mutating func invoice(_ id: InvoiceID) -> Invoice {
        let statuses = InvoiceStatus.allCases + [.uncollectible, .uncollectible, .uncollectible]
        let amounts: [Int64] = [0, -5, 1, 100, 4999, 5000, 5001, .max - 1, .max, .min]
        let codes = ["usd", "usd", "eur", "jpy", "cny"].compactMap { Currency($0) }
        var invoice = Invoice(
            id: id,
            status: random.pick(statuses),
            currency: random.pick(codes),
            amountDue: random.pick(amounts),
            amountPaid: random.pick(amounts),
            amountRemaining: random.pick(amounts)
        )
        invoice.created = random.chance(50) ? time(around: .days(40)) : nil
        invoice.nextPaymentAttempt = random.chance(30) ? time(around: .days(-3)) : nil
        invoice.markedUncollectibleAt = random.chance(90) ? time(around: policy.confirmation) : nil
        invoice.badDebtAmount = random.chance(50) ? random.pick(Self.statements) : nil
        invoice.badDebtPaid = random.pick([nil, nil, nil, nil, "true", "false", "TRUE", ""])
        let share = random.pick([0, 0, 10, 25])
        invoice.covers = random.part(of: Self.invoiceIDs, share).shuffled(using: &random)
        invoice.replaces = random.part(of: Self.invoiceIDs, share / 2)
        if random.chance(20) { invoice.payments = ["pay_1"] }
        if random.chance(50) { invoice.version = randomVersion() }
        return invoice
    }

    private mutating func randomVersion() -> SnapshotVersion {
        SnapshotVersion(
            created: time(around: .days(1)),
            rank: UInt8(random.number(0...3)),
            at: time(around: .days(1)),
            record: RecordID("rec_\(random.number(0...9))")
        )
    }

    private mutating func makeSubscriptions() {
        for id in random.part(of: ["sub_0", "sub_1", "sub_2"], 50) {
            state.subscriptions.append(subscription(SubscriptionID(id)))
        }
    }

    private mutating func subscription(_ id: SubscriptionID) -> Subscription {
        let statuses = SubscriptionStatus.allCases + [.active, .canceled, .canceled]
        var items: [SubscriptionItem] = []
        var taken: [SubscriptionItem] = []
        for number in 0..<4 where random.chance(50) {
            let item = SubscriptionItem(
                id: ItemID("si_\(id)_\(number)"),
                product: random.pick(["cdn", "dns", "r2", nil])
            )
            if random.chance(60) { items.append(item) } else { taken.append(item) }
        }
        var subscription = Subscription(id: id, status: random.pick(statuses), items: items)
        subscription.itemsTaken = taken
        if subscription.status == .canceled {
            subscription.cancelReason = random.pick(["bad_debt", "bad_debt", "requested", nil])
            subscription.canceledAt = random.chance(90) ? time(around: policy.reactivation) : nil
        }
        if random.chance(50) { subscription.version = randomVersion() }
        return subscription
    }
}
