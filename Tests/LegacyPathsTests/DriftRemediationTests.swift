import BillingModel
import LegacyPaths
import Testing

struct DriftRemediationTests {
    private func run(
        _ state: AccountState,
        _ options: ModelOptions = ModelOptions()
    ) -> [Effect] {
        LegacyPath.b.effects(on: .asking(.driftRun), reading: state, options)
    }

    @Test("Path B in debt, in order: items, flag, ban, timestamp, metadata")
    func inDebt() {
        let state = AccountState.example(
            .payGo,
            [.owed("in_1")],
            [.to("cdn", "dns"), .to("r2", id: "sub_2", status: .canceled), .to(id: "sub_3")]
        )
        #expect(
            run(state) == [
                .deleteItems(SubscriptionID("sub_1"), [ItemID("si_cdn"), ItemID("si_dns")]),
                .setFlag(bit: 15, to: true),
                .setBan(.badDebt),
                .setBadDebtAt(.noon),
                .setCustomerMetadata(set: [badDebtIsTrue], unset: []),
            ]
        )
    }

    @Test("Path B out of debt, in order: flag, ban, timestamp, metadata, items")
    func outOfDebt() {
        let state = AccountState.example(.startup, [], [.to("cdn", taken: ["dns"])]).marked
        #expect(
            run(state) == [
                .setFlag(bit: 15, to: false),
                .setBan(nil),
                .setBadDebtAt(nil),
                .setCustomerMetadata(set: [], unset: ["bad_debt"]),
                .restoreItems(SubscriptionID("sub_1"), [ItemID("si_dns")]),
            ]
        )
    }

    @Test("Path B changes only what it read to be otherwise")
    func changesOnlyDifferences() {
        #expect(run(.example()) == [])
        #expect(run(AccountState.example(.payGo, [.owed("in_1")]).marked) == [])
        let unflagged = AccountState.example(.payGo, [.owed("in_1")]).marked.with {
            $0.isFlagged = false
        }
        #expect(run(unflagged) == [.setFlag(bit: 15, to: true)])
    }

    @Test("Path B counts superseded invoices (BILLACCT-1025)")
    func countsSuperseded() {
        let invoices: [Invoice] = [
            .owed("in_1"), .owed("in_2", 0, status: .paid, covers: ["in_1"]),
        ]
        #expect(run(.example(.payGo, invoices)).contains(.setFlag(bit: 15, to: true)))
        #expect(invoices.map { countsForLegacy($0) } == [true, false])
    }

    @Test("Path B knows no hold-down: debt counts from the instant it is marked")
    func knowsNoHoldDown() {
        #expect(run(.example(.payGo, [.owed("in_1")])).contains(.setBan(.badDebt)))
    }

    @Test("Path B never reactivates a canceled subscription (BILLACCT-288)")
    func neverReactivates() {
        let gone = Subscription.to("cdn", status: .canceled, reason: "bad_debt")
        let effects = run(AccountState.example(.payGo, [], [gone]).marked)
        #expect(effects.count == 4)
        #expect(
            effects.allSatisfy { if case .reactivateSubscription = $0 { false } else { true } }
        )
    }

    @Test("Path B leaves out what is marked as paid, not uncollectible or not above nothing")
    func leavesOut() {
        let invoices: [Invoice] = [
            .owed("in_1", paid: "true"), .owed("in_2", status: .open), .owed("in_3", 0),
            .owed("in_4", -5), .owed("in_5", stated: "0"),
        ]
        #expect(run(.example(.payGo, invoices)) == [])
        let owing = run(.example(.payGo, invoices + [.owed("in_6", 3)]))
        #expect(owing.contains(.setFlag(bit: 15, to: true)))
    }

    @Test("Path B serves the supported types only", arguments: AccountType.Known.allCases)
    func supportedTypesOnly(type: AccountType.Known) {
        let unsupported: Set<AccountType.Known> = [.cloudflareEnt, .msp, .partnersPayGo, .sfcc]
        let effects = run(.example(type, [.owed("in_1")]))
        #expect(effects.isEmpty == unsupported.contains(type))
        let reacts = LegacyPath.b.reacts(to: .asking(.driftRun), of: .known(type))
        #expect(reacts != unsupported.contains(type))
    }

    @Test("Path B serves no account of an unknown type or none")
    func unknownTypes() {
        let state = AccountState.example(.payGo, [.owed("in_1")])
        #expect(run(state.with { $0.type = .unknown("academic") }) == [])
        #expect(run(state.with { $0.type = nil }) == [])
    }

    @Test("Path B is not wired to events: an invoice given up on does not wake it")
    func notWiredToEvents() {
        let state = AccountState.example(.payGo, [.owed("in_1")])
        let trigger = LegacyTrigger.event("invoice.marked_uncollectible", .owed("in_1"))
        #expect(LegacyPath.b.effects(on: trigger, reading: state) == [])
        #expect(!LegacyPath.b.reacts(to: trigger, of: state.type))
    }

    @Test("one version of Path B states the amount, and takes it away again")
    func statesAmount() {
        let options = ModelOptions.version { $0.statesDebtAmount = true }
        let invoices: [Invoice] = [.owed("in_1"), .owed("in_2", 300, "eur")]
        let amount = MetadataEntry("bad_debt_amount", "eur:300,usd:5000")
        #expect(
            run(.example(.payGo, invoices), options).last
                == .setCustomerMetadata(set: [badDebtIsTrue, amount], unset: [])
        )
        #expect(
            run(AccountState.example(.payGo, invoices).marked, options)
                == [.setCustomerMetadata(set: [amount], unset: [])]
        )
        #expect(
            run(AccountState.example().marked, options).last
                == .setCustomerMetadata(set: [], unset: ["bad_debt", "bad_debt_amount"])
        )
    }

    @Test("one version of Path B overwrites and lifts bans for abuse; the others leave them")
    func ignoresAbuse() {
        let options = ModelOptions.version { $0.ignoresAbuse = true }
        let debtor = AccountState.example(.payGo, [.owed("in_1")]).with { $0.ban = .abuse }
        let settled = AccountState.example().marked.with { $0.ban = .abuse }
        #expect(run(debtor, options).contains(.setBan(.badDebt)))
        #expect(run(settled, options).contains(.setBan(nil)))
        #expect(!run(debtor).contains(.setBan(.badDebt)))
        #expect(!run(settled).contains(.setBan(nil)))
    }
}
