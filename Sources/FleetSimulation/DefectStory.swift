import BillingModel

/// How a defect comes about: whom it can strike, and what happens to them.
struct DefectStory {
    /// Which defect it is.
    let defect: Defect
    /// Whether an account of this type can suffer it.
    let suits: @Sendable (AccountType) -> Bool
    /// What happens.
    ///
    /// The account has been quiet before, and stays quiet after.
    let tell: @Sendable (inout Life) -> Void

    /// The longest that a story takes, with some room.
    static let span = TimeSpan.days(16)

    /// One story for each defect, in the order in which parts are given out: the pickiest first.
    static let all: [DefectStory] = [
        DefectStory(defect: .race, suits: isSupported) { $0.plantRace() },
        DefectStory(defect: .missingUnflag, suits: isPayGo) { $0.payAfterBeingFlagged() },
        DefectStory(defect: .voidedInvoiceFlag, suits: isPayGo) { $0.voidAfterGivingUp() },
        DefectStory(defect: .paidThenFlagged, suits: isPayGo) { $0.payBeforeBeingFlagged() },
        DefectStory(defect: .partialFailure, suits: isPayGo) { $0.failHalfWay() },
        DefectStory(defect: .uncoordinatedCancel, suits: isPayGo) { $0.cancelUncoordinated() },
        DefectStory(defect: .inflatedDebt, suits: isSupportedButPayGo) { $0.flagForSuperseded() },
        DefectStory(defect: .driftLag, suits: isSupportedButPayGo) { $0.waitForDriftRun() },
        DefectStory(defect: .duplicatePayment, suits: isNotPayGo) { $0.payTwice() },
        DefectStory(defect: .adminOverride, suits: isSupported) { $0.undoAdministrator() },
        DefectStory(defect: .stuckEvent, suits: isSupported) { $0.loseTrigger() },
    ]

    private static let isPayGo: @Sendable (AccountType) -> Bool = { $0.losesSubscriptions }
    private static let isNotPayGo: @Sendable (AccountType) -> Bool = { !$0.losesSubscriptions }
    private static let isSupported: @Sendable (AccountType) -> Bool = {
        $0.support == .supported
    }
    private static let isSupportedButPayGo: @Sendable (AccountType) -> Bool = {
        $0.support == .supported && !$0.losesSubscriptions
    }
}

extension Life {
    /// Flagged, banned and canceled in one episode, paid in a later one: nobody takes it back.
    mutating func payAfterBeingFlagged() {
        let lost = liveCount
        let (invoice, _) = giveUp()
        rest(hours: 20...190)
        let at = now
        let trigger =
            random.chance(perThousand: 600) ? ask(.payBadDebt, by: "customer") : pay(invoice)
        note(.missingUnflag, at: at, subscriptions: lost, triggers: [trigger])
        settle()
        guard random.chance(perThousand: 250) else { return }
        // The next drift run takes back flag, ban and metadata; canceled subscriptions stay so.
        rest(hours: 4...30)
        ask(.driftRun, by: "cron")
        settle()
    }

    mutating func voidAfterGivingUp() {
        let lost = liveCount
        var handling = Handlings()
        // One in five starts after the void, and trusts the event all the same.
        let isLate = random.chance(perThousand: 200)
        handling.acting.start = random.span(
            isLate ? Milliseconds(least: 60_000, most: 90_000) : plan.latencies.forward
        )
        let (invoice, event) = giveUp(handling)
        pause(seconds: 4...50)
        let at = now
        let void = tell("invoice.voided", .invoice(invoice), .voided)
        note(.voidedInvoiceFlag, at: at, subscriptions: lost, triggers: [event, void])
        settle()
    }

    mutating func payBeforeBeingFlagged() {
        let lost = liveCount
        var handling = Handlings()
        handling.acting.start = random.span(Milliseconds(least: 180_000, most: 480_000))
        let (invoice, event) = giveUp(handling)
        pause(seconds: 20...120)
        let at = now
        let payment = pay(invoice)
        note(.paidThenFlagged, at: at, subscriptions: lost, triggers: [event, payment])
        settle()
    }

    mutating func failHalfWay() {
        let lost = liveCount
        // Path C cancels each subscription, then writes four facts; at least one write succeeds.
        let first = random.within(1...lost + 3)
        var handling = Handlings()
        handling.acting.ending = .failed(from: first)
        let (_, event) = giveUp(handling)
        note(.partialFailure, at: now, subscriptions: max(0, lost - first), triggers: [event])
        settle()
    }

    mutating func cancelUncoordinated() {
        let invoice = issue()
        fail(invoice, next: .days(3))
        rest(hours: 72...73)
        let at = now
        let event = fail(invoice, next: nil)
        note(.uncoordinatedCancel, at: at, subscriptions: 1, triggers: [event])
        settle()
    }

    mutating func flagForSuperseded() {
        let at = now
        let lost = liveCount
        let trigger = ask(.driftRun, by: "cron")
        note(.inflatedDebt, at: at, subscriptions: lost, triggers: [trigger])
        settle()
    }

    mutating func waitForDriftRun() {
        let lost = liveCount
        let (_, event) = giveUp(through: random.chance(perThousand: 500))
        note(.driftLag, at: now, subscriptions: lost, triggers: [event])
        settle()
        guard random.chance(perThousand: 500) else { return }
        rest(hours: 2...20)
        ask(.driftRun, by: "cron")
        settle()
    }

    /// Pays the same debt twice through Path D.
    ///
    /// Of a type that is dunned this happens within the hold-down, before anybody is flagged.
    mutating func payTwice() {
        let isDunned = state.type?.support == .supported
        let (_, event) = giveUp()
        if isDunned { pause(seconds: 30...240) } else { rest(hours: 3...90) }
        let first = ask(.payBadDebt, by: "customer")
        // An impatient second click, or a second thought a few minutes later.
        let isClick = random.chance(perThousand: 600)
        pause(
            random.span(Milliseconds(least: isClick ? 200 : 20_000, most: isClick ? 900 : 240_000))
        )
        let at = now
        let second = ask(.payBadDebt, by: "customer")
        let triggers = isDunned ? [event, first, second] : [first, second]
        note(.duplicatePayment, at: at, triggers: triggers)
        settle()
    }

    mutating func undoAdministrator() {
        ask(.adminFlag, by: "admin:\(random.within(1...40))")
        rest(hours: 2...72)
        let at = now
        let trigger = ask(.driftRun, by: "cron")
        note(.adminOverride, at: at, triggers: [trigger])
        settle()
    }
}
