import BillingModel
import DunningBrain
import ShadowRun

/// Tells a divergence in one sentence that someone in finance understands.
enum Story {
    static func tell(
        _ subject: EpisodeCase,
        _ explanation: Explanation?,
        _ breaches: [Breach]
    ) -> String {
        var parts: [String] = []
        if let breach = breaches.first {
            parts.append(
                "the brain broke its invariant \(breach.invariant.rawValue): \(breach.detail)"
            )
        }
        if let explanation {
            parts.append(explained(subject, explanation))
        } else if !subject.comparison.isMatch {
            parts.append(unexplained(subject))
        }
        return parts.joined(separator: "; besides, ")
    }

    /// What happened; what would have had to be different; what would then have been.
    private static func explained(_ subject: EpisodeCase, _ explanation: Explanation) -> String {
        let happened = explanation.interventions.map(\.happened).joined(separator: "; and ")
        var wishes: [String] = []
        for had in explanation.interventions.map(\.had) where !wishes.contains(had) {
            wishes.append(had)
        }
        let had = wishes.joined(separator: ", and ")
        return "\(happened); \(had), \(then(subject, explanation))"
    }

    private static func then(_ subject: EpisodeCase, _ explanation: Explanation) -> String {
        switch explanation.effectiveness {
        case .repairs:
            return "the account would have ended as the brain leaves it"
        case .prevents where subject.brain.taken.isEmpty && !subject.comparison.legacyOnly.isEmpty:
            return "nothing would have happened to the customer"
        case .prevents:
            return "legacy would have done what the brain does"
        }
    }

    private static func unexplained(_ subject: EpisodeCase) -> String {
        let legacy = Words.done(subject.timeline.taken.map(\.consequence))
        let brain = Words.done(subject.brain.taken.map(\.consequence))
        let facets = Words.list(subject.comparison.differences.map { "\($0.facet)" })
        let where_ = facets.isEmpty ? "what they did on the way" : facets
        return "legacy \(legacy), the brain \(brain), they differ in \(where_), and no set of up "
            + "to \(CauseSearch.largestSet) known causes makes the difference vanish"
    }
}

extension Divergence {
    /// What it meant to the customer: "canceled 2 subscriptions, flagged and banned, which the brain
    /// would not have".
    package var customerTerms: String {
        switch (legacyOnly.isEmpty, brainOnly.isEmpty) {
        case (true, true):
            "neither did anything to the customer that the other did not"
        case (false, true):
            "legacy \(Words.done(legacyOnly)), which the brain would not have done"
        case (true, false):
            "the brain would have \(Words.done(brainOnly)), which legacy did not do"
        case (false, false):
            "legacy \(Words.done(legacyOnly)), and the brain would have \(Words.done(brainOnly))"
        }
    }
}
