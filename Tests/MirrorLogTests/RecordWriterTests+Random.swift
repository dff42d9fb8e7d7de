import BillingModel
import MirrorLog

/// Random records that a line can say: what follows from a line is filled in as a reader would.
struct RandomRecords {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x2545_F491_4F6C_DD1D | 1
    }

    private mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private mutating func maybe<Value>(_ value: @autoclosure () -> Value) -> Value? {
        below(2) == 0 ? value() : nil
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    private mutating func several<Value>(_ make: (inout Self) -> Value) -> [Value] {
        (0..<below(4)).map { _ in make(&self) }
    }

    private mutating func name(_ prefix: String) -> String { "\(prefix)_\(below(100_000))" }

    /// Text with everything that needs escaping.
    var wildText: String {
        mutating get {
            let parts = ["a", "\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1F}", "é", "€", "😀", "/"]
            return (0..<below(12)).map { _ in pick(parts) }.joined()
        }
    }

    private var second: Instant {
        mutating get { Instant(microseconds: Int64(1_770_000_000 + below(9_000_000)) * 1_000_000) }
    }

    private var time: Instant {
        mutating get { Instant(microseconds: second.microseconds + Int64(below(1_000_000))) }
    }

    var currency: Currency {
        mutating get {
            let known = ["usd", "eur", "jpy"].compactMap { Currency($0) }
            return pick(known)
        }
    }

    // MARK: - Records

    mutating func record(_ kind: MirrorRecord.Kind) -> MirrorRecord {
        switch kind {
        case .baseline: wrap(.baseline(baseline))
        case .stripe: wrap(stripe)
        case .request: wrap(.request(request))
        case .execution: wrap(.execution(execution))
        case .change: wrap(.change(change))
        case .mark: wrap(.mark(mark))
        }
    }

    private mutating func wrap(_ body: MirrorRecord.Body) -> MirrorRecord {
        MirrorRecord(
            id: RecordID(name("r") + wildText),
            at: time,
            seen: maybe(Instant(microseconds: 1_780_000_000_123_456)),
            account: AccountID(name("acct")),
            body: body
        )
    }

    /// A record of an event, with the snapshot's version that follows from both.
    mutating func wrap(_ event: StripeEvent) -> MirrorRecord {
        var event = event
        var record = wrap(.mark(Mark(source: .stripe, says: .through(event.created))))
        if event.customer != nil, below(3) == 0 { record.account = nil }
        switch event.object {
        case .invoice(var invoice):
            invoice.version = SnapshotVersion(
                created: event.created,
                rank: invoice.status.rank,
                at: record.at,
                record: record.id
            )
            event.object = .invoice(invoice)
        case .subscription(var subscription):
            subscription.version = SnapshotVersion(
                created: event.created,
                rank: subscription.status.isTerminal ? 1 : 0,
                at: record.at,
                record: record.id
            )
            event.object = .subscription(subscription)
        case .deletedInvoice, .customer, .other: break
        }
        record.body = .stripe(event)
        return record
    }

    func canSay(_ record: MirrorRecord, in shape: StripeShape) -> Bool {
        switch record.body {
        case .stripe(let event):
            switch event.object {
            case .invoice(let invoice): shape.expresses(invoice, seen: event.created)
            case .subscription(let subscription): shape.expresses(subscription)
            case .deletedInvoice, .customer, .other: true
            }
        case .baseline(let state):
            state.invoices.allSatisfy { shape.expresses($0, seen: record.at) }
                && state.subscriptions.allSatisfy { shape.expresses($0) }
        case .request, .execution, .change, .mark: true
        }
    }

    // MARK: - Stripe

    mutating func event(_ type: String, _ object: StripeObject) -> StripeEvent {
        StripeEvent(
            id: name("evt"),
            type: StripeEventType(type),
            created: second,
            livemode: maybe(true),
            customer: CustomerID(name("cus")),
            object: object,
            cause: maybe(RecordID("ex_1"))
        )
    }

    private var stripe: StripeEvent {
        mutating get {
            switch below(5) {
            case 0: return event("customer.updated", .customer(metadata))
            case 1: return event("customer.subscription.updated", .subscription(subscription))
            case 2: return event("invoice.deleted", .deletedInvoice(InvoiceID(name("in"))))
            case 3:
                return event(
                    pick([
                        "charge.failed", "customer.source.updated", "payment_method.attached",
                        "invoice.upcoming", "customer.deleted",
                    ]),
                    .other
                )
            default:
                var event = event("invoice.updated", .invoice(invoice))
                guard case .invoice(var invoice) = event.object else { return event }
                if invoice.status == .uncollectible, below(2) == 0 {
                    invoice.markedUncollectibleAt = event.created
                }
                event.object = .invoice(invoice)
                return event
            }
        }
    }

    private var metadata: CustomerMetadata {
        mutating get {
            CustomerMetadata(
                accountType: maybe("pay_go"),
                badDebt: maybe("true"),
                badDebtAmount: maybe("usd:5000")
            )
        }
    }

    private var invoice: Invoice {
        mutating get {
            let status = pick(InvoiceStatus.allCases)
            let due = Int64(below(90_000))
            let paid = status == .paid ? due : Int64(below(2)) * (due / 2)
            return Invoice(
                id: InvoiceID(name("in")),
                status: status,
                currency: currency,
                amountDue: due,
                amountPaid: paid,
                amountRemaining: due - paid,
                created: maybe(Instant(microseconds: 1_770_000_000_000_000)),
                markedUncollectibleAt: status == .uncollectible || below(3) == 0 ? second : nil,
                subscription: maybe(SubscriptionID("sub_1")),
                nextPaymentAttempt: maybe(Instant(microseconds: 1_771_000_000_000_000)),
                badDebtAmount: maybe("5000 \"cents\""),
                badDebtPaid: maybe("true"),
                covers: several { InvoiceID($0.name("in")) },
                replaces: several { InvoiceID($0.name("in")) }
            )
        }
    }

    private var subscription: Subscription {
        mutating get {
            let status = pick(SubscriptionStatus.allCases)
            let isOver = status == .canceled
            return Subscription(
                id: SubscriptionID(name("sub")),
                status: status,
                items: items,
                cancelReason: isOver ? maybe("bad_debt") : nil,
                canceledAt: isOver ? second : nil
            )
        }
    }

    private var items: [SubscriptionItem] {
        mutating get {
            (0..<below(3)).map {
                SubscriptionItem(id: ItemID("si_\($0)"), product: maybe("images"))
            }
        }
    }

    // MARK: - The other kinds

    private var baseline: AccountState {
        mutating get {
            var state = AccountState()
            state.type = AccountType(pick(["pay_go", "msp", "a type nobody knows"]))
            state.flags = UInt64(below(1 << 20))
            state.ban = pick([nil, .badDebt, .abuse])
            state.stripeCustomer = maybe(CustomerID("cus_1"))
            state.badDebtAt = maybe(Instant(microseconds: 1_770_000_000_123_456))
            state.legalEntity = maybe("cn")
            state.probations = several {
                Probation(product: $0.name("p"), failed: $0.below(2) == 0)
            }
            .sorted { $0.product < $1.product }
            state.mandates = several {
                Mandate(id: $0.name("m"), paymentMethod: "card", status: $0.wildText)
            }
            .sorted { $0.id < $1.id }
            let credit = Money(minorUnits: -5, currency: currency)
            state.credit = maybe(credit)
            state.override = maybe(Override(flagged: true, by: "admin:1", since: nil, until: nil))
            state.override?.until = maybe(Instant(microseconds: 1_779_000_000_000_000))
            state.metadata = metadata
            for _ in 0..<below(3) { state.put(subscription) }
            for _ in 0..<below(3) { state.put(invoice) }
            state.missing = pick([
                [], ["invoices"], ["further pages of invoices", "mandates"],
                ["further pages of subscriptions", "stripe customer"], ["account flags"],
            ])
            if state.missing.contains("invoices") { state.invoices = [] }
            if state.missing.contains("mandates") { state.mandates = [] }
            if state.missing.contains("account flags") { state.flags = 0 }
            return state
        }
    }

    private var request: Request {
        mutating get {
            let kinds: [Request.Kind] = [
                .driftRun, .payBadDebt, .adminFlag, .adminUnflag,
                .setAccountType(AccountType("startup")), .setAccountType(AccountType("odd")),
            ]
            return Request(kind: pick(kinds), actor: wildText)
        }
    }

    private var mark: Mark {
        mutating get {
            let from = time
            let says: [Mark.Says] = [
                .through(from), .gap(from: from, to: from.advanced(by: .minutes(5))),
            ]
            return Mark(source: pick(Mark.Source.allCases), says: pick(says))
        }
    }

    private var execution: Execution {
        mutating get {
            Execution(
                path: pick(LegacyPath.allCases),
                trigger: maybe(RecordID("evt_1")),
                finished: maybe(Instant(microseconds: 1_775_000_000_000_001)),
                outcome: pick(Execution.Outcome.allCases),
                error: maybe("timed out:\n\"late\""),
                effects: several {
                    TimedEffect(at: $0.time, effect: $0.effect, ok: $0.below(2) == 0)
                }
            )
        }
    }

    private var effect: Effect {
        mutating get {
            let (subscription, invoice) = (SubscriptionID(name("sub")), InvoiceID(name("in")))
            let money = Money(minorUnits: Int64(below(9000)), currency: currency)
            let ids = [InvoiceID("in_1"), InvoiceID("in_2")]
            let entries = [MetadataEntry("bad_debt", "true"), MetadataEntry("note", wildText)]
            let effects: [Effect] = [
                .setFlag(bit: below(63), to: below(2) == 0), .setBan(nil), .setBan(.abuse),
                .setBadDebtAt(time), .setBadDebtAt(nil),
                .cancelSubscription(subscription, reason: maybe("bad_debt")),
                .reactivateSubscription(subscription, reason: maybe("paid")),
                .deleteItems(subscription, [ItemID("si_1")]), .restoreItems(subscription, []),
                .setCustomerMetadata(set: entries, unset: ["bad_debt_amount"]),
                .setInvoiceMetadata(invoice, set: [], unset: ["x", "y"]), .voidInvoice(invoice),
                .createConsolidatedInvoice(invoice, covers: ids, money),
                .payInvoice(invoice, money, payment: "pay_1"),
                .payInvoice(invoice, nil, payment: nil), .recordDunning(event: "evt_1"),
                .notify(stage: "1", to: nil), .restrict(stage: "2", to: "portal"),
                .escalate(stage: "3", to: "finance"),
            ]
            return pick(effects)
        }
    }

    private var change: RowChange {
        mutating get {
            let rows: [RowChange.Row] = [
                .account(type: column("pay_go"), flags: column(UInt64(7)), ban: column(.abuse)),
                .customer(
                    stripeCustomer: column("cus_1"),
                    badDebtAt: column(time),
                    legalEntity: column("cn")
                ),
                .subscription(
                    id: SubscriptionID("sub_1"),
                    status: pick([.absent, .value(.canceled)]),
                    reason: column(wildText),
                    items: column([ItemID("si_1")])
                ),
                .probation(product: "images", failed: column(true)),
                .mandate(id: "m_1", paymentMethod: column("card"), status: column("active")),
                .dunning(event: "evt_1"), .stuckEvent(event: "evt_2", since: column(time)),
            ]
            return RowChange(op: pick(RowChange.Op.allCases), row: pick(rows))
        }
    }

    private mutating func column<Value: Hashable & Sendable>(_ value: Value) -> Column<Value> {
        pick([.absent, .null, .value(value)])
    }
}
