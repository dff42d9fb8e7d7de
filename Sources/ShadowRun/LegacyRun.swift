import BillingModel
import DunningBrain
package import LegacyPaths

/// The legacy run of an episode with some of it edited: the paths' models run again.
///
/// A modelled execution is computed anew from what it reads in the edited world, its effects keep
/// the distances in time at which they were recorded, and what failed fails again. An unmodelled
/// one stands as recorded. Path D's payments are facts and stand in every run.
package struct LegacyRun {
    let timeline: Timeline
    let settings: JudgeSettings
    let edits: [TimelineEdit]
    var state: AccountState
    var taken: [Taken] = []
    var statesDebtAmount = false
    var queue: [Item] = []
    /// Runs whose effects came out differently from the record.
    var changed: Set<Int> = []
    /// Whether what was taken is still to be given back, when a hold-down has come to nothing.
    var isReleasePending = false
    /// What each run did, where that is asked for.
    var played: [[TimedEffect]] = []
    var keepsPlayed = false
    /// Every step, where that is asked for.
    var trace: LegacyTrace?

    /// Runs an episode again.
    ///
    /// - Returns: How it would have ended.
    package static func run(
        _ timeline: Timeline,
        _ edits: [TimelineEdit],
        _ settings: JudgeSettings,
        expected: PathSet
    ) -> LegacyOutcome {
        var run = LegacyRun(timeline, edits, settings)
        return run.outcome(expected)
    }

    mutating func outcome(_ expected: PathSet) -> LegacyOutcome {
        schedule()
        play()
        let processed = edits.compactMap { edit -> RecordID? in
            if case .process(let trigger, _) = edit { trigger } else { nil }
        }
        return LegacyOutcome(
            opening: opening,
            final: state,
            taken: taken,
            unprocessed: timeline.unprocessed(expected).filter {
                !processed.contains($0.trigger.record)
            },
            statesDebtAmount: statesDebtAmount
        )
    }

    let opening: AccountState

    init(_ timeline: Timeline, _ edits: [TimelineEdit], _ settings: JudgeSettings) {
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
    struct Item {
        var at: Instant
        var rank: Int
        var run: Int
        var index: Int
        var what: What

        enum What {
            case fact(Int)
            case residual(Int)
            case read(Int)
            case effect(TimedEffect, run: Int?)
            case release(after: Instant)
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

    /// Ranks at one instant: facts, what is put in at once after them, executions, residuals, what is
    /// put in when all of them are through.
    enum Rank {
        static let fact = 1
        static let inserted = 2
        static let execution = 3
        static let residual = 4
        static let afterAll = 5
    }

    mutating func put(
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

    mutating func schedule() {
        for index in timeline.facts.indices.reversed() {
            put(.fact(index), at: timeline.facts[index].at, rank: Rank.fact, index: index)
        }
        for index in timeline.residuals.indices {
            let at = timeline.residuals[index].at
            put(.residual(index), at: at, rank: Rank.residual, index: index)
        }
        let starts = self.starts()
        for index in timeline.runs.indices {
            put(.read(index), at: starts[index], rank: Rank.execution, run: index, index: -1)
        }
        for edit in edits {
            switch edit {
            case .releaseAfterPayment(let at):
                put(.release(after: at), at: at, rank: Rank.inserted)
            case .runDrift(let at): put(.drift, at: at, rank: Rank.inserted)
            case .process(let record, let paths):
                guard let trigger = timeline.triggers.first(where: { $0.record == record }) else {
                    continue
                }
                for (index, path) in paths.enumerated() {
                    put(
                        .process(trigger, path),
                        at: processingStart(of: trigger),
                        rank: Rank.inserted,
                        index: index
                    )
                }
            default: break
            }
        }
    }

    /// When the runs put in for a trigger read, as edited.
    private func processingStart(of trigger: Trigger) -> Instant {
        var start = trigger.at
        for case .startProcessing(trigger.record, let at) in edits { start = max(start, at) }
        return start
    }

    /// When each run reads, as edited.
    func starts() -> [Instant] {
        var starts = timeline.runs.map(\.at)
        for edit in edits {
            switch edit {
            case .start(let run, let at): starts[run] = max(starts[run], at)
            case .readWhenActing(let run):
                starts[run] = timeline.runs[run].firstActing ?? starts[run]
            default: break
            }
        }
        let orders = edits.compactMap { edit -> [Int]? in
            guard case .serialize(let asWoken) = edit else { return nil }
            return asWoken ? timeline.rerunnableAsWoken : timeline.rerunnable
        }
        guard let order = orders.first else { return starts }
        var free: Instant?
        for index in order {
            let start = free.map { max($0, starts[index]) } ?? starts[index]
            starts[index] = start
            let length = timeline.runs[index].end.since(timeline.runs[index].at)
            free = start.advanced(by: length)
                .advanced(by: TimeSpan(microseconds: 1))
        }
        return starts
    }

    // MARK: - Playing

    mutating func play() {
        while let item = queue.popLast() {
            switch item.what {
            case .fact(let index):
                if let fact = timeline.facts[index].fact {
                    state.learn(unpaid(fact, at: item.at), at: item.at)
                }
                uncover()
                if isReleasePending { releaseIfClear(after: item.at, at: item.at) }
            case .residual(let index): showResidual(index)
            case .read(let index): read(index, at: item.at)
            case .effect(let effect, let run): land(effect, run)
            case .release(let payment): release(after: payment, at: item.at)
            case .drift: runDrift(at: item.at)
            case .process(let trigger, let path): process(trigger, path, at: item.at)
            case .cancelIfConfirmed(let subscription, let invoice):
                cancelIfConfirmed(subscription, invoice, at: item.at)
            }
            if trace != nil { trace?.close(item, state, timeline) }
        }
    }

    /// Takes what was paid before off the invoices that were made to cover it.
    mutating func uncover() {
        for case .uncover(let id, let paid) in edits {
            guard var invoice = state.invoice(id), !invoice.covers.isEmpty else { continue }
            invoice.covers.removeAll { paid.contains($0) }
            state.put(invoice)
        }
    }

    mutating func showResidual(_ index: Int) {
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

    mutating func land(_ effect: TimedEffect, _ run: Int?, by record: RecordID? = nil) {
        guard effect.ok else { return }
        trace?.landing.append(effect)
        let by = record ?? run.map { timeline.runs[$0].id } ?? RecordID("edit")
        if let consequence = state.take(effect.effect, at: effect.at, by: by) {
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
}
