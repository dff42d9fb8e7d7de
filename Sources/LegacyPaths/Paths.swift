package import BillingModel

/// Path A: writes every invoice event into `subs_dunning`, which nobody reads.
func webhookRecording(_ run: ModelRun) -> [Effect] {
    guard case .stripe(let event) = run.trigger, event.type.isInvoice else { return [] }
    return [.recordDunning(event: event.id)]
}

/// Path B: gathers, computes and applies, but only when someone asks.
///
/// Superseded invoices count, and debt counts at once. Canceled subscriptions stay canceled.
func driftRemediation(_ run: ModelRun, _ options: ModelOptions) -> [Effect] {
    guard LegacyPath.b.reacts(to: run.trigger, of: run.read.type) else { return [] }
    let debt = legacyDebt(run.read)
    return debt.sums.contains { $0.minorUnits > 0 }
        ? flagging(run, debt, options) : unflagging(run.read, options)
}

/// Path C: `flagAsBadDebt` on an invoice that was given up on, and a bare cancellation on a failed
/// payment that will not be tried again.
///
/// Trusts the event's payload.
func subscriptionCancellation(_ run: ModelRun, _ options: ModelOptions) -> [Effect] {
    guard case .stripe(let event) = run.trigger, case .invoice(let invoice) = event.object,
        LegacyPath.c.reacts(to: run.trigger, of: run.read.type)
    else { return [] }
    if options.checksInvoiceStatus, let now = run.read.invoice(invoice.id),
        now.status == .void || now.isMarkedPaid || run.read.paymentCount(of: now.id) > 0
    {
        return []
    }
    guard event.type == .markedUncollectible else {
        return invoice.subscription.map { [.cancelSubscription($0, reason: "payment_failed")] }
            ?? []
    }
    return run.read.subscriptions.filter(\.isLive).map {
        .cancelSubscription($0.id, reason: "bad_debt")
    } + [
        .setFlag(bit: badDebtFlagBit, to: true),
        .setBan(.badDebt),
        .setBadDebtAt(run.at),
        .setCustomerMetadata(set: [MetadataEntry("bad_debt", "true")], unset: []),
    ]
}

/// Path D: one consolidated invoice for each currency, its payment, and a mark on each invoice that
/// it covers.
///
/// Unflags nobody, reactivates nothing, looks for no other payment.
func payBadDebt(_ run: ModelRun, _ options: ModelOptions) -> [Effect] {
    guard case .request(let request) = run.trigger, request.kind == .payBadDebt else { return [] }
    let owed = run.read.invoices.filter {
        $0.status == .uncollectible && !(options.version.skipsMarkedPaid && $0.isMarkedPaid)
    }
    var total = Amounts()
    for invoice in owed {
        total.add(Money(minorUnits: invoice.debtAmount, currency: invoice.currency))
    }
    return total.sums.flatMap { sum -> [Effect] in
        let covered = owed.filter { $0.currency == sum.currency }.map(\.id)
        let name = "\(run.execution)_\(sum.currency)"
        let invoice = InvoiceID("in_" + name)
        return [
            .createConsolidatedInvoice(invoice, covers: covered, sum),
            .payInvoice(invoice, sum, payment: "pay_" + name),
        ]
            + covered.map {
                .setInvoiceMetadata($0, set: [MetadataEntry("bad_debt_paid", "true")], unset: [])
            }
    }
}

/// Path E: writes what an administrator asked for.
///
/// No ban, no subscriptions.
func adminFlag(_ run: ModelRun) -> [Effect] {
    guard case .request(let request) = run.trigger else { return [] }
    switch request.kind {
    case .adminFlag:
        return [
            .setFlag(bit: badDebtFlagBit, to: true),
            .setBadDebtAt(run.at),
            .setCustomerMetadata(set: [MetadataEntry("bad_debt", "true")], unset: []),
        ]
    case .adminUnflag:
        return [
            .setFlag(bit: badDebtFlagBit, to: false),
            .setBadDebtAt(nil),
            .setCustomerMetadata(set: [], unset: ["bad_debt"]),
        ]
    case .driftRun, .payBadDebt, .setAccountType:
        return []
    }
}

/// Whether an invoice is debt in Path B's eyes: uncollectible and not marked as paid.
///
/// Being superseded makes no difference to it (BILLACCT-1025).
package func countsForLegacy(_ invoice: Invoice) -> Bool {
    invoice.status == .uncollectible && !invoice.isMarkedPaid
}

private func legacyDebt(_ state: AccountState) -> Amounts {
    var debt = Amounts()
    for invoice in state.invoices where countsForLegacy(invoice) && invoice.debtAmount > 0 {
        debt.add(Money(minorUnits: invoice.debtAmount, currency: invoice.currency))
    }
    return debt
}

private func flagging(_ run: ModelRun, _ debt: Amounts, _ options: ModelOptions) -> [Effect] {
    let read = run.read
    var effects: [Effect] = read.subscriptions.filter { $0.isLive && !$0.items.isEmpty }.map {
        .deleteItems($0.id, $0.items.map(\.id))
    }
    if !read.isFlagged { effects.append(.setFlag(bit: badDebtFlagBit, to: true)) }
    if read.ban == nil || (options.version.ignoresAbuse && read.ban == .abuse) {
        effects.append(.setBan(.badDebt))
    }
    if read.badDebtAt == nil { effects.append(.setBadDebtAt(run.at)) }
    var entries: [MetadataEntry] = []
    if read.metadata.badDebt != "true" { entries.append(MetadataEntry("bad_debt", "true")) }
    if options.version.statesDebtAmount, read.metadata.badDebtAmount != debt.metadataText {
        entries.append(MetadataEntry("bad_debt_amount", debt.metadataText))
    }
    if !entries.isEmpty { effects.append(.setCustomerMetadata(set: entries, unset: [])) }
    return effects
}

private func unflagging(_ read: AccountState, _ options: ModelOptions) -> [Effect] {
    var effects: [Effect] = []
    if read.isFlagged { effects.append(.setFlag(bit: badDebtFlagBit, to: false)) }
    if read.ban == .badDebt || (options.version.ignoresAbuse && read.ban == .abuse) {
        effects.append(.setBan(nil))
    }
    if read.badDebtAt != nil { effects.append(.setBadDebtAt(nil)) }
    var keys: [String] = []
    if read.metadata.badDebt != nil { keys.append("bad_debt") }
    if options.version.statesDebtAmount, read.metadata.badDebtAmount != nil {
        keys.append("bad_debt_amount")
    }
    if !keys.isEmpty { effects.append(.setCustomerMetadata(set: [], unset: keys)) }
    effects += read.subscriptions.filter { !$0.itemsTaken.isEmpty }.map {
        .restoreItems($0.id, $0.itemsTaken.map(\.id))
    }
    return effects
}
