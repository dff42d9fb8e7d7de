/// A share of episodes in whole parts per million.
///
/// Limits and bounds are whole numbers, so that what is printed is what is compared.
package struct Rate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// From 0 to 1,000,000.
    package let partsPerMillion: Int

    /// No episode.
    package static let zero = Rate(partsPerMillion: 0)
    /// Every episode.
    package static let whole = Rate(partsPerMillion: 1_000_000)

    /// A share; one below nothing or above everything is cut off there.
    package init(partsPerMillion: Int) {
        self.partsPerMillion = min(max(0, partsPerMillion), 1_000_000)
    }

    /// Orders by size.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.partsPerMillion < rhs.partsPerMillion
    }

    /// As percent with no more digits than needed, such as `0.1 %`.
    package var description: String {
        let (percent, rest) = partsPerMillion.quotientAndRemainder(dividingBy: 10_000)
        guard rest > 0 else { return "\(percent) %" }
        var digits = String(String(rest + 10_000).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(percent).\(digits) %"
    }

    /// The share as a chance.
    package var probability: Probability {
        Probability(
            value: Double(partsPerMillion) / 1_000_000,
            complement: Double(1_000_000 - partsPerMillion) / 1_000_000
        )
    }
}
