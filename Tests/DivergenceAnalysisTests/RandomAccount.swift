import BillingModel
import LegacyPaths
import MirrorLog
import ShadowRun

/// Some days in the life of an account, made up from a seed.
///
/// Invoices, requests and row images come as they like. Paths mostly run as their models do on the
/// world as it is when they read it; some runs fail, hang, do something else or never start.
struct RandomAccount {
    /// The records, in order of time.
    private(set) var records: [MirrorRecord] = []

    private let account: AccountID
    private var random: SeededRandom
    /// The world as it is by now.
    private var world = AccountState()
    private var clock: Instant
    private var count = 0
    /// Effects under way, of runs that have started.
    private var pending: [TimedEffect] = []

    init(seed: UInt64, account: String = "acct_r", steps: Int = 14) {
        self.account = AccountID(account)
        random = SeededRandom(seed: seed)
        clock = Moment.noon
        begin()
        for _ in 0..<random.number(3...steps) { step() }
        records = records.inEventTimeOrder()
    }

    // MARK: - The world at the start

    private mutating func begin() {
        let types = ["pay_go", "pay_go", "startup", "startup", "ad_hoc_contract", "msp", "unheard"]
        world.type = random.pick(types).map { AccountType($0) }
        world.stripeCustomer = CustomerID("cus_\(account)")
        world.metadata.accountType = world.type?.columnValue
        for number in 1...random.number(1...2) {
            world.put(Scenario.subscription("sub_\(number)"))
        }
        for number in 1...random.number(1...3) {
            let isOld = random.chance(25)
            let isReplacement = number > 1 && random.chance(30)
            let amount = Int64(random.number(1...90)) * 100
            world.put(
                Scenario.invoice(
                    "in_\(number)",
                    amount,
                    isReplacement ? .paid : isOld ? .uncollectible : .open,
                    markedAt: isOld ? Moment.days(-1) : nil,
                    replaces: isReplacement ? ["in_1"] : []
                )
            )
        }
        if random.chance(30) { world.beDunned(since: .days(-1)) }
        if random.chance(10) { world.ban = .abuse }
        if random.chance(92) {
            tell(name("baseline"), at: clock.advanced(by: .minutes(-90)), .baseline(world))
        }
    }

    // MARK: - What happens next

    private mutating func step() {
        let pause =
            random.number(0...9) < 6 ? random.number(0...5000) : random.number(0...2_000_000)
        clock = clock.advanced(by: TimeSpan(microseconds: Int64(pause) * 1000))
        for effect in pending where effect.at <= clock && effect.ok {
            world.apply(effect.effect, at: effect.at, by: RecordID("pending"))
        }
        pending.removeAll { $0.at <= clock }
        switch random.number(0...99) {
        case ..<50: invoiceEvent()
        case ..<75: request()
        case ..<85: image()
        case ..<92: subscriptionEvent()
        case ..<96: tell(name("look"), at: clock, .baseline(world))
        default: other("charge.succeeded")
        }
    }

    private mutating func invoiceEvent() {
        guard var invoice = random.pick(world.invoices) else { return }
        let types = ["marked_uncollectible", "voided", "paid", "payment_failed", "updated"]
        guard let type = random.pick(types) else { return }
        switch type {
        case "marked_uncollectible":
            invoice.status = .uncollectible
            invoice.markedUncollectibleAt = Moment(clock).second
        case "voided": invoice.status = .void
        case "paid":
            invoice.status = .paid
            invoice.amountPaid = invoice.amountDue
            invoice.amountRemaining = 0
        default: invoice.nextPaymentAttempt = random.chance(50) ? clock.advanced(by: .days(3)) : nil
        }
        let id = name("invoice")
        invoice.version = SnapshotVersion(
            created: Moment(clock).second,
            rank: invoice.status.rank,
            at: clock,
            record: RecordID(id)
        )
        world.learn(.invoice(invoice), at: clock)
        let event = stripe("invoice.\(type)", .invoice(invoice), id)
        react(to: .stripe(event), id, [.c])
    }

    private mutating func request() {
        let kinds: [Request.Kind] = [
            .driftRun, .driftRun, .payBadDebt, .payBadDebt, .adminFlag, .adminUnflag,
        ]
        guard let kind = random.pick(kinds) else { return }
        let request = Request(kind: kind, actor: "admin:ada")
        let id = name("request")
        tell(id, at: clock, .request(request))
        if let fact = Fact(saidBy: request, at: clock) { world.learn(fact, at: clock) }
        react(to: .request(request), id, [.b, .d, .e])
    }

