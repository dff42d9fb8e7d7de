package import BillingModel
package import DivergenceAnalysis
package import ShadowRun

/// How many episodes of one kind came to what.
package struct EpisodeTally: Hashable, Sendable {
    /// Judged, both runs agreeing.
    package var match = 0
    /// Judged, the runs differing.
    package var divergent = 0
    /// Of those, the ones that nothing explains.
    package var unexplained = 0
    /// Of those, the ones in which the brain broke an invariant.
    package var brainDefect = 0
    /// Not settled.
    package var open = 0
    /// Not to be judged.
    package var incomplete = 0

    /// No episodes.
    package init() {}

    /// Episodes that were judged.
    package var judged: Int { match + divergent }

    /// All episodes, judged or not.
    package var all: Int { judged + open + incomplete }

    /// Counts an episode.
    package mutating func count(_ outcome: EpisodeVerdict.Outcome) {
        switch outcome {
        case .match: match += 1
        case .open: open += 1
        case .incomplete: incomplete += 1
        case .divergent(let divergence):
            divergent += 1
            if divergence.classes.contains(.unexplained) { unexplained += 1 }
            if divergence.classes.contains(.brainDefect) { brainDefect += 1 }
        }
    }

    /// Takes the counts of other episodes in.
    package mutating func add(_ other: EpisodeTally) {
        match += other.match
        divergent += other.divergent
        unexplained += other.unexplained
        brainDefect += other.brainDefect
        open += other.open
        incomplete += other.incomplete
    }
}

/// A kind of episode: what opened it, of which type of account, in which phase's scope.
package struct EpisodeCell: Hashable, Comparable, Sendable {
    /// What opened it, as ``EpisodeVerdict/openedBy`` names it.
    package var trigger: String
    /// The account's type; `(not told)` where nobody said.
    package var accountType: String
    /// The phase whose scope it is first in.
    package var phase: Phase

    /// The type of an account of which nobody told it.
    package static let untold = "(not told)"

    /// A kind of episode.
    package init(trigger: String, accountType: String, phase: Phase) {
        self.trigger = trigger
        self.accountType = accountType
        self.phase = phase
    }

    /// The kind of an episode.
    package init(_ episode: EpisodeVerdict) {
        let type = episode.accountType?.columnValue ?? Self.untold
        self.init(trigger: episode.openedBy, accountType: type, phase: episode.phase)
    }

    /// Orders by phase, trigger and type.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        if lhs.phase != rhs.phase { return lhs.phase < rhs.phase }
        if lhs.trigger != rhs.trigger { return lhs.trigger < rhs.trigger }
        return lhs.accountType < rhs.accountType
    }
}

/// The episodes of a phase's scope that opened on one day, UTC.
package struct EpisodeDay: Hashable, Comparable, Sendable {
    /// The day, as in RFC 3339: `2026-03-01`.
    package var day: String
    /// The phase whose scope they are first in.
    package var phase: Phase

    /// A day of a phase.
    package init(day: String, phase: Phase) {
        self.day = day
        self.phase = phase
    }

    /// The day of an instant.
    package init(of instant: Instant, phase: Phase) {
        self.init(day: String(instant.description.prefix(10)), phase: phase)
    }

    /// A day by its number: making its name for every episode would take longer than all counting.
    package struct Number: Hashable, Sendable {
        private let number: Int64
        /// The phase whose scope the episodes are first in.
        package let phase: Phase

        /// The number of an instant's day.
        package init(of instant: Instant, phase: Phase) {
            let (days, rest) = instant.unixSeconds.quotientAndRemainder(dividingBy: 86_400)
            number = rest < 0 ? days - 1 : days
            self.phase = phase
        }
    }

    /// Orders by day and phase.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.day != rhs.day ? lhs.day < rhs.day : lhs.phase < rhs.phase
    }
}

/// One situation that legacy was in, and how often it ended in what.
package struct SituationTally: Hashable, Sendable {
    /// The situation in words: type, trigger, where the customer stood, what the facts told.
    package var situation: String
    /// How many judged episodes it was met in.
    package var episodes: Int
    /// In how many of them each facet of ``Situation/facets`` ended set.
    package var counts: [Int]

    /// A situation's counts.
    package init(situation: String, episodes: Int, counts: [Int]) {
        self.situation = situation
        self.episodes = episodes
        self.counts = counts
    }

    /// For each facet, in how many episodes it did not end as it mostly does.
    package var dissenting: [Int] { counts.map { min($0, max(0, episodes - $0)) } }
}

extension Situation.Moment {
    /// It in words, the same for the same moment: `pay_go; invoice.paid; flagged live; paid`.
    var words: String {
        let standing = ["flagged", "banned", "live", "owing"].enumerated()
            .filter { opening[$0.offset] }.map(\.element)
        let told = ["uncollectible", "void", "paid"].enumerated()
            .filter { facts[$0.offset] }.map(\.element)
        let words = [standing, told].map { $0.joined(separator: " ") }
        return ([type.columnValue, trigger] + words).joined(separator: "; ")
    }
}
