package import BillingModel
package import ShadowRun

/// What could have gone wrong in an episode: its schedules, and how they end.
package struct EpisodeExposure: Sendable {
    /// The account.
    package var account: AccountID
    /// The episode.
    package var episode: Episode
    /// The id of its divergence; `nil` where it matched as it was recorded.
    package var divergence: String?
    /// The classes of its divergence.
    package var classes: [DivergenceClass]
    /// What legacy would have made of it.
    package var legacy: LegacyExposure
    /// What the brain would.
    package var brain: BrainExposure
}

/// How the schedules of an episode end for legacy.
package struct LegacyExposure: Sendable {
    /// How many schedules there are; `Int.max` where there are as many or more.
    package var schedules: Int
    /// How many were run: all of them, or as many as the bound.
    package var explored = 0
    /// How many of those diverge.
    package var diverging = 0
    /// The worst of those that do.
    package var worst: WorstSchedule?

    /// Whether every schedule was run.
    package var isExhaustive: Bool { explored == schedules }
}

/// A schedule that diverges, with all that its telling takes.
package struct WorstSchedule: Sendable {
    /// The order.
    package var schedule: Schedule
    /// The times that give this order.
    package var turns: [RunTurns]
    /// What each run of the timeline does in it.
    package var played: LegacyRun.Played
    /// How it differs from what the brain does.
    package var comparison: Comparison

    /// How bad it is.
    var badness: Badness { Badness(comparison, schedule) }

    /// How bad a schedule is: lasting before transient, then by what is done to the customer by legacy
    /// alone, then by facets; of equals the first in order is the worst.
    struct Badness: Comparable {
        var isLasting: Bool
        var consequences: Int
        var facets: Int
        var schedule: Schedule

        init(_ comparison: Comparison, _ schedule: Schedule) {
            isLasting = !comparison.statesAgree
            consequences = comparison.legacyOnly.count
            facets = comparison.differences.count
            self.schedule = schedule
        }

        static func < (lhs: Self, rhs: Self) -> Bool {
            if lhs.isLasting != rhs.isLasting { return rhs.isLasting }
            if lhs.consequences != rhs.consequences { return lhs.consequences < rhs.consequences }
            if lhs.facets != rhs.facets { return lhs.facets < rhs.facets }
            return rhs.schedule < lhs.schedule
        }
    }
}

/// Whether the order in which the brain's wake-ups are delivered makes a difference.
package struct BrainExposure: Sendable {
    /// How many wake-ups there are to deliver.
    package var wakes: Int
    /// The instants at which the brain may be woken, the close aside.
    package var points: Int
    /// How many different positions all deliveries come to, over all points.
    package var positions = 0
    /// Whether every position was looked at.
    package var isExhaustive = true
    /// A delivery that ends elsewhere than the run as recorded, or does what that did not.
    package var counterexample: Counterexample?

    /// Whether it is proved that no delivery makes a difference.
    package var isProved: Bool { isExhaustive && counterexample == nil }

    /// A delivery of wake-ups that makes a difference.
    package struct Counterexample: Sendable {
        /// When the brain was woken.
        package var wakes: [Instant]
        /// How the account ends, `legacy` being this delivery and `brain` the reference.
        package var differences: [FacetDifference]
        /// What was done to the customer and is not in the reference.
        package var taken: [Consequence]
    }
}
