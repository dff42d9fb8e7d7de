/// Why an account is shut out.
public enum Ban: String, Sendable {
    /// It owes money.
    case badDebt = "bad_debt"
    /// It did harm. Dunning never lifts or overwrites this one.
    case abuse
}

/// A key and a value of Stripe metadata.
public struct MetadataEntry: Hashable, Sendable {
    /// The key.
    public var key: String
    /// The value; Stripe deletes a key that is set to nothing.
    public var value: String

    /// An entry of a key and a value.
    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// The bit of `subs_account.flags` that marks bad debt, `AcctFlagBadDebt`.
public let badDebtFlagBit = 15

/// One change that a legacy path or the brain makes.
public enum Effect: Hashable, Sendable {
    /// Sets or clears a bit (0 to 62) of `subs_account.flags`.
    case setFlag(bit: Int, to: Bool)
    /// Shuts an account out, or lets it in again.
    case setBan(Ban?)
    /// Sets or clears `subs_customer.bad_debt`.
    case setBadDebtAt(Instant?)
    /// Ends a subscription.
    case cancelSubscription(SubscriptionID, reason: String?)
    /// Brings a canceled subscription back.
    case reactivateSubscription(SubscriptionID, reason: String?)
    /// Takes items off a subscription.
    case deleteItems(SubscriptionID, [ItemID])
    /// Gives taken items back.
    case restoreItems(SubscriptionID, [ItemID])
    /// Writes the Stripe customer's metadata.
    case setCustomerMetadata(set: [MetadataEntry], unset: [String])
    /// Writes an invoice's metadata.
    case setInvoiceMetadata(InvoiceID, set: [MetadataEntry], unset: [String])
    /// Voids an invoice.
    case voidInvoice(InvoiceID)
    /// Makes one invoice that stands for several.
    case createConsolidatedInvoice(InvoiceID, covers: [InvoiceID], Money)
    /// Takes a payment for an invoice.
    case payInvoice(InvoiceID, Money?, payment: String?)
    /// Writes a Stripe event into `subs_dunning`.
    case recordDunning(event: String)
    /// Tells somebody, of a graduated policy.
    case notify(stage: String, to: String?)
    /// Narrows what an account may do, of a graduated policy.
    case restrict(stage: String, to: String?)
    /// Hands the case to a person, of a graduated policy.
    case escalate(stage: String, to: String?)
}

/// An effect at its instant, and whether it took place.
public struct TimedEffect: Hashable, Sendable {
    /// When it took place, or was tried.
    public var at: Instant
    /// What it changes.
    public var effect: Effect
    /// Whether it took place; `false` means tried and failed.
    public var ok: Bool

    /// An effect at its instant.
    public init(at: Instant, effect: Effect, ok: Bool = true) {
        self.at = at
        self.effect = effect
        self.ok = ok
    }
}
