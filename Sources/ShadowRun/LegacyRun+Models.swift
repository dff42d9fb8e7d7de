package import BillingModel
import DunningBrain
import LegacyPaths

extension LegacyRun {
    mutating func read(_ index: Int, at instant: Instant) {
        let run = timeline.runs[index]
        var effects = effects(of: run, index, at: instant)
        if edits.contains(.deferCancel(run: index)) {
            var plain = effects.map(\.effect)
            deferCancels(of: run.trigger, among: &plain, from: instant)
            effects.removeAll { Shape($0.effect).isCancel }
        }
        if keepsPlayed { played[index] = effects }
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
    mutating func effects(
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
        if start == run.at { read.forget(run.unseen) }
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
        if !Fidelity.isSame(effects, run.effects, of: run.execution.path) { changed.insert(index) }
        return effects
    }

    /// Gives each effect of a model the time at which the record has its like.
    ///
    /// One that the record lacks comes right behind the one before it, and not at all where the run
    /// broke off.
    func time(
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
            let path = run.execution.path
            let shape = Shape(effect, of: path)
            if let place = rest.firstIndex(where: { Shape($0.effect, of: path) == shape }) {
                var timed = rest.remove(at: place)
                timed.at = max(start, timed.at.advanced(by: shift))
                last = max(last, timed.at)
                result.append(timed)
            } else if !breaksOff {
                last = last.advanced(by: TimeSpan(microseconds: 1))
                result.append(TimedEffect(at: last, effect: effect))
            }
        }
        return run.turns.isEmpty ? result : result.taking(run.turns)
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
