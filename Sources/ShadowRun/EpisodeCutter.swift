package import BillingModel
package import MirrorLog

/// One episode of an account: the unit of comparison and of every statistic.
package struct Episode: Sendable {
    /// What opened it.
    package var opener: MirrorRecord
    /// The places of its records among the account's, in event-time order.
    package var range: Range<Int>
    /// Whether a baseline, or the account's own making, came before.
    package var isKnown: Bool
    /// The event time of the last record, the effects of executions included.
    package var lastAt: Instant
    /// When the account had been quiet for the settle time.
    package var closesAt: Instant
    /// What executions of earlier episodes did to the customer.
    package var past: [PastAction]
    /// The episode taken apart.
    package var timeline: Timeline

    /// The instant of the first record.
    package var openedAt: Instant { opener.at }
}

/// Cuts an account's records, in event-time order, into episodes.
///
/// An episode opens at a trigger: a Stripe event of an invoice, a subscription or a charge that
/// legacy did not cause, or a request. So that nothing legacy did goes unjudged, an execution or a
/// row image that does something to the customer while no episode is open opens one as well.
package struct EpisodeCutter {
    private let records: [MirrorRecord]
    private let settings: JudgeSettings
    private var next = 0
    private var past: [PastAction] = []
    /// Whether a baseline, or the account's own making, was met.
    package private(set) var isKnown = false
    /// The places of executions outside any episode whose trigger is not in the log.
    package private(set) var untriggered: Set<Int> = []
    /// The account as the record has it so far.
    package private(set) var state = AccountState()

    /// A cutter of an account's records.
    ///
    /// - Parameters:
    ///   - records: All of the account's records, each id once, in event-time order.
    ///   - settings: What verdicts depend on besides the log.
    ///   - fold: What records that all come before these have come to.
    package init(
        _ records: [MirrorRecord],
        _ settings: JudgeSettings,
        after fold: AccountFold = AccountFold()
    ) {
        self.records = records
        self.settings = settings
        (state, past, isKnown) = (fold.state, fold.past, fold.isKnown)
    }

    /// What the records that were passed have come to.
    package var fold: AccountFold { AccountFold(state: state, past: past, isKnown: isKnown) }

    /// The next episode; `nil` when the records are at their end.
    package mutating func nextEpisode() -> Episode? {
        while next < records.count {
            let record = records[next]
            switch record.body {
            case .mark:
                next += 1
            case .baseline(let baseline):
                state = baseline.adopted(after: state, by: record)
                isKnown = true
                next += 1
            default:
                if opens(record) { return cut(openedBy: record) }
            }
        }
        return nil
    }

    /// Whether a record opens an episode.
    ///
    /// One that does not is folded and passed.
    private mutating func opens(_ record: MirrorRecord) -> Bool {
        if record.isTrigger { return true }
        let timeline = timeline(
            next..<next + 1,
            from: record,
            opening: state,
            closesAt: record.at
        )
        let doesSomething = timeline.final.differsInDunning(from: state)
        if doesSomething, !timeline.taken.isEmpty || !timeline.isOnlyFacts { return true }
        state = timeline.final
        let hasOrphan =
            timeline.runs.contains { $0.trigger == nil }
            || timeline.recordings.contains { !$0.hasTrigger }
        if hasOrphan { untriggered.insert(next) }
        if record.makesKnown { isKnown = true }
        next += 1
        return false
    }

    private mutating func cut(openedBy opener: MirrorRecord) -> Episode {
        let start = next
        var lastAt = opener.lastEffectAt
        next += 1
        while next < records.count,
            records[next].at <= lastAt.advanced(by: settings.settle)
        {
            switch records[next].body {
            case .stripe, .request, .change: lastAt = max(lastAt, records[next].at)
            case .execution: lastAt = max(lastAt, records[next].lastEffectAt)
            case .baseline, .mark: break
            }
            next += 1
        }
        let closesAt = lastAt.advanced(by: settings.settle)
        let timeline = timeline(
            start..<next,
            from: opener,
            opening: state,
            closesAt: closesAt
        )
        let episode = Episode(
            opener: opener,
            range: start..<next,
            isKnown: isKnown,
            lastAt: lastAt,
            closesAt: closesAt,
            past: past,
            timeline: timeline
        )
        state = timeline.final
        past += timeline.runs.filter { !$0.taken.isEmpty }.map { run in
            PastAction(
                execution: run.id,
                path: run.execution.path,
                at: run.at,
                taken: run.taken,
                actedOn: run.actedOn
            )
        }
        if records[start..<next].contains(where: \.makesKnown) { isKnown = true }
        return episode
    }

    /// The episode as it would be with a longer settle time; `nil` where no record came in it.
    package func longer(_ episode: Episode) -> LongerEpisode? {
        let until = episode.lastAt.advanced(by: settings.longerSettle)
        var end = episode.range.upperBound
        while end < records.count, records[end].at <= until { end += 1 }
        guard end > episode.range.upperBound else { return nil }
        return LongerEpisode(
            records: records,
            range: episode.range.lowerBound..<end,
            recorded: episode.timeline,
            closesAt: until,
            settings: settings
        )
    }

    private func timeline(
        _ range: Range<Int>,
        from opener: MirrorRecord,
        opening: AccountState,
        closesAt: Instant
    ) -> Timeline {
        TimelineBuilder.build(
            records,
            range,
            opening: opening,
            openedAt: opener.at,
            closesAt: closesAt,
            settings: settings
        )
    }
}

