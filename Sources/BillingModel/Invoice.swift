/// Where an invoice stands in its life.
public enum InvoiceStatus: String, CaseIterable, Sendable {
    /// Not final yet.
    case draft
    /// Final and payable.
    case open
    /// Given up on, and still payable: live debt, not an end.
    case uncollectible
    /// A mistake that is owed by nobody.
    case void
    /// Settled.
    case paid

    /// How far along its life the invoice is.
    ///
    /// Of two snapshots of one second the further wins.
    public var rank: UInt8 {
        switch self {
        case .draft: 0
        case .open: 1
        case .uncollectible: 2
        case .void, .paid: 3
        }
    }
}

/// The age of a snapshot of a Stripe object: of two, the greater one holds.
///
/// Stripe's `created` has whole seconds only, and one payment sends several events within one, so
/// equal seconds are told apart by the progress of the object's life, then by the record's own
/// time, then by its id.
public struct SnapshotVersion: Hashable, Comparable, Sendable {
    /// The event's `created`, in whole seconds.
    public var created: Instant
    /// The progress of the object's life, see ``InvoiceStatus/rank``.
    public var rank: UInt8
    /// The record's event time.
    public var at: Instant
    /// The record's id.
    public var record: RecordID

    /// A version from its four parts, most significant first.
    public init(created: Instant, rank: UInt8, at: Instant, record: RecordID) {
        self.created = created
        self.rank = rank
        self.at = at
        self.record = record
    }

    /// The version of what a record other than a Stripe event shows or makes: Stripe would give it
    /// the second that it happened in.
    public init(rank: UInt8, at: Instant, record: RecordID) {
        let second = Instant(unixSeconds: at.unixSeconds) ?? at
        self.init(created: second, rank: rank, at: at, record: record)
    }

    /// Orders by age: creation, progress, event time, id.
    public static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.created != rhs.created { return lhs.created < rhs.created }
        if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
        if lhs.at != rhs.at { return lhs.at < rhs.at }
        return lhs.record < rhs.record
    }
}

/// What dunning needs to know of a Stripe invoice, whatever API version it was written in.
///
/// Its parts lie in one place that copies share, as those of an ``AccountState`` do.
public struct Invoice: Hashable, Sendable {
    @usableFromInline var shared: ContiguousArray<Parts>

    /// Its id.
    @inlinable public var id: InvoiceID {
        _read { yield shared[0].id }
        _modify { yield &shared[0].id }
    }

    /// Where it stands.
    @inlinable public var status: InvoiceStatus {
        _read { yield shared[0].status }
        _modify { yield &shared[0].status }
    }

    /// Its currency; amounts without one can't be summed.
    @inlinable public var currency: Currency {
        _read { yield shared[0].currency }
        _modify { yield &shared[0].currency }
    }

    /// What was asked for, in minor units.
    @inlinable public var amountDue: Int64 {
        _read { yield shared[0].amountDue }
        _modify { yield &shared[0].amountDue }
    }

    /// What was paid, in minor units.
    @inlinable public var amountPaid: Int64 {
        _read { yield shared[0].amountPaid }
        _modify { yield &shared[0].amountPaid }
    }

    /// What is left to pay, in minor units.
    @inlinable public var amountRemaining: Int64 {
        _read { yield shared[0].amountRemaining }
        _modify { yield &shared[0].amountRemaining }
    }

    /// When it was made, where the object says so.
    @inlinable public var created: Instant? {
        _read { yield shared[0].created }
        _modify { yield &shared[0].created }
    }

    /// When it was marked uncollectible.
    ///
    /// Kept after it is paid or voided.
    ///
    /// Where the object does not say, this is the earliest time it was seen uncollectible, which
    /// can only be later: the hold-down then ends later, never earlier.
    @inlinable public var markedUncollectibleAt: Instant? {
        _read { yield shared[0].markedUncollectibleAt }
        _modify { yield &shared[0].markedUncollectibleAt }
    }

    /// The subscription that it bills, if any.
    @inlinable public var subscription: SubscriptionID? {
        _read { yield shared[0].subscription }
        _modify { yield &shared[0].subscription }
    }

    /// When Stripe will try again to collect it; `nil` when it will not.
    @inlinable public var nextPaymentAttempt: Instant? {
        _read { yield shared[0].nextPaymentAttempt }
        _modify { yield &shared[0].nextPaymentAttempt }
    }

    /// The metadata value `bad_debt_amount`, unread.
    @inlinable public var badDebtAmount: String? {
        _read { yield shared[0].badDebtAmount }
        _modify { yield &shared[0].badDebtAmount }
    }

