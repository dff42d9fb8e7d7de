import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ShadowRun
import Testing

/// Where episodes begin and end, and when they are judged.
struct EpisodeTests {
    private let first = Moment(integerLiteral: 0)

    // MARK: - The settle time

    @Test(
        "a record exactly one settle time after the last belongs, a microsecond later opens anew",
        arguments: [(Int64(0), 1), (1, 2)]
    )
    func settleBoundary(microseconds: Int64, episodes: Int) throws {
        let second = Moment.minutes(15).plus(microseconds: microseconds)
        let story = Scenario().charge(at: 0).charge(at: second, "charge-2")
        #expect(try story.judged().episodes.count == episodes)
    }

    @Test("an episode closes one settle time after the last effect of its executions")
    func closesAfterEffects() throws {
        let story = Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, from: 60, .flagAsBadDebt(at: 1))
        let verdict = try story.verdict()
        let lastEffect = Moment(integerLiteral: 60).plus(milliseconds: 400)
        #expect(verdict.opened == first.instant)
        #expect(verdict.closed == lastEffect.instant.advanced(by: .minutes(15)))
    }

    @Test("marks and baselines keep no episode open")
    func whatKeepsNothingOpen() throws {
        var story = Scenario().charge(at: 0)
        let state = try #require(story.opening)
        story.tell("look", at: .minutes(10), .baseline(state))
        story.tell(
            "mark",
            at: .minutes(14),
            .mark(Mark(source: .stripe, says: .through(Moment.minutes(14).instant)))
        )
        #expect(try story.verdict().closed == Moment.minutes(15).instant)
    }

    @Test("the settle time is never less than the confirmation")
    func settleIsAtLeastConfirmation() {
        var policy = Policy()
        policy.confirmation = .minutes(40)
        #expect(JudgeSettings(settle: .minutes(1), policy: policy).settle == .minutes(40))
        #expect(JudgeSettings(settle: .minutes(50), policy: policy).settle == .minutes(50))
    }

    @Test("a longer settle time joins what a shorter one parts")
    func settleSetting() throws {
        let story = Scenario().charge(at: 0).charge(at: .minutes(20), "charge-2")
        #expect(try story.judged().episodes.count == 2)
        #expect(try story.judged(JudgeSettings(settle: .minutes(20))).episodes.count == 1)
    }

    // MARK: - Open at the end

    @Test(
        "an episode is open until some source is complete through its close",
        arguments: [
            (Moment.minutes(15), "match"),
            (Moment.minutes(15).plus(microseconds: -1), "open"),
        ]
    )
    func openUntilMarked(horizon: Moment, expected: String) throws {
        let episodes = try Scenario().charge(at: 0).judged(through: horizon).episodes
        #expect(episodes.map(\.gist) == [expected])
    }

    @Test("of several sources the one that is furthest behind says what has settled")
    func slowestSource() throws {
        var engine = ParityEngine(settings: JudgeSettings())
        for record in Scenario().charge(at: 0).records { engine.feed(record) }
        engine.feed(.complete(through: .hours(2), .stripe, as: "mark-1"))
        engine.feed(.complete(through: .minutes(5), .postgres, as: "mark-2"))
        #expect(engine.coverage.horizon == Moment.minutes(5).instant)
        #expect(try engine.verdicts().values.flatMap(\.episodes).map(\.gist) == ["open"])
        engine.feed(.complete(through: .hours(1), .postgres, as: "mark-3"))
        #expect(try engine.verdicts().values.flatMap(\.episodes).map(\.gist) == ["match"])
    }

    @Test("a log without marks is complete up to its last event, and no further")
    func noMarks() throws {
        var engine = ParityEngine(settings: JudgeSettings())
        for record in Scenario().charge(at: 0).records { engine.feed(record) }
        #expect(try engine.verdicts().values.flatMap(\.episodes).map(\.gist) == ["open"])
        let other = Scenario(account: "acct_2").charge(at: .hours(1))
        for record in other.records {
            var record = record
            record.id = RecordID("other-\(record.id)")
            engine.feed(record)
        }
        let verdicts = try engine.verdicts()
        #expect(verdicts[AccountID("acct_1")]?.episodes.map(\.gist) == ["match"])
        #expect(verdicts[AccountID("acct_2")]?.episodes.map(\.gist) == ["open"])
    }

    // MARK: - Holds

    @Test("debt that is confirmed within the episode is acted on then and there")
    func confirmedInside() throws {
        // Marked at five to noon: confirmed at ten past, and voided two minutes later.
        let story = Scenario(.known(.startup)).owing("in_1")
            .marked("in_1", at: 0, since: .minutes(-5))
            .voided("in_1", at: .minutes(12))
        let episode = try #require(story.episodes().first)
        let brain = BrainRun(episode.timeline, JudgeSettings())
        #expect(
            brain.planned.map(\.at) == [Moment.minutes(10).instant, Moment.minutes(12).instant]
        )
        #expect(brain.final.isFlagged == false)
        #expect(brain.taken.map(\.consequence).contains(.flag))
    }

    @Test("what is voided a microsecond before it is confirmed was never acted on")
    func voidedInTime() throws {
        let story = Scenario(.known(.startup)).owing("in_1")
            .marked("in_1", at: 0, since: .minutes(-5))
            .voided("in_1", at: Moment.minutes(10).plus(microseconds: -1))
        let episode = try #require(story.episodes().first)
        let brain = BrainRun(episode.timeline, JudgeSettings())
        #expect(brain.planned.isEmpty)
        #expect(try story.verdict().gist == "match")
    }

    @Test("a hold that runs out at the very close is still part of the episode")
    func holdAtClose() throws {
        let story = Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0)
        let verdict = try story.verdict()
        #expect(verdict.closed == Moment.minutes(15).instant)
        #expect(verdict.settled?.brain.isFlagged == true)
    }

    @Test("an override that lapses between episodes is noticed in the next")
    func overrideLapses() throws {
        let story = Scenario(.known(.startup)) { SmallestStory.dunnedStartup(&$0) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .request(.adminUnflag, at: 0)
            .ran(.e, for: "admin_unflag", at: 1, .unflagsByHand)
            .charge(at: .days(29))
            .charge(at: .days(31), "charge-2")
        let episodes = try story.judged(through: .days(60)).episodes
        #expect(episodes.map { $0.settled?.brain.isFlagged } == [false, false, true])
    }
}
