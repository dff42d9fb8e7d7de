/// How likely it is that so few events happen by chance.
///
/// The greatest probability of the tail by Loader's expansion (Fast and Accurate Computation of
/// Binomial Probabilities, 2000), the others from it by their ratios. Both keep about eleven digits
/// for a thousand million episodes: differences of log-gamma functions would keep five, and the
/// continued fraction of the incomplete beta function stops too early where its terms creep.
package enum BinomialTail {
    /// The logarithm of the chance of at most so many events.
    ///
    /// - Parameters:
    ///   - tally: The events and episodes.
    ///   - probability: The rate, which must be above the share of events in the tally: there the
    ///     probabilities fall from the first on, and their sum soon ends.
    /// - Returns: `nil` where the rate is not above the share, and the chance is one half or more.
    /// - Complexity: Linear in the root of the events.
    package static func logChance(
        ofAtMost tally: Tally,
        at probability: Probability
    ) -> Double? {
        let episodes = Double(tally.episodes)
        guard Double(tally.events) < episodes * probability.value else { return nil }
        guard probability.complement > 0 else { return -.infinity }
        if tally.events == 0 { return episodes * probability.logComplement }
        let odds = probability.complement / probability.value
        var count = Double(tally.events)
        var term = 1.0
        var sum = 1.0
        while count > 0, term > sum * 1e-18 {
            term *= count / (episodes - count + 1) * odds
            sum += term
            count -= 1
        }
        return logProbability(of: tally, at: probability) + PortableMath.log(sum)
    }

    /// The logarithm of the chance of just so many events, some of them but not all.
    private static func logProbability(of tally: Tally, at probability: Probability) -> Double {
        let episodes = Double(tally.episodes)
        let events = Double(tally.events)
        let others = episodes - events
        let corrections =
            stirlingError(tally.episodes) - stirlingError(tally.events)
            - stirlingError(tally.episodes - tally.events)
        let deviances =
            deviance(events, episodes * probability.value)
            + deviance(others, episodes * probability.complement)
        let spread = PortableMath.log(episodes / (2 * .pi * events) / others) / 2
        return corrections - deviances + spread
    }

    /// What Stirling's formula lacks of the logarithm of a factorial.
    private static func stirlingError(_ number: Int) -> Double {
        let value = Double(number)
        if number <= 15 {
            let factorial = (1...max(1, number)).reduce(1) { $0 * Double($1) }
            return PortableMath.log(factorial) - PortableMath.log(2 * .pi * value) / 2
                - value * PortableMath.log(value) + value
        }
        let square = value * value
        let inner = 1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square
        return (1 / 12 - (1 / 360 - inner / square) / square) / value
    }

    /// How far a count lies from its mean: x ln(x/m) + m - x, without its cancellation near the mean.
    private static func deviance(_ count: Double, _ mean: Double) -> Double {
        let distance = count - mean
        guard abs(distance) < 0.1 * (count + mean) else {
            return count * PortableMath.log(count / mean) - distance
        }
        let ratio = distance / (count + mean)
        var sum = distance * ratio
        var term = 2 * count * ratio
        // Each term is less than a hundredth of the one before: twelve are more than 53 bits hold.
        for step in 1...12 {
            term *= ratio * ratio
            sum += term / Double(2 * step + 1)
        }
        return sum
    }
}
