package import BillingModel
import DunningBrain
import LegacyPaths

/// The legacy run of an episode with some of it edited: the paths' models run again.
///
/// A modelled execution is computed anew from what it reads in the edited world, its effects keep
/// the distances in time at which they were recorded, and what failed fails again. An unmodelled
/// one stands as recorded. Path D's payments are facts and stand in every run.
package struct LegacyRun {
    private let timeline: Timeline
    private let settings: JudgeSettings
    private let edits: [TimelineEdit]
    private var state: AccountState
    private var taken: [Taken] = []
    private var statesDebtAmount = false
    private var queue: [Item] = []
    /// Runs whose effects came out differently from the record.
    private var changed: Set<Int> = []

    /// Runs an episode again.
    ///
    /// - Returns: How it would have ended.
    package static func run(
        _ timeline: Timeline,
        _ edits: [TimelineEdit],
        _ settings: JudgeSettings,
        observed: Set<LegacyPath>
    ) -> LegacyOutcome {
        var run = LegacyRun(timeline, edits, settings)
        run.schedule()
        run.play()
        let processed = edits.compactMap { edit -> RecordID? in
            if case .process(let trigger, _) = edit { trigger } else { nil }
        }
        return LegacyOutcome(
            opening: run.opening,
            final: run.state,
            taken: run.taken,
            unprocessed: timeline.unprocessed(observed).filter {
                !processed.contains($0.trigger.record)
            },
            statesDebtAmount: run.statesDebtAmount
        )
    }

    private let opening: AccountState

    private init(_ timeline: Timeline, _ edits: [TimelineEdit], _ settings: JudgeSettings) {
        self.timeline = timeline
        self.edits = edits
        self.settings = settings
        var opening = timeline.opening
        for case .undoEarlier(let action) in edits { opening.undo(action.taken) }
        self.opening = opening
        state = opening
    }

    // MARK: - The queue

    /// One thing that will happen, with its place in the order of one instant.
    private struct Item {
        var at: Instant
        var rank: Int
        var run: Int
        var index: Int
        var what: What

        enum What {
            case fact(TimedFact)
            case residual(Int)
            case read(Int)
            case effect(TimedEffect, run: Int?)
            case release
            case drift
            case process(Trigger, LegacyPath)
            case cancelIfConfirmed(SubscriptionID, InvoiceID)
        }

        static func < (lhs: Item, rhs: Item) -> Bool {
            if lhs.at != rhs.at { return lhs.at < rhs.at }
            if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
            if lhs.run != rhs.run { return lhs.run < rhs.run }
            return lhs.index < rhs.index
        }
    }

    /// Ranks at one instant: facts, what is put in at once after them, executions, residuals.
    private enum Rank {
        static let fact = 1
        static let inserted = 2
        static let execution = 3
        static let residual = 4
    }

    private mutating func put(
        _ what: Item.What,
        at instant: Instant,
        rank: Int,
        run: Int = 0,
        index: Int = 0
    ) {
        let item = Item(at: instant, rank: rank, run: run, index: index, what: what)
        // Later items first, so that the next one is taken off the end. Items that are equal in
        // every key keep the order in which they were put.
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            if item < queue[middle] { low = middle + 1 } else { high = middle }
        }
        queue.insert(item, at: low)
    }

    private mutating func schedule() {
        for (index, fact) in timeline.facts.enumerated() {
            put(.fact(fact), at: fact.at, rank: Rank.fact, index: index)
        }
        for (index, residual) in timeline.residuals.enumerated() {
            put(.residual(index), at: residual.at, rank: Rank.residual, index: index)
        }
        let starts = self.starts()
        for index in timeline.runs.indices {
            put(.read(index), at: starts[index], rank: Rank.execution, run: index, index: -1)
        }
        for edit in edits {
            switch edit {
            case .releaseAfterPayment(let at): put(.release, at: at, rank: Rank.inserted)
            case .runDrift(let at): put(.drift, at: at, rank: Rank.inserted)
            case .process(let record, let paths):
                guard let trigger = timeline.triggers.first(where: { $0.record == record }) else {
                    continue
                }
                for (index, path) in paths.enumerated() {
                    put(
                        .process(trigger, path),
                        at: trigger.at,
                        rank: Rank.inserted,
                        index: index
                    )
                }
            default: break
            }
        }
    }

    /// When each run reads, as edited.
    private func starts() -> [Instant] {
        var starts = timeline.runs.map(\.at)
        for edit in edits {
            switch edit {
            case .start(let run, let at): starts[run] = max(starts[run], at)
            case .readWhenActing(let run):
                starts[run] = timeline.runs[run].firstActing ?? starts[run]
            default: break
            }
        }
        guard edits.contains(.serialize) else { return starts }
        var free: Instant?
        for (index, run) in timeline.runs.enumerated() where run.canBeRerun {
            let start = free.map { max($0, starts[index]) } ?? starts[index]
            starts[index] = start
            free = start.advanced(by: run.end.since(run.at))
                .advanced(by: TimeSpan(microseconds: 1))
        }
        return starts
    }

    // MARK: - Playing

    private mutating func play() {
        while let item = queue.popLast() {
            switch item.what {
            case .fact(let fact):
                if let fact = fact.fact { state.learn(fact, at: item.at) }
                uncover()
            case .residual(let index): showResidual(index)
            case .read(let index): read(index, at: item.at)
            case .effect(let effect, let run): land(effect, run)
            case .release: releaseIfClear(at: item.at)
            case .drift: runDrift(at: item.at)
            case .process(let trigger, let path): process(trigger, path, at: item.at)
            case .cancelIfConfirmed(let subscription, let invoice):
                cancelIfConfirmed(subscription, invoice, at: item.at)
            }
        }
    }

    /// Takes what was paid before off the invoices that were made to cover it.
    private mutating func uncover() {
        for case .uncover(let id, let paid) in edits {
            guard var invoice = state.invoice(id), !invoice.covers.isEmpty else { continue }
            invoice.covers.removeAll { paid.contains($0) }
            state.put(invoice)
        }
    }

    private mutating func showResidual(_ index: Int) {
        let residual = timeline.residuals[index]
        if let owner = residual.owner, changed.contains(owner) { return }
        if edits.contains(.omitResidual(index)) { return }
        switch residual.change {
        case .effect(let effect):
            land(TimedEffect(at: residual.at, effect: effect), nil, by: residual.record)
        case .invoice(let invoice): state.learn(.invoice(invoice), at: residual.at)
        case .duplicatePayment(let invoice):
            state.learn(.invoice(invoice), at: residual.at)
            taken.append(
                Taken(consequence: .charge(invoice.id), at: residual.at, by: residual.record)
            )
        }
    }

    private mutating func land(_ effect: TimedEffect, _ run: Int?, by record: RecordID? = nil) {
        guard effect.ok else { return }
        let by = record ?? run.map { timeline.runs[$0].id } ?? RecordID("edit")
        let before = state
        state.apply(effect.effect, at: effect.at, by: by)
        for consequence in Consequence.between(before, state) {
            taken.append(Taken(consequence: consequence, at: effect.at, by: by))
        }
        if case .payInvoice(let id, _, _) = effect.effect {
            taken.append(Taken(consequence: .charge(id), at: effect.at, by: by))
        }
        if case .setCustomerMetadata(let set, _) = effect.effect,
            set.contains(where: { $0.key == "bad_debt_amount" && !$0.value.isEmpty })
        {
            statesDebtAmount = true
        }
    }

    private mutating func read(_ index: Int, at instant: Instant) {
        let run = timeline.runs[index]
        var effects = effects(of: run, index, at: instant)
        if case .invoice(let invoice) = run.triggerObject, edits.contains(.deferCancel(run: index))
        {
            let confirmed = (invoice.markedUncollectibleAt ?? instant)
                .advanced(by: settings.policy.confirmation)
            for case .cancelSubscription(let id, _) in effects.map(\.effect) {
                let at = max(instant, confirmed)
                guard at <= timeline.closesAt else { continue }
                put(.cancelIfConfirmed(id, invoice.id), at: at, rank: Rank.inserted)
            }
            effects.removeAll { Shape($0.effect).isCancel }
        }
        for (place, effect) in effects.enumerated() {
            put(
                .effect(effect, run: index),
                at: effect.at,
                rank: Rank.execution,
                run: index,
                index: place
            )
        }
    }

    /// A run's effects in the edited world, each at its time.
    private mutating func effects(
        of run: RecordedRun,
        _ index: Int,
        at start: Instant
    ) -> [TimedEffect] {
        let completes = edits.contains(.complete(run: index))
        var recorded = run.effects
        if completes { for place in recorded.indices { recorded[place].ok = true } }
        recorded.removeAll { effect in
            if case .payInvoice(let id, _, _) = effect.effect {
                edits.contains(.omitPayment(run: index, invoice: id))
            } else {
                false
            }
        }
        guard run.canBeRerun, let version = run.version, let trigger = run.trigger else {
            return recorded
        }
        var options = ModelOptions(version: version)
        var read = state
        for edit in edits {
            switch edit {
            case .start(index, _), .readWhenActing(index): options.checksInvoiceStatus = true
            case .respectOverride: options.respectsOverride = true
            case .voidSuperseded(index): read.voidSuperseded()
            default: break
            }
        }
        let model = run.execution.path.effects(
            of: ModelRun(trigger: trigger, read: read, at: start, execution: run.id),
            options
        )
        let shift =
            edits.contains(.readWhenActing(run: index)) ? TimeSpan.zero : start.since(run.at)
        let effects = time(model, as: recorded, of: run, start, shift: shift, completes)
        if effects.map({ Shape($0.effect) }) != run.effects.map({ Shape($0.effect) }) {
            changed.insert(index)
        }
        return effects
    }

    /// Gives each effect of a model the time at which the record has its like.
    ///
    /// One that the record lacks comes right behind the one before it, and not at all where the run
    /// broke off.
    private func time(
        _ model: [Effect],
        as recorded: [TimedEffect],
        of run: RecordedRun,
        _ start: Instant,
        shift: TimeSpan,
        _ completes: Bool
    ) -> [TimedEffect] {
        let breaksOff = run.execution.outcome != .completed && !completes
        var rest = recorded
        var last = start
        var result: [TimedEffect] = []
        for effect in model {
            let shape = Shape(effect)
            if let place = rest.firstIndex(where: { Shape($0.effect) == shape }) {
                var timed = rest.remove(at: place)
                timed.at = max(start, timed.at.advanced(by: shift))
                last = max(last, timed.at)
                result.append(timed)
            } else if !breaksOff {
                last = last.advanced(by: TimeSpan(microseconds: 1))
                result.append(TimedEffect(at: last, effect: effect))
            }
        }
        return result
    }

    // MARK: - What edits put in

    private mutating func releaseIfClear(at instant: Instant) {
        let debt = Debt(state, at: instant, settings.policy)
        guard !debt.isAbove(settings.policy.threshold), debt.unconfirmedInvoices.isEmpty else {
            return
        }
        for effect in release(state, at: instant, settings.policy) {
            land(TimedEffect(at: instant, effect: effect), nil)
        }
    }

    private mutating func runDrift(at instant: Instant) {
        let trigger = LegacyTrigger.request(Request(kind: .driftRun, actor: "cron"))
        play(.b, trigger, at: instant)
    }

    private mutating func process(_ trigger: Trigger, _ path: LegacyPath, at instant: Instant) {
        play(path, trigger.what, at: instant)
    }

    private mutating func play(_ path: LegacyPath, _ trigger: LegacyTrigger, at instant: Instant) {
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

    private mutating func cancelIfConfirmed(
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

extension RecordedRun {
    /// Whether its model may stand in for it.
    ///
    /// Path D's payments are facts, so it never is.
    package var canBeRerun: Bool {
        version != nil && execution.path != .d
    }

    /// When it first did something to the customer, or to anything.
    package var firstActing: Instant? {
        effects.filter(\.ok).map(\.at).min()
    }

    /// The object that its trigger carries.
    package var triggerObject: StripeObject? {
        if case .stripe(let event) = trigger { event.object } else { nil }
    }
}

extension Shape {
    /// Whether it ends a subscription.
    var isCancel: Bool { if case .cancel = self { true } else { false } }
}

extension AccountState {
    /// The account as a reader would see it, had superseded invoices been voided.
    fileprivate mutating func voidSuperseded() {
        for invoice in invoices
        where invoice.status == .uncollectible && invoiceSuperseding(invoice) != nil {
            guard let index = invoices.firstIndex(where: { $0.id == invoice.id }) else { continue }
            invoices[index].status = .void
        }
    }

    /// Takes back what was done to the customer.
    fileprivate mutating func undo(_ consequences: [Consequence]) {
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
    fileprivate static var edit: RecordID { RecordID("edit") }
}
