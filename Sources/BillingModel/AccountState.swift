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
public struct AccountState: Hashable, Sendable {
    /// What kind of customer it is; `nil` while nobody has said.
    public var type: AccountType?
    /// `subs_account.flags`; bit 15 marks bad debt.
    public var flags: UInt64 = 0
    /// Whether and why it is shut out.
    public var ban: Ban?
    /// The Stripe customer it is mapped to.
    public var stripeCustomer: CustomerID?
    /// `subs_customer.bad_debt`.
    public var badDebtAt: Instant?
    /// The legal entity that bills it; `cn` is China.
    public var legalEntity: String?
    /// Payment probations, sorted by product.
    public var probations: [Probation] = []
    /// Payment mandates, sorted by id.
    public var mandates: [Mandate] = []
    /// Credit that a sponsored account lives on.
    public var credit: Money?
    /// An administrator's word, in force or past.
    public var override: Override?
    /// The Stripe customer's metadata.
    public var metadata = CustomerMetadata()
    /// How old the metadata is; `nil` in a baseline, which is as old as its record.
    public var metadataVersion: SnapshotVersion?
    /// Subscriptions, sorted by id.
    public var subscriptions: [Subscription] = []
    /// Invoices, sorted by id.
    public var invoices: [Invoice] = []
    /// What is known to be missing: facts that could not be gathered, sorted.
    ///
    /// While this is not empty nothing may be taken from the customer.
    public var missing: [String] = []

    /// An account of which nothing is known.
    public init() {}

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
