public import BillingModel

/// What the brain holds to be right for an account, and what it takes to get there.
public struct Decision: Hashable, Sendable {
    /// What is right; `nil` where the brain leaves everything as it is.
    public var desired: Desired?
    /// The difference between what is right and what is, in the order to apply it.
    public var plan: [PlannedEffect] = []
    /// When to decide again, and why; sorted by time.
    public var holds: [Hold] = []
    /// Why nothing may be done to this account.
    public var restrictions: [Restriction] = []
    /// The rule that determined the decision.
    public var rule: Rule
    /// The facts that determined it, in the order they were met.
    public var reasons: [Reason] = []

    /// A decision that changes nothing.
    public init(rule: Rule) {
        self.rule = rule
    }
}

/// What is right for an account.
public struct Desired: Hashable, Sendable {
    /// Bit 15 of the flags.
    public var isFlagged: Bool
    /// `subs_customer.bad_debt`.
    public var badDebtAt: Instant?
    /// The ban.
    public var ban: Ban?
    /// The customer metadata key `bad_debt`.
    public var metadataBadDebt: String?
    /// The customer metadata key `bad_debt_amount`.
    public var metadataBadDebtAmount: String?
    /// Subscriptions to cancel, sorted.
    public var cancel: [SubscriptionID] = []
    /// Subscriptions whose items are to be taken, sorted.
    public var empty: [SubscriptionID] = []
    /// Subscriptions to bring back, sorted.
    public var reactivate: [SubscriptionID] = []
    /// Subscriptions whose taken items are to be given back, with the items.
    public var restore: [SubscriptionItems] = []

    /// An account left as it is.
    public init(asIn state: AccountState) {
        isFlagged = state.isFlagged
        badDebtAt = state.badDebtAt
        ban = state.ban
        metadataBadDebt = state.metadata.badDebt
        metadataBadDebtAmount = state.metadata.badDebtAmount
    }
}

/// Items of one subscription.
public struct SubscriptionItems: Hashable, Sendable {
    /// The subscription.
    public var subscription: SubscriptionID
    /// The items, sorted.
    public var items: [ItemID]

    /// Items of a subscription.
    public init(subscription: SubscriptionID, items: [ItemID]) {
        self.subscription = subscription
        self.items = items
    }
}

/// An effect with what it rests on.
public struct PlannedEffect: Hashable, Sendable {
    /// What to change.
    public var effect: Effect
    /// The rule that asks for it.
    public var rule: Rule
    /// The invoices it rests on, sorted: the debt, or the invoices whose end took the debt away.
    public var invoices: [InvoiceID]

    /// An effect that a rule asks for.
    public init(effect: Effect, rule: Rule, invoices: [InvoiceID]) {
        self.effect = effect
        self.rule = rule
        self.invoices = invoices
    }
}

/// A time to decide again.
public struct Hold: Hashable, Sendable {
    /// When.
    public var until: Instant
    /// Why.
    public var why: Why

    /// A time to decide again.
    public init(until: Instant, why: Why) {
        self.until = until
        self.why = why
    }

    /// What changes at the end of a hold.
    public enum Why: String, Sendable {
        /// An invoice's hold-down runs out.
        case confirmation
        /// An administrator's override lapses.
        case override
    }
}

/// The rules of the binary policy, in the order in which they are tried.
public enum Rule: String, CaseIterable, Sendable {
    /// The account's type is not dunned at all.
    case restricted
    /// Something that the decision needs was not gathered.
    case incomplete
    /// An administrator's override is in force.
    case override
    /// Some currency's confirmed debt is above the threshold.
    case inDebt
    /// Nothing is owed yet, but a hold-down is running.
    case hold
    /// Nothing is owed.
    case clear
}

/// Why nothing may be done to an account.
public enum Restriction: String, Sendable {
    /// The type is one of the four that are skipped.
    case unsupportedAccountType
    /// The type is on no list.
    case unknownAccountType
    /// Facts are missing; what is taken now might not be given back.
    case incompleteFacts
}

/// A fact that determined a decision.
public enum Reason: Hashable, Sendable {
    /// A confirmed invoice, with its amount.
    case owed(InvoiceID, Int64, Currency)
    /// An invoice whose hold-down is running; `until` is `nil` where its start is unknown.
    case unconfirmed(InvoiceID, until: Instant?)
    /// An uncollectible invoice whose bad debt is marked as paid.
    case markedPaid(InvoiceID)
    /// An uncollectible invoice that another stands for.
    case superseded(InvoiceID, by: InvoiceID)
    /// A `bad_debt_amount` that can't be read; what remains of the invoice counts in its place.
    case unreadableAmount(InvoiceID, text: String)
    /// A sum left 64 bits and stands at their end.
    case saturated
    /// An override in force.
    case override(Override)
    /// A fact that was not gathered.
    case missing(String)
    /// A type that is not dunned.
    case type(String)
}

extension Reason: CustomStringConvertible {
    /// The reason as a clause.
    public var description: String {
        switch self {
        case .owed(let id, let amount, let currency):
            "invoice \(id) is owed: \(amount) \(currency)"
        case .unconfirmed(let id, let until?): "invoice \(id) is unconfirmed until \(until)"
        case .unconfirmed(let id, nil):
            "invoice \(id) is unconfirmed: when it was marked uncollectible is not known"
        case .markedPaid(let id): "invoice \(id) is marked as paid"
        case .superseded(let id, let other): "invoice \(id) is superseded by \(other)"
        case .unreadableAmount(let id, let text):
            "invoice \(id): bad_debt_amount `\(text)` is no whole number of minor units; "
                + "what remains counts"
        case .saturated: "a sum does not fit 64 bits"
        case .override(let override):
            "override to \(override.flagged ? "flagged" : "unflagged") by \(override.by) "
                + (override.until.map { "until \($0)" } ?? "without end")
        case .missing(let what): "not gathered: \(what)"
        case .type(let type): "account type `\(type)`"
        }
    }
}
