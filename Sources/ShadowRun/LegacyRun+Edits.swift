import BillingModel
import DunningBrain
import LegacyPaths

extension LegacyRun {
    /// Gives back what was taken after a payment, and once more behind the runs under way.
    ///
    /// A run that has read before the payment goes on taking for a debt that is no more. What follows a
    /// payment at once is then written over, unless it comes again when that run is through.
    mutating func release(after payment: Instant, at instant: Instant) {
        releaseIfClear(after: payment, at: instant)
        guard instant == payment else { return }
        let landings = queue.lazy.compactMap { item -> Instant? in
            if case .effect(_, run: .some) = item.what { item.at } else { nil }
        }
        if let last = landings.max(), last > payment {
            put(.release(after: payment), at: last, rank: Rank.afterAll)
        }
    }

    /// Gives back what was taken, where nothing is owed.
    ///
    /// Where something is owed, the payment did not clear the debt and nothing follows from it. Where
    /// it cleared a debt and only a hold-down runs, it waits for what comes of that, however long.
    mutating func releaseIfClear(after payment: Instant, at instant: Instant) {
        let debt = Debt(state, at: instant, settings.policy)
        let isOwing = debt.isAbove(settings.policy.threshold)
        let isHeld = !debt.unconfirmedInvoices.isEmpty
        guard !isOwing, !isHeld else {
            if !isOwing, hasCleared(payment, at: instant) { isReleasePending = true }
            return
        }
        isReleasePending = false
        for effect in DunningBrain.release(state, at: instant, settings.policy) {
            land(TimedEffect(at: instant, effect: effect), nil)
        }
    }

    /// Whether something that was confirmed debt at the opening, and would be by now, is no more, or
    /// something is paid that a run had done something for by the time of the payment.
    ///
    /// Legacy acts on debt at once, so there may be something to give back before any is confirmed.
    private func hasCleared(_ payment: Instant, at instant: Instant) -> Bool {
        let before = Debt(timeline.opening, at: instant, settings.policy)
        let now = Debt(state, at: instant, settings.policy)
        return before.confirmedInvoices.contains { !now.confirmedInvoices.contains($0) }
            || timeline.runs.contains { run in
                run.doesSomething && run.firstActing.map { $0 <= payment } == true
                    && run.actedOn.contains { id in
                        state.invoice(id)?.isMarkedPaid == true || state.paymentCount(of: id) > 0
                    }
            }
    }

    /// A fact as it would be, had the payments never come in that are left out.
    ///
    /// Stripe tells of one payment in several events, each with a snapshot of the paid invoice.
    func unpaid(_ fact: Fact, at instant: Instant) -> Fact {
        for case .omitResidual(let place) in edits {
            guard case .invoice(var invoice) = fact, invoice.status == .paid,
                case .duplicatePayment(let omitted) = timeline.residuals[place].change,
                omitted.id == invoice.id, instant >= timeline.residuals[place].at,
                let held = state.invoice(invoice.id)
            else { continue }
            invoice.status = held.status
            invoice.amountPaid = held.amountPaid
            invoice.amountRemaining = held.amountRemaining
            return .invoice(invoice)
        }
        return fact
    }

    mutating func runDrift(at instant: Instant) {
        let trigger = LegacyTrigger.request(Request(kind: .driftRun, actor: "cron"))
        play(.b, trigger, at: instant)
    }

    /// Lets a path handle a trigger that it has not.
    ///
    /// What Path D would have done is a payment: a fact, which would hold in both runs and is left out of
    /// both.
    mutating func process(_ trigger: Trigger, _ path: LegacyPath, at instant: Instant) {
        guard path != .d else { return }
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
