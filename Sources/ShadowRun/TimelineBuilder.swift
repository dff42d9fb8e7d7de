import BillingModel
import DunningBrain
import LegacyPaths
import MirrorLog

/// Takes the records of one episode apart into facts and legacy's doing.
///
/// The recorded world is folded step by step. A snapshot or a row image that shows something the
/// recorded world does not hold yet is news: either a fact, or something legacy did. News that an
/// effect about to land explains is that effect's echo, because Stripe's times have whole seconds
/// and a row image may be stamped a moment before the effect it confirms.
struct TimelineBuilder {
    /// How far before an effect its own echo may be seen.
    static let echo = TimeSpan.seconds(2)

    let settings: JudgeSettings
    var timeline: TimelineDraft
    /// The recorded world so far.
    var legacy: AccountState
    /// The effects said to have taken place, for telling echoes.
    private(set) var claimed: [TimedEffect] = []
    /// The stripe snapshots of subscriptions to come, for telling a row image's echo.
    private(set) var subscriptionSnapshots: [(at: Instant, subscription: Subscription)] = []
    /// What the second that it is has brought of invoices, in order.
    ///
    /// Stripe's times have whole seconds, so a run that reads within one may have read before.
    var news: [(second: Int64, piece: UnseenNews)] = []
    /// The row images of the episode, for telling which effects the database bears out.
    private(set) var images: [RowChange] = []

    /// Takes an episode apart.
    ///
    /// - Parameters:
    ///   - account: The account's records, in event-time order.
    ///   - range: The places of the episode's among them.
    ///   - opening: The account as it stood before them.
    ///   - openedAt: The instant of the first of them.
    ///   - closesAt: When the account had been quiet for the settle time.
    ///   - settings: What the verdict depends on.
    /// - Returns: The episode's facts, runs and residuals, and the account at its close.
    static func build(
        _ account: [MirrorRecord],
        _ range: Range<Int>,
        opening: AccountState,
        openedAt: Instant,
        closesAt: Instant,
        settings: JudgeSettings
    ) -> Timeline {
        var builder = TimelineBuilder(
            settings: settings,
            timeline: TimelineDraft(opening: opening, openedAt: openedAt, closesAt: closesAt),
            legacy: opening
        )
        for step in builder.steps(account, range) { builder.take(step, account) }
        builder.timeline.final = builder.legacy
        return Timeline(builder.timeline)
    }
}

// MARK: - Steps

extension TimelineBuilder {
    /// One thing that happens at one instant, with its place in the order of the episode.
    private struct Step {
        var at: Instant
        var rank: Int
        var run = 0
        var index: Int
        var what: What

        enum What {
            case record(Int)
            case read(run: Int)
            case effect(run: Int, index: Int)
        }

        static func < (lhs: Step, rhs: Step) -> Bool {
            if lhs.at != rhs.at { return lhs.at < rhs.at }
            if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
            if lhs.run != rhs.run { return lhs.run < rhs.run }
            return lhs.index < rhs.index
        }
    }

    /// The order of an episode's steps: records in event-time order, each execution's read and
    /// effects at their own instants.
    ///
    /// At one instant facts come first and row images last, and of two executions the one that
    /// started first.
    private mutating func steps(_ records: [MirrorRecord], _ range: Range<Int>) -> [Step] {
        var steps: [Step] = []
        steps.reserveCapacity(range.count)
        for index in range {
            let at = records[index].at
            switch records[index].body {
            case .execution(let execution) where execution.path == .a:
                let trigger = placeOfTrigger(of: execution, records, range)
                takeRecording(execution, records[index].id, trigger.map { records[$0].body })
            case .execution(let execution):
                let run = timeline.runs.count
                timeline.runs.append(
                    RecordedRun(
                        id: records[index].id,
                        at: at,
                        execution: execution,
                        trigger: placeOfTrigger(of: execution, records, range)
                            .flatMap { records[$0].trigger },
                        read: timeline.opening
                    )
                )
                steps += self.steps(of: execution, run, at: at)
            case let body:
                steps.append(Step(at: at, rank: body.rank, index: index, what: .record(index)))
                note(body, at: at)
            }
        }
        // Without an execution to take apart the records are in order as they stand.
        if !timeline.runs.isEmpty { steps.sort(by: <) }
        return steps
    }

    private mutating func steps(of execution: Execution, _ run: Int, at start: Instant) -> [Step] {
        let rank = MirrorRecord.Body.execution(execution).rank
        var steps = [Step(at: start, rank: rank, run: run, index: -1, what: .read(run: run))]
        for (place, effect) in execution.effects.enumerated() {
            if effect.ok { claimed.append(effect) }
            let at = max(effect.at, start)
            let what = Step.What.effect(run: run, index: place)
            steps.append(Step(at: at, rank: rank, run: run, index: place, what: what))
        }
        return steps
    }

    /// The place of what an execution reacted to.
    ///
    /// It mostly lies in its own episode, and always before it.
    private func placeOfTrigger(
        of execution: Execution,
        _ records: [MirrorRecord],
        _ range: Range<Int>
    ) -> Int? {
        guard let id = execution.trigger else { return nil }
        return range.last { records[$0].isTrigger(meantBy: id) }
            ?? (0..<range.lowerBound).last { records[$0].isTrigger(meantBy: id) }
    }

