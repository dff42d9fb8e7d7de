import BillingModel
import BrokenBrains
import DunningBrain
import Testing

struct DecideTests {
    @Test("pay_go in debt: subscriptions canceled, then flag, ban, timestamp, metadata")
    func payGoInDebt() {
        let state = AccountState.example(
            .payGo,
            [.owed("in_1", 5000), .owed("in_2", 300, "eur", marked: .noon.minus(.days(3)))],
            [.to("cdn"), .to("dns", id: "sub_2", status: .pastDue)]
        )
        #expect(
            state.plan == [
                .cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt"),
                .cancelSubscription(SubscriptionID("sub_2"), reason: "bad_debt"),
                .setFlag(bit: 15, to: true),
                .setBan(.badDebt),
                .setBadDebtAt(.noon.minus(.days(3))),
                .setCustomerMetadata(
                    set: [
                        MetadataEntry("bad_debt", "true"),
                        MetadataEntry("bad_debt_amount", "eur:300,usd:5000"),
                    ],
                    unset: []
                ),
            ]
        )
        #expect(state.decision().plan.allSatisfy { $0.rule == .inDebt })
        #expect(
            state.decision().plan.allSatisfy {
                $0.invoices == [InvoiceID("in_1"), InvoiceID("in_2")]
            }
        )
    }

    @Test(
        "every other supported type in debt keeps its subscriptions and loses their items",
        arguments: AccountType.Known.allCases.filter {
            $0 != .payGo && AccountType.known($0).support == .supported
        }
    )
    func otherTypesLoseItems(type: AccountType.Known) {
        let state = AccountState.example(type, [.owed("in_1")], [.to("cdn", "dns")])
        let items = [ItemID("si_cdn"), ItemID("si_dns")]
        #expect(state.plan.first == .deleteItems(SubscriptionID("sub_1"), items))
        #expect(state.after(state.decision(), at: .noon).subscriptions.first?.isLive == true)
    }

    @Test("only live subscriptions are taken", arguments: SubscriptionStatus.allCases)
    func onlyLiveSubscriptionsAreTaken(status: SubscriptionStatus) {
        let live: Set<SubscriptionStatus> = [.active, .trialing, .pastDue, .unpaid]
        let state = AccountState.example(.payGo, [.owed("in_1")], [.to("cdn", status: status)])
        let isTaken = state.plan.contains(
            .cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt")
        )
        #expect(isTaken == live.contains(status))
    }

    @Test("four types are restricted as unsupported, whatever they owe")
    func unsupportedTypes() {
        for type: AccountType.Known in [.cloudflareEnt, .msp, .partnersPayGo, .sfcc] {
            let decision = AccountState.marked(type, [.owed("in_1")], [.to("cdn")]).decision()
            #expect(decision.restrictions == [.unsupportedAccountType])
            #expect(decision.rule == .restricted)
            #expect(decision.plan.isEmpty && decision.desired == nil)
        }
    }

    @Test("a type on no list is restricted as unknown", arguments: ["academic", "", "Pay_Go"])
    func unknownTypes(type: String) {
        let state = AccountState.marked().with { $0.type = AccountType(type) }
        #expect(state.decision().restrictions == [.unknownAccountType])
        #expect(state.decision().reasons == [.type(type)])
    }

    @Test("what is missing is named once each, and nothing is planned")
    func missingFacts() {
        let holed = AccountState.marked().with { $0.missing = ["customer", "invoices"] }
        #expect(holed.decision().rule == .incomplete)
        #expect(holed.decision().restrictions == [.incompleteFacts])
        #expect(holed.decision().reasons == [.missing("customer"), .missing("invoices")])

        let nameless = holed.with { state in
            state.type = nil
            state.missing = ["account type", "invoices"]
        }
        #expect(nameless.decision().reasons == [.missing("account type"), .missing("invoices")])

        let partner = holed.with { $0.type = .known(.msp) }
        let reasons: [Reason] = [.type("msp"), .missing("customer"), .missing("invoices")]
        #expect(partner.decision().reasons == reasons)
    }

    @Test("a debt of the threshold is let pass, one unit more is not", arguments: [0, 1, 4999])
    func threshold(threshold: Int64) {
        var policy = Policy()
        policy.threshold = threshold
        let at = AccountState.marked(.payGo, [.owed("in_1", threshold)])
        let above = AccountState.example(.payGo, [.owed("in_1", threshold + 1)])
        #expect(at.decision(policy).rule == .clear)
        #expect(at.after(at.decision(policy), at: .noon).isFlagged == false)
        #expect(above.decision(policy).rule == .inDebt)
    }

    @Test("the threshold is held against each currency alone")
    func thresholdIsPerCurrency() {
        var policy = Policy()
        policy.threshold = 5000
        let apart = AccountState.example(.payGo, [.owed("in_1", 4000), .owed("in_2", 4000, "eur")])
        let together = AccountState.example(.payGo, [.owed("in_1", 4000), .owed("in_2", 4000)])
        #expect(apart.decision(policy).rule == .clear)
        #expect(together.decision(policy).rule == .inDebt)
    }

    @Test("a timestamp that is set is kept")
    func timestampIsKept() {
        let state = AccountState.marked(.payGo, [.owed("in_1")])
        #expect(state.plan.isEmpty)
        #expect(state.decision().desired?.badDebtAt == .noon.minus(.days(2)))
    }

    @Test("a ban for abuse stays, in debt and out of it")
    func abuseStays() {
        let debtor = AccountState.example(.payGo, [.owed("in_1")]).with { $0.ban = .abuse }
        let settled = AccountState.marked().with { $0.ban = .abuse }
        for state in [debtor, settled] {
            let bans = state.plan.filter { if case .setBan = $0 { true } else { false } }
            #expect(bans.isEmpty)
            #expect(state.decision().desired?.ban == .abuse)
        }
    }

    @Test("sums beyond 64 bits stand at their end, and a reason says so")
    func sumsSaturate() {
        let state = AccountState.example(.payGo, [.owed("in_1", .max), .owed("in_2", 1)])
        let decision = state.decision()
        #expect(decision.desired?.metadataBadDebtAmount == "usd:9223372036854775807")
        #expect(decision.reasons.contains(.saturated))
    }

    @Test("an invoice that is owed by nobody is no debt", arguments: InvoiceStatus.allCases)
    func statusesThatCount(status: InvoiceStatus) {
        let state = AccountState.example(.payGo, [.owed("in_1", status: status)])
        #expect((state.decision().rule == .inDebt) == (status == .uncollectible))
    }

    @Test("bad_debt_paid settles only with `true`", arguments: ["true", "TRUE", "1", "", "yes"])
    func markedPaid(text: String) {
        let state = AccountState.example(.payGo, [.owed("in_1", paid: text)])
        #expect((state.decision().rule == .clear) == (text == "true"))
    }
}
