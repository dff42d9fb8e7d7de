/// A way to bound a rate from counts, so that a wrong verdict has at most a stated chance.
///
/// All answers come from two questions, asked of whole parts per million: do the counts refute a
/// rate of at least so much, or of at most so much? Asked of the limit itself they give the verdict;
/// the bounds are the last parts per million that they refute. So a bound that is printed and the
/// verdict beside it cannot disagree, and no rounding stands between them.
///
/// The questions leave a margin of about one part in 10^9 of the evidence, more than all errors of
/// the arithmetic together, and what lies within it is not refuted.
package protocol RateBound: Sendable {
    /// The chance of a wrong answer that is accepted, on each of the two sides.
    var level: RiskLevel { get }

    /// A bound of this kind at a level.
    init(level: RiskLevel)

    /// Whether the counts speak against a rate of at least so much.
    ///
    /// Must hold of every greater rate too, and after one more clean episode still.
    ///
    /// - Parameters:
    ///   - probability: The rate.
    ///   - tally: The counts.
    /// - Returns: `false` where there is doubt.
    func refutes(atLeast probability: Probability, by tally: Tally) -> Bool

    /// Whether the counts speak against a rate of at most so much.
    ///
    /// Must hold of every smaller rate too.
    ///
    /// - Parameters:
    ///   - probability: The rate.
    ///   - tally: The counts.
    /// - Returns: `false` where there is doubt.
    func refutes(atMost probability: Probability, by tally: Tally) -> Bool
}

extension RateBound {
    /// The same kind of bound at another level.
    func at(level: RiskLevel) -> Self { Self(level: level) }

    /// Whether the rate is shown to be at most a limit.
    ///
    /// - Parameters:
    ///   - tally: The counts.
    ///   - limit: The limit.
    /// - Returns: `true` just where the upper bound is at most the limit, and below 100 %.
    package func shows(_ tally: Tally, within limit: Rate) -> Bool {
        refutes(atLeast: limit.probability, by: tally)
    }

    /// Whether the rate is shown to be above a limit.
    ///
    /// - Parameters:
    ///   - tally: The counts.
    ///   - limit: The limit.
    /// - Returns: `true` only where the lower bound is at least the limit.
    package func shows(_ tally: Tally, above limit: Rate) -> Bool {
        refutes(atMost: limit.probability, by: tally)
    }

    /// The rate is below this, rounded up to whole parts per million; 100 % where nothing is known.
    package func upperBound(_ tally: Tally) -> Rate {
        let range = 0...Rate.whole.partsPerMillion
        let least = Search.first(in: range) { shows(tally, within: Rate(partsPerMillion: $0)) }
        return least.map(Rate.init) ?? .whole
    }

    /// The rate is above this, rounded down to whole parts per million; 0 where nothing is known.
    package func lowerBound(_ tally: Tally) -> Rate {
        let range = 0...Rate.whole.partsPerMillion
        let beyond = Search.first(in: range) { !shows(tally, above: Rate(partsPerMillion: $0)) }
        return Rate(partsPerMillion: (beyond ?? Rate.whole.partsPerMillion + 1) - 1)
    }

    /// How many more clean episodes show that the rate is within a limit.
    ///
    /// - Parameters:
    ///   - tally: The counts so far.
    ///   - limit: The limit.
    /// - Returns: The least such number, 0 where it is shown already; `nil` where it takes more than
    ///   ``mostEpisodes`` in all, as it does for a limit of 0.
    package func cleanEpisodesNeeded(_ tally: Tally, within limit: Rate) -> Int? {
        guard tally.episodes <= mostEpisodes else { return shows(tally, within: limit) ? 0 : nil }
        return Search.first(in: 0...(mostEpisodes - tally.episodes)) {
            shows(tally.adding(clean: $0), within: limit)
        }
    }

    /// The most episodes that a forecast reaches to.
    package var mostEpisodes: Int { 1_000_000_000 }
}

/// How often a gate looks at its bounds.
package enum BoundMethod: String, CaseIterable, Sendable {
    /// Once, at a number of episodes that is planned before the first of them: ``ClopperPearson``.
    case exact
    /// Whenever it likes, and may stop at the first GO: ``ConfidenceSequence``.
    case anytime

    /// The bound of this kind at a level.
    package func bound(at level: RiskLevel) -> any RateBound {
        switch self {
        case .exact: ClopperPearson(level: level)
        case .anytime: ConfidenceSequence(level: level)
        }
    }
}

/// A search where something holds from some number on.
enum Search {
    /// The first number of a range for which something holds; `nil` where it holds for none.
    ///
    /// Looks near the start first: most answers are small, and the ends of a range are dear.
    static func first(in range: ClosedRange<Int>, where holds: (Int) -> Bool) -> Int? {
        var least = range.lowerBound
        var step = 1
        var most: Int
        repeat {
            most = step < range.upperBound - least ? least + step : range.upperBound
            if holds(most) { break }
            guard most < range.upperBound else { return nil }
            least = most + 1
            step *= 2
        } while true
        while least < most {
            let middle = least + (most - least) / 2
            if holds(middle) { most = middle } else { least = middle + 1 }
        }
        return least
    }
}
