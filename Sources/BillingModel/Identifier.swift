/// A name of one kind of thing, so that an invoice's id is never taken for a subscription's.
///
/// Compared and ordered as text. `Kind` is a marker and has no values.
public struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The id as its source writes it.
    public let rawValue: String

    /// Wraps an id as its source writes it.
    @inlinable
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The id as its source writes it.
    public var description: String { rawValue }

    /// Orders ids as text.
    @inlinable
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// Whether two ids are the same text.
    @inlinable
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.rawValue == rhs.rawValue }

    /// Feeds the id to a hasher.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Marks account ids.
public enum AccountKind: Sendable {}
/// Marks Stripe customer ids.
public enum CustomerKind: Sendable {}
/// Marks invoice ids.
public enum InvoiceKind: Sendable {}
/// Marks subscription ids.
public enum SubscriptionKind: Sendable {}
/// Marks subscription item ids.
public enum ItemKind: Sendable {}
/// Marks ids of records of the mirror log.
public enum RecordKind: Sendable {}

/// The account that every decision is about.
public typealias AccountID = Identifier<AccountKind>
/// A Stripe customer, `cus_…`.
public typealias CustomerID = Identifier<CustomerKind>
/// A Stripe invoice, `in_…`.
public typealias InvoiceID = Identifier<InvoiceKind>
/// A Stripe subscription, `sub_…`.
public typealias SubscriptionID = Identifier<SubscriptionKind>
/// An item of a Stripe subscription, `si_…`.
public typealias ItemID = Identifier<ItemKind>
/// A record of the mirror log: unique per record, the key of redelivery.
public typealias RecordID = Identifier<RecordKind>
