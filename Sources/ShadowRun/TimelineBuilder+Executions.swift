import BillingModel
import DunningBrain
import LegacyPaths
import MirrorLog

extension TimelineBuilder {
    /// An execution reads: from here on its effects are settled, whatever happens meanwhile.
    ///
    /// Where its model does not give what was recorded, it may have read before some of what Stripe says
    /// of the same second: then that is what it read.
    mutating func read(_ index: Int) {
        var run = timeline.runs[index]
        run.read = legacy
        defer { timeline.runs[index] = run }
        guard let trigger = run.trigger else { return }
        run.version = version(of: run, trigger)
        if run.version == nil, let earlier = readEarlier(run, trigger) { run = earlier }
        run.actedOn = actedOn(run.execution.path, trigger, run.read)
    }

    private func version(of run: RecordedRun, _ trigger: LegacyTrigger) -> ServiceVersion? {
        let model = ModelRun(trigger: trigger, read: run.read, at: run.at, execution: run.id)
        return Fidelity.version(of: run.execution, model)
    }

    /// The run as it comes out exact without the latest news of its second, as few as will do.
    private func readEarlier(_ run: RecordedRun, _ trigger: LegacyTrigger) -> RecordedRun? {
        let second = run.at.unixSeconds
        let fresh = news.filter { $0.second == second }.map(\.piece)
        for place in fresh.indices.reversed() {
            var earlier = run
            earlier.unseen = Array(fresh[place...])
            earlier.read.forget(earlier.unseen)
            earlier.version = version(of: earlier, trigger)
            if earlier.version != nil { return earlier }
        }
        return nil
    }

    /// Path A writes one row, named by the event's id or by its record's.
    mutating func takeRecording(
        _ execution: Execution,
        _ id: RecordID,
        _ trigger: MirrorRecord.Body?
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
    private func actedOn(
        _ path: LegacyPath,
        _ trigger: LegacyTrigger,
        _ read: AccountState
    ) -> [InvoiceID] {
        switch (path, trigger) {
        case (.c, .stripe(let event)):
            if case .invoice(let invoice) = event.object { [invoice.id] } else { [] }
        case (.b, _), (.d, _):
            read.invoices.indices.filter { countsForLegacy(read.invoices[$0]) }
                .map { read.invoices[$0].id }
        default: []
        }
    }

    /// An effect lands, or is known to have failed.
    mutating func land(_ index: Int, _ place: Int, at instant: Instant) {
        var effect = timeline.runs[index].execution.effects[place]
        effect.at = instant
        noteUnconfirmed(effect, index)
        guard effect.ok else { return timeline.runs[index].effects.append(effect) }
        switch effect.effect {
        case .payInvoice(let id, _, _) where !isPaidAlready(id):
            holdPayment(effect, index, wakes: true)
        case .createConsolidatedInvoice:
            holdPayment(effect, index, wakes: false)
        case .setInvoiceMetadata where timeline.runs[index].execution.path == .d:
            holdPayment(effect, index, wakes: true)
        default:
            apply(effect, index)
        }
    }

    private mutating func holdPayment(_ effect: TimedEffect, _ index: Int, wakes: Bool) {
        let run = timeline.runs[index].id
        let fact = Fact.payment(effect.effect, by: run)
        legacy.learn(fact, at: effect.at)
        timeline.facts.append(TimedFact(at: effect.at, fact: fact, record: run, wakes: wakes))
    }

    private mutating func apply(_ effect: TimedEffect, _ index: Int) {
        let run = timeline.runs[index].id
        timeline.runs[index].effects.append(effect)
        var consequence = legacy.take(effect.effect, at: effect.at, by: run)
        if case .payInvoice(let id, _, _) = effect.effect { consequence = .charge(id) }
        if let consequence { timeline.runs[index].taken.append(consequence) }
        note(consequence, at: effect.at, by: run)
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

    private mutating func noteUnconfirmed(_ effect: TimedEffect, _ index: Int) {
        guard effect.ok, let table = effect.effect.table, !isConfirmed(effect.effect) else {
            return
        }
        timeline.unconfirmed.append(
            Unconfirmed(execution: timeline.runs[index].id, table: table.rawValue)
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
