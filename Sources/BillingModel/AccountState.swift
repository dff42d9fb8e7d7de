/// Whether a customer failed the payment probation of a product.
public struct Probation: Hashable, Sendable {
    /// The product.
    public var product: String
    /// Whether they failed.
    public var failed: Bool

    /// The outcome for a product.
    public init(product: String, failed: Bool) {
        self.product = product
        self.failed = failed
    }
}

/// A permission to take payments.
public struct Mandate: Hashable, Sendable {
    /// Its id.
    public var id: String
    /// The kind of payment method: `card`, `alipay`.
    public var paymentMethod: String
    /// Its status, as its source writes it.
    public var status: String

    /// A mandate from its parts.
    public init(id: String, paymentMethod: String, status: String) {
        self.id = id
        self.paymentMethod = paymentMethod
        self.status = status
    }
}

/// An administrator's word that stands above the computed flag.
public struct Override: Hashable, Sendable {
    /// Whether the account is to be flagged.
    public var flagged: Bool
    /// Who said so.
    public var by: String
    /// When it was said, where known.
    public var since: Instant?
    /// The last instant it is in force; `nil` for ever.
    public var until: Instant?

    /// An override from its parts.
    public init(flagged: Bool, by: String, since: Instant?, until: Instant?) {
        self.flagged = flagged
        self.by = by
        self.since = since
        self.until = until
    }

    /// Whether it is in force: until its last instant, that one included.
    public func isInForce(at now: Instant) -> Bool {
        until.map { now <= $0 } ?? true
    }
}

/// Everything that a decision about one account rests on.
///
/// A state is handed on a dozen times for each episode and seldom changed on the way, so its parts
/// lie together in one place that copies share, and a copy costs the same however much is in it.
/// The place is an array of one element: it is copied when it is written to while it is shared.
public struct AccountState: Hashable, Sendable {
    @usableFromInline var shared: ContiguousArray<Parts>

    private static let unknown: ContiguousArray<Parts> = [Parts()]

    /// An account of which nothing is known.
    public init() {
        shared = Self.unknown
    }

    /// What kind of customer it is; `nil` while nobody has said.
    @inlinable public var type: AccountType? {
        _read { yield shared[0].type }
        _modify { yield &shared[0].type }
    }

    /// `subs_account.flags`; bit 15 marks bad debt.
    @inlinable public var flags: UInt64 {
        _read { yield shared[0].flags }
        _modify { yield &shared[0].flags }
    }

    /// Whether and why it is shut out.
    @inlinable public var ban: Ban? {
        _read { yield shared[0].ban }
        _modify { yield &shared[0].ban }
    }

    /// The Stripe customer it is mapped to.
    @inlinable public var stripeCustomer: CustomerID? {
        _read { yield shared[0].stripeCustomer }
        _modify { yield &shared[0].stripeCustomer }
    }

    /// `subs_customer.bad_debt`.
    @inlinable public var badDebtAt: Instant? {
        _read { yield shared[0].badDebtAt }
        _modify { yield &shared[0].badDebtAt }
    }

    /// The legal entity that bills it; `cn` is China.
    @inlinable public var legalEntity: String? {
        _read { yield shared[0].legalEntity }
        _modify { yield &shared[0].legalEntity }
    }

    /// Payment probations, sorted by product.
    @inlinable public var probations: [Probation] {
        _read { yield shared[0].probations }
        _modify { yield &shared[0].probations }
    }

    /// Payment mandates, sorted by id.
    @inlinable public var mandates: [Mandate] {
        _read { yield shared[0].mandates }
        _modify { yield &shared[0].mandates }
    }

    /// Credit that a sponsored account lives on.
    @inlinable public var credit: Money? {
        _read { yield shared[0].credit }
        _modify { yield &shared[0].credit }
    }

    /// An administrator's word, in force or past.
    @inlinable public var override: Override? {
        _read { yield shared[0].override }
        _modify { yield &shared[0].override }
    }

    /// The Stripe customer's metadata.
    @inlinable public var metadata: CustomerMetadata {
        _read { yield shared[0].metadata }
        _modify { yield &shared[0].metadata }
    }

    /// How old the metadata is; `nil` in a baseline, which is as old as its record.
    @inlinable public var metadataVersion: SnapshotVersion? {
        _read { yield shared[0].metadataVersion }
        _modify { yield &shared[0].metadataVersion }
    }

    /// Subscriptions, sorted by id.
    @inlinable public var subscriptions: [Subscription] {
        _read { yield shared[0].subscriptions }
        _modify { yield &shared[0].subscriptions }
    }

    /// Invoices, sorted by id.
    @inlinable public var invoices: [Invoice] {
        _read { yield shared[0].invoices }
        _modify { yield &shared[0].invoices }
    }

