package import BillingModel

/// One line of the mirror log.
package struct MirrorRecord: Hashable, Sendable {
    /// Unique per record: a second record of the same id is a redelivery.
    package var id: RecordID
    /// When it happened at its source.
    package var at: Instant
    /// When the mirror saw it, where that was noted.
    package var seen: Instant?
    /// The account; absent on a stripe record that is found through its customer, and on marks.
    package var account: AccountID?
    /// What it says.
    package var body: Body

    /// A record from its parts.
    package init(
        id: RecordID,
        at: Instant,
        seen: Instant? = nil,
        account: AccountID?,
        body: Body
    ) {
        self.id = id
        self.at = at
        self.seen = seen
        self.account = account
        self.body = body
    }

    /// The six kinds of record.
    ///
    /// Indirect, so that records are cheap to move and to sort.
    package indirect enum Body: Hashable, Sendable {
        /// What the brain would gather at that instant.
        case baseline(AccountState)
        /// A Stripe event.
        case stripe(StripeEvent)
        /// Something a person or a schedule asked for.
        case request(Request)
        /// A recorded run of a legacy path.
        case execution(Execution)
        /// A row image from the database.
        case change(RowChange)
        /// Word of what a source has delivered, or lost.
        case mark(Mark)
    }

    /// The name of the record's kind, as in the log.
    package var kind: Kind {
        switch body {
        case .baseline: .baseline
        case .stripe: .stripe
        case .request: .request
        case .execution: .execution
        case .change: .change
        case .mark: .mark
        }
    }

    /// The names of the kinds, as in the log.
    package enum Kind: String, CaseIterable, Sendable {
        case baseline, stripe, request, execution, change, mark
    }
}

/// A source's word on how complete it is.
package struct Mark: Hashable, Sendable {
    /// The source that speaks.
    package var source: Source
    /// What it says.
    package var says: Says

    /// A source's word.
    package init(source: Source, says: Says) {
        self.source = source
        self.says = says
    }

    /// Where records come from.
    package enum Source: String, CaseIterable, Sendable {
        case stripe, postgres, requests
    }

    /// What a mark can say.
    package enum Says: Hashable, Sendable {
        /// All up to and including this time has been delivered.
        case through(Instant)
        /// Something between these times, both included, is missing.
        case gap(from: Instant, to: Instant)
    }
}

/// What a row image says of one column.
package enum Column<Value: Hashable & Sendable>: Hashable, Sendable {
    /// The image does not carry the column: nothing is said.
    case absent
    /// The column is null.
    case null
    /// The column has this value.
    case value(Value)

    /// The value, where there is one.
    package var value: Value? {
        if case .value(let value) = self { value } else { nil }
    }

    /// Whether the image carries the column.
    package var isPresent: Bool { self != .absent }
}

/// A row as the database holds it after a change: absolute, it wins over what executions claim.
package struct RowChange: Hashable, Sendable {
    /// What happened to the row.
    package var op: Op
    /// The row: after an insert or update, before a delete.
    package var row: Row

    /// A change of a row.
    package init(op: Op, row: Row) {
        self.op = op
        self.row = row
    }

    /// What can happen to a row.
    package enum Op: String, CaseIterable, Sendable {
        case insert, update, delete
    }

    /// The tables that are mirrored.
    package enum Table: String, CaseIterable, Comparable, Sendable {
        case account = "subs_account"
        case customer = "subs_customer"
        case subscription = "subs_subscription"
        case probation = "subs_product_probation"
        case mandate = "subs_mandate"
        case dunning = "subs_dunning"
        case stuckEvents = "subs_stuck_events"

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// The row of a table, by the columns that dunning reads.
    package enum Row: Hashable, Sendable {
        case account(type: Column<String>, flags: Column<UInt64>, ban: Column<Ban>)
        case customer(
            stripeCustomer: Column<String>,
            badDebtAt: Column<Instant>,
            legalEntity: Column<String>
        )
        case subscription(
            id: SubscriptionID,
            status: Column<SubscriptionStatus>,
            reason: Column<String>,
            items: Column<[ItemID]>
        )
        case probation(product: String, failed: Column<Bool>)
        case mandate(id: String, paymentMethod: Column<String>, status: Column<String>)
        case dunning(event: String)
        case stuckEvent(event: String, since: Column<Instant>)
    }

    /// The table the row is of.
    package var table: Table {
        switch row {
        case .account: .account
        case .customer: .customer
        case .subscription: .subscription
        case .probation: .probation
        case .mandate: .mandate
        case .dunning: .dunning
        case .stuckEvent: .stuckEvents
        }
    }
}
