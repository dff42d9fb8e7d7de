/// A part of the episodes that is judged for itself: all of them, or a cell of trigger and type.
package struct Stratum: Hashable, Sendable {
    /// What it is called, which also gives its place in what is printed.
    package let name: String
    /// What was counted in it.
    package let tally: Tally
    /// The highest rate that is allowed.
    package let limit: Rate

    /// A part of the episodes, its counts and its limit.
    ///
    /// - Parameters:
    ///   - name: What it is called.
    ///   - tally: What was counted in it.
    ///   - limit: The highest rate that is allowed.
    package init(name: String, tally: Tally, limit: Rate) {
        self.name = name
        self.tally = tally
        self.limit = limit
    }
}

/// What the counts of a stratum say, with the evidence.
package struct StratumFinding: Hashable, Sendable {
    /// What is known of the rate.
    package enum Standing: String, Sendable {
        /// It is at most the limit.
        case shown
        /// It may be either.
        case notShownYet
        /// It is above the limit.
        case surelyAbove
    }

    /// The stratum.
    package let stratum: Stratum
    /// What is known of its rate.
    package let standing: Standing
    /// The rate is below this, by the full level.
    package let upperBound: Rate
    /// The rate is above this, by the share of the level that the stratum has.
    package let lowerBound: Rate
    /// How many more clean episodes would show it: 0 where it is shown, `nil` where it takes more
    /// than can be waited for.
    package let cleanEpisodesNeeded: Int?

    /// What the standing means to the gate.
    package var verdict: GateVerdict {
        switch standing {
        case .shown: .go
        case .notShownYet: .insufficient
        case .surelyAbove: .noGo
        }
    }
}

/// What the counts of all strata say together.
package struct StrataFinding: Hashable, Sendable {
    /// One finding for each stratum, sorted by its name.
    package let findings: [StratumFinding]
    /// GO where each is shown to be within its limit, NO-GO where one is surely above it.
    package var verdict: GateVerdict { GateVerdict.worst(of: findings.map(\.verdict)) }
}

/// Judges several strata by one bound, with the chance of a wrong verdict kept over all together.
///
/// **A wrong GO** needs no correction. GO takes every stratum (an intersection-union test: Berger,
/// Multiparameter Hypothesis Testing and Acceptance Sampling, Technometrics 24, 1982): if one is
/// above its limit, then GO requires that one to pass wrongly, which by itself has at most the
/// level's chance. More strata make a GO rarer, never easier.
///
/// **A wrong NO-GO** does. One stratum is enough for it, so each is one more chance of a false
/// alarm. The level is shared among the strata by Holm's procedure (A Simple Sequentially Rejective
/// Multiple Test Procedure, 1979), which holds for strata that overlap, as overall and the cells do.
package struct StrataJudge: Sendable {
    private let bound: any RateBound
    private let family: Int

    /// A judge by a bound.
    ///
    /// - Parameters:
    ///   - bound: The bound, with the level that holds for all strata together.
    ///   - family: How many strata there could ever be. Cells appear with their first episode, and
    ///     with looks at any time the share of the level must not depend on which have come so far.
    ///     Fewer than there are count as those.
    package init(bound: any RateBound, family: Int) {
        self.bound = bound
        self.family = family
    }

    /// Judges strata, each by its own limit.
    ///
    /// - Parameter strata: Overall and the cells, in any order.
    /// - Returns: The same whatever the order. Of no strata, nothing is shown.
    package func judge(_ strata: [Stratum]) -> StrataFinding {
        var open = strata.sorted(by: Self.precedes)
        var above: [StratumFinding] = []
        // Holm: each stratum that is surely above leaves its share of the level to the others.
        while true {
            let lower = self.lower(beside: above.count, of: strata.count)
            let found = open.filter { lower.shows($0.tally, above: $0.limit) }
            if found.isEmpty { break }
            open.removeAll { lower.shows($0.tally, above: $0.limit) }
            above += found.map { finding($0, .surelyAbove, lower: lower) }
        }
        let lower = self.lower(beside: above.count, of: strata.count)
        let others = open.map { stratum in
            let isShown = bound.shows(stratum.tally, within: stratum.limit)
            return finding(stratum, isShown ? .shown : .notShownYet, lower: lower)
        }
        let findings = (above + others).sorted { Self.precedes($0.stratum, $1.stratum) }
        return StrataFinding(findings: findings)
    }

    private func finding(
        _ stratum: Stratum,
        _ standing: StratumFinding.Standing,
        lower: any RateBound
    ) -> StratumFinding {
        StratumFinding(
            stratum: stratum,
            standing: standing,
            upperBound: bound.upperBound(stratum.tally),
            lowerBound: lower.lowerBound(stratum.tally),
            cleanEpisodesNeeded: bound.cleanEpisodesNeeded(stratum.tally, within: stratum.limit)
        )
    }

    /// The bound at the share of the level when so many strata are done with.
    private func lower(beside done: Int, of count: Int) -> any RateBound {
        bound.at(level: bound.level.shared(among: max(family, count) - done))
    }

    /// A total order, for the same finding whatever order the strata come in.
    private static func precedes(_ lhs: Stratum, _ rhs: Stratum) -> Bool {
        (lhs.name, lhs.tally.episodes, lhs.tally.events, lhs.limit)
            < (rhs.name, rhs.tally.episodes, rhs.tally.events, rhs.limit)
    }
}

extension Stratum {
    /// All cells as one stratum.
    ///
    /// - Parameters:
    ///   - cells: The cells, which share no episode.
    ///   - limit: The highest rate that is allowed over all of them.
    ///   - name: What the whole is called.
    /// - Returns: The stratum of all their episodes.
    package static func overall(
        of cells: [Stratum],
        limit: Rate,
        name: String = "overall"
    ) -> Stratum {
        let tally = cells.reduce(Tally(events: 0, of: 0)) { $0 + $1.tally }
        return Stratum(name: name, tally: tally, limit: limit)
    }
}
