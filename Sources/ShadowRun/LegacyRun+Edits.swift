import BillingModel
import DunningBrain
import LegacyPaths

extension LegacyRun {
    /// Gives back what was taken, where nothing is owed.
    ///
    /// Where something is owed, the payment did not clear the debt and nothing follows from it. Where
    /// it cleared a confirmed debt and only a hold-down runs, it waits for what comes of that.
    mutating func releaseIfClear(at instant: Instant) {
        let debt = Debt(state, at: instant, settings.policy)
        let isOwing = debt.isAbove(settings.policy.threshold)
        let isHeld = !debt.unconfirmedInvoices.isEmpty
        isReleasePending = !isOwing && isHeld && (isReleasePending || hasCleared(at: instant))
        guard !isOwing, !isHeld else { return }
        for effect in release(state, at: instant, settings.policy) {
            land(TimedEffect(at: instant, effect: effect), nil)
        }
    }

    /// Whether something that was confirmed debt at the opening, and would be by now, is no more.
    private func hasCleared(at instant: Instant) -> Bool {
        let before = Debt(timeline.opening, at: instant, settings.policy)
        let now = Debt(state, at: instant, settings.policy)
        return before.confirmedInvoices.contains { !now.confirmedInvoices.contains($0) }
    }

    mutating func runDrift(at instant: Instant) {
        let trigger = LegacyTrigger.request(Request(kind: .driftRun, actor: "cron"))
        play(.b, trigger, at: instant)
    }

    mutating func process(_ trigger: Trigger, _ path: LegacyPath, at instant: Instant) {
        let looks = edits.contains { edit in
            if case .startProcessing(trigger.record, _) = edit { true } else { false }
        }
        play(
            path,
            trigger.what,
            at: instant,
            checksInvoiceStatus: looks,
            defersCancel: edits.contains(.deferProcessedCancel(trigger.record))
        )
    }

    /// Lets a path run that did not, in the version in which the episode shows it.
    mutating func play(
        _ path: LegacyPath,
        _ trigger: LegacyTrigger,
        at instant: Instant,
        checksInvoiceStatus: Bool = false,
        defersCancel: Bool = false
    ) {
        let runs = timeline.runs.lazy.filter { $0.execution.path == path }
        var options = ModelOptions(version: runs.compactMap(\.version).first ?? ServiceVersion())
        options.respectsOverride = edits.contains(.respectOverride)
        options.checksInvoiceStatus = checksInvoiceStatus
        let model = ModelRun(
            trigger: trigger,
            read: state,
            at: instant,
            execution: RecordID("edit")
        )
        var effects = path.effects(of: model, options)
        if defersCancel { deferCancels(of: trigger, among: &effects, from: instant) }
        for effect in effects { land(TimedEffect(at: instant, effect: effect), nil) }
    }

    /// Takes the cancellations out of a run's effects, to come when the debt is confirmed.
    mutating func deferCancels(
        of trigger: LegacyTrigger?,
        among effects: inout [Effect],
        from instant: Instant
    ) {
        guard case .stripe(let event) = trigger, case .invoice(let invoice) = event.object else {
            return
        }
        let confirmed = (invoice.markedUncollectibleAt ?? instant)
            .advanced(by: settings.policy.confirmation)
        let at = max(instant, confirmed)
        for case .cancelSubscription(let id, _) in effects where at <= timeline.closesAt {
            put(.cancelIfConfirmed(id, invoice.id), at: at, rank: Rank.inserted)
        }
        effects.removeAll { Shape($0).isCancel }
    }

    mutating func cancelIfConfirmed(
        _ subscription: SubscriptionID,
        _ invoice: InvoiceID,
        at instant: Instant
    ) {
        let debt = Debt(state, at: instant, settings.policy)
        guard debt.isAbove(settings.policy.threshold), debt.confirmedInvoices.contains(invoice)
        else { return }
        let effect = Effect.cancelSubscription(subscription, reason: "bad_debt")
        land(TimedEffect(at: instant, effect: effect), nil)
    }
}

extension AccountState {
    /// The account as a reader would see it, had superseded invoices been voided.
    mutating func voidSuperseded() {
        for invoice in invoices
        where invoice.status == .uncollectible && invoiceSuperseding(invoice) != nil {
            guard let index = invoices.firstIndex(where: { $0.id == invoice.id }) else { continue }
            invoices[index].status = .void
        }
    }

    /// Takes back what was done to the customer.
    mutating func undo(_ consequences: [Consequence]) {
        for consequence in consequences {
            switch consequence {
            case .flag:
                isFlagged = false
                badDebtAt = nil
                metadata.badDebt = nil
                metadata.badDebtAmount = nil
            case .ban: if ban == .badDebt { ban = nil }
            case .cancel(let id):
                apply(
                    .reactivateSubscription(id, reason: nil),
                    at: .init(microseconds: 0),
                    by: .edit
                )
            case .deleteItems(let id):
                let items = subscription(id)?.itemsTaken.map(\.id) ?? []
                apply(.restoreItems(id, items), at: .init(microseconds: 0), by: .edit)
            case .charge: break
            }
        }
    }
}

extension RecordID {
    /// Stands for an edit where an effect names the record that made it.
    static var edit: RecordID { RecordID("edit") }
}
