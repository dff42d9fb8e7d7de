import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

/// Records come one at a time, late, twice and without an account.
struct EngineTests {
    private let account = AccountID("acct_1")
    private let news = VerdictNews()

    private func engine(fed stories: Scenario...) -> ParityEngine {
        var engine = ParityEngine(settings: JudgeSettings())
        for record in stories.flatMap(\.records) { engine.feed(record) }
        return engine
    }

    // MARK: - Late records

    @Test("a verdict is given out once, when its episode has settled")
    func issuedOnce() throws {
        var engine = engine(fed: SmallestStory.stuckEvent.sick)
        #expect(try news.next(&engine).isEmpty)
        engine.feed(.complete(through: .minutes(16)))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z lasting: stuck_event"])
        #expect(try news.next(&engine).isEmpty)
        engine.feed(.complete(through: .hours(5), as: "complete-2"))
        #expect(try news.next(&engine).isEmpty)
    }

    @Test("a late record opens a closed episode again, and its verdict is given out anew")
    func lateRecord() throws {
        let sick = SmallestStory.stuckEvent.sick
        var engine = engine(fed: sick)
        engine.feed(.complete(through: .hours(1)))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z lasting: stuck_event"])

        // The run that was missing arrives an hour late.
        let whole = SmallestStory.stuckEvent.healthy
        let run = try #require(whole.records.last)
        engine.feed(run)
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z match"])
        #expect(engine.counts.outOfOrder == 1)
    }

