import BillingModel
import DunningBrain
import LegacyPaths
import MirrorLog

extension TimelineBuilder {
    /// An execution reads: from here on its effects are settled, whatever happens meanwhile.
    mutating func read(_ index: Int) {
        timeline.runs[index].read = legacy
        let run = timeline.runs[index]
        guard let trigger = run.trigger else { return }
        let model = ModelRun(trigger: trigger, read: legacy, at: run.at, execution: run.id)
        timeline.runs[index].version = Fidelity.version(of: run.execution, model)
        timeline.runs[index].actedOn = actedOn(run.execution.path, trigger)
    }

    /// Path A writes one row, named by the event's id or by its record's.
    mutating func takeRecording(
        _ execution: Execution,
        _ id: RecordID,
        _ trigger: LegacyTrigger?
    ) {
        var recording = Recording(
            id: id,
            hasTrigger: trigger != nil,
            trigger: execution.trigger,
            outcome: execution.outcome,
            isExact: false
        )
        if case .stripe(let event) = trigger, event.type.isInvoice {
            let isWhole = execution.outcome == .completed
            recording.isExact =
                execution.effects.allSatisfy { timed in
                    guard case .recordDunning(let name) = timed.effect else { return false }
                    return name == event.id || name == execution.trigger?.rawValue
                } && (execution.effects.count == 1 || (execution.effects.isEmpty && !isWhole))
        }
        timeline.recordings.append(recording)
    }

    /// The invoices that a run acts on: its trigger's, or those counted in the debt that it reads.
    private func actedOn(_ path: LegacyPath, _ trigger: LegacyTrigger) -> [InvoiceID] {
        switch (path, trigger) {
        case (.c, .stripe(let event)):
            if case .invoice(let invoice) = event.object { [invoice.id] } else { [] }
        case (.b, _), (.d, _): legacy.invoices.filter(countsForLegacy).map(\.id)
        default: []
        }
    }

    /// An effect lands, or is known to have failed.
    mutating func land(_ index: Int, _ place: Int, at instant: Instant) {
        let run = timeline.runs[index]
        var effect = run.execution.effects[place]
        effect.at = instant
        noteUnconfirmed(effect, run)
        guard effect.ok else { return timeline.runs[index].effects.append(effect) }
        switch effect.effect {
        case .payInvoice(let id, _, _) where !isPaidAlready(id):
            holdPayment(effect, run, wakes: true)
        case .createConsolidatedInvoice:
            holdPayment(effect, run, wakes: false)
        case .setInvoiceMetadata where run.execution.path == .d:
            holdPayment(effect, run, wakes: true)
        default:
            apply(effect, index)
        }
    }

    private mutating func holdPayment(_ effect: TimedEffect, _ run: RecordedRun, wakes: Bool) {
        let fact = Fact.payment(effect.effect, by: run.id)
        legacy.learn(fact, at: effect.at)
        timeline.facts.append(
            TimedFact(at: effect.at, fact: fact, record: run.id, wakes: wakes)
        )
    }

    private mutating func apply(_ effect: TimedEffect, _ index: Int) {
        timeline.runs[index].effects.append(effect)
        let before = legacy
        legacy.apply(effect.effect, at: effect.at, by: timeline.runs[index].id)
        var consequences = Consequence.between(before, legacy)
        if case .payInvoice(let id, _, _) = effect.effect { consequences.append(.charge(id)) }
        timeline.runs[index].taken += consequences
        note(consequences, at: effect.at, by: timeline.runs[index].id)
        noteStatedAmount(effect.effect)
    }

    /// Whether a payment of this invoice would be the second for all that it covers.
    private func isPaidAlready(_ id: InvoiceID) -> Bool {
        let covers = legacy.invoice(id)?.covers ?? []
        guard covers.isEmpty else {
            return covers.allSatisfy { legacy.paymentCount(of: $0) > 0 }
        }
        return legacy.paymentCount(of: id) > 0
    }

    private func isConfirmed(_ effect: Effect) -> Bool {
        images.contains { $0.confirms(effect) }
    }

    private mutating func noteUnconfirmed(_ effect: TimedEffect, _ run: RecordedRun) {
        guard effect.ok, let table = effect.effect.table, !isConfirmed(effect.effect) else {
            return
        }
        timeline.unconfirmed.append(
            Unconfirmed(execution: run.id, table: table.rawValue)
        )
    }
}

extension Effect {
    /// The table whose row image would confirm this effect.
    fileprivate var table: RowChange.Table? {
        switch self {
        case .setFlag, .setBan: .account
        case .setBadDebtAt: .customer
        case .cancelSubscription, .reactivateSubscription, .deleteItems, .restoreItems:
            .subscription
        default: nil
        }
    }
}

extension RowChange {
    /// Whether this image shows what an effect says it did.
    fileprivate func confirms(_ effect: Effect) -> Bool {
        switch (effect, row) {
        case (.setFlag(let bit, let to), .account(_, .value(let flags), _)):
            (flags >> bit & 1 == 1) == to
        case (.setBan(let to), .account(_, _, let ban)): ban.isPresent && ban.value == to
        case (.setBadDebtAt(let to), .customer(_, let at, _)):
            at.isPresent && (at.value == nil) == (to == nil)
        case (.cancelSubscription(let id, _), .subscription(let row, let status, _, _)):
            id == row && status.value?.isLive == false
        case (.reactivateSubscription(let id, _), .subscription(let row, let status, _, _)):
            id == row && status.value?.isLive == true
        case (.deleteItems(let id, let gone), .subscription(let row, _, _, .value(let items))):
            id == row && !gone.contains { items.contains($0) }
        case (.restoreItems(let id, let back), .subscription(let row, _, _, .value(let items))):
            id == row && back.allSatisfy { items.contains($0) }
        default: false
        }
    }
}
