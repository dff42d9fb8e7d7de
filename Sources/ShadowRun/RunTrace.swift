package import BillingModel
package import DunningBrain
import LegacyPaths

/// An account as it stood from an instant on.
package struct StateAt: Sendable {
    /// The instant.
    package var at: Instant
    /// The account.
    package var state: AccountState
}

/// A legacy run told step by step, for a picture of it.
package struct LegacyTrace: Sendable {
    /// The account at the opening, and after every step.
    package private(set) var states: [StateAt]
    /// The steps, in order.
    package private(set) var steps: [Step] = []
    /// The effects of the step under way.
    var landing: [TimedEffect] = []

    /// One step.
    package struct Step: Sendable {
        /// When.
        package var at: Instant
        /// Whose.
        package var actor: Actor
        /// What took place by it.
        package var effects: [TimedEffect]
    }

    /// Whose a step is.
    package enum Actor: Hashable, Sendable {
        /// Something came to hold, as a record says.
        case fact(RecordID)
        /// Something was seen to have been done, by its place in ``Timeline/residuals``.
        case residual(Int)
        /// A run reads, by its place in ``Timeline/runs``.
        case read(Int)
        /// A run's effect takes place.
        case run(Int)
        /// What an edit puts in, by a path or by nobody in particular.
        case edit(LegacyPath?)
    }

    init(opening: AccountState, at instant: Instant) {
        states = [StateAt(at: instant, state: opening)]
    }

    mutating func close(_ item: LegacyRun.Item, _ state: AccountState, _ timeline: Timeline) {
        let actor = Actor(item.what, timeline)
        steps.append(Step(at: item.at, actor: actor, effects: landing))
        landing = []
        states.append(StateAt(at: item.at, state: state))
    }
}

extension LegacyTrace.Actor {
    fileprivate init(_ what: LegacyRun.Item.What, _ timeline: Timeline) {
        self =
            switch what {
            case .fact(let index): .fact(timeline.facts[index].record)
            case .residual(let index): .residual(index)
            case .read(let run): .read(run)
            case .effect(_, let run): run.map { .run($0) } ?? .edit(nil)
            case .release: .edit(nil)
            case .drift: .edit(.b)
            case .process(_, let path): .edit(path)
            case .cancelIfConfirmed: .edit(.c)
            }
    }
}

extension LegacyRun {
    /// Runs an episode again and tells every step of it.
    ///
    /// - Parameters:
    ///   - timeline: The episode.
    ///   - edits: What is changed; nothing for the run as it was recorded.
    ///   - settings: What the verdict depends on.
    /// - Returns: The steps, with the account after each of them.
    package static func traced(
        _ timeline: Timeline,
        _ edits: [TimelineEdit],
        _ settings: JudgeSettings
    ) -> LegacyTrace {
        var run = LegacyRun(timeline, edits, settings)
        let start = LegacyTrace(opening: run.opening, at: timeline.openedAt)
        run.trace = start
        run.schedule()
        run.play()
        return run.trace ?? start
    }
}

/// A shadow run told step by step, for a picture of it.
package struct BrainTrace: Sendable {
    /// The account at the opening, after every fact and after every plan.
    package internal(set) var states: [StateAt] = []
    /// The decisions, those that changed nothing included, in order.
    package internal(set) var wakeUps: [WakeUp] = []

    /// One decision.
    package struct WakeUp: Sendable {
        /// When.
        package var at: Instant
        /// Whether it came before the first trigger.
        package var isStanding = false
        /// The rule that determined it.
        package var rule: Rule
        /// What it would have changed.
        package var effects: [Effect]
        /// When the brain wants to decide again, and why.
        package var hold: Hold?

        init(at instant: Instant, _ decision: Decision) {
            at = instant
            rule = decision.rule
            effects = decision.plan.map(\.effect)
            let due = decision.holds.filter { $0.until > instant }
            hold = due.min { $0.until < $1.until }
        }
    }

    /// What was decided so far came before the first trigger, and left the account like this.
    mutating func begin(with state: StateAt) {
        for place in wakeUps.indices { wakeUps[place].isStanding = true }
        states = [state]
    }
}
