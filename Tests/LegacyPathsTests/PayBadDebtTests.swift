import BillingModel
import LegacyPaths
import Testing

struct PayBadDebtTests {
    private let paidMark = [MetadataEntry("bad_debt_paid", "true")]

    private func run(
        _ invoices: [Invoice],
        _ options: ModelOptions = ModelOptions()
    ) -> [Effect] {
        let state = AccountState.example(.payGo, invoices, [.to("cdn")])
        return LegacyPath.d.effects(on: .asking(.payBadDebt), reading: state, options)
    }

    private func mark(_ id: String) -> Effect {
        .setInvoiceMetadata(InvoiceID(id), set: paidMark, unset: [])
    }

    @Test("Path D for each currency: one invoice, its payment, a mark on each that it covers")
    func paysEachCurrency() {
        let dollars = Money(minorUnits: 5300, currency: .of("usd"))
        let euros = Money(minorUnits: 700, currency: .of("eur"))
        let euroInvoice = InvoiceID("in_exec_1_eur")
        let dollarInvoice = InvoiceID("in_exec_1_usd")
        #expect(
            run([.owed("in_1"), .owed("in_2", 700, "eur"), .owed("in_3", 300)]) == [
                .createConsolidatedInvoice(euroInvoice, covers: [InvoiceID("in_2")], euros),
                .payInvoice(euroInvoice, euros, payment: "pay_exec_1_eur"),
                mark("in_2"),
                .createConsolidatedInvoice(
                    dollarInvoice,
                    covers: [InvoiceID("in_1"), InvoiceID("in_3")],
                    dollars
                ),
                .payInvoice(dollarInvoice, dollars, payment: "pay_exec_1_usd"),
                mark("in_1"),
                mark("in_3"),
            ]
        )
    }

    @Test("Path D takes only uncollectible invoices, by their stated amount")
    func takesUncollectible() {
        let statuses = InvoiceStatus.allCases.map {
            Invoice.owed("in_\($0)", status: $0, stated: "70")
        }
        let money = Money(minorUnits: 70, currency: .of("usd"))
        #expect(
            run(statuses).first
                == .createConsolidatedInvoice(
                    InvoiceID("in_exec_1_usd"),
                    covers: [InvoiceID("in_uncollectible")],
                    money
                )
        )
        #expect(run([]) == [])
    }

    @Test("Path D pays twice what was paid already (BILLACCT-756), save in one version")
    func paysTwice() {
        let again = run([.owed("in_1", paid: "true")])
        #expect(again.count == 3)
        let careful = ModelOptions.version { $0.skipsMarkedPaid = true }
        #expect(run([.owed("in_1", paid: "true")], careful) == [])
        #expect(run([.owed("in_1")], careful).count == 3)
    }

    @Test("two runs of Path D on what both have read charge the customer twice")
    func racingRuns() {
        var state = AccountState.example(.payGo, [.owed("in_1")])
        for execution in ["exec_1", "exec_2"] {
            let run = ModelRun(
                trigger: .asking(.payBadDebt),
                read: .example(.payGo, [.owed("in_1")]),
                at: .noon,
                execution: RecordID(execution)
            )
            for effect in LegacyPath.d.effects(of: run) {
                state.apply(effect, at: .noon, by: RecordID(execution))
            }
        }
        #expect(state.paymentCount(of: InvoiceID("in_1")) == 2)
    }

    @Test("Path D unflags nobody and reactivates nothing (BILLACCT-288)")
    func unflagsNobody() {
        for effect in run([.owed("in_1")]) {
            switch effect {
            case .createConsolidatedInvoice, .payInvoice, .setInvoiceMetadata: continue
            default: Issue.record("more than a payment: \(effect)")
            }
        }
    }

    @Test("Path D reacts to its request alone, of whatever type the account is")
    func triggers() {
        #expect(LegacyPath.d.reacts(to: .asking(.payBadDebt), of: nil))
        #expect(!LegacyPath.d.reacts(to: .asking(.driftRun), of: .known(.payGo)))
        let state = AccountState.example(.payGo, [.owed("in_1")])
        #expect(LegacyPath.d.effects(on: .event("invoice.paid"), reading: state) == [])
    }
}

struct ServiceVersionTests {
    @Test("all versions are told apart, the specified one first")
    func versions() {
        #expect(ServiceVersion.all.count == 8)
        #expect(Set(ServiceVersion.all).count == 8)
        #expect(ServiceVersion.all.first == ServiceVersion())
        #expect(ModelOptions() == ModelOptions(version: ServiceVersion()))
    }
}
