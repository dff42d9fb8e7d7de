/// An ISO 4217 currency, in lower case as Stripe writes it.
public struct Currency: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The letters, first one highest, so that numbers order as codes do.
    ///
    /// A number rather than text, because currencies are copied with every invoice.
    private let letters: UInt32

    /// Reads a code of three ASCII letters in any case.
    ///
    /// It is `nil` for anything else.
    /// - Parameter text: The code.
    public init?(_ text: some StringProtocol) {
        var letters: UInt32 = 0
        var count = 0
        for byte in text.utf8 {
            guard (97...122).contains(byte | 0x20), count < 3 else { return nil }
            letters = letters << 8 | UInt32(byte | 0x20)
            count += 1
        }
        guard count == 3 else { return nil }
        self.letters = letters
    }

    /// Three lower-case letters.
    public var code: String {
        let bytes = [16, 8, 0].map { UInt8(truncatingIfNeeded: letters >> UInt32($0)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The code.
    public var description: String { code }

    /// Orders by code.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.letters < rhs.letters }
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
