import BillingModel

// Relations between decisions: each asks the brain again about an account that differs in one
// respect, and names what came out otherwise than it must.

func planAfterPlan(_ it: Examination) -> String? {
    let again = it.brain.decide(it.after, it.instant, it.policy)
    return again.plan.first.map { "planned again: \($0.effect)" }
}

/// A state keeps one order only, that of its ids.
///
/// Here the ids change places, which must change nothing but the names in the plan.
func differenceByOrder(_ it: Examination) -> String? {
    let mirror = Mirror(of: it.state)
    let other = it.brain.decide(mirror.reflection(of: it.state), it.instant, it.policy)
    if other.rule != it.decision.rule {
        return "rule \(other.rule) in another order, not \(it.decision.rule)"
    }
    let reflected = other.plan.map(mirror.reflection)
    let lost = it.decision.plan.first { !reflected.contains($0) }
    if let lost { return "not planned in another order: \(lost.effect)" }
    return reflected.count == it.decision.plan.count ? nil : "more is planned in another order"
}

func differenceByShape(_ it: Examination) -> String? {
    let other = it.brain.decide(it.state.withoutProvenance, it.instant, it.policy)
    guard other != it.decision else { return nil }
    let lost = it.decision.plan.first { !other.plan.contains($0) }
    return lost.map { "rests on more than the facts: \($0.effect)" }
        ?? "the grounds depend on more than the facts"
}

func severityAgainstDebt(_ it: Examination) -> String? {
    let after = it.after
    for more in it.moreDebt where !it.outcome(of: more).isAtLeastAsHard(as: after) {
        return "milder with more debt"
    }
    for less in it.lessDebt where !after.isAtLeastAsHard(as: it.outcome(of: less)) {
        return "harder with less debt"
    }
    return nil
}

extension Examination {
    fileprivate func outcome(of state: AccountState) -> AccountState {
        state.after(brain.decide(state, instant, policy).plan, at: instant)
    }

    /// The account with one more unit on a counting invoice, and with one more invoice.
    fileprivate var moreDebt: [AccountState] {
        var states: [AccountState] = []
        if let item = owed.items.first, item.amount < .max, var invoice = state.invoice(item.id) {
            invoice.badDebtAmount = String(item.amount + 1)
            states.append(state.with(invoice))
        }
        let (above, overflow) = policy.threshold.addingReportingOverflow(1)
        if let currency = owed.items.first?.currency ?? Currency("usd") {
            let amount = overflow ? .max : max(above, 1)
            var invoice = Invoice(
                id: InvoiceID("in_added"),
                status: .uncollectible,
                currency: currency,
                amountDue: amount,
                amountRemaining: amount
            )
            invoice.markedUncollectibleAt = instant.advanced(by: policy.confirmation.times(-1))
            states.append(state.with(invoice))
        }
        return states
    }

    /// The account without one counting invoice.
    ///
    /// One that stands for others stays: without it those would count in its place.
    fileprivate var lessDebt: [AccountState] {
        let removable = owed.items.first { item in
            state.invoice(item.id).map { $0.covers.isEmpty && $0.replaces.isEmpty } ?? false
        }
        guard let removable else { return [] }
        var less = state
        less.invoices.removeAll { $0.id == removable.id }
        return [less]
    }
}

extension AccountState {
    fileprivate func with(_ invoice: Invoice) -> AccountState {
        var state = self
        state.put(invoice)
        return state
    }

    /// The same facts without what tells how and when each was learned.
    fileprivate var withoutProvenance: AccountState {
        var state = self
        for index in state.invoices.indices {
            state.invoices[index].version = nil
            state.invoices[index].created = nil
            state.invoices[index].nextPaymentAttempt = nil
        }
        for index in state.subscriptions.indices { state.subscriptions[index].version = nil }
        return state
    }

    /// Whether a customer in this state has no more than one in the other state has.
    fileprivate func isAtLeastAsHard(as other: AccountState) -> Bool {
        (isFlagged || !other.isFlagged) && (ban != nil || other.ban == nil)
            && liveCount <= other.liveCount && itemCount <= other.itemCount
    }

    private var liveCount: Int {
        let subscriptions = subscriptions
        return subscriptions.indices.count { subscriptions[$0].isLive }
    }

    private var itemCount: Int {
        let subscriptions = subscriptions
        return subscriptions.indices.reduce(0) { $0 + subscriptions[$1].items.count }
    }
}

/// Exchanges the first id with the last, the second with the one before, and so on.
///
/// Names of what is not there stay.
private struct Mirror {
    private let state: AccountState

    init(of state: AccountState) {
        self.state = state
    }

    private func reflection(_ id: InvoiceID) -> InvoiceID {
        let (place, found) = state.invoiceIndex(id)
        return found ? state.invoices[state.invoices.count - 1 - place].id : id
    }

    private func reflection(_ id: SubscriptionID) -> SubscriptionID {
        let (place, found) = state.subscriptionIndex(id)
        return found ? state.subscriptions[state.subscriptions.count - 1 - place].id : id
    }

    func reflection(of state: AccountState) -> AccountState {
        var state = state
        state.invoices = state.invoices.reversed().map { invoice in
            var invoice = invoice
            invoice.id = reflection(invoice.id)
            invoice.covers = invoice.covers.reversed().map { reflection($0) }
            invoice.replaces = invoice.replaces.reversed().map { reflection($0) }
            invoice.subscription = invoice.subscription.map { reflection($0) }
            invoice.version = nil
            return invoice
        }
        state.subscriptions = state.subscriptions.reversed().map { subscription in
            var subscription = subscription
            subscription.id = reflection(subscription.id)
            subscription.version = nil
            return subscription
        }
        return state
    }

    func reflection(of planned: PlannedEffect) -> PlannedEffect {
        PlannedEffect(
            effect: reflection(of: planned.effect),
            rule: planned.rule,
            invoices: planned.invoices.map { reflection($0) }.sorted()
        )
    }

    private func reflection(of effect: Effect) -> Effect {
        switch effect {
        case .cancelSubscription(let id, let reason):
            .cancelSubscription(reflection(id), reason: reason)
        case .reactivateSubscription(let id, let reason):
            .reactivateSubscription(reflection(id), reason: reason)
        case .deleteItems(let id, let items): .deleteItems(reflection(id), items)
        case .restoreItems(let id, let items): .restoreItems(reflection(id), items)
        case .setInvoiceMetadata(let id, let set, let unset):
            .setInvoiceMetadata(reflection(id), set: set, unset: unset)
        case .voidInvoice(let id): .voidInvoice(reflection(id))
        case .createConsolidatedInvoice(let id, let covers, let money):
            .createConsolidatedInvoice(id, covers: covers.map { reflection($0) }, money)
        case .payInvoice(let id, let money, let payment):
            .payInvoice(reflection(id), money, payment: payment)
        case .setFlag, .setBan, .setBadDebtAt, .setCustomerMetadata: effect
        case .recordDunning, .notify, .restrict, .escalate: effect
        }
    }
}
