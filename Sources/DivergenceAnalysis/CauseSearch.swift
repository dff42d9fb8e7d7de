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
    private let candidates: [(rank: Int, intervention: Intervention)]

    /// A search among the candidates that a table's rows see in a case.
    package init(_ subject: EpisodeCase, rows: [CauseRow] = CauseRow.table) {
        self.subject = subject
        var candidates: [(rank: Int, intervention: Intervention)] = []
        for (rank, row) in rows.enumerated() {
            let found = row.candidates(subject).sorted { $0.at < $1.at }
            candidates += found.map { (rank, $0) }
        }
        self.candidates = Array(candidates.prefix(Self.mostCandidates))
    }

    /// The best explanation; `nil` where no set of up to three is one.
    package func explain() -> Explanation? {
        for size in 1...Self.largestSet {
            let most = size == Self.largestSet ? Self.mostForTriples : Self.mostCandidates
            if let best = best(ofSize: size, among: min(candidates.count, most)) { return best }
        }
        return nil
    }

    private func best(ofSize size: Int, among count: Int) -> Explanation? {
        var best: (key: Key, explanation: Explanation)?
        forEachSet(of: size, among: count) { set in
            guard let effectiveness = effectiveness(of: set.map { candidates[$0].intervention })
            else { return }
            let key = Key(
                effectiveness: effectiveness,
                ranks: set.map { candidates[$0].rank },
                first: set.map { candidates[$0].intervention.at }.min()
            )
            if best.map({ key < $0.key }) ?? true {
                let chosen = set.map { candidates[$0].intervention }
                best = (key, Explanation(interventions: chosen, effectiveness: effectiveness))
            }
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
        guard let timeline = isLonger ? subject.extended : subject.timeline else { return nil }
        let edits = set.compactMap { intervention -> TimelineEdit? in
            if case .legacy(let edit) = intervention.change { edit } else { nil }
        }
        let outcome = LegacyRun.run(
            timeline,
            edits,
            subject.settings,
            expected: subject.expected
        )
        let settings = isBinary ? subject.settings.underBinaryPolicy : subject.settings
        let brain = isLonger || isBinary ? BrainRun(timeline, settings) : subject.brain
        let comparison = Comparison(outcome, brain)
        if comparison.isMatch { return .prevents }
        // Where the final states agreed all along there is nothing to repair.
        return comparison.statesAgree && !subject.comparison.statesAgree ? .repairs : nil
    }
}

extension JudgeSettings {
    /// The same settings with the brain under the binary policy's defaults.
    var underBinaryPolicy: JudgeSettings {
        JudgeSettings(settle: settle, policy: Policy(), brain: brain, phase: phase)
    }
}