/// What the records of an account up to the end of an episode come to for the episodes behind it, but
/// for what those refer to by its id.
package struct AccountFold: Sendable {
    fileprivate var state = AccountState()
    fileprivate var past: [PastAction] = []
    fileprivate var isKnown = false

    /// What no records come to.
    package init() {}

    fileprivate init(state: AccountState, past: [PastAction], isKnown: Bool) {
        (self.state, self.past, self.isKnown) = (state, past, isKnown)
    }

    /// How many things it holds, each of some hundred bytes.
    package var size: Int {
        1 + past.count + state.invoices.count + state.subscriptions.count + state.mandates.count
            + state.probations.count
    }
}

/// An episode under a longer settle time, not taken apart yet: few ask for it.
package struct LongerEpisode: Sendable {
    fileprivate let records: [MirrorRecord]
    fileprivate let range: Range<Int>
    fileprivate let recorded: Timeline
    fileprivate let closesAt: Instant
    fileprivate let settings: JudgeSettings

    /// The episode taken apart.
    package var timeline: Timeline {
        TimelineBuilder.build(
            records,
            range,
            opening: recorded.opening,
            openedAt: recorded.openedAt,
            closesAt: closesAt,
            settings: settings
        )
    }
}

extension MirrorRecord {
    /// Whether it wakes a decision: a fact about an invoice, a subscription or a charge, or a
    /// request.
    package var isTrigger: Bool {
        switch body {
        case .stripe(let event): event.cause == nil && event.type.isTrigger
        case .request: true
        case .baseline, .execution, .change, .mark: false
        }
    }

    /// Whether all is known of its account from here on: a baseline tells it, and before an account was
    /// made there was nothing to tell.
    fileprivate var makesKnown: Bool {
        switch body {
        case .baseline: true
        case .change(let change): change.op == .insert && change.table == .account
        case .stripe, .request, .execution, .mark: false
        }
    }

    /// Its event time, or that of the last effect of an execution.
    fileprivate var lastEffectAt: Instant {
        guard case .execution(let execution) = body else { return at }
        return execution.effects.reduce(at) { max($0, $1.at) }
    }
}

extension Timeline {
    /// Whether nothing in it is legacy's doing.
    fileprivate var isOnlyFacts: Bool {
        residuals.isEmpty && runs.allSatisfy { $0.effects.isEmpty }
    }
}

extension AccountState {
    /// Whether anything that dunning writes differs.
    fileprivate func differsInDunning(from other: AccountState) -> Bool {
        !FacetDifference.between(legacy: self, brain: other, comparesAmount: true).isEmpty
    }

    /// This baseline, with what only the record before it can know.
    ///
    /// A baseline doesn't say which items were taken for bad debt, which payments were taken, nor
    /// what an administrator said; and it is as old as its record, so older snapshots lose to it.
    fileprivate func adopted(after old: AccountState, by record: MirrorRecord) -> AccountState {
        var state = self
        state.override = override ?? old.override
        state.metadataVersion = SnapshotVersion(rank: 0, at: record.at, record: record.id)
        for index in state.invoices.indices {
            let invoice = state.invoices[index]
            state.invoices[index].version = SnapshotVersion(
                rank: invoice.status.rank,
                at: record.at,
                record: record.id
            )
            guard let before = old.invoice(invoice.id) else { continue }
            state.invoices[index].payments = before.payments
            if invoice.markedUncollectibleAt == record.at {
                let earliest = before.markedUncollectibleAt ?? record.at
                state.invoices[index].markedUncollectibleAt = earliest
            }
        }
        for index in state.subscriptions.indices {
            state.subscriptions[index].version = SnapshotVersion(
                rank: state.subscriptions[index].status.isTerminal ? 1 : 0,
                at: record.at,
                record: record.id
            )
            guard let before = old.subscription(state.subscriptions[index].id) else { continue }
            let present = state.subscriptions[index].items
            state.subscriptions[index].itemsTaken = before.itemsTaken.filter { taken in
                !present.contains { $0.id == taken.id }
            }
            if state.subscriptions[index].status == .canceled, before.status == .canceled {
                state.subscriptions[index].cancelReason =
                    state.subscriptions[index].cancelReason ?? before.cancelReason
                state.subscriptions[index].canceledAt = before.canceledAt
            }
        }
        return state
    }
}