    /// Notes what telling an echo needs to know ahead of time.
    private mutating func note(_ body: MirrorRecord.Body, at instant: Instant) {
        switch body {
        case .stripe(let event):
            if case .subscription(let subscription) = event.object {
                subscriptionSnapshots.append((instant, subscription))
            }
        case .change(let change):
            images.append(change)
            if case .dunning(let event) = change.row, change.op != .delete {
                timeline.dunningRows.append(event)
            }
            if case .stuckEvent(let event, _) = change.row, change.op != .delete {
                timeline.stuckEvents.append(event)
            }
        case .baseline, .request, .execution, .mark: break
        }
    }

    private mutating func take(_ step: Step, _ records: [MirrorRecord]) {
        switch step.what {
        case .record(let index): take(records[index])
        case .read(let run): read(run)
        case .effect(let run, let index): land(run, index, at: step.at)
        }
    }

    private mutating func take(_ record: MirrorRecord) {
        switch record.body {
        case .baseline(let state): observe(state, record)
        case .stripe(let event): take(event, record)
        case .request(let request): take(request, record)
        case .change(let change): observe(change, record)
        case .execution, .mark: break
        }
    }

    private mutating func take(_ request: Request, _ record: MirrorRecord) {
        timeline.triggers.append(
            Trigger(record: record.id, at: record.at, what: .request(request))
        )
        let fact = Fact(asked: request, at: record.at, settings.policy)
        hold(fact, record, wakes: true)
    }
}

extension MirrorRecord {
    /// Whether an execution's reference means this record as what woke it.
    fileprivate func isTrigger(meantBy reference: RecordID) -> Bool {
        switch body {
        case .stripe(let event): id == reference || event.id == reference.rawValue
        case .request: id == reference
        case .baseline, .execution, .change, .mark: false
        }
    }

    /// What this record woke.
    fileprivate var trigger: LegacyTrigger? {
        switch body {
        case .stripe(let event): .stripe(event)
        case .request(let request): .request(request)
        case .baseline, .execution, .change, .mark: nil
        }
    }
}

extension Fact {
    /// What a request makes hold by itself, whoever serves it.
    init?(asked request: Request, at instant: Instant, _ policy: Policy) {
        switch request.kind {
        case .adminFlag, .adminUnflag:
            self = .override(
                Override(
                    flagged: request.kind == .adminFlag,
                    by: request.actor,
                    since: instant,
                    until: instant.advanced(by: policy.override)
                )
            )
        case .setAccountType(let type): self = .accountType(type)
        case .driftRun, .payBadDebt: return nil
        }
    }
}

// MARK: - Facts and legacy's doing

extension TimelineBuilder {
    /// Lets a fact hold in the recorded world and notes it for every other.
    mutating func hold(_ fact: Fact?, _ record: MirrorRecord, wakes: Bool) {
        if let fact { legacy.learn(fact, at: record.at) }
        guard fact != nil || wakes else { return }
        timeline.facts.append(
            TimedFact(at: record.at, fact: fact, record: record.id, wakes: wakes)
        )
    }

    /// Lets something that legacy did take place, unless an effect about to land is what it shows.
    mutating func observe(_ effect: Effect, _ record: MirrorRecord, owner: Int? = nil) {
        guard !isEcho(effect, at: record.at) else { return }
        timeline.residuals.append(
            Residual(at: record.at, record: record.id, change: .effect(effect), owner: owner)
        )
        let consequence = legacy.take(effect, at: record.at, by: record.id)
        note(consequence, at: record.at, by: record.id)
        noteStatedAmount(effect)
    }

    mutating func note(_ consequence: Consequence?, at instant: Instant, by record: RecordID) {
        guard let consequence else { return }
        timeline.taken.append(Taken(consequence: consequence, at: instant, by: record))
    }

    mutating func noteStatedAmount(_ effect: Effect) {
        guard case .setCustomerMetadata(let set, _) = effect else { return }
        if set.contains(where: { $0.key == "bad_debt_amount" && !$0.value.isEmpty }) {
            timeline.statesDebtAmount = true
        }
    }

    /// Whether an effect that will land within a moment is what is seen now.
    private func isEcho(_ effect: Effect, at instant: Instant) -> Bool {
        let shape = Shape(effect)
        return claimed.contains { claim in
            claim.at >= instant && claim.at.since(instant) <= Self.echo
                && Shape(claim.effect) == shape
        }
    }

    /// Whether a snapshot within a moment shows the same end of a subscription.
    func isSnapshotEcho(of id: SubscriptionID, isLive: Bool, at instant: Instant) -> Bool {
        subscriptionSnapshots.contains { snapshot in
            snapshot.subscription.id == id && snapshot.subscription.isLive == isLive
                && snapshot.at >= instant && snapshot.at.since(instant) <= Self.echo
        }
    }

    /// The place of the run whose API call caused an event.
    func owner(of event: StripeEvent) -> Int? {
        event.cause.flatMap { cause in timeline.runs.firstIndex { $0.id == cause } }
    }
}
