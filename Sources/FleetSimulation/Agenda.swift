import BillingModel
import LegacyPaths

/// What is about to happen to one account, in order of time and then of being arranged.
struct Agenda {
    private var items: [(at: Instant, happening: Happening)] = []

    /// Arranges something; of two at one instant the one arranged first comes first.
    mutating func add(_ happening: Happening, at: Instant) {
        let index = items.lastIndex { $0.at <= at }.map { $0 + 1 } ?? 0
        items.insert((at, happening), at: index)
    }

    /// When the next thing happens.
    var soonest: Instant? { items.first?.at }

    /// Takes the next thing to happen, unless it is later than `limit`.
    mutating func next(until limit: Instant?) -> (at: Instant, happening: Happening)? {
        guard let first = items.first, limit.map({ first.at <= $0 }) ?? true else { return nil }
        items.removeFirst()
        return first
    }
}

/// One thing that happens to an account.
enum Happening {
    /// Stripe sends an event.
    case told(Telling, RecordID)
    /// A path wakes up and reads.
    case start(LegacyPath, LegacyTrigger, by: RecordID, Handling)
    /// An effect takes place; it is one of this execution's.
    case land(Effect, execution: RecordID)
}

/// A Stripe event to be sent; the object in it is as it stands by then.
struct Telling {
    /// The event's type.
    var type: StripeEventType
    /// What the event carries.
    var subject: Subject
    /// What changes as it is sent; nothing for what a legacy path has already changed.
    var turn: Turn?
    /// The execution whose call produced it.
    var cause: RecordID?
    /// How the paths that it wakes go about it.
    var handling = Handlings()

    /// What an event carries.
    enum Subject: Hashable {
        case invoice(InvoiceID)
        case subscription(SubscriptionID)
        case customer
        case nothing
    }
}

/// A step in the life of a Stripe object.
enum Turn: Hashable {
    case drafted
    case finalized
    case failed(next: Instant?)
    case paid
    case markedUncollectible
    case voided
    case subscription(SubscriptionStatus)

    /// Applies the step.
    func apply(to subject: Telling.Subject, of state: inout AccountState, at instant: Instant) {
        switch subject {
        case .invoice(let id):
            guard var invoice = state.invoice(id) else { return }
            apply(to: &invoice, at: instant)
            state.put(invoice)
        case .subscription(let id):
            guard case .subscription(let status) = self,
                var subscription = state.subscription(id)
            else { return }
            subscription.status = status
            state.put(subscription)
        case .customer, .nothing:
            break
        }
    }

    private func apply(to invoice: inout Invoice, at instant: Instant) {
        switch self {
        case .drafted: invoice.status = .draft
        case .finalized: invoice.status = .open
        case .failed(let next): invoice.nextPaymentAttempt = next?.wholeSecond
        case .paid:
            invoice.status = .paid
            invoice.amountPaid = invoice.amountDue
            invoice.amountRemaining = 0
            invoice.nextPaymentAttempt = nil
        case .markedUncollectible:
            invoice.status = .uncollectible
            invoice.markedUncollectibleAt = instant.wholeSecond
            invoice.nextPaymentAttempt = nil
        case .voided:
            invoice.status = .void
            invoice.nextPaymentAttempt = nil
        case .subscription: break
        }
    }
}

/// How executions go about a trigger.
struct Handlings {
    /// Path A.
    var recording = Handling()
    /// Whichever of the others reacts.
    var acting = Handling()
}

/// How one execution goes about its trigger.
struct Handling {
    /// When it starts, after the trigger; drawn from the plan where not said.
    var start: TimeSpan?
    /// When each effect takes place, after the start; drawn from the plan where not said.
    var offsets: [TimeSpan] = []
    /// How it ends.
    var ending = Ending.completed

    /// How an execution ends.
    enum Ending: Hashable {
        /// As it should.
        case completed
        /// From this effect on nothing takes place.
        case failed(from: Int)
        /// It hangs before its first effect.
        case stuck
        /// It hangs, and so long after its start another execution does its work.
        case caughtUp(after: TimeSpan)
        /// It never starts.
        case absent
    }
}

extension Handling {
    /// Whether the execution hangs.
    var hangs: Bool {
        switch ending {
        case .stuck, .caughtUp: true
        case .completed, .failed, .absent: false
        }
    }

    /// How long after its start another execution does its work, where one does.
    var again: TimeSpan? {
        if case .caughtUp(let span) = ending { span } else { nil }
    }
}

extension Instant {
    /// The start of the second that this lies in, as Stripe states times.
    var wholeSecond: Instant { Instant(unixSeconds: unixSeconds) ?? self }
}
