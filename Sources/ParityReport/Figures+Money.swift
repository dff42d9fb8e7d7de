package import BillingModel

extension Figures {
    /// Sums of money as `5,000 usd, 300 eur`, in minor units.
    ///
    /// - Parameters:
    ///   - amounts: The sums.
    ///   - most: How many currencies to list, the largest sums first; the rest is counted: `+3`.
    ///     `nil` lists all, in the order of their codes.
    /// - Returns: Nothing where there is no money.
    package static func money(_ amounts: Amounts, most: Int? = nil) -> String {
        var sums = amounts.sums
        if let most {
            sums.sort { ($1.minorUnits, $0.currency) < ($0.minorUnits, $1.currency) }
            sums = Array(sums.prefix(most))
        }
        var parts = sums.map { "\(grouped($0.minorUnits)) \($0.currency)" }
        let rest = amounts.sums.count - sums.count
        if rest > 0 { parts.append("+\(rest)") }
        return parts.joined(separator: ", ")
    }
}
