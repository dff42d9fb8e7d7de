import BillingModel
import DunningBrain
import ShadowRun

/// Why an episode diverged: the smallest set of interventions that makes the difference vanish.
package struct Explanation: Sendable {
    /// The interventions, by the order of their causes in the table, then by time.
    package var interventions: [Intervention]
    /// Whether they prevent the divergence or repair it.
    package var effectiveness: Effectiveness
}

/// Searches the causes of a divergence by changing the legacy run and watching it.
///
/// The search knows nothing of any class: it takes candidates from a table of rows and tries
/// sets of one, then of two, then of three. Within one size prevention comes before repair, then
/// the set whose causes stand highest in the table, then the one whose first edit is earliest.
package struct CauseSearch {
    /// The most interventions in a set.
    package static let largestSet = 3
    /// The most candidates tried in sets of three, those highest in the table first; 40 make 9,880
    /// of them.
    package static let mostForTriples = 40
    /// The most candidates considered at all, those highest in the table first.
    package static let mostCandidates = 120

    private let subject: EpisodeCase
    private let rows: [CauseRow]
    private let longer: LongerRun?

    /// A search among the candidates that a table's rows see in a case.
    package init(_ subject: EpisodeCase, rows: [CauseRow] = CauseRow.table) {
        self.subject = subject
        self.rows = rows
        longer = subject.longer.map { LongerRun($0, subject.settings) }
    }

    /// A candidate with its row's place in the table.
    private typealias Candidate = (rank: Int, intervention: Intervention)

    /// The best explanation; `nil` where no set of up to three is one.
    ///
    /// - Parameter classes: The classes that it must have to be of any use, and no others.
    /// - Returns: The explanation; where classes are given, it may be `nil` for one of others.
    package func explain(ifBy classes: [DivergenceClass]? = nil) -> Explanation? {
        var candidates: [Candidate] = []
        var repair: Explanation?
        for (rank, row) in rows.enumerated() {
            for intervention in row.inOrder(subject) {
                guard candidates.count < Self.mostCandidates else { break }
                candidates.append((rank, intervention))
                guard let effectiveness = effectiveness(of: [intervention]) else { continue }
                let found = Explanation(
                    interventions: [intervention],
                    effectiveness: effectiveness
                )
                // What prevents by itself is preferred to all that comes later in the table.
                if effectiveness == .prevents { return found }
                repair = repair ?? found
            }
        }
        if let repair { return repair }
        // There are thousands of sets, but few of them are of one or two given classes.
        let mayFit = (2...Self.largestSet).contains { size in
            let considered = Self.considered(candidates, forSetsOf: size)
            return classes.map { helps(someSetOf: size, of: $0, among: considered) } ?? true
        }
        guard mayFit else { return nil }
        for size in 2...Self.largestSet {
            let considered = Self.considered(candidates, forSetsOf: size)
            if let best = best(ofSize: size, among: considered) { return best }
        }
        return nil
    }

    private static func considered(
        _ candidates: [Candidate],
        forSetsOf size: Int
    ) -> ArraySlice<Candidate> {
        candidates.prefix(size == largestSet ? mostForTriples : mostCandidates)
    }

    /// Whether some set of a size does anything that has just these classes.
    private func helps(
        someSetOf size: Int,
        of classes: [DivergenceClass],
        among candidates: ArraySlice<Candidate>
    ) -> Bool {
        let fitting = candidates.filter { classes.contains($0.intervention.cause) }
        var helps = false
        forEachSet(of: size, among: fitting.count) { set in
            let chosen = set.map { fitting[$0].intervention }
            let fits = classes.allSatisfy { cause in chosen.contains { $0.cause == cause } }
            if fits, !helps { helps = effectiveness(of: chosen) != nil }
        }
        return helps
    }

    private func best(ofSize size: Int, among candidates: ArraySlice<Candidate>) -> Explanation? {
        var best: (key: Key, explanation: Explanation)?
        forEachSet(of: size, among: candidates.count) { set in
            let chosen = set.map { candidates[$0].intervention }
            var key = Key(
                effectiveness: .prevents,
                ranks: set.map { candidates[$0].rank },
                first: chosen.map(\.at).min()
            )
            // What would not be preferred whatever it does need not be tried.
            if let best, !(key < best.key) { return }
            guard let effectiveness = effectiveness(of: chosen) else { return }
            key.effectiveness = effectiveness
            if let best, !(key < best.key) { return }
            best = (key, Explanation(interventions: chosen, effectiveness: effectiveness))
        }
        return best?.explanation
    }

    /// How one explanation is preferred to another of its size.
    private struct Key: Comparable {
        var effectiveness: Effectiveness
        var ranks: [Int]
        var first: Instant?

        static func < (lhs: Key, rhs: Key) -> Bool {
            if lhs.effectiveness != rhs.effectiveness {
                return lhs.effectiveness < rhs.effectiveness
            }
            if lhs.ranks != rhs.ranks { return lhs.ranks.lexicographicallyPrecedes(rhs.ranks) }
            guard let left = lhs.first, let right = rhs.first else { return false }
            return left < right
        }
    }

    /// Visits the sets of a size among the first candidates, each as ascending places in the list.
    private func forEachSet(of size: Int, among count: Int, _ visit: ([Int]) -> Void) {
        func extend(_ set: [Int], from start: Int) {
            guard set.count < size else { return visit(set) }
            for index in start..<max(start, count) {
                extend(set + [index], from: index + 1)
            }
        }
        extend([], from: 0)
    }

    /// What a set does: the models run again with its edits, and the runs are compared anew.
    package func effectiveness(of set: [Intervention]) -> Effectiveness? {
        let isLonger = set.contains { $0.change == .longerSettle }
        let isBinary = set.contains { $0.change == .binaryPolicy }
        guard let timeline = isLonger ? longer?.timeline : subject.timeline else { return nil }
        let outcome = LegacyRun.run(
            timeline,
            set.compactMap(\.edit),
            subject.settings,
            expected: subject.expected
        )
        let comparison =
            switch (isBinary, isLonger ? longer : nil) {
            case (true, _): Comparison(outcome, binaryRun(of: timeline))
            case (false, let longer?): Comparison(outcome, longer.brain)
            case (false, nil): Comparison(outcome, subject.brain)
            }
        if comparison.isMatch { return .prevents }
        // Where the final states agreed all along there is nothing to repair.
        return comparison.statesAgree && !subject.comparison.statesAgree ? .repairs : nil
    }

    private func binaryRun(of timeline: Timeline) -> BrainRun {
        BrainRun(timeline, subject.settings.underBinaryPolicy, checksInvariants: false)
    }
}

/// A case under a longer settle time, worked out where it is first asked for.
///
/// A class, as most searches never ask, and some ask for every set that they try.
private final class LongerRun {
    private let episode: LongerEpisode
    private let settings: JudgeSettings

    init(_ episode: LongerEpisode, _ settings: JudgeSettings) {
        self.episode = episode
        self.settings = settings
    }

    private(set) lazy var timeline = episode.timeline
    private(set) lazy var brain = BrainRun(timeline, settings, checksInvariants: false)
}

extension CauseRow {
    /// The interventions that it sees in a case, in order of time.
    fileprivate func inOrder(_ subject: EpisodeCase) -> [Intervention] {
        let found = candidates(subject)
        return found.count < 2 ? found : found.sorted { $0.at < $1.at }
    }
}

extension Intervention {
    /// The edit of the legacy run, where it is one.
    fileprivate var edit: TimelineEdit? {
        if case .legacy(let edit) = change { edit } else { nil }
    }
}

extension JudgeSettings {
    /// The same settings with the brain under the binary policy's defaults.
    var underBinaryPolicy: JudgeSettings {
        JudgeSettings(settle: settle, policy: Policy(), brain: brain, phase: phase)
    }
}
