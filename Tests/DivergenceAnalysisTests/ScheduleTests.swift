import BillingModel
import DivergenceAnalysis
import DunningBrain
import LegacyPaths
import MirrorLog
import ShadowRun
import Testing

extension Scenario {
    /// What could have gone wrong in each judged episode.
    func exposures(
        _ settings: JudgeSettings = JudgeSettings(),
        bound: Int = 5000,
        seed: UInt64 = 1
    ) -> [EpisodeExposure] {
        ScheduleExplorer(judge: judge(settings), bound: bound, seed: seed)
            .explore(account, records) { _ in true }
    }

    /// What could have gone wrong in the only judged episode.
    func exposure(_ settings: JudgeSettings = JudgeSettings()) throws -> EpisodeExposure {
        let exposures = exposures(settings)
        try #require(exposures.count == 1, "the story has \(exposures.count) judged episodes")
        return exposures[0]
    }

    /// The judge of the account by itself, when all has settled.
    func judge(_ settings: JudgeSettings = JudgeSettings()) -> AccountJudge {
        var coverage = LogCoverage(shownBy: records)
        coverage.horizon = Moment.days(30).instant
        return AccountJudge(settings: settings, coverage: coverage)
    }
}

/// What legacy could have made of an account, had things come in another order.
struct ScheduleTests {
    private static let settings = JudgeSettings()

    /// The episodes of a made-up account.
    private static func episodes(_ seed: UInt64) -> [Episode] {
        var cutter = EpisodeCutter(RandomAccount(seed: seed).records, settings)
        var episodes: [Episode] = []
        while let episode = cutter.nextEpisode() { episodes.append(episode) }
        return episodes
    }

    // MARK: - The recorded order

