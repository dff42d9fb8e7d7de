/// An ISO 4217 currency, in lower case as Stripe writes it.
public struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Three lower-case letters.
    public let code: String

    /// Reads a code of three ASCII letters in any case.
    ///
    /// It is `nil` for anything else.
    /// - Parameter text: The code.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 3,
            text.utf8.allSatisfy({ (97...122).contains($0 | 0x20) })
        else { return nil }
        code = text.lowercased()
    }

    /// The code.
    public var description: String { code }

    /// Orders by code.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.code < rhs.code }
}

/// An amount of one currency, in its minor units.
///
/// There is no floating point near it.
public struct Money: Hashable, Sendable {
    /// Cents, pence, yen: the smallest unit that Stripe counts the currency in.
    public var minorUnits: Int64
    /// The currency that the amount is in.
    public var currency: Currency

    /// An amount in minor units of a currency.
    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }
}

/// Sums of money kept apart by currency: two currencies are never added.
public struct Amounts: Hashable, Sendable {
    /// The sums, sorted by currency, each currency once.
    public private(set) var sums: [Money] = []
    /// Whether a sum left the range of 64 bits; it then stands at the end of that range.
    public private(set) var isSaturated = false

    /// No money at all.
    public init() {}

    /// Adds an amount to the sum of its currency.
    public mutating func add(_ money: Money) {
        guard let index = sums.firstIndex(where: { $0.currency >= money.currency }) else {
            return sums.append(money)
        }
        guard sums[index].currency == money.currency else {
            return sums.insert(money, at: index)
        }
        let (sum, overflow) = sums[index].minorUnits.addingReportingOverflow(money.minorUnits)
        sums[index].minorUnits = overflow ? (money.minorUnits > 0 ? .max : .min) : sum
        isSaturated = isSaturated || overflow
    }

    /// Adds every sum of another value to this one.
    public mutating func add(_ other: Amounts) {
        for money in other.sums { add(money) }
        isSaturated = isSaturated || other.isSaturated
    }

    /// Whether nothing was ever added.
    public var isEmpty: Bool { sums.isEmpty }

    /// The sums as the customer metadata key `bad_debt_amount` states them: `eur:300,usd:5000`.
    public var metadataText: String {
        sums.map { "\($0.currency):\($0.minorUnits)" }.joined(separator: ",")
    }
}
