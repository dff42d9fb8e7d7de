import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ShadowRun
import Testing

/// What a picture of a divergence shows, for stories made by hand.
struct SwimlaneTests {
    // MARK: - A race

    @Test("a stale read goes from where a run read to where it first wrote afterwards")
    func race() throws {
        let story = SmallestStory.race
        let swimlane = try story.sick.swimlane(story.settings)
        // Path B read at 1 s and wrote from 5 s on; Path C wrote from 3.2 s on.
        let stale = try #require(swimlane.staleReads.first)
        #expect(swimlane.staleReads.count == 1)
        #expect(swimlane.runs[stale.run].record == RecordID("run-B"))
        #expect(stale.from == .path(.b))
        #expect(stale.read == Moment(integerLiteral: 1).instant)
        #expect(stale.wrote == Moment(integerLiteral: 5).instant)
        #expect(stale.changed == Moment(integerLiteral: 2).instant)
        #expect(stale.by == RecordID("marked-in_1"))
    }

    @Test("runs one after the other have no stale read")
    func serial() throws {
        let story = SmallestStory.partialFailure
        #expect(try story.sick.swimlane().staleReads == [])
    }

    @Test("what nobody changed between a read and a write is not stale")
    func untouched() throws {
        // The void came a day after Path C had written.
        let swimlane = try SmallestStory.voidedAfterEarlierEpisode.sick.swimlane()
        #expect(swimlane.staleReads == [])
    }

    @Test("a run's own writes do not make its read stale")
    func own() throws {
        let swimlane = try SmallestStory.missingUnflag.sick.swimlane()
        #expect(swimlane.runs.contains { $0.lane == .path(.d) && $0.deeds.count == 3 })
        #expect(swimlane.staleReads == [])
    }

    @Test("runs that would have run later are drawn again where they would have run")
    func raceWhatIf() throws {
        let swimlane = try SmallestStory.race.sick.swimlane()
        let recorded = swimlane.runs.filter { !$0.isWhatIf }
        let others = swimlane.runs.filter(\.isWhatIf)
        #expect(recorded.map(\.lane) == [.path(.b), .path(.c)])
        #expect(others.map(\.lane) == [.path(.c)])
        #expect(others[0].record == recorded[1].record)
        #expect(others[0].start > recorded[0].end)
        #expect(swimlane.had == ["had they run one after the other, each reading afresh"])
    }

    // MARK: - A void after a mark

    /// Path C wrote, and 43 s after the mark the void came.
    private static let voided = Scenario().owing("in_1").marked("in_1", at: 0)
        .ran(.c, for: "marked-in_1", at: 2, .flagAsBadDebt(at: 2))
        .voided("in_1", at: 43)

