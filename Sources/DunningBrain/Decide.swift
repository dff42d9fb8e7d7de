public import BillingModel

/// Decides one account: reads all state, computes what is right, plans the difference.
///
/// Pure, total and deterministic. Deciding again after the plan was applied plans nothing.
/// - Parameters:
///   - state: All that was gathered.
///   - now: The time of the decision; never read from a clock.
///   - policy: The settings.
/// - Returns: What is right, the plan, when to decide again, and the reasons.
/// - Complexity: O(n) for n invoices and subscriptions, O(n²) where debts name each other.
public func decide(_ state: AccountState, at now: Instant, _ policy: Policy) -> Decision {
    if let restricted = restriction(of: state) { return restricted }
    let debt = Debt(state, at: now, policy)
    var decision: Decision
    if let override = state.override, override.isInForce(at: now) {
        decision = decideByOverride(override, state, debt, at: now, policy)
    } else if debt.isAbove(policy.threshold) {
        decision = decideInDebt(state, debt, at: now)
    } else if !debt.unconfirmedInvoices.isEmpty {
        decision = Decision(rule: .hold)
    } else {
        decision = decideClear(state, at: now, policy)
    }
    decision.reasons += debt.reasons
    if let next = debt.nextConfirmation {
        decision.holds.append(Hold(until: next, why: .confirmation))
        decision.holds.sort { $0.until < $1.until }
    }
    return decision
}

/// The plan that gives back all that was taken for bad debt, as for an account that owes nothing.
package func release(_ state: AccountState, at now: Instant, _ policy: Policy) -> [Effect] {
    decideClear(state, at: now, policy).plan.map(\.effect)
}

/// The decision to leave an account alone, where it must be; it names all that is missing.
private func restriction(of state: AccountState) -> Decision? {
    guard let type = state.type else {
        var decision = Decision(rule: .incomplete)
        decision.restrictions = [.incompleteFacts]
        let others = state.missing.filter { $0 != "account type" }
        decision.reasons = (["account type"] + others).map { .missing($0) }
        return decision
    }
    guard type.support == .supported else {
        var decision = Decision(rule: .restricted)
        decision.restrictions = [
            type.support == .unknown ? .unknownAccountType : .unsupportedAccountType
        ]
        decision.reasons = [.type(type.columnValue)] + state.missing.map { .missing($0) }
        return decision
    }
    guard !state.missing.isEmpty else { return nil }
    var decision = Decision(rule: .incomplete)
    decision.restrictions = [.incompleteFacts]
    decision.reasons = state.missing.map { .missing($0) }
    return decision
}

/// Flag, timestamp and metadata follow the override; everything else stays as it is.
private func decideByOverride(
    _ override: Override,
    _ state: AccountState,
    _ debt: Debt,
    at now: Instant,
    _ policy: Policy
) -> Decision {
    var desired = Desired(asIn: state)
    desired.isFlagged = override.flagged
    desired.badDebtAt =
        override.flagged
        ? state.badDebtAt ?? debt.earliestMarked ?? start(of: override, policy) ?? now : nil
    desired.metadataBadDebt = override.flagged ? "true" : nil
    desired.metadataBadDebtAmount =
        override.flagged && !debt.confirmed.isEmpty ? debt.confirmed.metadataText : nil
    var decision = planned(desired, state, .override, debt.confirmedInvoices)
    decision.reasons = [.override(override)]
    if let until = override.until {
        let lapse = until.advanced(by: TimeSpan(microseconds: 1))
        decision.holds = [Hold(until: lapse, why: .override)]
    }
    return decision
}

/// When an override was set: as recorded, else reckoned back from its end.
private func start(of override: Override, _ policy: Policy) -> Instant? {
    override.since ?? override.until?.advanced(by: policy.override.times(-1))
}

private func decideInDebt(_ state: AccountState, _ debt: Debt, at now: Instant) -> Decision {
    var desired = Desired(asIn: state)
    desired.isFlagged = true
    desired.badDebtAt = state.badDebtAt ?? debt.earliestMarked ?? now
    desired.ban = state.ban == .abuse ? .abuse : .badDebt
    desired.metadataBadDebt = "true"
    desired.metadataBadDebtAmount = debt.confirmed.metadataText
    let subscriptions = state.subscriptions
    let live = subscriptions.indices.filter { subscriptions[$0].isLive }
    if state.type?.losesSubscriptions == true {
        desired.cancel = live.map { subscriptions[$0].id }
    } else {
        desired.empty = live.filter { !subscriptions[$0].items.isEmpty }
            .map { subscriptions[$0].id }
    }
    return planned(desired, state, .inDebt, debt.confirmedInvoices)
}

