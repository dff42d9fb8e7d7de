import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ShadowRun
import Testing

/// What becomes of an episode, apart from its causes.
struct VerdictTests {
    // MARK: - A broken brain

    /// Flags whoever it meets.
    private static let flagging = Brain(name: "flags everybody") { state, now, policy in
        var decision = decide(state, at: now, policy)
        if !state.isFlagged {
            decision.plan.append(
                PlannedEffect(
                    effect: .setFlag(bit: badDebtFlagBit, to: true),
                    rule: .inDebt,
                    invoices: []
                )
            )
        }
        return decision
    }

    @Test("a brain that breaks an invariant is a defect, whatever legacy did")
    func brainDefect() throws {
        let settings = JudgeSettings(brain: Self.flagging)
        let divergence = try Scenario().charge(at: 0).divergence(settings)
        #expect(divergence.classes.contains(.brainDefect))
        #expect(divergence.breaches.map(\.invariant).contains(.nothingTakenWithoutDebt))
        #expect(divergence.story.contains("the brain broke its invariant 1"))
    }

    @Test("a defect is told even where both runs agree")
    func brainDefectInAMatch() throws {
        let nameless = Brain(name: "gives no grounds") { state, now, policy in
            var decision = decide(state, at: now, policy)
            for place in decision.plan.indices { decision.plan[place].invoices = [] }
            return decision
        }
        let settings = JudgeSettings(brain: nameless)
        let divergence = try SmallestStory.flaggedRightly.divergence(settings)
        #expect(divergence.classes == [.brainDefect])
        #expect(divergence.explanation == nil)
        #expect(divergence.facets == [])
        #expect(Set(divergence.breaches.map(\.invariant)) == [.effectsNameTheirGrounds])
    }

    // MARK: - Extent

