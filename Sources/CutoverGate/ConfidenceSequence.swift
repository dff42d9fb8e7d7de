/// Bounds of a rate that hold at all times together, however often one looks and whenever one stops.
///
/// Robbins' method of mixtures (Statistical Methods Related to the Law of the Iterated Logarithm,
/// Annals of Mathematical Statistics 41, 1970) in the form of Howard, Ramdas, McAuliffe and Sekhon
/// (Time-uniform, nonparametric, nonasymptotic confidence sequences, Annals of Statistics 49, 2021)
/// with the exact likelihood of yes-or-no episodes.
///
/// Think of a wager against the claim "the rate is at least p". A gambler holds a few alternatives,
/// each with smaller odds than p's by a fixed factor f. What a stake on one of them has become after
/// k events in n episodes is the ratio of the two likelihoods, f^k / (1 - p + fp)^n. If the claim is
/// true, an episode leaves such a stake at its worth or below it on average, whatever came before (a
/// supermartingale). So the chance that the sum of all stakes ever grows to 1/α times what was put
/// down is at most α (Ville, Étude critique de la notion de collectif, 1939), and when it has grown
/// so, the claim is refuted. For a claim "at most p" the factors are above 1.
///
/// The worth depends on the two counts alone, so logs can be merged in any order. It grows with p,
/// and with every clean episode, and shrinks with every event, term by term; so the refuted rates
/// are all those above one bound.
package struct ConfidenceSequence: RateBound {
    package let level: RiskLevel

    package init(level: RiskLevel) {
        self.level = level
    }

    package func refutes(atLeast probability: Probability, by tally: Tally) -> Bool {
        guard tally.episodes > 0 else { return false }
        // A clean episode refutes a rate of 100 % by itself.
        if probability.complement == 0 { return tally.events < tally.episodes }
        return Stake.worth(Stake.onLess, against: probability, after: tally) >= level.reciprocal
    }

    package func refutes(atMost probability: Probability, by tally: Tally) -> Bool {
        guard tally.episodes > 0 else { return false }
        // An event refutes a rate of 0 by itself.
        if probability.value == 0 { return tally.events > 0 }
        return Stake.worth(Stake.onMore, against: probability, after: tally) >= level.reciprocal
    }
}

/// A part of the wager, put on odds that differ from the claim's by a factor.
struct Stake: Sendable {
    /// The factor of the odds: below 1 for fewer events than claimed, above 1 for more.
    let factor: Double
    /// Its part of the whole.
    let share: Double
    private let logFactor: Double

    private init(factor: Double, share: Double) {
        self.factor = factor
        self.share = share
        logFactor = PortableMath.log(factor)
    }

    /// The stakes for an upper bound: few and fixed, so that nothing is tuned to what was seen.
    ///
    /// Half on no events at all: a brain without divergences is what one hopes for, and so it takes
    /// ln(2/α)/p clean episodes, where one planned look takes ln(1/α)/p. A quarter on a quarter of
    /// the odds, where the second best brains lie. The last quarter on 1/2, 3/4, 7/8 and so on up to
    /// 1023/1024, so that every rate below 0.9995 of the limit is shown to be so in the end.
    static let onLess: [Stake] =
        [Stake(factor: 0, share: 1 / 2), Stake(factor: 1 / 4, share: 1 / 4)]
        + (1...10).map { step in
            let part = halved(step)
            return Stake(factor: 1 - part, share: part / 4)
        }

    /// The stakes for a lower bound: half on odds of 2 to 256 times the claim's, half close to it.
    static let onMore: [Stake] =
        (1...8).map { Stake(factor: 1 / halved($0), share: 1 / 16) }
        + (1...8).map { Stake(factor: 1 + halved($0), share: halved($0) / 2) }

    /// One half to a power, exactly.
    private static func halved(_ times: Int) -> Double {
        Double(sign: .plus, exponent: -times, significand: 1)
    }

    /// What some stakes have become together; where in doubt, less.
    ///
    /// - Parameters:
    ///   - stakes: The stakes, whose shares are 1 in all, or less.
    ///   - probability: The claim, a rate above 0 and below 1.
    ///   - tally: What was seen.
    /// - Returns: The worth for each 1 put down.
    static func worth(
        _ stakes: [Stake],
        against probability: Probability,
        after tally: Tally
    ) -> Double {
        stakes.reduce(0) { $0 + $1.worth(against: probability, after: tally) }
    }

    private func worth(against probability: Probability, after tally: Tally) -> Double {
        guard factor > 0 || tally.events == 0 else { return 0 }
        let shift = (factor - 1) * probability.value
        let base =
            abs(shift) < 0.25
            ? PortableMath.log1p(shift)
            : PortableMath.log(probability.complement + factor * probability.value)
        let gain = tally.events == 0 ? 0 : Double(tally.events) * logFactor
        let loss = Double(tally.episodes) * base
        // Of two great numbers the difference is less exact; the margin grows with them.
        let margin = 1e-9 + 1e-15 * (abs(gain) + abs(loss))
        return share * PortableMath.exp(gain - loss - margin)
    }
}
