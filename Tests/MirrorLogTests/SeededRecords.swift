import BillingModel
import MirrorLog

/// Random records of every kind.
extension Seeded {
    mutating func record(_ kind: MirrorRecord.Kind) -> MirrorRecord {
        let id = RecordID(text())
        let at = instant()
        let body: MirrorRecord.Body
        switch kind {
        case .baseline: body = .baseline(accountState())
        case .stripe: body = .stripe(event(of: id, at: at))
        case .request: body = .request(request())
        case .execution: body = .execution(execution())
        case .change: body = .change(RowChange(op: pick(RowChange.Op.allCases), row: row()))
        case .mark: body = .mark(mark())
        }
        return MirrorRecord(
            id: id,
            at: at,
            seen: maybe { $0.instant() },
            account: maybe { AccountID($0.text()) },
            body: body
        )
    }

    private mutating func event(of id: RecordID, at: Instant) -> StripeEvent {
        let version = maybe { $0.version(of: id, at: at) }
        let types = ["invoice.paid", "customer.subscription.deleted", "new.thing", ""]
        let object: StripeObject
        switch Int.random(in: 0..<5, using: &self) {
        case 0: object = .invoice(invoice(version: version))
        case 1: object = .deletedInvoice(InvoiceID(text()))
        case 2: object = .subscription(subscription(version: version))
        case 3: object = .customer(metadata())
        default: object = .other
        }
        return StripeEvent(
            id: chance(70) ? id.rawValue : text(),
            type: StripeEventType(pick(types)),
            created: instant(),
            livemode: maybe { $0.chance(50) },
            customer: maybe { CustomerID($0.text()) },
            object: object,
            cause: maybe { RecordID($0.text()) }
        )
    }

    private mutating func request() -> Request {
        let kinds: [Request.Kind] = [
            .driftRun, .payBadDebt, .adminFlag, .adminUnflag, .setAccountType(AccountType(text())),
        ]
        return Request(kind: pick(kinds), actor: text())
    }

    private mutating func execution() -> Execution {
        Execution(
            path: pick(LegacyPath.allCases),
            trigger: maybe { RecordID($0.text()) },
            finished: maybe { $0.instant() },
            outcome: pick(Execution.Outcome.allCases),
            error: maybe { $0.text() },
            effects: effects().shuffled(using: &self)
        )
    }

    /// One effect of every kind.
    private mutating func effects() -> [TimedEffect] {
        let invoice = InvoiceID(text())
        let subscription = SubscriptionID(text())
        let set = some { MetadataEntry($0.text(), $0.text()) }
        let unset = some { $0.text() }
        let ids = some { InvoiceID($0.text()) }
        let items = some { ItemID($0.text()) }
        let to = maybe { $0.text() }
        let effects: [Effect] = [
            .setFlag(bit: Int.random(in: 0..<63, using: &self), to: chance(50)),
            .setBan(maybe { $0.pick([.badDebt, .abuse]) }),
            .setBadDebtAt(maybe { $0.instant() }),
            .cancelSubscription(subscription, reason: to),
            .reactivateSubscription(subscription, reason: to),
            .deleteItems(subscription, items),
            .restoreItems(subscription, items),
            .setCustomerMetadata(set: set, unset: unset),
            .setInvoiceMetadata(invoice, set: set, unset: unset),
            .voidInvoice(invoice),
            .createConsolidatedInvoice(invoice, covers: ids, money()),
            .payInvoice(invoice, maybe { $0.money() }, payment: to),
            .recordDunning(event: text()),
            .notify(stage: text(), to: to),
            .restrict(stage: text(), to: to),
            .escalate(stage: text(), to: to),
        ]
        return effects.map { TimedEffect(at: instant(), effect: $0, ok: chance(80)) }
    }

    private mutating func column<Value>(_ make: (inout Seeded) -> Value) -> Column<Value> {
        switch Int.random(in: 0..<3, using: &self) {
        case 0: .absent
        case 1: .null
        default: .value(make(&self))
        }
    }

    private mutating func row() -> RowChange.Row {
        switch pick(RowChange.Table.allCases) {
        case .account:
            .account(
                type: column { $0.text() },
                flags: column { $0.next() },
                ban: column { $0.pick([.badDebt, .abuse]) }
            )
        case .customer:
            .customer(
                stripeCustomer: column { $0.text() },
                badDebtAt: column { $0.instant() },
                legalEntity: column { $0.text() }
            )
        case .subscription:
            .subscription(
                id: SubscriptionID(text()),
                status: column { $0.pick(SubscriptionStatus.allCases) },
                reason: column { $0.text() },
                items: column { random in random.some { ItemID($0.text()) } }
            )
        case .probation: .probation(product: text(), failed: column { $0.chance(50) })
        case .mandate:
            .mandate(
                id: text(),
                paymentMethod: column { $0.text() },
                status: column { $0.text() }
            )
        case .dunning: .dunning(event: text())
        case .stuckEvents: .stuckEvent(event: text(), since: column { $0.instant() })
        }
    }

    private mutating func mark() -> Mark {
        Mark(
            source: pick(Mark.Source.allCases),
            says: chance(50) ? .through(instant()) : .gap(from: instant(), to: instant())
        )
    }
}
