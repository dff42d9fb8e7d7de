import BillingModel
import LegacyPaths
import MirrorLog

/// One account as it goes through the simulated months.
///
/// Stories tell what happens to it, in straight lines (`tell`, `ask`, `pause`, `rest`); between
/// their lines the legacy paths run as processes of their own. An execution reads the state as it
/// stands at its start, and each of its effects takes place at an instant of its own: what comes
/// between is how races are made.
struct Life {
    /// The account's place in the fleet.
    let number: Int
    let account: AccountID
    let plan: FleetPlan
    let style: StripeStyle
    let currency: Currency

    /// What is true of the account now, as the legacy services left it.
    var state: AccountState
    /// How far its story has been told.
    var now: Instant
    var random: SplitMix64
    var names: Names

    /// The episode being lived, for the rule that tells races.
    var chapter: Chapter
    /// Lines that are ready to be delivered.
    var drafts: [Draft] = []
    /// How many lines were ever made ready.
    var written: UInt64 = 0
    /// What was done wrong to the account.
    var truth: [TruthEntry] = []

    private var agenda = Agenda()
    private var lastImage: Instant

    init(number: Int, part: Part, plan: FleetPlan) {
        self.number = number
        self.plan = plan
        account = AccountID("acct_\(number + 1)")
        var random = SplitMix64(seed: plan.seed, account: number, chapter: 0)
        var names = Names(account: number)
        style = StripeStyle(
            shape: random.pick(plan.shapes) ?? .y2019,
            envelope: random.pick(plan.envelopes) ?? .bare
        )
        let newborn = Newborn(part: part, plan: plan, random: &random, names: &names)
        currency = newborn.currency
        state = newborn.state
        now = plan.start
        lastImage = plan.start
        chapter = Chapter(opening: newborn.state)
        self.random = random
        self.names = names
        record(.baseline(state), id: RecordID(self.names.next("base")), at: now)
    }

    /// Sends a Stripe event now.
    ///
    /// - Returns: The id of its record.
    @discardableResult
    mutating func tell(
        _ type: String,
        _ subject: Telling.Subject = .nothing,
        _ turn: Turn? = nil,
        _ handling: Handlings = Handlings()
    ) -> RecordID {
        let id = RecordID(names.next("evt"))
        let type = StripeEventType(type)
        let telling = Telling(type: type, subject: subject, turn: turn, handling: handling)
        agenda.add(.told(telling, id), at: now)
        catchUp(until: now)
        return id
    }

    /// Sends a request now.
    ///
    /// - Returns: The id of its record.
    @discardableResult
    mutating func ask(
        _ kind: Request.Kind,
        by actor: String,
        _ handling: Handling = Handling()
    ) -> RecordID {
        let id = RecordID(names.next("req"))
        let request = Request(kind: kind, actor: actor)
        catchUp(until: now)
        record(.request(request), id: id, at: now)
        if kind == .adminFlag || kind == .adminUnflag {
            state.override = Override(
                flagged: kind == .adminFlag,
                by: actor,
                since: now,
                until: now.advanced(by: .days(30))
            )
        }
        wake(.request(request), by: id, at: now, Handlings(acting: handling))
        return id
    }

    /// Lets time pass; what falls due meanwhile takes place.
    mutating func pause(_ span: TimeSpan) {
        now = now.advanced(by: span)
        catchUp(until: now)
    }

    /// Lets a time pass that is drawn, in seconds.
    mutating func pause(seconds range: ClosedRange<Int>) {
        pause(
            random.span(Milliseconds(least: range.lowerBound * 1000, most: range.upperBound * 1000))
        )
    }

    /// Lets everything under way take place, then so many hours pass: the episode is over.
    mutating func rest(hours range: ClosedRange<Int>) {
        settle()
        pause(
            random.span(
                .init(least: range.lowerBound * 3_600_000, most: range.upperBound * 3_600_000)
            )
        )
        chapter = Chapter(opening: state)
    }

    /// Lets everything under way take place.
    mutating func settle() {
        catchUp(until: nil)
    }

    private mutating func catchUp(until limit: Instant?) {
        while let (at, happening) = agenda.next(until: limit) {
            now = max(now, at)
            switch happening {
            case .told(let telling, let id): hear(telling, id, at: at)
            case .start(let path, let trigger, let id, let handling):
                run(path, trigger, by: id, handling, at: at)
            case .land(let effect, let execution): land(effect, of: execution, at: at)
            }
        }
    }

