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
///
/// Its parts lie in one place that copies share, as those of an ``AccountState`` do.
public struct Subscription: Hashable, Sendable {
    @usableFromInline var shared: ContiguousArray<Parts>

    /// Its id.
    @inlinable public var id: SubscriptionID {
        _read { yield shared[0].id }
        _modify { yield &shared[0].id }
    }

    /// Where it stands.
    @inlinable public var status: SubscriptionStatus {
        _read { yield shared[0].status }
        _modify { yield &shared[0].status }
    }

    /// Its items, sorted by id.
    @inlinable public var items: [SubscriptionItem] {
        _read { yield shared[0].items }
        _modify { yield &shared[0].items }
    }

    /// The items that were taken for bad debt and not given back, sorted by id.
    @inlinable public var itemsTaken: [SubscriptionItem] {
        _read { yield shared[0].itemsTaken }
        _modify { yield &shared[0].itemsTaken }
    }

    /// Why it was last canceled: `bad_debt`, something else, or unsaid.
    @inlinable public var cancelReason: String? {
        _read { yield shared[0].cancelReason }
        _modify { yield &shared[0].cancelReason }
    }

    /// When it was canceled, or the earliest time it was seen canceled.
    @inlinable public var canceledAt: Instant? {
        _read { yield shared[0].canceledAt }
        _modify { yield &shared[0].canceledAt }
    }

    /// The snapshot this is; `nil` where it was not read from an event.
    @inlinable public var version: SnapshotVersion? {
        _read { yield shared[0].version }
        _modify { yield &shared[0].version }
    }

    @usableFromInline struct Parts: Hashable, Sendable {
        @usableFromInline var id: SubscriptionID
        @usableFromInline var status: SubscriptionStatus
        @usableFromInline var items: [SubscriptionItem]
        @usableFromInline var itemsTaken: [SubscriptionItem] = []
        @usableFromInline var cancelReason: String?
        @usableFromInline var canceledAt: Instant?
        @usableFromInline var version: SnapshotVersion?
    }

    /// A subscription from the parts that dunning reads.
    public init(
        id: SubscriptionID,
        status: SubscriptionStatus,
        items: [SubscriptionItem],
        cancelReason: String? = nil,
        canceledAt: Instant? = nil
    ) {
        let parts = Parts(
            id: id,
            status: status,
            items: items.sorted { $0.id < $1.id },
            cancelReason: cancelReason,
            canceledAt: canceledAt
        )
        shared = [parts]
    }

    /// Whether the customer still has the service.
    public var isLive: Bool { status.isLive }

    /// Whether its last cancellation was for bad debt.
    public var isCanceledForBadDebt: Bool { status == .canceled && cancelReason == "bad_debt" }
}
