import BillingModel
import DivergenceAnalysis
import DunningBrain
import LegacyPaths
import MirrorLog
import ShadowRun
import Testing

/// Whether the order in which the brain's wake-ups are delivered makes a difference.
struct WakeUpTests {
    /// A brain that never takes back what it did, and waits for nothing.
    private static let latching = JudgeSettings(
        brain: Brain(name: "latching") { state, now, policy in
            var hasty = policy
            hasty.confirmation = .zero
            let decision = DunningBrain.decide(state, at: now, hasty)
            return state.isFlagged ? Decision(rule: .hold) : decision
        }
    )

    /// A brain that undoes its own work whenever it is woken again.
    private static let toggling = JudgeSettings(
        brain: Brain(name: "toggling") { state, _, _ in
            var decision = Decision(rule: .inDebt)
            let flag = Effect.setFlag(bit: badDebtFlagBit, to: !state.isFlagged)
            decision.plan = [PlannedEffect(effect: flag, rule: .inDebt, invoices: [])]
            return decision
        }
    )

    /// An invoice is given up on, and voided ten minutes later.
    private static let voided = Scenario().owing("in_1").marked("in_1", at: 0)
        .voided("in_1", at: .minutes(10))

    @Test("the brain comes to one end however it is woken", arguments: SmallestStory.all)
    func stories(story: SmallestStory) {
        for exposure in story.sick.exposures(story.settings) {
            #expect(exposure.brain.isProved, "\(String(describing: exposure.brain.counterexample))")
        }
    }

    @Test(
        "over made-up accounts no delivery diverges where no administrator overrides",
        arguments: UInt64(0)..<400
    )
    func random(seed: UInt64) {
        let settings = JudgeSettings()
        let coverage = LogCoverage(horizon: Moment.days(60).instant)
        let explorer = ScheduleExplorer(judge: AccountJudge(settings: settings, coverage: coverage))
        var cutter = EpisodeCutter(RandomAccount(seed: seed).records, settings)
        while let episode = cutter.nextEpisode() {
            let brain = explorer.brain(episode)
            #expect(brain.isExhaustive, "seed \(seed)")
            let isOverridden = episode.timeline.facts.contains { timed in
                if case .override? = timed.fact { true } else { false }
            }
            guard !isOverridden else { continue }
            #expect(brain.isProved, "seed \(seed), episode of \(episode.openedAt)")
        }
    }

    @Test("an override that overtakes a wake-up keeps the brain from giving back what is paid for")
    func overtaken() throws {
        // While an override is in force all but the flag stays as it is: that is the rule, and why
        // it matters whether the payment's wake-up comes before it.
        let story = Scenario(.known(.startup)) { $0.beDunned(since: .days(-1)) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .paid("in_1", at: 0)
            .request(.adminUnflag, at: 60)
        let found = try #require(try story.exposure().brain.counterexample)
        #expect(found.differences.map(\.facet) == [.ban, .items(SubscriptionID("sub_1"))])
        #expect(found.taken == [])
        let healthy = Scenario(.known(.startup)) { $0.beDunned(since: .days(-1)) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .paid("in_1", at: 0)
            .charge(at: 60)
        #expect(try healthy.exposure().brain.isProved)
    }

    @Test("a brain that depends on when it first looks is caught")
    func latched() throws {
        let exposure = try Self.voided.exposure(Self.latching)
        let found = try #require(exposure.brain.counterexample)
        #expect(found.differences.map(\.facet).contains(.badDebtFlag))
        #expect(found.wakes.last == exposure.episode.closesAt)
    }

    @Test("a brain to which a second delivery makes a difference is caught")
    func toggled() throws {
        let exposure = try Self.voided.exposure(Self.toggling)
        #expect(exposure.brain.counterexample != nil)
        #expect(!exposure.brain.isProved)
    }

    @Test("what can't be followed to the end is not called proved")
    func cut() throws {
        let exposures = Self.voided.exposures(Self.latching, bound: 1)
        let brain = try #require(exposures.first).brain
        #expect(!brain.isExhaustive)
        #expect(!brain.isProved)
    }

    @Test(
        "following positions finds what trying one delivery after the other does",
        arguments: UInt64(0)..<60
    )
    func oracle(seed: UInt64) {
        for settings in [JudgeSettings(), Self.latching, Self.toggling] {
            var cutter = EpisodeCutter(RandomAccount(seed: seed, steps: 4).records, settings)
            while let episode = cutter.nextEpisode() {
                guard let slow = Self.divergesSlowly(episode.timeline, settings) else { continue }
                let judge = AccountJudge(
                    settings: settings,
                    coverage: LogCoverage(horizon: Moment.days(60).instant)
                )
                let fast = ScheduleExplorer(judge: judge).brain(episode)
                #expect((fast.counterexample != nil) == slow, "seed \(seed)")
            }
        }
    }

    /// Whether any delivery ends elsewhere than the run as recorded, by trying none, one or two
    /// wake-ups at each instant; `nil` where there are too many.
    private static func divergesSlowly(_ timeline: Timeline, _ settings: JudgeSettings) -> Bool? {
        let facts = timeline.facts
        var points: [Instant] = []
        for (place, fact) in facts.enumerated() where fact.at != points.last {
            points.append(fact.at)
            guard let next = facts[place...].first(where: { $0.at > fact.at })?.at else { continue }
            let last = next.advanced(by: TimeSpan(microseconds: -1))
            if last > fact.at { points.append(last) }
        }
        guard let first = facts.first(where: \.wakes)?.at, points.count <= 6 else { return nil }
        func walk(_ wakes: [Instant]) -> BrainWalk {
            var walk = BrainWalk(timeline, settings)
            for instant in Set(points + wakes).sorted() {
                walk.pass(to: instant)
                for fact in facts where fact.at == instant { walk.learn(fact) }
                for wake in wakes where wake == instant { walk.wake(at: wake) }
            }
            walk.pass(to: timeline.closesAt)
            walk.wake(at: timeline.closesAt)
            return walk
        }
        let reference = walk(Set(facts.filter(\.wakes).map(\.at)).sorted())
        let most = 2
        var deliveries: [[Instant]] = [[]]
        for point in points where point >= first {
            deliveries = deliveries.flatMap { delivery in
                (0...most).map { delivery + Array(repeating: point, count: $0) }
            }
        }
        return deliveries.contains { delivery in
            let end = walk(delivery)
            let differences = FacetDifference.between(
                legacy: end.state,
                brain: reference.state,
                comparesAmount: true
            )
            return !differences.isEmpty || !end.taken.isSubset(of: reference.taken)
        }
    }
}
