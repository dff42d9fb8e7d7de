import BillingModel
import LegacyPaths
import ShadowRun

/// Finds the runs that wrote after something that they had read was no longer so.
///
/// What counts as read is what a path's effects follow from, as its model has it: for Path B type,
/// marks, subscriptions and debt; for Path C the type, the live subscriptions and the invoice as
/// the event has it, which it believes; for Path D the uncollectible invoices. Paths A and E read
/// nothing. A run's own writes don't make its read stale.
struct StaleReads {
    private let timeline: Timeline
    private let trace: LegacyTrace

    /// A search in a recorded run.
    init(_ timeline: Timeline, _ trace: LegacyTrace) {
        self.timeline = timeline
        self.trace = trace
    }

    /// The stale reads, at most one for each run, in order of the runs.
    var found: [Swimlane.StaleRead] {
        timeline.runs.indices.compactMap { staleRead(of: $0) }
    }

    private func staleRead(of run: Int) -> Swimlane.StaleRead? {
        let recorded = timeline.runs[run]
        let path = recorded.execution.path
        guard path != .a, path != .e,
            let read = trace.steps.firstIndex(where: { $0.actor == .read(run) })
        else { return nil }
        let payload = recorded.payload
        let told = payload == nil ? nil : heard(recorded, before: read)
        var change: (step: Int, isOfPayload: Bool)?
        for step in (told ?? read)..<trace.steps.count {
            let actor = trace.steps[step].actor
            if isOwn(actor, run, recorded.id) {
                guard let change, !trace.steps[step].effects.isEmpty || isFact(actor) else {
                    continue
                }
                let isBelieved = change.isOfPayload && change.step < read
                return Swimlane.StaleRead(
                    run: run,
                    from: isBelieved ? .stripe : .path(path),
                    read: trace.steps[isBelieved ? told ?? read : read].at,
                    changed: trace.steps[change.step].at,
                    by: record(of: trace.steps[change.step].actor),
                    wrote: trace.steps[step].at
                )
            }
            guard change == nil else { continue }
            let (before, after) = (trace.states[step].state, trace.states[step + 1].state)
            if let payload, !before.isOver(payload), after.isOver(payload) {
                change = (step, true)
            } else if step > read, !before.isPlainlySame(as: after),
                path.sees(before) != path.sees(after)
            {
                change = (step, false)
            }
        }
        return nil
    }

    /// The step at which the event came that a run believes; `nil` where it is not in the episode.
    private func heard(_ run: RecordedRun, before read: Int) -> Int? {
        guard let reference = run.execution.trigger?.rawValue,
            let trigger = timeline.triggers.first(where: { $0.isMeant(by: reference) })
        else { return nil }
        return trace.steps[..<read].lastIndex { $0.actor == .fact(trigger.record) }
    }

    private func isOwn(_ actor: LegacyTrace.Actor, _ run: Int, _ record: RecordID) -> Bool {
        switch actor {
        case .run(run), .fact(record): true
        case .residual(let place): timeline.residuals[place].owner == run
        case .fact, .read, .run, .edit: false
        }
    }

    private func isFact(_ actor: LegacyTrace.Actor) -> Bool {
        if case .fact = actor { true } else { false }
    }

    private func record(of actor: LegacyTrace.Actor) -> RecordID? {
        switch actor {
        case .fact(let record): record
        case .residual(let place): timeline.residuals[place].record
        case .run(let run): timeline.runs[run].id
        case .read, .edit: nil
        }
    }
}

extension RecordedRun {
    /// The invoice that its event carries, where it is Path C, which believes it.
    fileprivate var payload: InvoiceID? {
        guard execution.path == .c, case .invoice(let invoice)? = triggerObject else { return nil }
        return invoice.id
    }
}

/// What a path's effects follow from.
private struct Sight: Equatable {
    var type: AccountType?
    var marks: [String?] = []
    var subscriptions: [Subscription] = []
    var live: [SubscriptionID] = []
    var debt: [Owed] = []

    struct Owed: Equatable {
        var invoice: InvoiceID
        var amount: Int64
        var currency: Currency
    }
}

extension LegacyPath {
    /// What this path sees of an account.
    fileprivate func sees(_ state: AccountState) -> Sight {
        var sight = Sight()
        switch self {
        case .a, .e: break
        case .b:
            sight.type = state.type
            let metadata = state.metadata
            let marks: [String?] = [state.ban?.rawValue, metadata.badDebt, metadata.badDebtAmount]
            let isDated = state.badDebtAt == nil ? nil : "dated"
            sight.marks = marks + [state.isFlagged ? "flagged" : nil, isDated]
            sight.subscriptions = state.subscriptions.map(\.asSeen)
            sight.debt = state.debts(countsForLegacy)
        case .c:
            sight.type = state.type
            sight.live = state.subscriptions.filter(\.isLive).map(\.id)
        case .d: sight.debt = state.debts { $0.status == .uncollectible }
        }
        return sight
    }
}

extension AccountState {
    /// Whether nothing that a path could see differs, as far as can be told cheaply.
    fileprivate func isPlainlySame(as other: AccountState) -> Bool {
        type == other.type && flags == other.flags && ban == other.ban
            && badDebtAt == other.badDebtAt && metadata == other.metadata
            && subscriptions == other.subscriptions && invoices == other.invoices
    }

    fileprivate func debts(_ counts: (Invoice) -> Bool) -> [Sight.Owed] {
        invoices.filter(counts).map {
            Sight.Owed(invoice: $0.id, amount: $0.debtAmount, currency: $0.currency)
        }
    }

    /// Whether an invoice is void or paid.
    fileprivate func isOver(_ id: InvoiceID) -> Bool {
        guard let invoice = invoice(id) else { return false }
        return invoice.status == .void || invoice.isMarkedPaid || paymentCount(of: id) > 0
    }
}

extension Subscription {
    /// The subscription without what Path B does not look at.
    fileprivate var asSeen: Subscription {
        var seen = Subscription(id: id, status: isLive ? .active : .canceled, items: items)
        seen.itemsTaken = itemsTaken
        return seen
    }
}