private func decideClear(_ state: AccountState, at now: Instant, _ policy: Policy) -> Decision {
    var desired = Desired(asIn: state)
    desired.isFlagged = false
    desired.badDebtAt = nil
    desired.ban = state.ban == .badDebt ? nil : state.ban
    desired.metadataBadDebt = nil
    desired.metadataBadDebtAmount = nil
    let subscriptions = state.subscriptions
    for place in subscriptions.indices where subscriptions[place].mayLackSomething {
        let subscription = subscriptions[place]
        if subscription.canComeBack(to: state, at: now, policy) {
            desired.reactivate.append(subscription.id)
        }
        let items = subscription.itemsTaken.filter { !state.hasFailedProbation(of: $0.product) }
        if !items.isEmpty {
            desired.restore.append(
                SubscriptionItems(subscription: subscription.id, items: items.map(\.id))
            )
        }
    }
    return planned(desired, state, .clear, [])
}

extension Subscription {
    /// Whether anything of it may have been taken for bad debt.
    fileprivate var mayLackSomething: Bool { isCanceledForBadDebt || !itemsTaken.isEmpty }

    /// Whether it was canceled for bad debt, not too long ago, and bills no product whose
    /// probation the customer failed.
    fileprivate func canComeBack(
        to state: AccountState,
        at now: Instant,
        _ policy: Policy
    ) -> Bool {
        guard isCanceledForBadDebt, let canceledAt, now.since(canceledAt) <= policy.reactivation
        else { return false }
        return !(items + itemsTaken).contains { state.hasFailedProbation(of: $0.product) }
    }
}

/// The difference between what is right and what is.
private func planned(
    _ desired: Desired,
    _ state: AccountState,
    _ rule: Rule,
    _ debts: [InvoiceID]
) -> Decision {
    guard desired.differs(from: state) else {
        var decision = Decision(rule: rule)
        decision.desired = desired
        return decision
    }
    var effects: [Effect] = desired.cancel.map { .cancelSubscription($0, reason: "bad_debt") }
    if !desired.empty.isEmpty {
        effects += state.subscriptions.filter { desired.empty.contains($0.id) }.map {
            .deleteItems($0.id, $0.items.map(\.id))
        }
    }
    if desired.isFlagged != state.isFlagged {
        effects.append(.setFlag(bit: badDebtFlagBit, to: desired.isFlagged))
    }
    if desired.ban != state.ban { effects.append(.setBan(desired.ban)) }
    if desired.badDebtAt != state.badDebtAt { effects.append(.setBadDebtAt(desired.badDebtAt)) }
    if let metadata = metadataEffect(desired, state.metadata) { effects.append(metadata) }
    effects += desired.reactivate.map { .reactivateSubscription($0, reason: "bad_debt") }
    effects += desired.restore.map { .restoreItems($0.subscription, $0.items) }

    let basis = debts.isEmpty ? state.settledInvoices : debts
    var decision = Decision(rule: rule)
    decision.desired = desired
    decision.plan = effects.map { PlannedEffect(effect: $0, rule: rule, invoices: basis) }
    return decision
}

extension Desired {
    /// Whether anything is to be changed.
    ///
    /// Mostly nothing is, and then nothing need be listed.
    fileprivate func differs(from state: borrowing AccountState) -> Bool {
        !(cancel.isEmpty && empty.isEmpty && reactivate.isEmpty && restore.isEmpty)
            || isFlagged != state.isFlagged || ban != state.ban || badDebtAt != state.badDebtAt
            || metadataBadDebt != state.metadata.badDebt
            || metadataBadDebtAmount != state.metadata.badDebtAmount
    }
}

private func metadataEffect(_ desired: Desired, _ actual: CustomerMetadata) -> Effect? {
    var set: [MetadataEntry] = []
    var unset: [String] = []
    let keys = [
        ("bad_debt", desired.metadataBadDebt, actual.badDebt),
        ("bad_debt_amount", desired.metadataBadDebtAmount, actual.badDebtAmount),
    ]
    for (key, wanted, found) in keys where wanted != found {
        if let wanted { set.append(MetadataEntry(key, wanted)) } else { unset.append(key) }
    }
    return set.isEmpty && unset.isEmpty ? nil : .setCustomerMetadata(set: set, unset: unset)
}

extension AccountState {
    /// The invoices that were given up on once and are no debt: what giving back rests on.
    fileprivate var settledInvoices: [InvoiceID] {
        let invoices = invoices
        return invoices.indices.filter { place in
            invoices[place].markedUncollectibleAt != nil || invoices[place].isMarkedPaid
                || invoices[place].status == .uncollectible
        }.map { invoices[$0].id }
    }
}
