import BillingModel
import DivergenceAnalysis
import ShadowRun
import Testing

/// Money that came in twice, or only seems to have.
struct PaymentTests {
    private static let owing = Scenario(.known(.startup))
        .owing("in_1", 5000, .uncollectible, markedAt: -60)
        .owing("in_2", 700, .uncollectible, markedAt: -60)

    /// Path D pays both invoices through one, whatever was paid before.
    private static func paysBoth(by run: String) -> [Effect] {
        let sum = Money(minorUnits: 5700, currency: usd)
        let both = [InvoiceID("in_1"), InvoiceID("in_2")]
        let made = InvoiceID("in_\(run)_usd")
        return [
            .createConsolidatedInvoice(made, covers: both, sum),
            .payInvoice(made, sum, payment: "pay_\(run)_usd"),
        ]
    }

    @Test("a payment that is the first of one invoice charges another a second time")
    func chargesInPart() throws {
        let story = Self.owing
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, .pays("in_1", by: "run-D"))
            .request(.payBadDebt, at: 4, "again")
            .ran(.d, for: "again", at: 5, as: "run-D2", Self.paysBoth(by: "run-D2"))
        let divergence = try story.divergence()
        #expect(divergence.classes == [.duplicatePayment])
        #expect(
            divergence.facets == [
                FacetDifference(.payments(InvoiceID("in_1")), legacy: .count(2), brain: .count(1))
            ]
        )
        let edit = try #require(divergence.explanation?.interventions.first)
        #expect(edit.execution == RecordID("run-D2"))
    }

    @Test("an invoice marked as paid out of band after another paid for it was charged once")
    func outOfBandIsNoCharge() throws {
        let paid = Self.owing
            .request(.payBadDebt, at: 0)
            .ran(.d, for: "pay_bad_debt", at: 1, Self.paysBoth(by: "run-D"))
        for (isOutOfBand, outcome) in [(true, "match"), (false, "lasting: duplicate_payment")] {
            let story = paid.invoiceEvent("paid", "in_1", at: 30) {
                $0.status = .paid
                $0.amountPaid = $0.amountDue
                $0.amountRemaining = 0
                $0.isPaidOutOfBand = isOutOfBand
            }
            #expect(try story.judged().episodes.map(\.gist) == [outcome])
        }
    }

    @Test(
        "Path D's payment is one payment, though Stripe's whole seconds put its event before it",
        arguments: [0, 1, 2, 60] as [Moment]
    )
    func echoBeforeItsEffect(told moment: Moment) throws {
        let paid = Self.owing
            .request(.payBadDebt, at: -1)
            .ran(.d, for: "pay_bad_debt", at: 1, as: "run-D", Self.paysBoth(by: "run-D"))
        let told = paid.invoiceEvent(
            "paid",
            "in_run-D_usd",
            at: moment,
            cause: "run-D"
        ) {
            $0.status = .paid
            $0.amountDue = 5700
            $0.amountPaid = 5700
            $0.amountRemaining = 0
        }
        #expect(try told.judged().episodes.map(\.gist) == paid.judged().episodes.map(\.gist))
        #expect(try told.judged().episodes.map(\.gist) == ["match"])
    }

    @Test("a second payment that another took is one, however close before Path D's it stands")
    func closeBefore() throws {
        let story = Self.owing
            .request(.payBadDebt, at: -1)
            .paid("in_1", at: 1)
            .ran(.d, for: "pay_bad_debt", at: 1, as: "run-D", Self.paysBoth(by: "run-D"))
        let divergence = try story.divergence()
        #expect(divergence.classes == [.duplicatePayment])
    }
}
