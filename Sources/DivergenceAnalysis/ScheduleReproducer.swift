import BillingModel
package import MirrorLog
import ShadowRun

/// A schedule written as a log that shows what comes of it.
///
/// The account's records up to the episode stay as they are. Of the episode's, what says a fact or
/// what nobody knows the author of stays, repainted where it also shows what legacy had made of the
/// account by then; runs stand at the times of the schedule, with the effects that their models give;
/// what only confirmed a run as it was recorded is left out. A mark closes the log.
package struct ScheduleReproducer {
    private let records: [MirrorRecord]
    private let exposure: EpisodeExposure
    private let worst: WorstSchedule

    private var timeline: Timeline { exposure.episode.timeline }

    /// A reproducer of the worst schedule of an episode; `nil` where no schedule diverges.
    ///
    /// - Parameters:
    ///   - exposure: The episode, explored.
    ///   - records: All of the account's records, each id once, in event-time order.
    package init?(_ exposure: EpisodeExposure, _ records: [MirrorRecord]) {
        guard let worst = exposure.legacy.worst else { return nil }
        self.exposure = exposure
        self.records = records
        self.worst = worst
    }

    /// Whether its schedule ends less badly than another's.
    package func isLess(bad other: ScheduleReproducer) -> Bool {
        worst.badness < other.worst.badness
    }

    /// The log, in event-time order.
    package var log: [MirrorRecord] {
        let range = exposure.episode.range
        let runs = Dictionary(
            uniqueKeysWithValues: timeline.runs.indices.map { (timeline.runs[$0].id, $0) }
        )
        var told = Array(records[..<range.lowerBound])
        var world = ScheduledWorld(timeline, worst)
        for record in records[range] {
            let state = world.state(at: record.at)
            if let run = runs[record.id] {
                told.append(retimed(record, run))
            } else if isKept(record) {
                told.append(record.repainted(state))
            }
        }
        return told.inEventTimeOrder() + [end]
    }

    /// Whether a replay of the log shows the episode with the differences of the schedule.
    package func isShown(by judge: AccountJudge) -> Bool {
        let log = log
        let alone = AccountJudge(settings: judge.settings, coverage: LogCoverage(shownBy: log))
        var cutter = EpisodeCutter(log, judge.settings)
        while let episode = cutter.nextEpisode() {
            guard episode.openedAt == exposure.episode.openedAt else { continue }
            let expected = alone.coverage.expected
            let unprocessed = episode.timeline.unprocessed(expected)
            let shown = alone.compare(episode, unprocessed, expected, cutter).comparison
            let meant = worst.comparison
            return shown.differences == meant.differences && shown.legacyOnly == meant.legacyOnly
                && shown.brainOnly == meant.brainOnly
        }
        return false
    }

    /// Every source is complete until the episode has settled.
    private var end: MirrorRecord {
        let at = timeline.closesAt.advanced(by: .minutes(1))
        return MirrorRecord(
            id: RecordID("schedule-end"),
            at: at,
            account: nil,
            body: .mark(Mark(source: .stripe, says: .through(at)))
        )
    }

    private func retimed(_ record: MirrorRecord, _ run: Int) -> MirrorRecord {
        guard case .execution(var execution) = record.body,
            let turns = worst.turns.first(where: { $0.run == run })
        else { return record }
        let effects = worst.played.effects[run]
        let order = effects.indices.sorted { (effects[$0].at, $0) < (effects[$1].at, $1) }
        execution.effects = order.map { effects[$0] }
        if execution.finished != nil {
            execution.finished = execution.effects.last?.at ?? turns.read
        }
        return MirrorRecord(
            id: record.id,
            at: turns.read,
            account: record.account,
            body: .execution(execution)
        )
    }

    /// Whether a record says anything that holds in every schedule.
    private func isKept(_ record: MirrorRecord) -> Bool {
        switch record.body {
        case .request, .execution, .mark: return true
        case .change(let change) where change.table == .dunning || change.table == .stuckEvents:
            return true
        case .stripe where record.isTrigger: return true
        case .baseline, .stripe, .change:
            return timeline.facts.contains { $0.record == record.id }
                || timeline.residuals.contains { residual in
                    residual.record == record.id
                        && !(residual.owner.map(worst.played.changed.contains) ?? false)
                }
        }
    }
}