    @Test(
        "the order as it was recorded is a schedule, and ends as the record does",
        arguments: UInt64(0)..<200
    )
    func recorded(seed: UInt64) {
        let paths = PathSet(LegacyPath.allCases)
        for timeline in Self.episodes(seed).map(\.timeline) {
            let schedules = LegacySchedules(timeline)
            guard let recorded = schedules.recorded else { continue }
            #expect(schedules.space.contains(recorded), "seed \(seed)")
            let again = schedules.play(recorded, Self.settings, expected: paths).outcome
            let brain = BrainRun(timeline, Self.settings)
            #expect(
                Comparison(again, brain) == Comparison(timeline.recorded(paths), brain),
                "seed \(seed), episode of \(timeline.openedAt)"
            )
        }
    }

    @Test("nearly every made-up episode can be told as recorded")
    func recordedMostly() {
        let all = (UInt64(0)..<200).flatMap { Self.episodes($0) }.map {
            LegacySchedules($0.timeline)
        }
        let told = all.count { $0.recorded != nil }
        #expect(told * 100 > all.count * 95, "\(told) of \(all.count)")
        #expect(all.count { $0.space.count > 1 } > 50)
    }

    @Test(
        "steps stand in their order, between the facts where they belong",
        arguments: UInt64(0)..<60
    )
    func realised(seed: UInt64) {
        for timeline in Self.episodes(seed).map(\.timeline) {
            let schedules = LegacySchedules(timeline)
            var lots = SplitMix64(seed: seed)
            for _ in 0..<5 {
                let schedule = schedules.space.draw(&lots)
                var rest = schedules.turns(in: schedule).map { [$0.read] + $0.effects }
                var passed = 0
                var last = Instant(microseconds: .min)
                for step in schedule.steps {
                    if step == Schedule.world {
                        #expect(last < schedules.blocks[passed].start, "seed \(seed)")
                        last = schedules.blocks[passed].end
                        passed += 1
                    } else {
                        let next = rest[step].removeFirst()
                        #expect(last < next, "seed \(seed)")
                        last = next
                    }
                }
                #expect(rest.joined().isEmpty, "seed \(seed)")
            }
        }
    }

    // MARK: - What differs

    @Test("two executions that race diverge in some schedules and not in others")
    func race() throws {
        let exposure = try SmallestStory.race.sick.exposure()
        #expect(exposure.classes == [.race])
        #expect(exposure.legacy.isExhaustive)
        #expect(exposure.legacy.diverging > 0)
        #expect(exposure.legacy.diverging < exposure.legacy.explored)
        #expect(exposure.brain.isProved)
    }

    @Test("the same executions one after the other are a near miss")
    func nearMiss() throws {
        let story = Scenario { $0.beDunned(since: .days(-1)) }
            .owing("in_1")
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, .driftUnflags([]))
            .marked("in_1", at: 2)
            .ran(.c, for: "marked-in_1", at: 3, .flagAsBadDebt(at: 3))
        let exposure = try story.exposure()
        #expect(exposure.divergence == nil)
        #expect(exposure.legacy.diverging > 0)
        #expect(exposure.legacy.worst?.comparison.statesAgree == false)
    }

    @Test("a path that trusts its trigger diverges in every schedule of a void")
    func alwaysWrong() throws {
        let exposure = try SmallestStory.voidedInvoiceFlag.sick.exposure()
        #expect(exposure.legacy.schedules == 7)
        #expect(exposure.legacy.diverging == 7)
    }

    @Test("a run that had nothing to do gets the turns that it needs where it has")
    func moreTurns() throws {
        let story = Scenario().owing("in_1")
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, [])
            .marked("in_1", at: 2)
            .ran(.c, for: "marked-in_1", at: 3, .flagAsBadDebt(at: 3))
        let exposure = try story.exposure()
        let worst = try #require(exposure.legacy.worst)
        let drift = try #require(worst.turns.first { $0.run == 0 })
        #expect(drift.effects.count == 5)
        #expect(
            exposure.legacy.explored
                == LegacySchedules(exposure.episode.timeline, turns: [5, 5]).space.count
        )
    }

    @Test("an episode without a modelled run has one schedule, the recorded one")
    func nothingToOrder() throws {
        let exposure = try Scenario().owing("in_1").paid("in_1", at: 0).exposure()
        #expect(exposure.legacy.schedules == 1)
        #expect(exposure.legacy.diverging == 0)
    }

    @Test("above the bound as many are drawn, the same by the same seed")
    func drawn() throws {
        func explored(_ seed: UInt64) throws -> LegacyExposure {
            let exposures = SmallestStory.race.sick.exposures(bound: 50, seed: seed)
            return try #require(exposures.first).legacy
        }
        let one = try explored(1)
        #expect(one.explored == 50)
        #expect(!one.isExhaustive)
        #expect(try explored(1).diverging == one.diverging)
        #expect(try explored(1).worst?.schedule == one.worst?.schedule)
        let others = try (2..<12).map { try explored($0).diverging }
        #expect(Set(others).count > 1)
    }

    @Test("threads make no difference to a study of a log")
    func threads() throws {
        var engine = ParityEngine(settings: Self.settings)
        for number in UInt64(0)..<200 {
            for record in RandomAccount(seed: number, account: "acct_\(number)").records {
                engine.feed(record)
            }
        }
        engine.feed(.complete(through: .days(30)))
        func study(_ jobs: Int, seed: UInt64 = 1) throws -> String {
            let study = try ExposureStudy(engine, sample: 5, seed: seed, bound: 40, jobs: jobs)
            return "\(study.rows) \(study.brain.positions) \(study.brain.proved)"
        }
        let one = try study(1)
        #expect(try study(3) == one)
        #expect(try study(1, seed: 2) != one)
    }

    // MARK: - Reproducers

    @Test(
        "the worst schedule as a log shows its difference when it is judged",
        arguments: SmallestStory.all
    )
    func reproducer(story: SmallestStory) throws {
        for exposure in story.sick.exposures(story.settings) {
            let records = story.sick.records.inEventTimeOrder()
            guard let reproducer = ScheduleReproducer(exposure, records) else { continue }
            #expect(reproducer.isShown(by: story.sick.judge(story.settings)))
        }
    }

    @Test("what is written of the worst schedule of a race diverges in a replay, as it was told")
    func replayed() throws {
        let story = SmallestStory.race.sick
        let exposure = try story.exposure()
        let worst = try #require(exposure.legacy.worst)
        let records = story.records.inEventTimeOrder()
        let reproducer = try #require(ScheduleReproducer(exposure, records))
        var engine = ParityEngine(settings: Self.settings)
        for record in reproducer.log { engine.feed(record) }
        let divergences = try engine.verdicts().values.flatMap(\.episodes).compactMap(\.divergence)
        #expect(divergences.count == 1)
        #expect(divergences.first?.facets == worst.comparison.differences)
        #expect(divergences.first?.extent == .lasting)
    }

    @Test("nearly all worst schedules of made-up accounts are shown by their logs")
    func reproducersOfMany() {
        var shown = 0
        var all = 0
        for seed in UInt64(0)..<100 {
            var story = Scenario(account: "acct_r")
            story.opening = nil
            story.told = RandomAccount(seed: seed).records
            for place in story.told.indices { story.told[place].account = story.account }
            let records = story.records.inEventTimeOrder()
            for exposure in story.exposures(bound: 40) {
                guard let reproducer = ScheduleReproducer(exposure, records) else { continue }
                all += 1
                if reproducer.isShown(by: story.judge()) { shown += 1 }
            }
        }
        #expect(all > 50)
        // What Stripe says within two seconds of a run that moved there may be taken for its echo.
        #expect(shown * 100 >= all * 95, "\(shown) of \(all)")
    }
}
