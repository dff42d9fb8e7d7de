import BillingModel
import LegacyPaths

extension Instant {
    /// When the examples run: 2026-03-01T12:00:00Z.
    static let noon = Instant(microseconds: 1_772_366_400_000_000)
}

extension Currency {
    /// A currency that is known to be one.
    static func of(_ code: String) -> Currency {
        guard let currency = Currency(code) else { preconditionFailure("no currency: \(code)") }
        return currency
    }
}

extension Invoice {
    /// An invoice that was given up on, where nothing else is said.
    static func owed(
        _ id: String,
        _ amount: Int64 = 5000,
        _ code: String = "usd",
        status: InvoiceStatus = .uncollectible,
        subscription: String? = nil,
        next: Instant? = nil,
        stated: String? = nil,
        paid: String? = nil,
        covers: [String] = []
    ) -> Invoice {
        Invoice(
            id: InvoiceID(id),
            status: status,
            currency: .of(code),
            amountDue: amount,
            amountRemaining: amount,
            markedUncollectibleAt: .noon,
            subscription: subscription.map { SubscriptionID($0) },
            nextPaymentAttempt: next,
            badDebtAmount: stated,
            badDebtPaid: paid,
            covers: covers.map { InvoiceID($0) }
        )
    }
}

extension Subscription {
    /// A subscription with one item for each product.
    static func to(
        _ products: String...,
        id: String = "sub_1",
        status: SubscriptionStatus = .active,
        reason: String? = nil,
        taken: [String] = []
    ) -> Subscription {
        func items(_ products: [String]) -> [SubscriptionItem] {
            products.map { SubscriptionItem(id: ItemID("si_" + $0), product: $0) }
        }
        var subscription = Subscription(
            id: SubscriptionID(id),
            status: status,
            items: items(products),
            cancelReason: reason
        )
        subscription.itemsTaken = items(taken)
        return subscription
    }
}

extension AccountState {
    /// An account without a mark, with these invoices and subscriptions.
    static func example(
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

    /// This account with every mark of bad debt.
    var marked: AccountState {
        with { state in
            state.isFlagged = true
            state.ban = .badDebt
            state.badDebtAt = .noon
            state.metadata.badDebt = "true"
            state.metadata.badDebtAmount = "usd:5000"
        }
    }

    /// This account with a change.
    func with(_ change: (inout AccountState) -> Void) -> AccountState {
        var state = self
        change(&state)
        return state
    }
}

extension LegacyTrigger {
    /// An event about an invoice.
    static func event(_ type: String, _ invoice: Invoice) -> LegacyTrigger {
        event(type, object: .invoice(invoice))
    }

    /// An event about anything.
    static func event(_ type: String, object: StripeObject = .other) -> LegacyTrigger {
        let event = StripeEvent(
            id: "evt_1",
            type: StripeEventType(type),
            created: .noon,
            object: object
        )
        return .stripe(event)
    }

    /// A request.
    static func asking(_ kind: Request.Kind) -> LegacyTrigger {
        .request(Request(kind: kind, actor: "admin:7"))
    }
}

extension LegacyPath {
    /// What this path does at noon.
    func effects(
        on trigger: LegacyTrigger,
        reading state: AccountState,
        _ options: ModelOptions = ModelOptions()
    ) -> [Effect] {
        let run = ModelRun(
            trigger: trigger,
            read: state,
            at: .noon,
            execution: RecordID("exec_1")
        )
        return effects(of: run, options)
    }
}

extension ModelOptions {
    /// The options of a deployed version.
    static func version(_ change: (inout ServiceVersion) -> Void) -> ModelOptions {
        var version = ServiceVersion()
        change(&version)
        return ModelOptions(version: version)
    }
}

/// The metadata entry that marks bad debt.
let badDebtIsTrue = MetadataEntry("bad_debt", "true")
