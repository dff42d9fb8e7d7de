/// A length of time in whole microseconds.
public struct TimeSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The length in microseconds; negative for a span that runs back in time.
    public let microseconds: Int64

    /// Wraps a count of microseconds.
    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// A span of whole seconds.
    public static func seconds(_ count: Int64) -> TimeSpan {
        let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000)
        guard overflow else { return TimeSpan(microseconds: product) }
        return TimeSpan(microseconds: count > 0 ? .max : .min)
    }

    /// A span of whole minutes.
    public static func minutes(_ count: Int64) -> TimeSpan { seconds(60).times(count) }

    /// A span of whole days of 24 hours.
    public static func days(_ count: Int64) -> TimeSpan { seconds(86_400).times(count) }

    /// No time at all.
    public static let zero = TimeSpan(microseconds: 0)

    /// This span repeated, saturating at the ends of the range.
    public func times(_ count: Int64) -> TimeSpan {
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: count)
        guard overflow else { return TimeSpan(microseconds: product) }
        return TimeSpan(microseconds: (microseconds > 0) == (count > 0) ? .max : .min)
    }

    /// Orders by length.
    @inlinable
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }
}

extension TimeSpan {
    private static let units: [(suffix: Character, microseconds: Int64)] = [
        ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000),
        ("s", 1_000_000),
    ]

    /// Reads a whole number followed by `s`, `m`, `h`, `d` or `w`: `15m`, `30d`, `0s`.
    ///
    /// It is `nil` for anything else, and beyond 292,000 years.
    /// - Parameter text: The text, without surrounding space.
    public init?(_ text: some StringProtocol) {
        guard let suffix = text.last,
            let unit = Self.units.first(where: { $0.suffix == suffix }),
            text.dropLast().utf8.allSatisfy({ (48...57).contains($0) }),
            let count = Int64(text.dropLast())
        else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
        guard !overflow else { return nil }
        microseconds = product
    }

    /// The span as ``init(_:)`` reads it, in the largest unit that divides it; parts of a second
    /// as a decimal fraction.
    public var description: String {
        guard microseconds != 0 else { return "0s" }
        for unit in Self.units where microseconds % unit.microseconds == 0 {
            return "\(microseconds / unit.microseconds)\(unit.suffix)"
        }
        return "\(words)"
    }

    /// The span as people say it, in the largest unit that fits, cut to whole ones from 10 up:
    /// `3 s`, `0.4 s`, `15 min`, `2.5 h`, `9.1 days`.
    public var words: String {
        let tenths: (Int64) -> String = { unit in
            let scaled = self.microseconds.magnitude / UInt64(unit / 10)
            let sign = self.microseconds < 0 ? "-" : ""
            let whole = scaled / 10
            return whole >= 10 || scaled % 10 == 0
                ? "\(sign)\(whole)" : "\(sign)\(whole).\(scaled % 10)"
        }
        switch microseconds.magnitude {
        case 0: return "0 s"
        case ..<1000: return "\(microseconds) µs"
        case ..<100_000: return "\(microseconds / 1000) ms"
        case ..<120_000_000: return tenths(1_000_000) + " s"
        case ..<7_200_000_000: return tenths(60_000_000) + " min"
        case ..<172_800_000_000: return tenths(3_600_000_000) + " h"
        default: return tenths(86_400_000_000) + " days"
        }
    }
}
