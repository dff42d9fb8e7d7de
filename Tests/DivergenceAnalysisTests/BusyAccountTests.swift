import BillingModel
import DivergenceAnalysis
import DunningBrain
import ShadowRun
import Testing

/// Accounts on which much happens within seconds, as on a live one.
struct BusyAccountTests {
    private static let owing = Scenario(.known(.startup))
        .owing("in_1", 5000, .uncollectible, markedAt: -60)

    @Test("a second payment can be left out, though Stripe tells of it in several events")
    func toldThrice() throws {
        var story = Self.owing
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))
            .paid("in_1", at: 30)
        for type in ["payment_succeeded", "updated"] {
            story = story.invoiceEvent(type, "in_1", at: 30) { _ in }
        }
        #expect(try story.divergence().classes == [.duplicatePayment])
    }

    @Test("what follows a payment is not written over by a run that had read before it")
    func releasedBehindARun() throws {
        let story = Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, from: 3, .flagAsBadDebt(at: 1))
            .paid("in_1", at: Moment(3).plus(milliseconds: 250))
        #expect(try story.divergence().classes == [.missingUnflag])
    }

    @Test("a run that flags anew after the payment is not undone by what follows the payment")
    func notReleasedAgain() throws {
        let story = Scenario().owing("in_1").marked("in_1", at: 0)
            .paid("in_1", at: 2)
            .ran(.c, for: "marked-in_1", at: 3, .flagAsBadDebt(at: 3))
        #expect(try story.divergence().classes == [.paidThenFlagged])
    }

    @Test("what was done for unconfirmed debt is given back once no other is held")
    func releasedBehindAHold() throws {
        let story = Scenario(.known(.startup)).owing("in_1").owing("in_2")
            .marked("in_1", at: 0)
            .request(.driftRun, at: 1)
            .ran(.b, for: "drift_run", at: 1, .driftFlags(at: 1))
            .marked("in_2", at: 10)
            .paid("in_1", at: 20)
            .voided("in_2", at: 30)
        #expect(try story.divergence().classes == [.missingUnflag])
    }

    @Test("what waits for a hold-down is given back however that ends")
    func releasedBehindConfirmedDebt() throws {
        let story = Scenario().owing("in_1").owing("in_2", 700)
            .marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, from: 2, .flagAsBadDebt(at: 1))
            .marked("in_2", at: 10)
            .ran(.c, for: "marked-in_2", at: 11, as: "run-C2", .flagAsBadDebt([], at: 11))
            .paid("in_1", at: 20)
            .charge(at: .minutes(12))
            .charge(at: .minutes(20), "again")
            .voided("in_2", at: .minutes(30))
        let found = try story.divergence().classes
        #expect(found == [.missingUnflag])
    }

    @Test("what was done within a hold-down and undone after the payment had not waited")
    func paidInHoldDown() throws {
        let story = Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0)
            .request(.driftRun, at: 1)
            .ran(.b, for: "drift_run", at: 1, .driftFlags(at: 1))
            .paid("in_1", at: 20)
            .request(.driftRun, at: 30, "again")
            .ran(.b, for: "again", at: 30, as: "run-B2", .driftUnflags())
        let divergence = try story.divergence()
        #expect(divergence.extent == .transient)
        #expect(divergence.classes == [.paidThenFlagged])
    }

    @Test("the marks of a payment may come a while after it, and within the hold-down still")
    func markedInHoldDown() throws {
        let story = Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0)
            .request(.driftRun, at: 1)
            .ran(.b, for: "drift_run", at: 1, .driftFlags(at: 1))
            .request(.payBadDebt, at: 20)
            .ran(.d, for: "pay_bad_debt", at: 21, .pays("in_1", by: "run-D"))
            .request(.driftRun, at: 30, "again")
            .ran(.b, for: "again", at: 30, as: "run-B2", .driftUnflags())
        #expect(try story.divergence().classes == [.paidThenFlagged])
    }

    @Test("a request to pay that was lost is one, whoever paid then")
    func lostPayment() throws {
        let story = Self.owing.owing("in_2")
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))
            .marked("in_2", at: 50)
            .request(.payBadDebt, at: 100, "lost")
            .paid("in_2", at: 200)
        let divergence = try story.divergence()
        #expect(divergence.facetNames == ["processed:lost"])
        #expect(divergence.classes == [.stuckEvent])
    }

    @Test("a drift run that overtakes the run that was woken before it races with it")
    func overtaken() throws {
        let story = Scenario().owing("in_1").marked("in_1", at: 0)
            .request(.driftRun, at: 1)
            .ran(.b, for: "drift_run", at: 2, from: 4, .driftFlags(at: 2))
            .ran(.c, for: "marked-in_1", at: 3, from: 5, .flagAsBadDebt(at: 3))
        let divergence = try story.divergence()
        #expect(divergence.classes == [.race])
        #expect(divergence.facetNames == ["items:sub_1"])
    }

    @Test(
        "a run may have read before what Stripe says of the same second, and of no earlier one",
        arguments: [(1, 1, [DivergenceClass.paidThenFlagged]), (0, 0, [.unexplained])]
    )
    func readsWithinASecond(paid: Int64, exact: Int, classes: [DivergenceClass]) throws {
        let start = Moment(1).plus(milliseconds: 500)
        let story = Self.owing
            .paid("in_1", at: Moment(integerLiteral: paid))
            .request(.driftRun, at: Moment(1).plus(milliseconds: 400))
            .ran(.b, for: "drift_run", at: start, .driftFlags(at: start))
        #expect(try story.judged().fidelity.map(\.exact) == [0, exact, 0, 0, 0])
        let divergence = try story.divergence()
        #expect(divergence.classes == classes)
    }

    @Test("a policy under which nothing is decided in an episode explains nothing")
    func longerHold() throws {
        var policy = Policy()
        policy.confirmation = .seconds(30)
        let settings = JudgeSettings(settle: .seconds(60), policy: policy)
        let story = Scenario(.known(.startup)).owing("in_1")
            .marked("in_1", at: 0)
            .paid("in_1", at: 40)
        #expect(try story.divergence(settings).classes == [.missingUnflag, .driftLag])
    }
}
