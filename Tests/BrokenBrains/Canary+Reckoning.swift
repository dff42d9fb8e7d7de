import BillingModel
import DunningBrain

extension Canary {
    private static let debtor = AccountState.example(.payGo, [.owed("in_1")], [.to("cdn")])

    /// Those that count wrong.
    package static let miscounting: [Canary] = [
        Canary(
            .onlyOwedInvoicesContribute,
            "counts paid invoices",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", status: .paid)]),
            seeing: { $0.change { $0.status = .uncollectible } }
        ),
        Canary(
            .onlyOwedInvoicesContribute,
            "forgets that an invoice was voided",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", status: .void)]),
            seeing: { $0.change { if $0.status == .void { $0.status = .uncollectible } } }
        ),
        Canary(
            .onlyOwedInvoicesContribute,
            "counts superseded invoices",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", covers: ["in_1"])]),
            seeing: { $0.change { $0.covers = [] } }
        ),
        Canary(
            .onlyOwedInvoicesContribute,
            "rests on a void invoice",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", status: .void)]),
            spoiling: { $0.add(.setBan(.badDebt), on: ["in_1", "in_2"]) }
        ),
        Canary(
            .marksAgreeWithDebt,
            "forgets the flag",
            on: debtor,
            spoiling: {
                $0.forget { $0 == .setFlag(bit: 15, to: true) }
            }
        ),
        Canary(
            .marksAgreeWithDebt,
            "forgets the timestamp",
            on: .marked(),
            spoiling: {
                $0.forget { $0 == .setBadDebtAt(nil) }
            }
        ),
        Canary(
            .marksAgreeWithDebt,
            "forgets the metadata",
            on: debtor,
            spoiling: {
                $0.forget { if case .setCustomerMetadata = $0 { true } else { false } }
            }
        ),
        Canary(.marksAgreeWithDebt, "sees no debt", on: debtor, seeing: { $0.invoices = [] }),
        Canary(
            .currenciesStayApart,
            "adds euros to dollars",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", 300, "eur")]),
            seeing: { $0.change { $0.currency = .of("usd") } }
        ),
        Canary(
            .currenciesStayApart,
            "counts an invoice as often as it is listed",
            on: debtor,
            seeing: { $0.invoices += $0.invoices }
        ),
        Canary(
            .currenciesStayApart,
            "takes what it cannot read for zero",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", 70, stated: "7e1")]),
            seeing: { $0.change { if $0.badDebtAmount == "7e1" { $0.badDebtAmount = "0" } } }
        ),
    ]

    /// Those whose decisions do not hang together, or do not say why.
    package static let incoherent: [Canary] = [
        Canary(
            .decidingAgainPlansNothing,
            "says it again",
            on: .marked(),
            spoiling: {
                $0.add(.setFlag(bit: 15, to: false))
            }
        ),
        Canary(
            .orderMakesNoDifference,
            "looks at the first invoice only",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2", status: .paid)]),
            seeing: { $0.invoices = Array($0.invoices.prefix(1)) }
        ),
        Canary(
            .orderMakesNoDifference,
            "cancels the last subscription only",
            on: .example(.payGo, [.owed("in_1")], [.to("cdn"), .to("dns", id: "sub_2")]),
            spoiling: { decision in
                let cancels = decision.plan.map(\.effect).filter(\.isCancel)
                decision.forget { $0.isCancel && $0 != cancels.last }
            }
        ),
        Canary(
            .severityFollowsDebt,
            "lets great debtors go",
            on: debtor,
            seeing: { state in
                state.invoices.removeAll { $0.debtAmount > 5000 }
            }
        ),
        Canary(
            .severityFollowsDebt,
            "lets debtors with two invoices go",
            on: debtor,
            seeing: { if $0.invoices.count > 1 { $0.invoices = [] } }
        ),
        Canary(
            .severityFollowsDebt,
            "cancels only for a single invoice",
            on: .example(.payGo, [.owed("in_1"), .owed("in_2")], [.to("cdn")]),
            seeing: { if $0.invoices.count > 1 { $0.subscriptions = [] } }
        ),
        Canary(
            .factsDecideNotTheirShape,
            "waits for a next attempt",
            on: .example(.payGo, [.owed("in_1").attempted(at: .noon)]),
            seeing: { state in state.invoices.removeAll { $0.nextPaymentAttempt == nil } }
        ),
        Canary(
            .factsDecideNotTheirShape,
            "names only what came by an event",
            on: .example(.payGo, [.owed("in_1").seen(at: .noon)]),
            deciding: { state, now, policy in
                var decision = decide(state, at: now, policy)
                if state.invoices.contains(where: { $0.version == nil }) { decision.reasons = [] }
                return decision
            }
        ),
        Canary(
            .effectsNameTheirGrounds,
            "names no invoice",
            on: debtor,
            spoiling: {
                for index in $0.plan.indices { $0.plan[index].invoices = [] }
            }
        ),
        Canary(
            .effectsNameTheirGrounds,
            "names what is not there",
            on: debtor,
            spoiling: {
                for index in $0.plan.indices { $0.plan[index].invoices.append(InvoiceID("in_9")) }
            }
        ),
        Canary(
            .effectsNameTheirGrounds,
            "names invoices twice",
            on: debtor,
            spoiling: {
                for index in $0.plan.indices { $0.plan[index].invoices += $0.plan[index].invoices }
            }
        ),
        Canary(
            .effectsNameTheirGrounds,
            "names another rule",
            on: debtor,
            spoiling: {
                for index in $0.plan.indices { $0.plan[index].rule = .clear }
            }
        ),
    ]
}

extension Effect {
    fileprivate var isCancel: Bool {
        if case .cancelSubscription = self { true } else { false }
    }
}

extension AccountState {
    fileprivate mutating func change(_ change: (inout Invoice) -> Void) {
        for index in invoices.indices { change(&invoices[index]) }
    }
}

extension Invoice {
    fileprivate func attempted(at next: Instant) -> Invoice {
        var invoice = self
        invoice.nextPaymentAttempt = next
        return invoice
    }

    fileprivate func seen(at instant: Instant) -> Invoice {
        var invoice = self
        invoice.version = SnapshotVersion(
            created: instant,
            rank: status.rank,
            at: instant,
            record: RecordID("rec_1")
        )
        return invoice
    }
}