    @Test("lanes hold what was recorded, in order of time")
    func lanes() throws {
        let swimlane = try Self.voided.swimlane()
        #expect(swimlane.events.map(\.lane) == [.stripe, .stripe])
        #expect(
            swimlane.events.map(\.record) == ["marked-in_1", "voided-in_1"].map { RecordID($0) }
        )
        #expect(
            swimlane.events.map(\.says) == [
                Swimlane.Phrase("", "in_1", "marked uncollectible"),
                Swimlane.Phrase("", "in_1", "voided"),
            ]
        )
        let run = try #require(swimlane.runs.first)
        #expect(run.deeds.map(\.says.before) == ["cancels", "flags", "bans", "dates", "tags"])
        #expect(run.deeds.allSatisfy { $0.isDone })
        #expect(run.start == Moment(integerLiteral: 2).instant)
        #expect(!run.isBroken)
    }

    @Test("Path C that wrote before the void came read nothing stale, and would have done nothing")
    func voidedWhatIf() throws {
        let swimlane = try Self.voided.swimlane()
        #expect(swimlane.staleReads == [])
        let other = try #require(swimlane.runs.last)
        #expect(other.isWhatIf)
        #expect(other.deeds == [])
        #expect(other.start > Moment(integerLiteral: 43).instant)
        #expect(swimlane.had == ["had it looked when the void was in"])
    }

    @Test("Path C that wrote after the void believed an event that was out of date")
    func believed() throws {
        let swimlane = try SmallestStory.voidedInvoiceFlag.sick.swimlane()
        let stale = try #require(swimlane.staleReads.first)
        #expect(stale.from == .path(.c))
        #expect(stale.changed == Moment(integerLiteral: 2).instant)
        #expect(stale.wrote == Moment(integerLiteral: 3).instant)
        // Where the void came before it even started, it had it from the event.
        let late = Scenario().owing("in_1").marked("in_1", at: 0).voided("in_1", at: 2)
            .ran(.c, for: "marked-in_1", at: 3, .flagAsBadDebt(at: 3))
        let fromEvent = try #require(try late.swimlane().staleReads.first)
        #expect(fromEvent.from == .stripe)
        #expect(fromEvent.read == Moment(integerLiteral: 0).instant)
        #expect(fromEvent.by == RecordID("voided-in_1"))
    }

    @Test("the brain waits from the mark to the void, and then owes nothing")
    func waits() throws {
        let swimlane = try Self.voided.swimlane()
        #expect(swimlane.decisions.map(\.rule) == [.hold, .clear])
        #expect(swimlane.decisions[0].until == Moment.minutes(15).instant)
        #expect(swimlane.wait(after: 0) == Moment(integerLiteral: 43).instant)
        #expect(swimlane.wait(after: 1) == nil)
    }

    @Test("tracks go from value to value, and differ from the deed to the close")
    func tracks() throws {
        let swimlane = try Self.voided.swimlane()
        let flag = try #require(swimlane.tracks.first { $0.facet == .badDebtFlag })
        #expect(flag.isReported)
        #expect(flag.legacy.map(\.value) == [.bool(false), .bool(true)])
        #expect(flag.brain.map(\.value) == [.bool(false)])
        #expect(flag.whatIf?.map(\.value) == [.bool(false)])
        let flagged = try #require(flag.legacy.last?.from)
        let differing = flag.differing(from: swimlane.opened, to: swimlane.closed)
        #expect(differing.map(\.from) == [flagged])
        #expect(differing.map(\.to) == [swimlane.closed])
    }

    // MARK: - Other classes

    @Test("a second payment that came in by itself is struck out")
    func duplicate() throws {
        let story = Scenario(.known(.startup)).owing("in_1", 5000, .uncollectible, markedAt: -60)
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))
            .paid("in_1", at: 5, as: "again")
        let swimlane = try story.swimlane()
        #expect(swimlane.classes == [.duplicatePayment])
        #expect(swimlane.events.filter(\.isLeftOut).map(\.record) == [RecordID("again")])
        let paid = try #require(swimlane.tracks.first)
        #expect(paid.facet == .payments(InvoiceID("in_1")))
        #expect(paid.legacy.last?.value == .count(2))
        #expect(paid.brain.last?.value == .count(1))
        #expect(paid.whatIf?.last?.value == .count(1))
    }

    @Test("a second payment by a run is what the run would not have made")
    func duplicateByRun() throws {
        let swimlane = try SmallestStory.duplicatePayment.sick.swimlane()
        #expect(swimlane.tracks.first?.legacy.last?.value == .count(2))
        #expect(swimlane.tracks.first?.whatIf?.last?.value == .count(1))
    }

    @Test(
        "what an intervention puts in has a lane",
        arguments: [
            (SmallestStory.missingUnflag, Swimlane.Lane.whatIf), (.stuckEvent, .path(.c)),
            (.driftLag, .path(.b)),
        ]
    )
    func putIn(story: SmallestStory, lane: Swimlane.Lane) throws {
        let swimlane = try story.sick.swimlane(story.settings)
        let put = swimlane.runs.filter(\.isWhatIf)
        #expect(put.map(\.lane) == [lane])
        #expect(put.first?.record == nil)
        #expect(put.first?.deeds.isEmpty == false)
    }

    @Test("under another policy it is the brain that would have decided otherwise")
    func policy() throws {
        let story = SmallestStory.policyChange
        let swimlane = try story.sick.swimlane(story.settings)
        #expect(swimlane.isWhatIfOfBrain)
        #expect(swimlane.decisions.contains { $0.isWhatIf && !$0.plan.isEmpty })
        #expect(!swimlane.decisions.contains { !$0.isWhatIf && !$0.plan.isEmpty })
    }

    @Test("with a longer settle time the picture goes on behind the close")
    func timing() throws {
        let swimlane = try SmallestStory.timing.sick.swimlane()
        #expect(swimlane.end > swimlane.closed)
        let flag = try #require(swimlane.tracks.first { $0.facet == .badDebtFlag })
        #expect(flag.legacy.last?.value == .bool(true))
        #expect(flag.whatIf?.last?.value == .bool(false))
    }

    // MARK: - All of them

    @Test(
        "legacy and brain end as the verdict says, and the other run agrees with the brain",
        arguments: SmallestStory.all
    )
    func ends(story: SmallestStory) throws {
        let divergence = try story.sick.drawn(story.settings)
        let swimlane = try #require(divergence.swimlane)
        #expect(swimlane.tracks.filter(\.isReported).map(\.facet) == divergence.facets.map(\.facet))
        for (track, facet) in zip(swimlane.tracks, divergence.facets) {
            #expect(track.legacy.last?.value == facet.legacy, "\(facet.facet)")
            #expect(track.brain.last?.value == facet.brain, "\(facet.facet)")
            if swimlane.isWhatIfOfBrain {
                #expect(track.whatIf?.last?.value == facet.legacy, "\(facet.facet)")
            } else {
                #expect(track.whatIf?.last?.value == facet.brain, "\(facet.facet)")
            }
        }
        #expect(!swimlane.had.isEmpty)
    }

    @Test("no picture is made unless it is asked for", arguments: SmallestStory.all)
    func onRequest(story: SmallestStory) throws {
        #expect(try story.sick.divergence(story.settings).swimlane == nil)
    }

    @Test(
        "the records of the smallest reproducer stand out, and no others",
        arguments: SmallestStory.all
    )
    func keys(story: SmallestStory) throws {
        let noise = story.sick.charge(at: .minutes(3), "noise")
        let divergence = try noise.drawn(story.settings)
        let swimlane = try #require(divergence.swimlane)
        let marked =
            swimlane.events.filter(\.isKey).map(\.record)
            + swimlane.runs.filter(\.isKey).compactMap(\.record)
        let needed = Set(divergence.reproducer).intersection(divergence.records)
        #expect(Set(marked) == needed)
        #expect(!marked.isEmpty)
        let others = swimlane.events.filter { !$0.isKey }.map(\.record)
        #expect(needed.isDisjoint(with: others))
    }

    @Test("too much is left out and counted, the smallest reproducer last")
    func most() throws {
        var story = Self.voided
        for place in 0..<200 {
            story = story.charge(at: Moment(integerLiteral: 60 + Int64(place)), "noise-\(place)")
        }
        let swimlane = try story.swimlane()
        #expect(swimlane.events.count == 60)
        #expect(swimlane.omitted >= 142)
        #expect(swimlane.events.filter(\.isKey).count == 2)
        let times = swimlane.events.map(\.at)
        #expect(times == times.sorted())
    }

    @Test("the same records give the same picture, in whatever order they stand")
    func determined() throws {
        let story = SmallestStory.race.sick
        let turned = story.with { $0.told.reverse() }
        #expect(try story.swimlane() == turned.swimlane())
    }
}

extension Scenario {
    /// The only divergence, with its picture and its smallest reproducer.
    fileprivate func drawn(_ settings: JudgeSettings = JudgeSettings()) throws -> Divergence {
        var coverage = LogCoverage(horizon: Moment.days(30).instant)
        for case .execution(let execution) in records.map(\.body) {
            coverage.paths.insert(execution.path)
        }
        var judge = AccountJudge(settings: settings, coverage: coverage)
        judge.findsReproducers = true
        judge.drawsSwimlanes = true
        let found = judge.judge(account, records).episodes.compactMap(\.divergence)
        try #require(found.count == 1, "the story has \(found.count) divergences")
        return found[0]
    }

    /// The picture of the only divergence.
    fileprivate func swimlane(_ settings: JudgeSettings = JudgeSettings()) throws -> Swimlane {
        try #require(try drawn(settings).swimlane)
    }
}
