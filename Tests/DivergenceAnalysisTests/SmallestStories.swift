import BillingModel
import DivergenceAnalysis
import DunningBrain
import ShadowRun
import Testing

/// A class of divergence in the smallest story that shows it, and the same story without it.
struct SmallestStory: CustomTestStringConvertible {
    let cause: DivergenceClass
    let extent: Divergence.Extent
    let sick: Scenario
    let healthy: Scenario
    var settings = JudgeSettings()
    /// What the healthy story is judged under.
    var healthySettings = JudgeSettings()

    var testDescription: String { "\(cause.rawValue), \(extent.rawValue)" }

    static let all: [SmallestStory] = [
        voidedInvoiceFlag, voidedAfterEarlierEpisode, paidThenFlagged, race, missingUnflag,
        duplicatePayment, stuckEvent, partialFailure, inflatedDebt, driftLag, uncoordinatedCancel,
        adminOverride, policyChange, timing,
    ]
}

extension SmallestStory {
    /// Path C read before the void and wrote after it.
    static let voidedInvoiceFlag = SmallestStory(
        cause: .voidedInvoiceFlag,
        extent: .lasting,
        sick: Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, from: 3, .flagAsBadDebt(at: 1))
            .voided("in_1", at: 2),
        healthy: flaggedRightly
    )

    /// Path C was right, and the void came when all had settled.
    static let voidedAfterEarlierEpisode = SmallestStory(
        cause: .voidedInvoiceFlag,
        extent: .lasting,
        sick: flaggedRightly.voided("in_1", at: .hours(1)),
        healthy: flaggedRightly.charge(at: .hours(1))
    )

    static let paidThenFlagged = SmallestStory(
        cause: .paidThenFlagged,
        extent: .lasting,
        sick: Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, from: 3, .flagAsBadDebt(at: 1))
            .paid("in_1", at: 2),
        healthy: Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, [])
            .paid("in_1", at: 2)
    )

    /// A drift run reads no debt while Path C takes marks for one, and wipes them off.
    static let race = SmallestStory(
        cause: .race,
        extent: .lasting,
        sick: Scenario { $0.beDunned(since: .days(-1)) }
            .owing("in_1")
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, from: 5, .driftUnflags([]))
            .marked("in_1", at: 2)
            .ran(.c, for: "marked-in_1", at: 3, .flagAsBadDebt(at: 3)),
        healthy: Scenario { $0.beDunned(since: .days(-1)) }
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, .driftUnflags([]))
            .owing("in_1").marked("in_1", at: 60)
            .ran(.c, for: "marked-in_1", at: 61, .flagAsBadDebt(at: 61))
    )

    /// Path D takes the money and nobody tells the account.
    static let missingUnflag = SmallestStory(
        cause: .missingUnflag,
        extent: .lasting,
        sick: Scenario(.known(.startup)) { dunnedStartup(&$0) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D")),
        healthy: Scenario(.known(.startup)) { dunnedStartup(&$0) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))
            .request(.driftRun, at: 60)
            .ran(.b, for: "drift_run", at: 61, .driftUnflags([]))
    )

    static func dunnedStartup(_ state: inout AccountState) {
        state.beDunned(since: .days(-1))
        state.subscriptions = []
    }

    /// A customer who clicks twice pays twice.
    static let duplicatePayment = SmallestStory(
        cause: .duplicatePayment,
        extent: .lasting,
        sick: payingOnce.request(.payBadDebt, at: 4, "again")
            .ran(.d, for: "again", at: 5, as: "run-D2", .pays("in_1", by: "run-D2")),
        healthy: payingOnce
    )

    private static let payingOnce = Scenario(.known(.startup))
        .owing("in_1", 5000, .uncollectible, markedAt: -60)
        .request(.payBadDebt, at: 0)
        .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))

    static let stuckEvent = SmallestStory(
        cause: .stuckEvent,
        extent: .lasting,
        sick: Scenario().owing("in_1").marked("in_1", at: 0),
        healthy: flaggedRightly
    )

    static let partialFailure = SmallestStory(
        cause: .partialFailure,
        extent: .lasting,
        sick: Scenario().owing("in_1").marked("in_1", at: 0)
            .ran(.c, for: "marked-in_1", at: 1, failing: 1, .flagAsBadDebt(at: 1)),
        healthy: flaggedRightly
    )

    /// A paid invoice stands in for the one that Path B still counts (BILLACCT-1025).
    static let inflatedDebt = SmallestStory(
        cause: .inflatedDebt,
        extent: .lasting,
        sick: Scenario(.known(.startup))
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .owing("in_2", 5000, .paid, replaces: ["in_1"])
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, .driftFlags(at: 1)),
        healthy: Scenario(.known(.startup))
            .owing("in_1", 5000, .void)
            .owing("in_2", 5000, .paid, replaces: ["in_1"])
            .request(.driftRun, at: 0)
            .ran(.b, for: "drift_run", at: 1, [])
    )

    static let driftLag = SmallestStory(
        cause: .driftLag,
        extent: .lasting,
        sick: Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0),
        healthy: Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0)
            .request(.driftRun, at: .minutes(5))
            .ran(.b, for: "drift_run", at: .minutes(6), .driftFlags(at: .minutes(6)))
    )

    static let uncoordinatedCancel = SmallestStory(
        cause: .uncoordinatedCancel,
        extent: .lasting,
        sick: Scenario().owing("in_1").failed("in_1", at: 0, last: true)
            .ran(.c, for: "failed-in_1", at: 1, cancelForFailure),
        healthy: Scenario().owing("in_1").failed("in_1", at: 0, last: false)
    )

    static let cancelForFailure: [Effect] = [
        .cancelSubscription(SubscriptionID("sub_1"), reason: "payment_failed")
    ]

    /// An administrator lets a debtor go, and the next drift run takes them back.
    static let adminOverride = SmallestStory(
        cause: .adminOverride,
        extent: .lasting,
        sick:
            unflaggedByHand
            .request(.driftRun, at: 60)
            .ran(.b, for: "drift_run", at: 61, .flagsByHand(at: 61)),
        healthy: unflaggedByHand
    )

    private static let unflaggedByHand = Scenario(.known(.startup)) { dunnedStartup(&$0) }
        .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
        .request(.adminUnflag, at: 0)
        .ran(.e, for: "admin_unflag", at: 1, .unflagsByHand)

    /// The debt is below the threshold of the policy in force.
    static let policyChange = SmallestStory(
        cause: .policyChange,
        extent: .lasting,
        sick: flaggedRightly,
        healthy: flaggedRightly,
        settings: JudgeSettings(
            policy: {
                var policy = Policy()
                policy.threshold = 10_000
                return policy
            }()
        )
    )

    /// Somebody flags in the database, and takes it back after the episode has closed.
    static let timing = SmallestStory(
        cause: .timing,
        extent: .lasting,
        sick: Scenario().charge(at: 0).image(flagged: true, at: 1, "on")
            .image(flagged: false, at: .minutes(20), "off"),
        healthy: Scenario().charge(at: 0)
    )

    /// Path C flags an account for an invoice that stays uncollectible.
    static let flaggedRightly = Scenario().owing("in_1").marked("in_1", at: 0)
        .ran(.c, for: "marked-in_1", at: 1, .flagAsBadDebt(at: 1))
}