    @Test("harm that was undone within the episode is transient, with its time")
    func transient() throws {
        let story = Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0)
            .request(.driftRun, at: 60)
            .ran(.b, for: "drift_run", at: 61, .driftFlags(at: 61))
            .voided("in_1", at: 120)
            .request(.driftRun, at: 180, "again")
            .ran(.b, for: "again", at: 181, as: "run-B2", .driftUnflags())
        let divergence = try story.divergence()
        #expect(divergence.extent == .transient)
        #expect(divergence.classes == [.voidedInvoiceFlag])
        #expect(divergence.explanation?.effectiveness == .prevents)
        #expect(divergence.facetNames == ["bad_debt_flag", "ban", "items:sub_1"])
        #expect(divergence.legacyOnly == [.flag, .ban, .deleteItems(SubscriptionID("sub_1"))])
        #expect(divergence.brainOnly == [])
        #expect(divergence.since == Moment(integerLiteral: 61).plus(milliseconds: 200).instant)
        #expect(divergence.until == Moment(integerLiteral: 181).plus(milliseconds: 600).instant)
    }

    @Test("a difference that is left at the close is lasting, with what is at stake")
    func lasting() throws {
        let divergence = try SmallestStory.voidedInvoiceFlag.sick.divergence()
        #expect(divergence.extent == .lasting)
        #expect(divergence.until == nil)
        #expect(divergence.since == Moment(integerLiteral: 3).instant)
        #expect(divergence.subscriptions == 1)
        #expect(divergence.amounts.sums == [Money(minorUnits: 5000, currency: usd)])
        #expect(
            divergence.facetNames
                == [
                    "bad_debt_flag", "bad_debt_at", "ban", "subscription:sub_1",
                    "customer_metadata",
                ]
        )
    }

    // MARK: - Standing

    @Test("what came in wrong and went out as wrong is standing, and not counted")
    func standing() throws {
        let story = Scenario { $0.isFlagged = true }.charge(at: 0)
        let verdict = try story.verdict()
        #expect(verdict.gist == "match")
        #expect(
            verdict.standing
                == [FacetDifference(.badDebtFlag, legacy: .bool(true), brain: .bool(false))]
        )
    }

    @Test("what one episode left wrong stands in the next, and is not counted again")
    func standingAfterDivergence() throws {
        let sick = SmallestStory.missingUnflag.sick
        let episodes = try sick.charge(at: .hours(2)).judged().episodes
        #expect(episodes.map(\.gist) == ["lasting: missing_unflag", "match"])
        let left = try #require(episodes[0].divergence).facets
        #expect(left.map(\.facet) == [.badDebtFlag, .badDebtAt, .ban, .customerMetadata])
        #expect(episodes[0].standing == [])
        #expect(episodes[1].standing == left)
    }

    @Test("what stood and was set right by legacy is no difference any more")
    func standingSetRight() throws {
        let story = Scenario(.known(.startup)) { SmallestStory.dunnedStartup(&$0) }
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, .driftUnflags([]))
        let verdict = try story.verdict()
        #expect(verdict.gist == "match")
        #expect(verdict.standing == [])
    }

    // MARK: - What can't be judged

    @Test(
        "an episode that a gap touches is incomplete, to the microsecond",
        arguments: [
            (Moment.minutes(15), "incomplete: gap"),
            (Moment.minutes(15).plus(microseconds: 1), "match"),
        ]
    )
    func gap(from start: Moment, expected: String) throws {
        // A charge at noon: the episode closes a quarter past.
        for account in [AccountID?.none, AccountID("acct_1")] {
            var engine = ParityEngine(settings: JudgeSettings())
            for record in Scenario().charge(at: 0).records { engine.feed(record) }
            engine.feed(.gap(from: start, to: .hours(2), of: account))
            engine.feed(.complete(through: .days(1)))
            let episodes = try #require(try engine.verdicts()[AccountID("acct_1")]).episodes
            #expect(episodes.map(\.gist) == [expected])
        }
    }

    @Test("a gap of one account is no other account's")
    func gapOfAnother() throws {
        var engine = ParityEngine(settings: JudgeSettings())
        for record in Scenario().charge(at: 0).records { engine.feed(record) }
        engine.feed(.gap(from: -60, to: 60, of: AccountID("acct_2")))
        engine.feed(.complete(through: .days(1)))
        let episodes = try #require(try engine.verdicts()[AccountID("acct_1")]).episodes
        #expect(episodes.map(\.gist) == ["match"])
    }

    @Test("without a baseline nothing is judged, and after one everything is")
    func noBaseline() throws {
        var story = Scenario().charge(at: 0)
        let state = try #require(story.opening)
        story.opening = nil
        #expect(try story.verdict().gist == "incomplete: no_baseline")
        #expect(try story.verdict().settled == nil)
        story.tell("late-baseline", at: .hours(1), .baseline(state))
        let later = try story.charge(at: .hours(2), "charge-2").judged().episodes
        #expect(later.map(\.gist) == ["incomplete: no_baseline", "match"])
    }

    @Test(
        "an account that was made while the mirror looked on needs no baseline",
        arguments: [
            (Moment.minutes(-60), ["match", "match"]),
            // Made in the middle of an episode, whose beginning nobody knows.
            (Moment.minutes(5), ["incomplete: no_baseline", "match"]),
        ]
    )
    func born(at moment: Moment, expected: [String]) throws {
        var story = Scenario().charge(at: 0).charge(at: .hours(2), "charge-2")
        story.opening = nil
        let row = RowChange.Row.account(type: .value("pay_go"), flags: .value(0), ban: .absent)
        story.tell("born", at: moment, .change(RowChange(op: .insert, row: row)))
        #expect(try story.judged().episodes.map(\.gist) == expected)
    }

    @Test("an account with a fact missing is not judged")
    func missingFacts() throws {
        let story = Scenario { $0.missing = ["stripe.invoices"] }.charge(at: 0)
        #expect(try story.verdict().gist == "incomplete: missing_facts")
    }

    @Test("a baseline without a type is no baseline")
    func noType() throws {
        #expect(try Scenario { $0.type = nil }.charge(at: 0).verdict().gist.hasPrefix("incomplete"))
    }

    @Test(
        "accounts that are not dunned match when legacy leaves them alone",
        arguments: ["msp", "sfcc", "cloudflare_ent", "partners_pay_go", "reseller_beta"]
    )
    func notDunned(type: String) throws {
        let story = Scenario(AccountType(type)).owing("in_1").marked("in_1", at: 0)
        #expect(try story.verdict().gist == "match")
        #expect(try story.verdict().settled?.brain.isFlagged == false)
    }
}