    private mutating func react(to trigger: LegacyTrigger, _ id: String, _ paths: [LegacyPath]) {
        for path in paths where path.reacts(to: trigger, of: world.type) {
            guard random.chance(90) else { continue }
            let start = clock.advanced(
                by: .init(microseconds: Int64(random.number(0...1500)) * 1000)
            )
            let run = name("run")
            var effects = path.effects(
                of: ModelRun(trigger: trigger, read: world, at: start, execution: RecordID(run))
            )
            if random.chance(12) { effects.shuffle(using: &random) }
            if random.chance(12) { effects.append(.setFlag(bit: badDebtFlagBit, to: true)) }
            land(effects, of: path, from: start, run, for: id)
        }
    }

    private mutating func land(
        _ effects: [Effect],
        of path: LegacyPath,
        from start: Instant,
        _ run: String,
        for trigger: String
    ) {
        let failing = random.chance(15) ? random.number(0...6) : Int.max
        var at = start
        let timed = effects.enumerated().map { place, effect in
            let gap = Int64(random.number(0...900)) * 1000
            at = at.advanced(by: TimeSpan(microseconds: gap))
            return TimedEffect(at: at, effect: effect, ok: place < failing)
        }
        let isWhole = failing >= effects.count
        let execution = Execution(
            path: path,
            trigger: RecordID(trigger),
            finished: at,
            outcome: isWhole ? .completed : random.chance(30) ? .stuck : .failed,
            effects: timed
        )
        tell(run, at: start, .execution(execution))
        pending += timed
        if random.chance(20), let shown = timed.first(where: \.ok) { echo(shown, run) }
    }

    /// Stripe tells of what a run did.
    private mutating func echo(_ effect: TimedEffect, _ run: String) {
        guard case .cancelSubscription(let id, _) = effect.effect else { return }
        let at = effect.at.advanced(
            by: TimeSpan(microseconds: Int64(random.number(0...900)) * 1000)
        )
        let gone = Scenario.subscription(id.rawValue, .canceled, canceledAt: Moment(at))
        let event = StripeEvent(
            id: name("evt"),
            type: StripeEventType("customer.subscription.deleted"),
            created: Moment(at).second,
            object: .subscription(gone),
            cause: random.chance(60) ? RecordID(run) : nil
        )
        tell(name("echo"), at: at, .stripe(event))
    }

    private mutating func subscriptionEvent() {
        guard var subscription = random.pick(world.subscriptions) else { return }
        if random.chance(40) { subscription.status = random.chance(50) ? .canceled : .pastDue }
        let id = name("subscription")
        subscription.itemsTaken = []
        world.put(subscription)
        _ = stripe("customer.subscription.updated", .subscription(subscription), id)
    }

    private mutating func image() {
        var flags = world.flags
        if random.chance(30) { flags ^= 1 << UInt64(badDebtFlagBit) }
        let ban = random.chance(30) ? Column<Ban>.absent : world.ban.map { .value($0) } ?? .null
        world.flags = flags
        let row = RowChange.Row.account(type: .absent, flags: .value(flags), ban: ban)
        tell(name("image"), at: clock, .change(RowChange(op: .update, row: row)))
    }

    private mutating func other(_ type: String) {
        _ = stripe(type, .other, name("other"))
    }

    // MARK: - Records

    private mutating func name(_ what: String) -> String {
        count += 1
        return "\(account)-\(what)-\(count)"
    }

    private mutating func stripe(_ type: String, _ object: StripeObject, _ id: String)
        -> StripeEvent
    {
        let event = StripeEvent(
            id: "evt-\(id)",
            type: StripeEventType(type),
            created: Moment(clock).second,
            livemode: random.chance(5) ? true : nil,
            customer: world.stripeCustomer,
            object: object
        )
        tell(id, at: clock, .stripe(event))
        return event
    }

    private mutating func tell(_ id: String, at instant: Instant, _ body: MirrorRecord.Body) {
        let isBare: Bool
        if case .stripe = body { isBare = random.chance(20) } else { isBare = false }
        records.append(
            MirrorRecord(
                id: RecordID(id),
                at: instant,
                account: isBare ? nil : account,
                body: body
            )
        )
    }
}

extension Fact {
    /// What an administrator's request makes hold.
    fileprivate init?(saidBy request: Request, at instant: Instant) {
        guard request.kind == .adminFlag || request.kind == .adminUnflag else { return nil }
        self = .override(
            Override(
                flagged: request.kind == .adminFlag,
                by: request.actor,
                since: instant,
                until: instant.advanced(by: .days(30))
            )
        )
    }
}
