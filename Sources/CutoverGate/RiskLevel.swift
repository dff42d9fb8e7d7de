/// The chance of a wrong verdict that is accepted, as an exact fraction of at most one half.
package struct RiskLevel: Hashable, Sendable {
    private let numerator: Int
    private let denominator: Int

    /// Five in a hundred, where nothing else is configured.
    package static let standard = RiskLevel(numerator: 50, denominator: 1000)

    /// A chance of so many in a thousand; `nil` where it is not from 1 to 500.
    ///
    /// At 0 nothing could ever be shown, and above one half a bound would lie on the wrong side of
    /// what was seen.
    ///
    /// - Parameter perMille: The chance.
    package init?(perMille: Int) {
        guard (1...500).contains(perMille) else { return nil }
        self.init(numerator: perMille, denominator: 1000)
    }

    private init(numerator: Int, denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// The level of each of so many statements that together keep this one (Bonferroni).
    func shared(among count: Int) -> RiskLevel {
        RiskLevel(numerator: numerator, denominator: denominator * min(max(1, count), 1_000_000))
    }

    /// One in how many.
    var reciprocal: Double { Double(denominator) / Double(numerator) }
}
