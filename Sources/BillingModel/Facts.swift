/// The name of a Stripe event's type, and the family it belongs to.
public struct StripeEventType: Hashable, Sendable, CustomStringConvertible {
    /// The type as Stripe writes it: `invoice.marked_uncollectible`.
    public let name: String
    /// Whether it tells of an invoice.
    public let isInvoice: Bool
    /// Whether it wakes a decision: an invoice, a subscription or a charge changed.
    public let isTrigger: Bool

    /// Wraps a type as Stripe writes it.
    public init(_ name: String) {
        self.name = name
        isInvoice = name.hasPrefix("invoice.")
        isTrigger =
            isInvoice || name.hasPrefix("customer.subscription.") || name.hasPrefix("charge.")
    }

    /// The type as Stripe writes it.
    public var description: String { name }

    /// An invoice was given up on.
    public static let markedUncollectible = StripeEventType("invoice.marked_uncollectible")
    /// An attempt to collect an invoice failed.
    public static let paymentFailed = StripeEventType("invoice.payment_failed")
    /// A preview of an invoice that does not exist yet.
    public static let upcoming = StripeEventType("invoice.upcoming")
}

/// The object that a Stripe event carries, as far as dunning reads it.
///
/// Indirect, so that events are cheap to move.
public indirect enum StripeObject: Hashable, Sendable {
    /// An invoice.
    case invoice(Invoice)
    /// An invoice that is gone: a deleted draft.
    case deletedInvoice(InvoiceID)
    /// A subscription.
    case subscription(Subscription)
    /// A customer's metadata.
    case customer(CustomerMetadata)
    /// Anything else; it wakes or fills an episode and changes no state.
    case other
}

/// A Stripe event, whatever its API version and envelope.
public struct StripeEvent: Hashable, Sendable {
    /// Stripe's own id, which is not unique in real life.
    public var id: String
    /// Its type.
    public var type: StripeEventType
    /// When Stripe made it, in whole seconds.
    public var created: Instant
    /// Live or test mode; `nil` where the event does not say.
    public var livemode: Bool?
    /// The customer it is about, where its object says so.
    public var customer: CustomerID?
    /// The object it carries.
    public var object: StripeObject
    /// The execution whose API call produced it: then it is legacy's doing and no fact.
    public var cause: RecordID?

    /// An event from its parts.
    public init(
        id: String,
        type: StripeEventType,
        created: Instant,
        livemode: Bool? = nil,
        customer: CustomerID? = nil,
        object: StripeObject,
        cause: RecordID? = nil
    ) {
        self.id = id
        self.type = type
        self.created = created
        self.livemode = livemode
        self.customer = customer
        self.object = object
        self.cause = cause
    }
}

/// The keys of a Stripe customer's metadata that dunning reads and writes.
public struct CustomerMetadata: Hashable, Sendable {
    /// `account_type`: a synced copy of the column, which is the truth.
    public var accountType: String?
    /// `bad_debt`.
    public var badDebt: String?
    /// `bad_debt_amount`.
    public var badDebtAmount: String?

    /// The three keys, absent unless given.
    public init(accountType: String? = nil, badDebt: String? = nil, badDebtAmount: String? = nil) {
        self.accountType = accountType
        self.badDebt = badDebt
        self.badDebtAmount = badDebtAmount
    }
}

/// Something a person or a schedule asked for.
public struct Request: Hashable, Sendable {
    /// What was asked for.
    public var kind: Kind
    /// Who asked: `cron`, `customer` or `admin:ID`.
    public var actor: String

    /// A request of an actor.
    public init(kind: Kind, actor: String) {
        self.kind = kind
        self.actor = actor
    }

    /// The five requests.
    public enum Kind: Hashable, Sendable {
        /// Run drift remediation (Path B).
        case driftRun
        /// Pay what is owed (Path D).
        case payBadDebt
        /// Flag for bad debt by hand (Path E).
        case adminFlag
        /// Unflag by hand (Path E).
        case adminUnflag
        /// Change what kind of customer this is.
        case setAccountType(AccountType)

        /// The name in the log.
        public var name: String {
            switch self {
            case .driftRun: "drift_run"
            case .payBadDebt: "pay_bad_debt"
            case .adminFlag: "admin_flag"
            case .adminUnflag: "admin_unflag"
            case .setAccountType: "set_account_type"
            }
        }
    }
}

/// One of the five code paths that decide dunning today.
public enum LegacyPath: String, CaseIterable, Comparable, Sendable {
    /// Webhook recording.
    case a = "A"
    /// Drift remediation.
    case b = "B"
    /// Subscription cancellation, `flagAsBadDebt`.
    case c = "C"
    /// Pay bad debt.
    case d = "D"
    /// Admin flag and unflag.
    case e = "E"

    /// The place among all of them.
    public var place: Int {
        switch self {
        case .a: 0
        case .b: 1
        case .c: 2
        case .d: 3
        case .e: 4
        }
    }

    /// Orders by letter.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.place < rhs.place }
}

/// One recorded run of a legacy path.
public struct Execution: Hashable, Sendable {
    /// The path that ran.
    public var path: LegacyPath
    /// The stripe or request record it reacts to.
    public var trigger: RecordID?
    /// When it ended, where it did.
    public var finished: Instant?
    /// How it ended.
    public var outcome: Outcome
    /// What it says went wrong.
    public var error: String?
    /// What it changed or tried to, in the order of the record.
    public var effects: [TimedEffect]

    /// A run from its parts.
    public init(
        path: LegacyPath,
        trigger: RecordID?,
        finished: Instant? = nil,
        outcome: Outcome = .completed,
        error: String? = nil,
        effects: [TimedEffect] = []
    ) {
        self.path = path
        self.trigger = trigger
        self.finished = finished
        self.outcome = outcome
        self.error = error
        self.effects = effects
    }

    /// How a run ended.
    public enum Outcome: String, CaseIterable, Sendable {
        /// It came to its end.
        case completed
        /// It gave up half-way.
        case failed
        /// It hangs.
        case stuck
    }
}