/// The account as it is in a schedule, instant by instant.
private struct ScheduledWorld {
    private var state: AccountState
    private var rest: ArraySlice<(at: Instant, rank: Int, change: (inout AccountState) -> Void)>

    init(_ timeline: Timeline, _ worst: WorstSchedule) {
        state = timeline.opening
        var changes: [(at: Instant, rank: Int, change: (inout AccountState) -> Void)] = []
        for timed in timeline.facts {
            guard let fact = timed.fact else { continue }
            changes.append((timed.at, 0, { $0.learn(fact, at: timed.at) }))
        }
        for (place, effects) in worst.played.effects.enumerated() {
            let by = timeline.runs[place].id
            for timed in effects where timed.ok {
                changes.append((timed.at, 1, { $0.apply(timed.effect, at: timed.at, by: by) }))
            }
        }
        for residual in timeline.residuals {
            if let owner = residual.owner, worst.played.changed.contains(owner) { continue }
            let at = residual.at
            switch residual.change {
            case .effect(let effect):
                changes.append((at, 2, { $0.apply(effect, at: at, by: residual.record) }))
            case .invoice(let invoice), .duplicatePayment(let invoice):
                changes.append((at, 2, { $0.learn(.invoice(invoice), at: at) }))
            }
        }
        let order = changes.indices.sorted {
            (changes[$0].at, changes[$0].rank, $0) < (changes[$1].at, changes[$1].rank, $1)
        }
        rest = order.map { changes[$0] }[...]
    }

    /// The account after all that happens at an instant or before; instants are asked in order.
    mutating func state(at instant: Instant) -> AccountState {
        while let next = rest.first, next.at <= instant {
            next.change(&state)
            rest = rest.dropFirst()
        }
        return state
    }
}

extension MirrorRecord {
    /// The record as it would show an account, where it shows what dunning owns.
    fileprivate func repainted(_ state: AccountState) -> MirrorRecord {
        var record = self
        switch body {
        case .change(let change):
            record.body = .change(RowChange(op: change.op, row: change.row.repainted(state)))
        case .stripe(var event):
            event.object = event.object.repainted(state)
            record.body = .stripe(event)
        case .baseline(var shown):
            shown.flags = state.flags
            shown.ban = state.ban
            shown.badDebtAt = state.badDebtAt
            shown.metadata = state.metadata
            shown.subscriptions = state.subscriptions
            record.body = .baseline(shown)
        case .request, .execution, .mark: break
        }
        return record
    }
}

extension RowChange.Row {
    fileprivate func repainted(_ state: AccountState) -> RowChange.Row {
        switch self {
        case .account(let type, let flags, let ban):
            return .account(
                type: type,
                flags: flags.isPresent ? .value(state.flags) : .absent,
                ban: ban.isPresent ? state.ban.map { .value($0) } ?? .null : .absent
            )
        case .customer(let customer, let badDebtAt, let entity):
            let shown = state.badDebtAt.map { Column.value($0) } ?? .null
            return .customer(
                stripeCustomer: customer,
                badDebtAt: badDebtAt.isPresent ? shown : .absent,
                legalEntity: entity
            )
        case .subscription(let id, let status, let reason, let items):
            guard let shown = state.subscription(id) else { return self }
            return .subscription(
                id: id,
                status: status.isPresent ? .value(shown.status) : .absent,
                reason: reason,
                items: items.isPresent ? .value(shown.items.map(\.id)) : .absent
            )
        case .probation, .mandate, .dunning, .stuckEvent: return self
        }
    }
}

extension StripeObject {
    fileprivate func repainted(_ state: AccountState) -> StripeObject {
        switch self {
        case .subscription(var shown):
            guard let now = state.subscription(shown.id) else { return self }
            if now.isLive != shown.isLive {
                shown.status = now.status
                shown.cancelReason = now.cancelReason
                shown.canceledAt = now.canceledAt
            }
            shown.items = now.items
            return .subscription(shown)
        case .customer(var metadata):
            metadata.badDebt = state.metadata.badDebt
            metadata.badDebtAmount = state.metadata.badDebtAmount
            return .customer(metadata)
        case .invoice, .deletedInvoice, .other: return self
        }
    }
}
