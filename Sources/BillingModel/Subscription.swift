/// Where a subscription stands.
///
/// Only whether it is live matters to dunning.
public enum SubscriptionStatus: String, CaseIterable, Sendable {
    /// Running. Proves no payment: Stripe turns a past-due one active when its invoice is marked
    /// uncollectible.
    case active
    /// In a trial.
    case trialing
    /// An invoice of it is late.
    case pastDue = "past_due"
    /// An invoice of it was given up on.
    case unpaid
    /// Its first invoice was never paid, and there is still time.
    case incomplete
    /// Its first invoice was never paid.
    case incompleteExpired = "incomplete_expired"
    /// A trial ended without a payment method.
    case paused
    /// Over.
    case canceled

    /// Whether the customer still has the service: active, trialing, past due or unpaid.
    public var isLive: Bool {
        switch self {
        case .active, .trialing, .pastDue, .unpaid: true
        case .incomplete, .incompleteExpired, .paused, .canceled: false
        }
    }

    /// Whether Stripe offers no way back from here; breaks ties between snapshots of one second.
    public var isTerminal: Bool { self == .canceled || self == .incompleteExpired }
}

/// One product on a subscription.
public struct SubscriptionItem: Hashable, Sendable {
    /// Its id.
    public var id: ItemID
    /// The product it buys, where known; probation is by product.
    public var product: String?

    /// An item of a product.
    public init(id: ItemID, product: String?) {
        self.id = id
        self.product = product
    }
}

/// What dunning needs to know of a Stripe subscription.
public struct Subscription: Hashable, Sendable {
    /// Its id.
    public var id: SubscriptionID
    /// Where it stands.
    public var status: SubscriptionStatus
    /// Its items, sorted by id.
    public var items: [SubscriptionItem]
    /// The items that were taken for bad debt and not given back, sorted by id.
    public var itemsTaken: [SubscriptionItem] = []
    /// Why it was last canceled: `bad_debt`, something else, or unsaid.
    public var cancelReason: String?
    /// When it was canceled, or the earliest time it was seen canceled.
    public var canceledAt: Instant?
    /// The snapshot this is; `nil` where it was not read from an event.
    public var version: SnapshotVersion?

    /// A subscription from the parts that dunning reads.
    public init(
        id: SubscriptionID,
        status: SubscriptionStatus,
        items: [SubscriptionItem],
        cancelReason: String? = nil,
        canceledAt: Instant? = nil
    ) {
        self.id = id
        self.status = status
        self.items = items.sorted { $0.id < $1.id }
        self.cancelReason = cancelReason
        self.canceledAt = canceledAt
    }

    /// Whether the customer still has the service.
    public var isLive: Bool { status.isLive }

    /// Whether its last cancellation was for bad debt.
    public var isCanceledForBadDebt: Bool { status == .canceled && cancelReason == "bad_debt" }
}