    /// What is known to be missing: facts that could not be gathered, sorted.
    ///
    /// While this is not empty nothing may be taken from the customer.
    @inlinable public var missing: [String] {
        _read { yield shared[0].missing }
        _modify { yield &shared[0].missing }
    }

    @usableFromInline struct Parts: Hashable, Sendable {
        @usableFromInline var type: AccountType?
        @usableFromInline var flags: UInt64 = 0
        @usableFromInline var ban: Ban?
        @usableFromInline var stripeCustomer: CustomerID?
        @usableFromInline var badDebtAt: Instant?
        @usableFromInline var legalEntity: String?
        @usableFromInline var probations: [Probation] = []
        @usableFromInline var mandates: [Mandate] = []
        @usableFromInline var credit: Money?
        @usableFromInline var override: Override?
        @usableFromInline var metadata: CustomerMetadata = CustomerMetadata()
        @usableFromInline var metadataVersion: SnapshotVersion?
        @usableFromInline var subscriptions: [Subscription] = []
        @usableFromInline var invoices: [Invoice] = []
        @usableFromInline var missing: [String] = []

        init() {}
    }

    /// Whether bit 15 is set.
    public var isFlagged: Bool {
        get { flags & (1 << UInt64(badDebtFlagBit)) != 0 }
        set { setFlag(badDebtFlagBit, newValue) }
    }

    /// Whether any product's payment probation was failed: debt then needs no hold-down.
    public var hasFailedProbation: Bool { probations.contains { $0.failed } }

    /// Whether the customer failed the probation of this product.
    public func hasFailedProbation(of product: String?) -> Bool {
        guard let product else { return false }
        return probations.contains { $0.failed && $0.product == product }
    }

    mutating func setFlag(_ bit: Int, _ value: Bool) {
        guard (0..<63).contains(bit) else { return }
        let mask: UInt64 = 1 << UInt64(bit)
        flags = value ? flags | mask : flags & ~mask
    }
}

extension AccountState {
    /// The place of a subscription, or where it belongs.
    public func subscriptionIndex(_ id: SubscriptionID) -> (index: Int, found: Bool) {
        place(among: subscriptions.count, { subscriptions[$0].id < id }) {
            subscriptions[$0].id == id
        }
    }

    /// The place of an invoice, or where it belongs.
    public func invoiceIndex(_ id: InvoiceID) -> (index: Int, found: Bool) {
        place(among: invoices.count, { invoices[$0].id < id }) { invoices[$0].id == id }
    }

    /// The subscription of that id.
    public func subscription(_ id: SubscriptionID) -> Subscription? {
        let (index, found) = subscriptionIndex(id)
        return found ? subscriptions[index] : nil
    }

    /// The invoice of that id.
    public func invoice(_ id: InvoiceID) -> Invoice? {
        let (index, found) = invoiceIndex(id)
        return found ? invoices[index] : nil
    }

    /// Puts a subscription in its place, over one of the same id.
    public mutating func put(_ subscription: Subscription) {
        let (index, found) = subscriptionIndex(subscription.id)
        if found {
            subscriptions[index] = subscription
        } else {
            subscriptions.insert(subscription, at: index)
        }
    }

    /// Puts an invoice in its place, over one of the same id.
    public mutating func put(_ invoice: Invoice) {
        let (index, found) = invoiceIndex(invoice.id)
        if found { invoices[index] = invoice } else { invoices.insert(invoice, at: index) }
    }

    /// How many successful payments cover an invoice: its own, and those of the invoices that were
    /// made to cover it.
    ///
    /// More than one is a customer charged twice.
    ///
    /// An invoice marked as paid out of band counts as paid where nothing else paid it: the mark is
    /// how a payment of another invoice is noted on this one.
    public func paymentCount(of id: InvoiceID) -> Int {
        var count = 0
        var isMarked = false
        for index in invoices.indices
        where invoices[index].id == id || invoices[index].covers.contains(id) {
            let payments = invoices[index].payments.count
            if payments == 0, invoices[index].isPaidOutOfBand { isMarked = true }
            let isPaid = invoices[index].status == .paid && !invoices[index].isPaidOutOfBand
            count += max(payments, isPaid ? 1 : 0)
        }
        return count == 0 && isMarked ? 1 : count
    }
}

/// Binary search, by places rather than elements so that no element is copied.
private func place(
    among count: Int,
    _ isBefore: (Int) -> Bool,
    _ isThere: (Int) -> Bool
) -> (index: Int, found: Bool) {
    var low = 0
    var high = count
    while low < high {
        let middle = (low + high) / 2
        if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return (low, low < count && isThere(low))
}
