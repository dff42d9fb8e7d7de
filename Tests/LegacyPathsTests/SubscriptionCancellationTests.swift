import BillingModel
import LegacyPaths
import Testing

struct SubscriptionCancellationTests {
    private let account = AccountState.example(
        .payGo,
        [.owed("in_1")],
        [.to("cdn"), .to("dns", id: "sub_2", status: .unpaid), .to(id: "sub_3", status: .paused)]
    )
    private let givenUp = LegacyTrigger.event("invoice.marked_uncollectible", .owed("in_1"))

    private func run(
        _ trigger: LegacyTrigger,
        _ state: AccountState,
        _ options: ModelOptions = ModelOptions()
    ) -> [Effect] {
        LegacyPath.c.effects(on: trigger, reading: state, options)
    }

    private func failed(_ subscription: String?, next: Instant? = nil) -> LegacyTrigger {
        let invoice = Invoice.owed("in_1", status: .open, subscription: subscription, next: next)
        return .event("invoice.payment_failed", invoice)
    }

    @Test("Path C on an invoice given up on: every live subscription, then every mark")
    func flagAsBadDebt() {
        #expect(
            run(givenUp, account) == [
                .cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt"),
                .cancelSubscription(SubscriptionID("sub_2"), reason: "bad_debt"),
                .setFlag(bit: 15, to: true),
                .setBan(.badDebt),
                .setBadDebtAt(.noon),
                .setCustomerMetadata(set: [badDebtIsTrue], unset: []),
            ]
        )
    }

    @Test("Path C writes every mark again on an account that bears them all")
    func writesMarksAgain() {
        #expect(run(givenUp, account.marked).count == 6)
    }

    @Test(
        "Path C trusts the event: the invoice may be void or paid by now (BILLACCT-1076)",
        arguments: [InvoiceStatus.void, .paid]
    )
    func trustsPayload(status: InvoiceStatus) {
        let settled = account.with { $0.put(.owed("in_1", 0, status: status)) }
        #expect(run(givenUp, settled) == run(givenUp, account))

        var options = ModelOptions()
        options.checksInvoiceStatus = true
        #expect(run(givenUp, settled, options) == [])
        #expect(run(givenUp, account, options) == run(givenUp, account))
    }

    @Test("with a look at the invoice, one marked as paid or unknown is judged by what is there")
    func looksAtInvoice() {
        var options = ModelOptions()
        options.checksInvoiceStatus = true
        let paid = account.with { $0.put(.owed("in_1", paid: "true")) }
        #expect(run(givenUp, paid, options) == [])
        #expect(run(givenUp, account.with { $0.invoices = [] }, options).count == 6)
    }

    @Test("Path C on a payment failed for good cancels that subscription and does no more")
    func uncoordinatedCancel() {
        let cancel = Effect.cancelSubscription(SubscriptionID("sub_2"), reason: "payment_failed")
        #expect(run(failed("sub_2"), account) == [cancel])
        #expect(run(failed("sub_9"), .example()).count == 1)
        #expect(run(failed(nil), account) == [])
    }

    @Test("Path C waits while another attempt is due")
    func waitsForNextAttempt() {
        #expect(run(failed("sub_2", next: .noon), account) == [])
        #expect(!LegacyPath.c.reacts(to: failed("sub_2", next: .noon), of: .known(.payGo)))
        #expect(LegacyPath.c.reacts(to: failed("sub_2"), of: .known(.payGo)))
    }

    @Test("Path C serves pay_go only", arguments: AccountType.Known.allCases)
    func payGoOnly(type: AccountType.Known) {
        let other = account.with { $0.type = .known(type) }
        for trigger in [givenUp, failed("sub_1")] {
            #expect(run(trigger, other).isEmpty == (type != .payGo))
            #expect(LegacyPath.c.reacts(to: trigger, of: .known(type)) == (type == .payGo))
            #expect(run(trigger, account.with { $0.type = nil }) == [])
        }
    }

    @Test("Path C leaves other events and all requests alone")
    func otherTriggers() {
        let triggers: [LegacyTrigger] = [
            .event("invoice.paid", .owed("in_1")), .event("invoice.voided", .owed("in_1")),
            .event("invoice.marked_uncollectible"), .asking(.driftRun),
        ]
        for trigger in triggers { #expect(run(trigger, account) == []) }
    }
}

struct RespectedOverrideTests {
    private var options: ModelOptions {
        var options = ModelOptions()
        options.respectsOverride = true
        return options
    }

    private func account(until: Instant?) -> AccountState {
        AccountState.example(.payGo, [.owed("in_1")]).with {
            $0.override = Override(flagged: false, by: "admin:7", since: nil, until: until)
        }
    }

    private func trigger(of path: LegacyPath) -> LegacyTrigger {
        switch path {
        case .a, .c: .event("invoice.marked_uncollectible", .owed("in_1"))
        case .b: .asking(.driftRun)
        case .d: .asking(.payBadDebt)
        case .e: .asking(.adminFlag)
        }
    }

    @Test(
        "an override stops B and C where it is respected, and no path as it is",
        arguments: LegacyPath.allCases
    )
    func overrideStops(path: LegacyPath) {
        let state = account(until: .noon)
        #expect(!path.effects(on: trigger(of: path), reading: state).isEmpty)
        let isStopped = path.effects(on: trigger(of: path), reading: state, options).isEmpty
        #expect(isStopped == (path == .b || path == .c))
    }

    @Test("a lapsed override stops nobody")
    func lapsedOverride() {
        let lapsed = account(until: Instant.noon.advanced(by: TimeSpan(microseconds: -1)))
        #expect(!LegacyPath.b.effects(on: .asking(.driftRun), reading: lapsed, options).isEmpty)
    }
}
