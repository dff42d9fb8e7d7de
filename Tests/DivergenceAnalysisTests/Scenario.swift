import BillingModel
import MirrorLog

/// The story of one account, told record by record.
///
/// It begins with a baseline an hour before noon. Each sentence adds a record whose id says what it
/// is: `marked-in_1`, `drift_run-60`.
struct Scenario: Sendable {
    /// The account.
    var account: AccountID
    /// The account in its baseline; `nil` for a story without one.
    var opening: AccountState?
    /// The records after the baseline, as they were told.
    var told: [MirrorRecord] = []
    /// The invoices as they stand by now.
    private var invoices: [String: Invoice] = [:]

    /// An account of a type with live subscriptions: `sub_1` has the item `si_sub_1`.
    init(
        _ type: AccountType = .known(.payGo),
        account: String = "acct_1",
        subscriptions: [String] = ["sub_1"],
        _ change: (inout AccountState) -> Void = { _ in }
    ) {
        self.account = AccountID(account)
        var state = AccountState()
        state.type = type
        state.stripeCustomer = CustomerID("cus_" + account)
        state.metadata.accountType = type.columnValue
        for id in subscriptions { state.put(Self.subscription(id)) }
        change(&state)
        opening = state
    }

    /// A subscription with one item.
    static func subscription(
        _ id: String,
        _ status: SubscriptionStatus = .active,
        reason: String? = nil,
        canceledAt: Moment? = nil
    ) -> Subscription {
        Subscription(
            id: SubscriptionID(id),
            status: status,
            items: [SubscriptionItem(id: ItemID("si_" + id), product: "zone_pro")],
            cancelReason: reason,
            canceledAt: canceledAt?.instant
        )
    }

    /// The baseline and what was told, as they were told.
    var records: [MirrorRecord] {
        guard let opening else { return told }
        let baseline = MirrorRecord(
            id: RecordID("baseline-\(account)"),
            at: Moment.hours(-1).instant,
            account: account,
            body: .baseline(opening)
        )
        return [baseline] + told
    }

    /// The story with something changed.
    func with(_ change: (inout Scenario) -> Void) -> Scenario {
        var story = self
        change(&story)
        return story
    }

    // MARK: - Invoices

    /// An invoice that the baseline holds.
    func owing(
        _ id: String,
        _ amount: Int64 = 5000,
        _ status: InvoiceStatus = .open,
        markedAt: Moment? = nil,
        replaces: [String] = []
    ) -> Scenario {
        with { story in
            let invoice = Self.invoice(id, amount, status, markedAt: markedAt, replaces: replaces)
            story.invoices[id] = invoice
            story.opening?.put(invoice)
        }
    }

    static func invoice(
        _ id: String,
        _ amount: Int64 = 5000,
        _ status: InvoiceStatus = .open,
        markedAt: Moment? = nil,
        replaces: [String] = []
    ) -> Invoice {
        Invoice(
            id: InvoiceID(id),
            status: status,
            currency: usd,
            amountDue: amount,
            amountPaid: status == .paid ? amount : 0,
            amountRemaining: status == .paid ? 0 : amount,
            created: Moment.days(-30).instant,
            markedUncollectibleAt: markedAt?.second,
            subscription: SubscriptionID("sub_1"),
            replaces: replaces.map { InvoiceID($0) }
        )
    }

    /// An event of an invoice, which from now on stands as the change leaves it.
    func invoiceEvent(
        _ type: String,
        _ id: String,
        at moment: Moment,
        as name: String? = nil,
        cause: String? = nil,
        _ change: (inout Invoice) -> Void
    ) -> Scenario {
        with { story in
            var invoice = story.invoices[id] ?? Self.invoice(id)
            change(&invoice)
            let record = RecordID(name ?? "\(type)-\(id)")
            invoice.version = SnapshotVersion(
                created: moment.second,
                rank: invoice.status.rank,
                at: moment.instant,
                record: record
            )
            story.invoices[id] = invoice
            story.stripe("invoice.\(type)", .invoice(invoice), at: moment, as: record, cause: cause)
        }
    }

    mutating func stripe(
        _ type: String,
        _ object: StripeObject,
        at moment: Moment,
        as record: RecordID,
        cause: String? = nil
    ) {
        let event = StripeEvent(
            id: "evt-\(record)",
            type: StripeEventType(type),
            created: moment.second,
            customer: opening?.stripeCustomer,
            object: object,
            cause: cause.map { RecordID($0) }
        )
        tell(record.rawValue, at: moment, .stripe(event))
    }

    mutating func tell(_ id: String, at moment: Moment, _ body: MirrorRecord.Body) {
        told.append(
            MirrorRecord(id: RecordID(id), at: moment.instant, account: account, body: body)
        )
    }
}

/// The currency of every story.
let usd: Currency = {
    guard let currency = Currency("usd") else { preconditionFailure("usd is a currency") }
    return currency
}()
