import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

/// What is a fact and what is legacy's doing: the shadow run must see the one and not the other.
struct FactTests {
    private let sub = SubscriptionID("sub_1")

    /// Path C cancels for an invoice that is void by then: the brain cancels nothing.
    private static let canceledWrongly = SmallestStory.voidedInvoiceFlag.sick

    // MARK: - Stripe's echoes of what legacy did

    @Test(
        "a subscription's end that an execution caused stays in the legacy run",
        arguments: [Moment(integerLiteral: 2), 3, 4, 60]
    )
    func causedEnd(at moment: Moment) throws {
        let verdict = try Self.canceledWrongly.ended("sub_1", at: moment, cause: "run-C").verdict()
        #expect(verdict.settled?.legacy.liveSubscriptions == [])
        #expect(verdict.settled?.brain.liveSubscriptions == [sub])
        #expect(verdict.gist == "lasting: voided_invoice_flag")
    }

    @Test(
        "an end that nobody claims is an echo of a cancellation around it",
        arguments: [
            Moment(integerLiteral: 3).plus(milliseconds: -2000), 3,
            Moment(integerLiteral: 3).plus(milliseconds: 900), 60,
        ]
    )
    func unclaimedEcho(at moment: Moment) throws {
        let verdict = try Self.canceledWrongly.ended("sub_1", at: moment).verdict()
        #expect(verdict.settled?.brain.liveSubscriptions == [sub])
        #expect(verdict.gist == "lasting: voided_invoice_flag")
    }

    @Test("an end long before any cancellation is the customer's own and holds in both runs")
    func ownEnd() throws {
        let story = Scenario().owing("in_1").ended("sub_1", at: 0)
            .marked("in_1", at: 60)
            .ran(.c, for: "marked-in_1", at: 61, .flagAsBadDebt([], at: 61))
        let verdict = try story.verdict()
        #expect(verdict.settled?.brain.liveSubscriptions == [])
        #expect(verdict.gist == "match")
    }

    @Test("metadata that only dunning writes is legacy's doing, whoever reports it")
    func metadataEcho() throws {
        for cause in ["run-C", nil] {
            for moment: Moment in [3, 60] {
                let verdict = try Self.canceledWrongly
                    .customerUpdated(at: moment, badDebt: "true", cause: cause).verdict()
                let facets = try #require(verdict.divergence).facets
                #expect(
                    facets.contains(
                        FacetDifference(.customerMetadata, legacy: .text("true"), brain: .text(nil))
                    )
                )
                #expect(verdict.gist == "lasting: voided_invoice_flag")
            }
        }
    }

    @Test("an event that an execution caused opens no episode by itself")
    func causedEventOpensNothing() throws {
        let story = Scenario().owing("in_1")
            .invoiceEvent("updated", "in_1", at: 0, cause: "run-gone") { _ in }
        #expect(try story.judged().episodes.isEmpty)
        let uncaused = Scenario().owing("in_1").invoiceEvent("updated", "in_1", at: 0) { _ in }
        #expect(try uncaused.judged().episodes.count == 1)
    }

    // MARK: - Payments

    @Test("the first payment is a fact even where an execution took it")
    func firstPaymentIsFact() throws {
        let story = Scenario(.known(.startup)) { SmallestStory.dunnedStartup(&$0) }
            .owing("in_1", 5000, .uncollectible, markedAt: .days(-1))
            .request(.payBadDebt, at: 0)
            .paid("in_1", at: 2, cause: "run-D")
        let verdict = try story.verdict()
        #expect(verdict.settled?.brain.isFlagged == false)
        #expect(verdict.settled?.legacy.isFlagged == true)
    }

    @Test("three events of one payment are one payment")
    func onePaymentThreeEvents() throws {
        let story = Scenario(.known(.startup))
            .owing("in_1", 5000, .uncollectible, markedAt: -60)
            .paid("in_1", at: 0).charge(at: 0)
            .paid("in_1", at: 0, as: "paid-again")
            .invoiceEvent("payment_succeeded", "in_1", at: 1) { _ in }
        #expect(try story.verdict().gist == "match")
    }

    @Test("an invoice that Path D's payment covers is paid twice when it is paid itself")
    func paidBesides() throws {
        let story = SmallestStory.duplicatePayment.healthy.paid("in_1", at: 60)
        let divergence = try story.divergence()
        #expect(divergence.classes == [.duplicatePayment])
        #expect(
            divergence.facets
                == [
                    FacetDifference(
                        .payments(InvoiceID("in_1")),
                        legacy: .count(2),
                        brain: .count(1)
                    )
                ]
        )
        #expect(divergence.legacyOnly == [.charge(InvoiceID("in_1"))])
    }

    // MARK: - Snapshots

    @Test(
        "of two snapshots of one second the one further along its life wins",
        arguments: [InvoiceStatus.paid, .void]
    )
    func sameSecond(end: InvoiceStatus) throws {
        // Later by its record's time, and older by its status.
        let late = Moment(integerLiteral: 60).plus(milliseconds: 700)
        let early = Moment(integerLiteral: 60).plus(milliseconds: 200)
        let story = Scenario(.known(.startup)).owing("in_1").marked("in_1", at: 0)
            .invoiceEvent("ended", "in_1", at: early) {
                $0.status = end
                $0.amountPaid = end == .paid ? $0.amountDue : 0
            }
            .invoiceEvent("updated", "in_1", at: late) {
                $0.status = .uncollectible
                $0.amountPaid = 0
            }
        #expect(try story.verdict().gist == "match")
        #expect(story.episodes().first?.timeline.final.invoice(InvoiceID("in_1"))?.status == end)
    }

    @Test("an older snapshot that comes later in time brings nothing back")
    func olderSnapshot() throws {
        var story = Scenario(.known(.startup)).owing("in_1").voided("in_1", at: 60)
        var stale = Scenario.invoice("in_1", 5000, .uncollectible, markedAt: 0)
        stale.version = SnapshotVersion(
            created: Moment(integerLiteral: 0).second,
            rank: InvoiceStatus.uncollectible.rank,
            at: Moment(integerLiteral: 90).instant,
            record: RecordID("stale")
        )
        story.stripe("invoice.updated", .invoice(stale), at: 90, as: RecordID("stale"))
        #expect(try story.verdict().gist == "match")
        #expect(try story.verdict().settled?.brain.isFlagged == false)
    }
}