    private mutating func hear(_ telling: Telling, _ id: RecordID, at: Instant) {
        if let turn = telling.turn {
            turn.apply(to: telling.subject, of: &state, at: at)
            chapter.facts.append(.init(at: at, subject: telling.subject, turn: turn))
        }
        let event = StripeEvent(
            id: id.rawValue,
            type: telling.type,
            created: at.wholeSecond,
            livemode: true,
            customer: state.stripeCustomer,
            object: object(of: telling),
            cause: telling.cause
        )
        record(.stripe(event), id: id, at: at)
        wake(.stripe(event), by: id, at: at, telling.handling)
    }

    private func object(of telling: Telling) -> StripeObject {
        switch telling.subject {
        case .invoice(let id): state.invoice(id).map { .invoice($0) } ?? .other
        case .subscription(let id): state.subscription(id).map { .subscription($0) } ?? .other
        case .customer: .customer(state.metadata)
        case .nothing: .other
        }
    }

    /// Arranges the start of each path that reacts to a trigger.
    private mutating func wake(
        _ trigger: LegacyTrigger,
        by id: RecordID,
        at: Instant,
        _ handlings: Handlings
    ) {
        for path in LegacyPath.allCases where path.reacts(to: trigger, of: state.type) {
            let handling = path == .a ? handlings.recording : handlings.acting
            guard handling.ending != .absent else { continue }
            let usual =
                if case .stripe = trigger { plan.latencies.forward } else { plan.latencies.request }
            let start = handling.start ?? random.span(usual)
            agenda.add(.start(path, trigger, by: id, handling), at: at.advanced(by: start))
        }
    }

    private mutating func run(
        _ path: LegacyPath,
        _ trigger: LegacyTrigger,
        by triggerID: RecordID,
        _ handling: Handling,
        at: Instant
    ) {
        let id = RecordID(names.next("ex"))
        if let again = handling.again {
            agenda.add(.start(path, trigger, by: triggerID, Handling()), at: at.advanced(by: again))
        }
        guard !handling.hangs else {
            let execution = Execution(path: path, trigger: triggerID, outcome: .stuck)
            return record(
                .execution(execution),
                id: id,
                at: at,
                known: at.advanced(by: .minutes(40))
            )
        }
        let run = ModelRun(trigger: trigger, read: state, at: at, execution: id)
        chapter.runs.append((path, run))
        var execution = Execution(path: path, trigger: triggerID)
        var last = at
        for (index, effect) in path.effects(of: run).enumerated() {
            last =
                index < handling.offsets.count
                ? at.advanced(by: handling.offsets[index])
                : last.advanced(by: random.span(plan.latencies.write))
            var ok = true
            if case .failed(let from) = handling.ending, index >= from { ok = false }
            execution.effects.append(TimedEffect(at: last, effect: effect, ok: ok))
            if ok { agenda.add(.land(effect, execution: id), at: last) }
        }
        if case .failed = handling.ending {
            execution.outcome = .failed
            execution.error = "connection reset by peer"
        }
        execution.finished = last.advanced(by: random.span(plan.latencies.image))
        record(.execution(execution), id: id, at: at, known: execution.finished)
    }

    private mutating func land(_ effect: Effect, of execution: RecordID, at: Instant) {
        state.apply(effect, at: at, by: execution)
        for row in Self.images(of: effect, in: state) where plan.delivery.tables.contains(row.table)
        {
            // The row's commit lies between this effect and whatever comes next.
            let commit = at.advanced(by: random.span(plan.latencies.image))
            let latest = agenda.soonest?.advanced(by: TimeSpan(microseconds: -1)) ?? commit
            let earliest = lastImage.advanced(by: TimeSpan(microseconds: 1))
            lastImage = max(min(commit, latest), earliest)
            record(.change(row), id: RecordID(names.next("row")), at: lastImage)
        }
        guard var echo = Self.echo(of: effect) else { return }
        echo.cause = execution
        let id = RecordID(names.next("evt"))
        agenda.add(.told(echo, id), at: at.advanced(by: random.span(plan.latencies.echo)))
    }
}
