import BillingModel

/// An account as the mirror first meets it.
struct Newborn {
    private(set) var state = AccountState()
    let currency: Currency
    private let start: Instant

    /// Makes the account that a part in the fleet begins with.
    init(part: Part, plan: FleetPlan, random: inout SplitMix64, names: inout Names) {
        let isChinese = part.type == .known(.jdc)
        let drawn = random.pick(plan.currencies) ?? Currency("usd")
        currency = (isChinese ? Currency("cny") : drawn) ?? plan.currencies[0].value
        start = plan.start
        state.type = part.type
        state.flags = UInt64(random.below(8))
        state.stripeCustomer = CustomerID(names.next("cus"))
        state.legalEntity = isChinese ? "cn" : "global"
        // One tag in a hundred is out of date or was never written; the column is the truth.
        state.metadata.accountType = part.type.columnValue
        if random.chance(perThousand: 10) {
            state.metadata.accountType = random.chance(perThousand: 500) ? "trial" : nil
        }
        state.mandates = [
            Mandate(
                id: names.next("mandate"),
                paymentMethod: isChinese ? "alipay" : "card",
                status: "active"
            )
        ]
        for _ in 0..<part.subscriptions { addSubscription(&random, &names) }
        if part.role == .ordinary, random.chance(perThousand: 30), let product = Self.products.first
        {
            state.probations = [
                Probation(product: product, failed: random.chance(perThousand: 200))
            ]
        }
        if part.role == .ordinary, random.chance(perThousand: 10) { state.ban = .abuse }
        part.role.past.write(into: &self, &random, &names)
    }

    private static let products = ["zone_pro", "zone_business", "workers_paid", "images", "stream"]

    private mutating func addSubscription(_ random: inout SplitMix64, _ names: inout Names) {
        let items = (0...random.below(2)).map { _ in
            SubscriptionItem(id: ItemID(names.next("si")), product: random.pick(Self.products))
        }
        let id = SubscriptionID(names.next("sub"))
        state.put(Subscription(id: id, status: .active, items: items))
    }

    /// Adds an invoice from before the beginning.
    @discardableResult
    fileprivate mutating func addInvoice(
        _ status: InvoiceStatus,
        daysAgo: Int,
        _ random: inout SplitMix64,
        _ names: inout Names
    ) -> InvoiceID {
        let id = InvoiceID(names.next("in"))
        let amount = Int64(random.within(5...500)) * 100
        let created = start.advanced(by: .days(-Int64(daysAgo)))
        var invoice = Invoice(
            id: id,
            status: status,
            currency: currency,
            amountDue: amount,
            amountPaid: status == .paid ? amount : 0,
            amountRemaining: status == .paid ? 0 : amount,
            created: created
        )
        if status == .uncollectible {
            invoice.markedUncollectibleAt = created.advanced(by: .days(7)).wholeSecond
        }
        state.put(invoice)
        return id
    }

    /// Puts the account in debt, with everything that follows from it in place.
    fileprivate mutating func fallIntoDebt(
        daysAgo: Int,
        _ random: inout SplitMix64,
        _ names: inout Names
    ) {
        addInvoice(.uncollectible, daysAgo: daysAgo + 7, &random, &names)
        let since = start.advanced(by: .days(-Int64(daysAgo)))
        state.isFlagged = true
        state.ban = .badDebt
        state.badDebtAt = since
        state.metadata.badDebt = "true"
        for index in state.subscriptions.indices {
            if state.type?.losesSubscriptions == true {
                state.subscriptions[index].status = .canceled
                state.subscriptions[index].cancelReason = "bad_debt"
                state.subscriptions[index].canceledAt = since.wholeSecond
            } else {
                state.subscriptions[index].items = []
            }
        }
    }

    fileprivate mutating func supersede(_ random: inout SplitMix64, _ names: inout Names) {
        let old = addInvoice(.uncollectible, daysAgo: 60, &random, &names)
        let new = addInvoice(.paid, daysAgo: 40, &random, &names)
        guard var invoice = state.invoice(new) else { return }
        invoice.replaces = [old]
        state.put(invoice)
    }
}

/// What lies behind an account when the simulation begins.
enum Past {
    /// Nothing of note.
    case clean
    /// Debt of a week, with all that follows from it.
    case debt
    /// Debt so old that canceled subscriptions never come back, and an open invoice beside it.
    case oldDebt
    /// An invoice that was given up on, and the paid one that replaces it.
    case superseded

    fileprivate func write(
        into newborn: inout Newborn,
        _ random: inout SplitMix64,
        _ names: inout Names
    ) {
        switch self {
        case .clean: break
        case .debt: newborn.fallIntoDebt(daysAgo: random.within(3...30), &random, &names)
        case .oldDebt:
            newborn.fallIntoDebt(daysAgo: random.within(120...300), &random, &names)
            newborn.addInvoice(.open, daysAgo: 20, &random, &names)
        case .superseded: newborn.supersede(&random, &names)
        }
    }
}
