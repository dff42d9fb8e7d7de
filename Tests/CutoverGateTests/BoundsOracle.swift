import CutoverGate
import Foundation

/// The bounds' questions answered slowly and plainly, by the definitions.
enum BoundsOracle {
    /// The chance of at most so many events: the binomial probabilities, one by one.
    static func chance(ofAtMost events: Int, of episodes: Int, at rate: Double) -> Double {
        guard events >= 0 else { return 0 }
        guard events < episodes, rate > 0 else { return 1 }
        guard rate < 1 else { return 0 }
        // ln C(n, k) grows with k by ln((n - k + 1) / k).
        var logWays = 0.0
        var sum = 0.0
        for count in 0...events {
            if count > 0 { logWays += log(Double(episodes - count + 1) / Double(count)) }
            sum += exp(
                logWays + Double(count) * log(rate) + Double(episodes - count) * log1p(-rate)
            )
        }
        return sum
    }

    /// What the wager of the confidence sequence has become, by the likelihood of each alternative.
    static func worth(upper: Bool, events: Int, of episodes: Int, against rate: Double) -> Double {
        stakes(upper: upper).reduce(0) { sum, stake in
            let alternative = stake.factor * rate / (1 - rate + stake.factor * rate)
            var ratio = 1.0
            for episode in 0..<episodes {
                ratio *= episode < events ? alternative / rate : (1 - alternative) / (1 - rate)
            }
            return sum + stake.share * ratio
        }
    }

    private static func stakes(upper: Bool) -> [(factor: Double, share: Double)] {
        var stakes: [(factor: Double, share: Double)] = upper ? [(0, 0.5), (0.25, 0.25)] : []
        for step in 1...(upper ? 10 : 8) {
            let part = pow(0.5, Double(step))
            if upper {
                stakes.append((1 - part, part / 4))
            } else {
                stakes.append((1 / part, 0.0625))
                stakes.append((1 + part, part / 2))
            }
        }
        return stakes
    }
}

extension Rate {
    /// The share as a number of the oracle's kind.
    var share: Double { Double(partsPerMillion) / 1_000_000 }
}
