import BillingModel
import DunningBrain
import LegacyPaths

extension LegacyRun {
    mutating func releaseIfClear(at instant: Instant) {
        let debt = Debt(state, at: instant, settings.policy)
        guard !debt.isAbove(settings.policy.threshold), debt.unconfirmedInvoices.isEmpty else {
            return
        }
        for effect in release(state, at: instant, settings.policy) {
            land(TimedEffect(at: instant, effect: effect), nil)
        }
    }

    mutating func runDrift(at instant: Instant) {
        let trigger = LegacyTrigger.request(Request(kind: .driftRun, actor: "cron"))
        play(.b, trigger, at: instant)
    }

    mutating func process(_ trigger: Trigger, _ path: LegacyPath, at instant: Instant) {
        play(path, trigger.what, at: instant)
    }

    mutating func play(_ path: LegacyPath, _ trigger: LegacyTrigger, at instant: Instant) {
        var options = ModelOptions()
        options.respectsOverride = edits.contains(.respectOverride)
        let model = ModelRun(
            trigger: trigger,
            read: state,
            at: instant,
            execution: RecordID("edit")
        )
        for effect in path.effects(of: model, options) {
            land(TimedEffect(at: instant, effect: effect), nil)
        }
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
