import BillingModel
import LegacyPaths
import MirrorLog

/// What ordinary life has in store: every turn of it leaves legacy and brain of one mind.
package enum HealthyStory: String, CaseIterable, Sendable {
    /// An invoice is paid at the first attempt.
    case paid
    /// It fails, and is paid on a retry, often with another card.
    case retried
    /// It fails for good, and is given up on; Path C flags, the brain confirms. `pay_go`.
    case givenUp = "given_up"
    /// It fails for good and stays open. Not `pay_go`: Path C would cancel for it.
    case leftOpen = "left_open"
    /// It was a mistake and is voided before anybody tried to collect it.
    case voided
    /// It is given up on, and paid or voided before the hold-down ends. Not `pay_go`.
    case held
    /// It is given up on, and paid through Path D before the account was ever flagged. Not
    /// `pay_go`.
    case paidInTime = "paid_in_time"
    /// It is given up on just before a drift run, which flags; later it is paid just before
    /// another. Not `pay_go`.
    case driftInTime = "drift_in_time"
    /// It is given up on, and nobody cares: the type is not dunned.
    case notDunned = "not_dunned"
    /// Path A hangs over a payment; the event is noted as stuck, and done minutes later.
    case caughtUp = "caught_up"
    /// A drift run finds nothing to do.
    case driftRun = "drift_run"
    /// The customer changes their card.
    case cardChange = "card_change"
    /// An administrator flags by hand, and unflags again.
    case adminCare = "admin_care"
    /// The account moves to another type.
    case typeChange = "type_change"

    /// How long it takes at most, with some room.
    var span: TimeSpan {
        switch self {
        case .paid, .voided, .held, .paidInTime, .notDunned, .caughtUp, .driftRun,
            .cardChange, .typeChange:
            .days(2)
        case .retried, .givenUp, .leftOpen: .days(11)
        case .driftInTime: .days(16)
        case .adminCare: .days(4)
        }
    }

    /// Whether it can happen to an account as it stands.
    func suits(_ state: AccountState) -> Bool {
        let isPayGo = state.type?.losesSubscriptions == true
        let isSupported = state.type?.support == .supported
        let isClear = state.isClear && state.override == nil
        return switch self {
        case .paid: state.isClear || state.ban == .abuse
        case .retried, .voided, .caughtUp, .cardChange: state.isClear
        case .givenUp: isPayGo && isClear
        case .leftOpen: !isPayGo && state.isClear
        case .held, .driftInTime:
            isSupported && !isPayGo && isClear && !state.hasFailedProbation
        case .paidInTime:
            isSupported && !isPayGo && isClear && !state.hasFailedProbation
                && !state.hasMarkedDebt
        case .notDunned: !isSupported
        case .driftRun: isSupported
        case .adminCare: isSupported && isClear
        case .typeChange: isClear && !isPayGo && isSupported
        }
    }
}

extension AccountState {
    /// Whether Path D paid debt here before: it would charge for it again with the next.
    fileprivate var hasMarkedDebt: Bool {
        invoices.contains { $0.status == .uncollectible && $0.isMarkedPaid }
    }
}

extension Life {
    /// Lives through one of the turns of ordinary life.
    mutating func live(_ story: HealthyStory) {
        switch story {
        case .paid: payAtOnce()
        case .retried: payOnRetry()
        case .givenUp: giveUp(through: random.chance(perThousand: 300))
        case .leftOpen: failForGood()
        case .voided: voidMistake()
        case .held: clearWhileHeld()
        case .paidInTime: payWhileHeld()
        case .driftInTime: driftInTime()
        case .notDunned: giveUpUndunned()
        case .caughtUp: payAndCatchUp()
        case .driftRun: runDriftIfIdle()
        case .cardChange: changeCard()
        case .adminCare: flagAndUnflagByHand()
        case .typeChange: changeType()
        }
    }

    private mutating func payOnRetry() {
        let invoice = issue()
        fail(invoice, next: .days(3))
        rest(hours: 72...73)
        if random.chance(perThousand: 400) {
            fail(invoice, next: .days(5))
            rest(hours: 120...121)
        }
        if random.chance(perThousand: 600) { changeCard() }
        pay(invoice)
        settle()
    }

    private mutating func failForGood() {
        let invoice = issue()
        fail(invoice, next: .days(3))
        rest(hours: 72...73)
        fail(invoice, next: nil)
        settle()
    }

    private mutating func voidMistake() {
        let invoice = issue()
        rest(hours: 1...20)
        tell("invoice.voided", .invoice(invoice), .voided)
        settle()
    }

    private mutating func clearWhileHeld() {
        let invoice = issue()
        rest(hours: 2...12)
        tell("invoice.marked_uncollectible", .invoice(invoice), .markedUncollectible)
        pause(seconds: 10...600)
        if random.chance(perThousand: 500) {
            pay(invoice)
        } else {
            tell("invoice.voided", .invoice(invoice), .voided)
        }
        settle()
    }

    private mutating func payWhileHeld() {
        let invoice = issue()
        rest(hours: 2...12)
        tell("invoice.marked_uncollectible", .invoice(invoice), .markedUncollectible)
        pause(seconds: 60...500)
        ask(.payBadDebt, by: "customer")
        settle()
    }

    private mutating func driftInTime() {
        let invoice = issue()
        rest(hours: 2...12)
        tell("invoice.marked_uncollectible", .invoice(invoice), .markedUncollectible)
        pause(seconds: 30...600)
        ask(.driftRun, by: "cron")
        rest(hours: 24...300)
        pay(invoice)
        pause(seconds: 30...600)
        ask(.driftRun, by: "cron")
        settle()
    }

    private mutating func giveUpUndunned() {
        let invoice = issue()
        rest(hours: 2...12)
        tell("invoice.marked_uncollectible", .invoice(invoice), .markedUncollectible)
        settle()
    }

    private mutating func payAndCatchUp() {
        let invoice = issue()
        var handlings = Handlings()
        handlings.recording.ending = .caughtUp(after: .seconds(Int64(random.within(400...700))))
        let event = tell("invoice.paid", .invoice(invoice), .paid, handlings)
        noteHang(of: event)
        settle()
    }

    /// Runs Path B where it finds everything in order.
    mutating func runDriftIfIdle() {
        let request = Request(kind: .driftRun, actor: "cron")
        let run = ModelRun(
            trigger: .request(request),
            read: state,
            at: now,
            execution: RecordID("")
        )
        guard LegacyPath.b.effects(of: run).isEmpty else { return }
        ask(.driftRun, by: "cron")
        settle()
    }

    private mutating func changeCard() {
        tell(
            random.chance(perThousand: 500) ? "customer.source.updated" : "payment_method.attached"
        )
        pause(seconds: 1...3)
        tell("customer.updated", .customer)
        pause(seconds: 5...60)
    }

    private mutating func flagAndUnflagByHand() {
        ask(.adminFlag, by: "admin:\(random.within(1...40))")
        rest(hours: 2...60)
        ask(.adminUnflag, by: "admin:\(random.within(1...40))")
        settle()
    }

    private mutating func changeType() {
        let choices: [AccountType.Known] = [.startup, .election, .pangea, .galileo]
        guard let new = random.pick(choices) else { return }
        let type = AccountType.known(new)
        state.type = type
        state.metadata.accountType = type.columnValue
        ask(.setAccountType(type), by: "admin:7")
        pause(seconds: 1...2)
        record(
            .change(Self.accountRow(of: state)),
            id: RecordID(names.next("row")),
            at: now
        )
        pause(seconds: 1...2)
        tell("customer.updated", .customer)
        settle()
    }
}
