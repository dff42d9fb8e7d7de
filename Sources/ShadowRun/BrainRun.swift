package import BillingModel
package import DunningBrain

/// The shadow run of an episode: the same facts, with the brain deciding in place of legacy.
package struct BrainRun: Sendable {
    /// What the brain set right before the first trigger, where the account came in inconsistent.
    package private(set) var standing: [PlannedEffect] = []
    /// The account after that: where the shadow run starts from.
    package private(set) var opening: AccountState
    /// The account at the close.
    package internal(set) var final: AccountState
    /// What the brain did to the customer after the opening.
    package private(set) var taken: [Taken] = []
    /// What it planned after the opening, at each instant that it planned anything.
    package private(set) var planned: [Planned] = []
    /// All of its plans, the one before the first trigger included.
    package var decided: [Planned] {
        standing.isEmpty
            ? planned : [Planned(at: openedAt, isStanding: true, effects: standing)] + planned
    }
    /// What the last decision rested on.
    package private(set) var conclusion: Conclusion?
    /// Invariants that a decision broke.
    package private(set) var breaches: [Breach] = []
    /// Whether some decision lacked facts.
    package private(set) var isIncomplete = false

    /// A plan at its instant.
    package struct Planned: Hashable, Sendable {
        /// When the brain decided it.
        package var at: Instant
        /// Whether it came before the first trigger, for a difference that the account came in with.
        package var isStanding = false
        /// What it would have changed, in order.
        package var effects: [PlannedEffect]
    }

    /// What a decision rested on.
    package struct Conclusion: Hashable, Sendable {
        /// The rule that determined it.
        package var rule: Rule
        /// Why nothing might be done.
        package var restrictions: [Restriction]
        /// The facts that determined it.
        package var reasons: [Reason]
    }

    private let openedAt: Instant
    private let settings: JudgeSettings
    private let checksInvariants: Bool
    private(set) var hold: Instant?
    /// Every step, where that is asked for.
    private var trace: BrainTrace?

    /// Runs the brain over an episode.
    ///
    /// It decides before the first trigger, after each trigger and payment, and whenever a hold
    /// runs out up to the close, that instant included. Facts of one instant are all learned
    /// before it decides.
    ///
    /// - Parameters:
    ///   - timeline: The episode taken apart.
    ///   - settings: What the verdict depends on.
    ///   - checksInvariants: Whether each decision is held against the invariants.
    package init(_ timeline: Timeline, _ settings: JudgeSettings, checksInvariants: Bool = true) {
        self.init(startOf: timeline, settings, checksInvariants: checksInvariants)
        play(timeline)
    }

    /// Runs the brain over an episode and tells every step of it.
    ///
    /// Invariants are not checked: they were in the run that is told.
    package static func traced(_ timeline: Timeline, _ settings: JudgeSettings) -> BrainTrace {
        var run = BrainRun(startOf: timeline, settings, checksInvariants: false, isTraced: true)
        run.play(timeline)
        return run.trace ?? BrainTrace()
    }

    private mutating func play(_ timeline: Timeline) {
        var index = 0
        while index < timeline.facts.count {
            let instant = timeline.facts[index].at
            runHolds(before: instant)
            var wakes = false
            while index < timeline.facts.count, timeline.facts[index].at == instant {
                if let fact = timeline.facts[index].fact { final.learn(fact, at: instant) }
                wakes = wakes || timeline.facts[index].wakes
                index += 1
            }
            trace?.states.append(StateAt(at: instant, state: final))
            if wakes { decide(at: instant) }
        }
        runHolds(before: timeline.closesAt.advanced(by: TimeSpan(microseconds: 1)))
    }

    /// The account as the brain takes it over, before the first trigger.
    init(
        startOf timeline: Timeline,
        _ settings: JudgeSettings,
        checksInvariants: Bool,
        isTraced: Bool = false
    ) {
        if isTraced { trace = BrainTrace() }
        self.settings = settings
        self.checksInvariants = checksInvariants
        openedAt = timeline.openedAt
        opening = timeline.opening
        final = timeline.opening
        standing = decide(at: timeline.openedAt)
        opening = final
        trace?.begin(with: StateAt(at: timeline.openedAt, state: opening))
        taken = []
        planned = []
    }

    mutating func runHolds(before instant: Instant) {
        while let due = hold, due < instant {
            decide(at: due)
            if let next = hold, next <= due { hold = nil }
        }
    }

    @discardableResult
    mutating func decide(at now: Instant) -> [PlannedEffect] {
        let decision = settings.brain.decide(final, now, settings.policy)
        if checksInvariants {
            breaches += DunningBrain.breaches(
                of: decision,
                on: final,
                at: now,
                settings.policy,
                brain: settings.brain
            )
        }
        hold = decision.holds.map(\.until).filter { $0 > now }.min()
        if decision.rule == .incomplete { isIncomplete = true }
        conclusion = Conclusion(
            rule: decision.rule,
            restrictions: decision.restrictions,
            reasons: decision.reasons
        )
        trace?.wakeUps.append(BrainTrace.WakeUp(at: now, decision))
        guard !decision.plan.isEmpty else { return [] }
        let before = final
        for planned in decision.plan { final.apply(planned.effect, at: now, by: Self.record) }
        for consequence in Consequence.between(before, final) {
            taken.append(Taken(consequence: consequence, at: now, by: Self.record))
        }
        planned.append(Planned(at: now, effects: decision.plan))
        trace?.states.append(StateAt(at: now, state: final))
        return decision.plan
    }

    /// Stands for the brain where an effect names the record that made it.
    private static let record = RecordID("brain")
}
