package import BillingModel
package import ShadowRun

/// A schedule told step by step.
package struct ScheduleStory: Sendable {
    /// One step.
    package struct Line: Hashable, Sendable {
        /// When, from the opening of the episode on.
        package var after: TimeSpan
        /// Who: "Path C", "stripe", "admin:ada".
        package var who: String
        /// What: "reads", "cancels sub_1".
        package var what: String
    }

    /// The steps, in order.
    package private(set) var lines: [Line] = []

    /// A step at its instant, with its place among those of the same instant.
    private struct Step {
        var at: Instant
        var rank: Int
        var who: String
        var what: String
    }

    /// The schedule of legacy runs that ends worst.
    package init(_ worst: WorstSchedule, of timeline: Timeline) {
        var steps = Self.world(timeline)
        let turns = Dictionary(uniqueKeysWithValues: worst.turns.map { ($0.run, $0) })
        for (place, run) in timeline.runs.enumerated() {
            let who = "Path \(run.execution.path.rawValue)"
            let start = turns[place]?.read ?? run.at
            steps.append(Step(at: start, rank: 2, who: who, what: "reads"))
            for effect in worst.played.effects[place] {
                let failed = effect.ok ? "" : ", which fails"
                let what = effect.effect.words + failed
                steps.append(Step(at: effect.at, rank: 3, who: who, what: what))
            }
        }
        for residual in timeline.residuals {
            if let owner = residual.owner, worst.played.changed.contains(owner) { continue }
            let what = residual.change.words
            steps.append(Step(at: residual.at, rank: 4, who: "somebody", what: what))
        }
        tell(steps, from: timeline.openedAt)
    }

    /// A delivery of wake-ups to the brain.
    package init(_ delivery: BrainExposure.Counterexample, of timeline: Timeline) {
        let wakes = delivery.wakes.map { at in
            Step(at: at, rank: 2, who: "the brain", what: "is woken and decides")
        }
        tell(Self.world(timeline) + wakes, from: timeline.openedAt)
    }

    private mutating func tell(_ steps: [Step], from start: Instant) {
        let order = steps.indices.sorted {
            (steps[$0].at, steps[$0].rank, $0) < (steps[$1].at, steps[$1].rank, $1)
        }
        lines = order.map { place in
            let step = steps[place]
            return Line(after: step.at.since(start), who: step.who, what: step.what)
        }
    }

    /// The facts: what triggers say, and what came to hold beside them.
    private static func world(_ timeline: Timeline) -> [Step] {
        var steps: [Step] = []
        var told: Set<RecordID> = []
        for timed in timeline.facts {
            if let trigger = timeline.triggers.first(where: { $0.record == timed.record }) {
                guard told.insert(timed.record).inserted else { continue }
                let (who, what) = trigger.what.words
                steps.append(Step(at: timed.at, rank: 0, who: who, what: what))
            } else if case .payment(let effect, let record)? = timed.fact {
                let run = timeline.runs.first { $0.id == record }
                let who = run.map { "Path \($0.execution.path.rawValue)" } ?? "somebody"
                steps.append(Step(at: timed.at, rank: 3, who: who, what: effect.words))
            } else if let fact = timed.fact {
                steps.append(Step(at: timed.at, rank: 1, who: "the world", what: fact.words))
            }
        }
        return steps
    }
}