    /// The metadata value `bad_debt_paid`, unread.
    @inlinable public var badDebtPaid: String? {
        _read { yield shared[0].badDebtPaid }
        _modify { yield &shared[0].badDebtPaid }
    }

    /// The invoices it stands for: ids named in its metadata `covers`.
    @inlinable public var covers: [InvoiceID] {
        _read { yield shared[0].covers }
        _modify { yield &shared[0].covers }
    }

    /// The invoices it stands in for: ids named in its metadata `replaces`.
    @inlinable public var replaces: [InvoiceID] {
        _read { yield shared[0].replaces }
        _modify { yield &shared[0].replaces }
    }

    /// Whether it was marked as paid by other means than a payment of it: no money came in by it.
    @inlinable public var isPaidOutOfBand: Bool {
        _read { yield shared[0].isPaidOutOfBand }
        _modify { yield &shared[0].isPaidOutOfBand }
    }

    /// The successful payments recorded by legacy paths, each once, sorted.
    ///
    /// An invoice paid by other means has none here and still counts as paid once.
    @inlinable public var payments: [String] {
        _read { yield shared[0].payments }
        _modify { yield &shared[0].payments }
    }

    /// The snapshot this is; `nil` where it was not read from an event.
    @inlinable public var version: SnapshotVersion? {
        _read { yield shared[0].version }
        _modify { yield &shared[0].version }
    }

    @usableFromInline struct Parts: Hashable, Sendable {
        @usableFromInline var id: InvoiceID
        @usableFromInline var status: InvoiceStatus
        @usableFromInline var currency: Currency
        @usableFromInline var amountDue: Int64
        @usableFromInline var amountPaid: Int64
        @usableFromInline var amountRemaining: Int64
        @usableFromInline var created: Instant?
        @usableFromInline var markedUncollectibleAt: Instant?
        @usableFromInline var subscription: SubscriptionID?
        @usableFromInline var nextPaymentAttempt: Instant?
        @usableFromInline var badDebtAmount: String?
        @usableFromInline var badDebtPaid: String?
        @usableFromInline var covers: [InvoiceID]
        @usableFromInline var replaces: [InvoiceID]
        @usableFromInline var isPaidOutOfBand: Bool = false
        @usableFromInline var payments: [String] = []
        @usableFromInline var version: SnapshotVersion?
    }

    /// An invoice from the parts that dunning reads.
    public init(
        id: InvoiceID,
        status: InvoiceStatus,
        currency: Currency,
        amountDue: Int64,
        amountPaid: Int64 = 0,
        amountRemaining: Int64,
        created: Instant? = nil,
        markedUncollectibleAt: Instant? = nil,
        subscription: SubscriptionID? = nil,
        nextPaymentAttempt: Instant? = nil,
        badDebtAmount: String? = nil,
        badDebtPaid: String? = nil,
        covers: [InvoiceID] = [],
        replaces: [InvoiceID] = []
    ) {
        let parts = Parts(
            id: id,
            status: status,
            currency: currency,
            amountDue: amountDue,
            amountPaid: amountPaid,
            amountRemaining: amountRemaining,
            created: created,
            markedUncollectibleAt: markedUncollectibleAt,
            subscription: subscription,
            nextPaymentAttempt: nextPaymentAttempt,
            badDebtAmount: badDebtAmount,
            badDebtPaid: badDebtPaid,
            covers: covers,
            replaces: replaces
        )
        shared = [parts]
    }

    /// Whether its bad debt was marked as paid by another way than paying the invoice itself.
    public var isMarkedPaid: Bool { badDebtPaid == "true" }

    /// Whether this invoice claims to stand for another.
    public func names(_ other: InvoiceID) -> Bool {
        covers.contains(other) || replaces.contains(other)
    }
}

extension Invoice {
    /// The amount that `bad_debt_amount` states, where it can be read.
    ///
    /// Read is a run of ASCII digits that fits 64 bits, with any number of leading zeros. A sign,
    /// a point, an exponent, space or nothing at all is not a whole number of minor units.
    public var statedDebt: StatedDebt {
        guard let text = badDebtAmount else { return .absent }
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let value = Int64(text)
        else { return .unreadable(text) }
        return .amount(value)
    }

    /// What ``badDebtAmount`` says.
    public enum StatedDebt: Hashable, Sendable {
        /// There is no such key.
        case absent
        /// A whole number of minor units.
        case amount(Int64)
        /// Something else; the remaining amount counts in its place, and the reasons name it.
        case unreadable(String)
    }

    /// What the invoice weighs as bad debt: the stated amount where readable, else what remains.
    public var debtAmount: Int64 {
        if case .amount(let value) = statedDebt { value } else { amountRemaining }
    }
}
