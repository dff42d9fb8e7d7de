import BillingModel
import DivergenceAnalysis
import DunningBrain
import ShadowRun
import Testing

/// Several causes at once, and which explanation wins.
struct CauseSearchTests {
    // MARK: - Sets

    @Test("two causes in one episode are both named, and both are needed")
    func twoCauses() throws {
        let story = Scenario(.known(.startup)) { SmallestStory.dunnedStartup(&$0) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))
            .request(.payBadDebt, at: 4, "again")
            .ran(.d, for: "again", at: 5, as: "run-D2", .pays("in_1", by: "run-D2"))
        let divergence = try story.divergence()
        #expect(divergence.classes == [.missingUnflag, .duplicatePayment])
        #expect(divergence.explanation?.interventions.count == 2)
        #expect(divergence.facetNames.contains("payments:in_1"))
        #expect(divergence.facetNames.contains("bad_debt_flag"))
    }

    /// Nobody serves the administrator, Path C cancels too soon, and the customer pays twice.
    private static let troubled = Scenario()
        .owing("in_1")
        .owing("in_2", 700, .uncollectible, markedAt: -60)
        .request(.payBadDebt, at: 0)
        .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_2", 700, by: "run-D"))
        .request(.payBadDebt, at: 4, "again")
        .ran(.d, for: "again", at: 5, as: "run-D2", .pays("in_2", 700, by: "run-D2"))
        .failed("in_1", at: 10, last: true)
        .ran(.c, for: "failed-in_1", at: 11, SmallestStory.cancelForFailure)
        .request(.adminFlag, at: 20)

    @Test("three causes in one episode are all named")
    func threeCauses() throws {
        let divergence = try Self.troubled.divergence()
        #expect(divergence.classes == [.duplicatePayment, .stuckEvent, .uncoordinatedCancel])
        #expect(divergence.explanation?.interventions.count == 3)
    }

    @Test("four causes in one episode are more than the search looks for")
    func fourCauses() throws {
        let story = Self.troubled
            .request(.payBadDebt, at: 30, "once-more")
            .ran(.d, for: "once-more", at: 31, as: "run-D3", .pays("in_2", 700, by: "run-D3"))
        let divergence = try story.divergence()
        #expect(divergence.classes == [.unexplained])
        #expect(divergence.explanation == nil)
    }

    @Test("one class twice is named once, with both edits")
    func oneClassTwice() throws {
        let other = SubscriptionID("sub_2")
        let story = Scenario(subscriptions: ["sub_1", "sub_2"]).owing("in_1").owing("in_2")
            .failed("in_1", at: 0, last: true)
            .ran(.c, for: "failed-in_1", at: 1, SmallestStory.cancelForFailure)
            .invoiceEvent("payment_failed", "in_2", at: 60, as: "failed-in_2") {
                $0.subscription = other
            }
            .ran(
                .c,
                for: "failed-in_2",
                at: 61,
                as: "run-C2",
                [.cancelSubscription(other, reason: "payment_failed")]
            )
        let divergence = try story.divergence()
        #expect(divergence.classes == [.uncoordinatedCancel])
        #expect(divergence.subscriptions == 2)
        let edits = try #require(divergence.explanation?.interventions)
        #expect(edits.map(\.invoice) == [InvoiceID("in_1"), InvoiceID("in_2")])
        #expect(edits.map(\.execution) == [RecordID("run-C"), RecordID("run-C2")])
    }

    @Test("two invoices flagged for and voided meanwhile are one class, with both edits")
    func twoVoidsAreExplained() throws {
        let divergence = try Self.twoVoids.divergence()
        #expect(divergence.classes == [.voidedInvoiceFlag])
        let edits = try #require(divergence.explanation?.interventions)
        #expect(edits.map(\.execution) == [RecordID("run-C"), RecordID("run-C2")])
    }

    // MARK: - Preference

    /// Path C flags for two invoices that are both voided meanwhile.
    private static let twoVoids = Scenario().owing("in_1").owing("in_2")
        .marked("in_1", at: 0).marked("in_2", at: 0)
        .ran(.c, for: "marked-in_1", at: 1, from: 5, .flagAsBadDebt(at: 1))
        .ran(.c, for: "marked-in_2", at: 2, from: 6, as: "run-C2", .flagAsBadDebt(at: 2))
        .voided("in_1", at: 3).voided("in_2", at: 4)

    /// Path C flags for one that is voided meanwhile.
    private static let oneVoid = SmallestStory.voidedInvoiceFlag.sick

    /// Lets a run look at its invoice when both are void.
    private static func looking(_ run: Int, at moment: Moment = 10) -> TimelineEdit {
        .start(run: run, at: moment.instant)
    }

    /// Gives everything back when all is done: final states agree, but it had been taken.
    private static let giveBack = TimelineEdit.releaseAfterPayment(
        at: Moment(integerLiteral: 30).instant
    )

    private func row(_ cause: DivergenceClass, _ edits: TimelineEdit...) -> CauseRow {
        CauseRow(cause: cause) { _ in
            edits.enumerated().map { place, edit in
                Intervention(
                    cause,
                    .legacy(edit),
                    at: Moment(integerLiteral: 100).plus(microseconds: -Int64(place)).instant,
                    happened: "something happened",
                    had: "had it not"
                )
            }
        }
    }

    @Test("a smaller set wins, even where it only repairs and a larger one prevents")
    func smallestFirst() throws {
        let preventing = row(.voidedInvoiceFlag, Self.looking(0), Self.looking(1))
        let both = try Self.twoVoids.divergence(by: [preventing])
        #expect(both.explanation?.interventions.count == 2)
        #expect(both.explanation?.effectiveness == .prevents)

        let repairing = row(.timing, Self.giveBack)
        let one = try Self.twoVoids.divergence(by: [preventing, repairing])
        #expect(one.classes == [.timing])
        #expect(one.explanation?.effectiveness == .repairs)
    }

    @Test("prevention comes before repair, whatever the rows")
    func preventionFirst() throws {
        let rows = [row(.race, Self.giveBack), row(.timing, Self.looking(0))]
        let divergence = try Self.oneVoid.divergence(by: rows)
        #expect(divergence.classes == [.timing])
        #expect(divergence.explanation?.effectiveness == .prevents)
    }

    @Test("among equals the higher row wins")
    func higherRowFirst() throws {
        let race = row(.race, Self.looking(0))
        let timing = row(.timing, Self.looking(0))
        #expect(try Self.oneVoid.divergence(by: [race, timing]).classes == [.race])
        #expect(try Self.oneVoid.divergence(by: [timing, race]).classes == [.timing])
    }

    @Test("within a row the earliest edit wins")
    func earliestFirst() throws {
        // The row lists the later one first.
        let rows = [row(.race, Self.looking(0, at: 20), Self.looking(0, at: 10))]
        let divergence = try Self.oneVoid.divergence(by: rows)
        let chosen = try #require(divergence.explanation?.interventions.first)
        #expect(chosen.change == .legacy(Self.looking(0, at: 10)))
    }

    @Test("an edit that changes nothing explains nothing")
    func uselessEdit() throws {
        let divergence = try Self.oneVoid.divergence(by: [row(.race, .respectOverride)])
        #expect(divergence.classes == [.unexplained])
    }

    @Test("a void after a drift run that was right is laid to the wait for the next one")
    func driftLagBeforeUndoing() throws {
        let story = SmallestStory.driftLag.healthy.voided("in_1", at: .hours(1))
        let divergence = try story.divergence()
        #expect(divergence.classes == [.driftLag])
    }

    // MARK: - The table

    @Test("a new class is a new row: the search takes what it has never heard of")
    func addingARow() throws {
        let handOver = Scenario().charge(at: 0).image(flagged: true, at: 1)
        #expect(try handOver.divergence().classes == [.unexplained])

        let byHand = CauseRow(cause: .adminOverride) { subject in
            subject.timeline.residuals.enumerated().map { place, residual in
                Intervention(
                    .adminOverride,
                    .legacy(.omitResidual(place)),
                    at: residual.at,
                    happened: "somebody changed the database by hand",
                    had: "had nobody touched it"
                )
            }
        }
        let divergence = try handOver.divergence(by: CauseRow.table + [byHand])
        #expect(divergence.classes == [.adminOverride])
        #expect(divergence.explanation?.effectiveness == .prevents)
        #expect(divergence.story.contains("somebody changed the database by hand"))
    }

    // MARK: - Beyond the table

    @Test("what no known cause explains says so, with what each side did")
    func unexplained() throws {
        let divergence = try Scenario().charge(at: 0).image(flagged: true, at: 1).divergence()
        #expect(divergence.classes == [.unexplained])
        #expect(divergence.classes.allSatisfy { $0.isBlocking })
        #expect(divergence.explanation == nil)
        #expect(divergence.facetNames == ["bad_debt_flag"])
        #expect(divergence.legacyOnly == [.flag])
        #expect(divergence.records == [RecordID("charge"), RecordID("image")])
    }

    @Test("policy_change is told in the phases of a graduated policy only")
    func policyChangeByPhase() throws {
        var policy = Policy()
        policy.threshold = 10_000
        for phase in Phase.allCases {
            let settings = JudgeSettings(policy: policy, phase: phase)
            let divergence = try SmallestStory.flaggedRightly.divergence(settings)
            #expect(
                divergence.classes == [phase >= .segments ? .policyChange : .unexplained],
                "phase \(phase.rawValue)"
            )
        }
    }
}
