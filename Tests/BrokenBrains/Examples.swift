package import BillingModel
package import DunningBrain

extension Instant {
    /// When the examples are decided: 2026-03-01T12:00:00Z.
    package static let noon = Instant(microseconds: 1_772_366_400_000_000)

    /// A time before this one.
    package func minus(_ span: TimeSpan, microseconds: Int64 = 0) -> Instant {
        advanced(by: TimeSpan(microseconds: microseconds - span.microseconds))
    }
}

extension Currency {
    /// A currency that is known to be one.
    package static func of(_ code: String) -> Currency {
        guard let currency = Currency(code) else { preconditionFailure("no currency: \(code)") }
        return currency
    }
}

extension Invoice {
    /// An invoice that was given up on an hour before noon, where nothing else is said.
    package static func owed(
        _ id: String,
        _ amount: Int64 = 5000,
        _ code: String = "usd",
        status: InvoiceStatus = .uncollectible,
        marked: Instant? = .noon.minus(.minutes(60)),
        stated: String? = nil,
        paid: String? = nil,
        covers: [String] = [],
        replaces: [String] = []
    ) -> Invoice {
        Invoice(
            id: InvoiceID(id),
            status: status,
            currency: .of(code),
            amountDue: amount,
            amountRemaining: amount,
            markedUncollectibleAt: marked,
            badDebtAmount: stated,
            badDebtPaid: paid,
            covers: covers.map { InvoiceID($0) },
            replaces: replaces.map { InvoiceID($0) }
        )
    }
}

extension Subscription {
    /// A subscription with one item for each product.
    package static func to(
        _ products: String...,
        id: String = "sub_1",
        status: SubscriptionStatus = .active,
        reason: String? = nil,
        canceled: Instant? = nil,
        taken: [String] = []
    ) -> Subscription {
        var subscription = Subscription(
            id: SubscriptionID(id),
            status: status,
            items: products.map { .item($0) },
            cancelReason: reason,
            canceledAt: canceled
        )
        subscription.itemsTaken = taken.map { .item($0) }
        return subscription
    }
}

extension SubscriptionItem {
    /// The item that buys a product, named after it.
    package static func item(_ product: String) -> SubscriptionItem {
        SubscriptionItem(id: ItemID("si_" + product), product: product)
    }
}

extension AccountState {
    /// An account without a mark, with these invoices and subscriptions.
    package static func example(
        _ type: AccountType.Known = .payGo,
        _ invoices: [Invoice] = [],
        _ subscriptions: [Subscription] = []
    ) -> AccountState {
        var state = AccountState()
        state.type = .known(type)
        for invoice in invoices { state.put(invoice) }
        for subscription in subscriptions { state.put(subscription) }
        return state
    }

    /// An account that bears every mark of bad debt.
    package static func marked(
        _ type: AccountType.Known = .payGo,
        _ invoices: [Invoice] = [],
        _ subscriptions: [Subscription] = []
    ) -> AccountState {
        var state = example(type, invoices, subscriptions)
        state.isFlagged = true
        state.ban = .badDebt
        state.badDebtAt = .noon.minus(.days(2))
        state.metadata.badDebt = "true"
        state.metadata.badDebtAmount = "usd:5000"
        return state
    }

    /// This account with a change.
    package func with(_ change: (inout AccountState) -> Void) -> AccountState {
        var state = self
        change(&state)
        return state
    }

    /// What the brain decides on it at noon.
    package func decision(_ policy: Policy = Policy()) -> Decision {
        decide(self, at: .noon, policy)
    }

    /// The effects that the brain plans for it at noon.
    package var plan: [Effect] { decision().plan.map(\.effect) }
}
