import BillingModel
import MirrorLog

/// A generator of random bits from a seed (SplitMix64), so that a failure can be played again.
struct Seeded: RandomNumberGenerator {
    private var position: UInt64

    init(_ seed: UInt64) {
        position = seed
    }

    mutating func next() -> UInt64 {
        position &+= 0x9e37_79b9_7f4a_7c15
        var bits = position
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        return bits ^ bits >> 31
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    mutating func maybe<Value>(_ make: (inout Seeded) -> Value) -> Value? {
        chance(50) ? make(&self) : nil
    }

    mutating func some<Value>(_ make: (inout Seeded) -> Value) -> [Value] {
        (0..<Int.random(in: 0...3, using: &self)).map { _ in make(&self) }
    }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &self)]
    }
}

/// Random values, the ends of their ranges and odd texts among them.
extension Seeded {
    mutating func text() -> String {
        let words = [
            "", "bad_debt", "cron", "pay_go", "in_1", "evt_1PqRsTuVwXyZ0123456789", "żółw 🐢",
            "true", "line\nfeed", String(repeating: "long ", count: 60),
        ]
        return chance(80) ? pick(words) : "id_\(Int.random(in: 0...999, using: &self))"
    }

    mutating func instant() -> Instant {
        switch Int.random(in: 0..<10, using: &self) {
        case 0: Instant(microseconds: pick([.min, .max, 0, -1, 1, -1_000_001]))
        case 1...4: Instant(microseconds: Int64.random(in: 0...2_000_000_000, using: &self))
        case 5...7: Instant(microseconds: 1_772_323_200_000_000)
        default: Instant(microseconds: Int64.random(in: .min ... .max, using: &self))
        }
    }

    mutating func amount() -> Int64 {
        chance(80)
            ? Int64.random(in: -10...100_000, using: &self)
            : pick([.min, .max, Int64.random(in: .min ... .max, using: &self)])
    }

    mutating func money() -> Money {
        let currencies = ["usd", "eur", "jpy", "xts", "zzz"].compactMap { Currency($0) }
        return Money(minorUnits: amount(), currency: pick(currencies))
    }

    mutating func invoice(version: SnapshotVersion?) -> Invoice {
        let money = money()
        var invoice = Invoice(
            id: InvoiceID(text()),
            status: pick(InvoiceStatus.allCases),
            currency: money.currency,
            amountDue: money.minorUnits,
            amountPaid: amount(),
            amountRemaining: amount(),
            created: maybe { $0.instant() },
            markedUncollectibleAt: maybe { $0.instant() },
            subscription: maybe { SubscriptionID($0.text()) },
            nextPaymentAttempt: maybe { $0.instant() },
            badDebtAmount: maybe { $0.text() },
            badDebtPaid: maybe { $0.text() },
            covers: some { InvoiceID($0.text()) },
            replaces: some { InvoiceID($0.text()) }
        )
        invoice.payments = some { $0.text() }
        invoice.version = version
        return invoice
    }

    mutating func subscription(version: SnapshotVersion?) -> Subscription {
        var subscription = Subscription(
            id: SubscriptionID(text()),
            status: pick(SubscriptionStatus.allCases),
            items: some { $0.item() },
            cancelReason: maybe { $0.text() },
            canceledAt: maybe { $0.instant() }
        )
        subscription.itemsTaken = some { $0.item() }
        subscription.version = version
        return subscription
    }

    mutating func item() -> SubscriptionItem {
        SubscriptionItem(id: ItemID(text()), product: maybe { $0.text() })
    }

    mutating func version(of record: RecordID, at: Instant) -> SnapshotVersion {
        SnapshotVersion(
            created: instant(),
            rank: UInt8.random(in: 0...3, using: &self),
            at: chance(80) ? at : instant(),
            record: chance(80) ? record : RecordID(text())
        )
    }

    mutating func accountState() -> AccountState {
        var state = AccountState()
        state.type = maybe { AccountType($0.text()) }
        state.flags = chance(50) ? 1 << 15 : next()
        state.ban = maybe { $0.pick([.badDebt, .abuse]) }
        state.stripeCustomer = maybe { CustomerID($0.text()) }
        state.badDebtAt = maybe { $0.instant() }
        state.legalEntity = maybe { $0.text() }
        state.probations = some { Probation(product: $0.text(), failed: $0.chance(50)) }
        state.mandates = some {
            Mandate(id: $0.text(), paymentMethod: $0.text(), status: $0.text())
        }
        state.credit = maybe { $0.money() }
        state.override = maybe { random in
            Override(
                flagged: random.chance(50),
                by: random.text(),
                since: random.maybe { $0.instant() },
                until: random.maybe { $0.instant() }
            )
        }
        state.metadata = metadata()
        state.subscriptions = some { $0.subscription(version: nil) }
        state.invoices = some { random in
            let at = random.instant()
            return random.invoice(version: random.maybe { $0.version(of: RecordID("b-1"), at: at) })
        }
        state.missing = some { $0.text() }
        return state
    }

    mutating func metadata() -> CustomerMetadata {
        CustomerMetadata(
            accountType: maybe { $0.text() },
            badDebt: maybe { $0.text() },
            badDebtAmount: maybe { $0.text() }
        )
    }
}