    @Test("a late record that joins two episodes takes back the second and changes the first")
    func merge() throws {
        var engine = engine(
            fed: Scenario().charge(at: 0).charge(at: .minutes(20), "charge-2")
        )
        engine.feed(.complete(through: .hours(2)))
        #expect(
            try news.next(&engine)
                == ["2026-03-02T12:00:00Z match", "2026-03-02T12:20:00Z match"]
        )
        var between = Scenario().charge(at: .minutes(10), "charge-between")
        between.opening = nil
        for record in between.records { engine.feed(record) }
        #expect(
            try news.next(&engine)
                == ["2026-03-02T12:00:00Z match", "2026-03-02T12:20:00Z withdrawn"]
        )
    }

    @Test("a late record that begins before an episode takes it back and gives out another")
    func earlierOpening() throws {
        var engine = engine(fed: Scenario().charge(at: 60))
        engine.feed(.complete(through: .hours(2)))
        #expect(try news.next(&engine) == ["2026-03-02T12:01:00Z match"])
        var before = Scenario().charge(at: 0, "charge-0")
        before.opening = nil
        for record in before.records { engine.feed(record) }
        #expect(
            try news.next(&engine)
                == ["2026-03-02T12:00:00Z match", "2026-03-02T12:01:00Z withdrawn"]
        )
    }

    @Test("a path that shows up late in one account changes verdicts on the others")
    func coverageGrows() throws {
        var engine = engine(fed: SmallestStory.flaggedRightly)
        engine.feed(.complete(through: .hours(1)))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z match"])
        // Path A is mirrored after all, and has not recorded this account's event.
        var other = Scenario(account: "acct_2")
        other.tell(
            "dunning",
            at: 0,
            .change(RowChange(op: .insert, row: .dunning(event: "evt-elsewhere")))
        )
        for record in other.records { engine.feed(record) }
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z lasting: stuck_event"])
    }

    @Test("a record counts as late when it was seen more than the settle time after it happened")
    func lateCount() throws {
        var engine = engine()
        for (place, delay) in [Moment.minutes(15), .minutes(15).plus(microseconds: 1)].enumerated()
        {
            var record = MirrorRecord.complete(through: 0, as: "mark-\(place)")
            record.seen = delay.instant
            engine.feed(record)
        }
        #expect(engine.counts.late == 1)
    }

    @Test("a verdict is given out anew when only the state it settled in has changed")
    func settledStateChanges() throws {
        let flagged = Scenario(.known(.startup)).request(.adminFlag, at: .hours(1))
            .ran(.e, for: "admin_flag", at: .hours(1), .flagsByHand(at: .hours(1)))
            .charge(at: .hours(3))
        var engine = engine(fed: Scenario(.known(.startup)).charge(at: .hours(3)))
        engine.feed(.complete(through: .hours(5)))
        #expect(try news.next(&engine) == ["2026-03-02T15:00:00Z match"])
        for record in flagged.records { engine.feed(record) }
        #expect(
            try news.next(&engine)
                == ["2026-03-02T13:00:00Z match", "2026-03-02T15:00:00Z match"]
        )
    }

    @Test("a record within four settle times of a verdict may change it to one of timing")
    func timingIsToldAnew() throws {
        let story = SmallestStory.timing.sick
        let late = try #require(story.records.last)
        var engine = ParityEngine(settings: JudgeSettings())
        for record in story.records.dropLast() { engine.feed(record) }
        engine.feed(.complete(through: .minutes(18)))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z lasting: unexplained"])
        engine.feed(late)
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z lasting: timing"])
    }

    @Test("a source that shows up late, behind the others, takes verdicts back")
    func horizonFalls() throws {
        var engine = engine(fed: Scenario().charge(at: 0))
        engine.feed(.complete(through: .hours(2), .stripe))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z match"])
        engine.feed(.complete(through: .minutes(5), .postgres, as: "behind"))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z withdrawn"])
    }

    // MARK: - Redeliveries

    @Test("redeliveries are counted and change nothing")
    func redelivery() throws {
        for story in SmallestStory.all {
            var once = engine(fed: story.sick)
            var twice = engine(fed: story.sick)
            for record in story.sick.records.reversed() { twice.feed(record) }
            #expect(twice.counts.redelivered == story.sick.records.count)
            once.feed(.complete(through: .days(30)))
            twice.feed(.complete(through: .days(30)))
            let verdicts = try once.verdicts().mapValues { $0.episodes.map(\.summary) }
            #expect(try twice.verdicts().mapValues { $0.episodes.map(\.summary) } == verdicts)
        }
    }

    @Test("of two different records of one id the same one stands, whichever came first")
    func differingRedelivery() throws {
        let flagged = Scenario().image(flagged: true, at: 0)
        let unflagged = Scenario().image(flagged: false, at: 0)
        var outcomes: Set<String> = []
        for order in [[flagged, unflagged], [unflagged, flagged]] {
            var engine = engine(fed: order[0], order[1])
            engine.feed(.complete(through: .days(1)))
            #expect(engine.counts.redelivered == 2)
            let episodes = try engine.verdicts()[account]?.episodes ?? []
            outcomes.insert(episodes.map(\.gist).joined(separator: " "))
        }
        #expect(outcomes.count == 1)
    }

    @Test("an id is an account's own: two accounts may use one")
    func idOfAnother() throws {
        let story = Scenario().charge(at: 0)
        var other = Scenario(account: "acct_2").charge(at: 0)
        other.opening = nil
        var engine = engine(fed: story, other)
        engine.feed(.complete(through: .days(1)))
        #expect(engine.counts.redelivered == 0)
        let verdicts = try engine.verdicts()
        #expect(verdicts[account]?.episodes.map(\.gist) == ["match"])
        #expect(
            verdicts[AccountID("acct_2")]?.episodes.map(\.gist) == ["incomplete: no_baseline"]
        )
    }

    // MARK: - Records without an account

    @Test("a stripe record without an account is found through its customer, before or after")
    func mapped() throws {
        let records = SmallestStory.flaggedRightly.records.map { record in
            var record = record
            if record.kind == .stripe { record.account = nil }
            return record
        }
        for order in [records, records.reversed()] {
            var engine = engine()
            for record in order { engine.feed(record) }
            engine.feed(.complete(through: .days(1)))
            #expect(try engine.verdicts()[account]?.episodes.map(\.gist) == ["match"])
            #expect(try engine.findings().unmapped == 0)
        }
    }

    @Test("a row image of the customer maps it as well")
    func mappedByRow() throws {
        var story = Scenario { $0.stripeCustomer = nil }
        story.tell(
            "customer-row",
            at: -60,
            .change(
                RowChange(
                    op: .update,
                    row: .customer(
                        stripeCustomer: .value("cus_late"),
                        badDebtAt: .absent,
                        legalEntity: .absent
                    )
                )
            )
        )
        var engine = engine(fed: story)
        var charge = try #require(Scenario(account: "late").charge(at: 0).records.last)
        charge.account = nil
        engine.feed(charge)
        engine.feed(.complete(through: .days(1)))
        #expect(try engine.verdicts()[account]?.episodes.map(\.gist) == ["match"])
    }

    @Test("a stripe record of a customer that nobody claims is counted and judged nowhere")
    func unmapped() throws {
        var engine = engine(fed: Scenario().charge(at: 0))
        var stray = try #require(Scenario(account: "stranger").charge(at: 60, "stray").records.last)
        stray.account = nil
        engine.feed(stray)
        engine.feed(.complete(through: .days(1)))
        let verdicts = try engine.verdicts()
        #expect(try engine.findings().unmapped == 1)
        #expect(Array(verdicts.keys) == [account])
        #expect(verdicts[account]?.episodes.map(\.gist) == ["match"])
    }

    // MARK: - Live and test mode

    private func charge(_ name: String, at moment: Moment, live: Bool?) -> MirrorRecord {
        MirrorRecord(
            id: RecordID(name),
            at: moment.instant,
            account: account,
            body: .stripe(
                StripeEvent(
                    id: name,
                    type: StripeEventType("charge.succeeded"),
                    created: moment.second,
                    livemode: live,
                    object: .other
                )
            )
        )
    }

    @Test("events of test mode are left out of a log that has live ones, and named by line")
    func mixedModes() throws {
        for order in [[true, false], [false, true]] {
            var engine = engine(fed: Scenario())
            for (place, live) in order.enumerated() {
                let moment = live ? Moment(integerLiteral: 0) : .hours(1)
                engine.feed(charge("charge-\(live)", at: moment, live: live), line: 10 + place)
            }
            engine.feed(.complete(through: .days(1)))
            let episodes = try engine.verdicts()[account]?.episodes ?? []
            #expect(episodes.map(\.opened) == [Moment(integerLiteral: 0).instant])
            #expect(engine.mixesModes)
            #expect(try engine.findings().testLines == [order[0] ? 11 : 10])
        }
    }

    @Test("a log of test mode alone is judged, and so is one that says nothing of modes")
    func oneMode() throws {
        for live in [false, nil] {
            var engine = engine(fed: Scenario())
            engine.feed(charge("charge", at: 0, live: live))
            engine.feed(.complete(through: .days(1)))
            #expect(try engine.verdicts()[account]?.episodes.map(\.gist) == ["match"])
            #expect(!engine.mixesModes)
        }
    }

    @Test("verdicts that rest on test mode are taken back when live events show up")
    func liveAfterTest() throws {
        var engine = engine(fed: Scenario())
        engine.feed(charge("charge-test", at: 0, live: false))
        engine.feed(.complete(through: .days(1)))
        #expect(try news.next(&engine) == ["2026-03-02T12:00:00Z match"])
        var live = charge("charge-live", at: .hours(2), live: true)
        live.account = AccountID("acct_2")
        engine.feed(live)
        #expect(
            try news.next(&engine) == [
                "2026-03-02T12:00:00Z withdrawn", "2026-03-02T14:00:00Z incomplete: no_baseline",
            ]
        )
    }

    @Test("of two accounts that claim one customer the first by id has it, whenever it is asked")
    func claimedTwice() throws {
        var stray = try #require(Scenario(account: "shared").charge(at: 60, "stray").records.last)
        stray.account = nil
        let claims = ["acct_1", "acct_2"].map { name in
            Scenario(account: name) { $0.stripeCustomer = CustomerID("cus_shared") }
        }
        for order in [claims, claims.reversed()] {
            var engine = engine(fed: order[0])
            engine.feed(stray)
            _ = try engine.verdicts()
            for record in order[1].records { engine.feed(record) }
            engine.feed(.complete(through: .days(1)))
            let verdicts = try engine.verdicts()
            #expect(verdicts[AccountID("acct_1")]?.episodes.map(\.gist) == ["match"])
            #expect(verdicts[AccountID("acct_2")]?.episodes.map(\.gist) == [])
        }
    }
}
