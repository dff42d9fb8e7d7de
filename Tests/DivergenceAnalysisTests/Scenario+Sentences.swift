import BillingModel
import MirrorLog

// MARK: - What Stripe says

extension Scenario {
    /// An invoice is given up on.
    func marked(_ id: String, at moment: Moment, since: Moment? = nil) -> Scenario {
        invoiceEvent("marked_uncollectible", id, at: moment, as: "marked-\(id)") {
            $0.status = .uncollectible
            $0.markedUncollectibleAt = (since ?? moment).second
        }
    }

    /// An invoice is voided.
    func voided(_ id: String, at moment: Moment) -> Scenario {
        invoiceEvent("voided", id, at: moment) { $0.status = .void }
    }

    /// An invoice is paid by itself.
    func paid(_ id: String, at moment: Moment, as name: String? = nil, cause: String? = nil)
        -> Scenario
    {
        invoiceEvent("paid", id, at: moment, as: name, cause: cause) {
            $0.status = .paid
            $0.amountPaid = $0.amountDue
            $0.amountRemaining = 0
        }
    }

    /// A payment of an invoice fails, for good or with another attempt to come.
    func failed(_ id: String, at moment: Moment, last: Bool) -> Scenario {
        invoiceEvent("payment_failed", id, at: moment, as: "failed-\(id)") {
            $0.nextPaymentAttempt = last ? nil : moment.instant.advanced(by: .days(3))
        }
    }

    /// A charge that says nothing of interest, but wakes a decision.
    func charge(at moment: Moment, _ name: String = "charge") -> Scenario {
        with { $0.stripe("charge.succeeded", .other, at: moment, as: RecordID(name)) }
    }

    /// A subscription is over, as an event says that a run may have caused.
    func ended(_ id: String, at moment: Moment, cause: String? = nil) -> Scenario {
        with { story in
            let gone = Self.subscription(id, .canceled, canceledAt: moment)
            story.stripe(
                "customer.subscription.deleted",
                .subscription(gone),
                at: moment,
                as: RecordID("ended-\(id)"),
                cause: cause
            )
        }
    }

    /// The customer's metadata changed.
    func customerUpdated(at moment: Moment, badDebt: String?, cause: String? = nil) -> Scenario {
        with { story in
            let metadata = CustomerMetadata(
                accountType: story.opening?.metadata.accountType,
                badDebt: badDebt
            )
            story.stripe(
                "customer.updated",
                .customer(metadata),
                at: moment,
                as: RecordID("customer-updated"),
                cause: cause
            )
        }
    }
}

// MARK: - What people ask, and legacy does

extension Scenario {
    /// Somebody asks for something.
    func request(_ kind: Request.Kind, at moment: Moment, _ name: String? = nil) -> Scenario {
        with { story in
            let id = name ?? "\(kind.name)"
            story.tell(id, at: moment, .request(Request(kind: kind, actor: "admin:ada")))
        }
    }

    /// A path runs: it reads at the start, and its effects land one after the other, 100 ms apart.
    ///
    /// The first lands 200 ms after the start unless `from` says when. Of the one at the place
    /// `failing` and of those behind it, none takes place.
    func ran(
        _ path: LegacyPath,
        for trigger: String,
        at start: Moment,
        from: Moment? = nil,
        as id: String? = nil,
        failing: Int? = nil,
        outcome: Execution.Outcome? = nil,
        _ effects: [Effect]
    ) -> Scenario {
        with { story in
            let first = from ?? start.plus(milliseconds: 200)
            let timed = effects.enumerated().map { place, effect in
                TimedEffect(
                    at: first.plus(milliseconds: 100 * Int64(place)).instant,
                    effect: effect,
                    ok: failing.map { place < $0 } ?? true
                )
            }
            let execution = Execution(
                path: path,
                trigger: RecordID(trigger),
                finished: timed.last?.at,
                outcome: outcome ?? (failing == nil ? .completed : .failed),
                effects: timed
            )
            story.tell(id ?? "run-\(path.rawValue)", at: start, .execution(execution))
        }
    }

    /// The database shows a row.
    func image(_ row: RowChange.Row, at moment: Moment, _ name: String = "image") -> Scenario {
        with { $0.tell(name, at: moment, .change(RowChange(op: .update, row: row))) }
    }

    /// The database shows the flags of the account.
    func image(flagged: Bool, at moment: Moment, _ name: String = "image") -> Scenario {
        let flags: UInt64 = flagged ? 1 << UInt64(badDebtFlagBit) : 0
        return image(.account(type: .absent, flags: .value(flags), ban: .absent), at: moment, name)
    }
}

// MARK: - What the paths do

extension [Effect] {
    /// Path C on an invoice that was given up on.
    static func flagAsBadDebt(_ subscriptions: [String] = ["sub_1"], at start: Moment) -> [Effect] {
        subscriptions.map { .cancelSubscription(SubscriptionID($0), reason: "bad_debt") }
            + [.setFlag(bit: badDebtFlagBit, to: true), .setBan(.badDebt)]
            + marks(at: start)
    }

    /// Path B on an account in debt that bears no mark yet.
    static func driftFlags(_ subscriptions: [String] = ["sub_1"], at start: Moment) -> [Effect] {
        subscriptions.map { .deleteItems(SubscriptionID($0), [ItemID("si_" + $0)]) }
            + [.setFlag(bit: badDebtFlagBit, to: true), .setBan(.badDebt)]
            + marks(at: start)
    }

    /// Path B on an account without debt that bears all marks.
    static func driftUnflags(_ subscriptions: [String] = ["sub_1"]) -> [Effect] {
        [.setFlag(bit: badDebtFlagBit, to: false), .setBan(nil), .setBadDebtAt(nil)]
            + [.setCustomerMetadata(set: [], unset: ["bad_debt"])]
            + subscriptions.map { .restoreItems(SubscriptionID($0), [ItemID("si_" + $0)]) }
    }

    /// Path E flags.
    static func flagsByHand(at start: Moment) -> [Effect] {
        [.setFlag(bit: badDebtFlagBit, to: true)] + marks(at: start)
    }

    /// Path E unflags.
    static var unflagsByHand: [Effect] {
        [
            .setFlag(bit: badDebtFlagBit, to: false), .setBadDebtAt(nil),
            .setCustomerMetadata(set: [], unset: ["bad_debt"]),
        ]
    }

    /// Path D pays an invoice of 5,000.
    static func pays(_ id: String, _ amount: Int64 = 5000, by run: String) -> [Effect] {
        let sum = Money(minorUnits: amount, currency: usd)
        let made = InvoiceID("in_\(run)_usd")
        return [
            .createConsolidatedInvoice(made, covers: [InvoiceID(id)], sum),
            .payInvoice(made, sum, payment: "pay_\(run)_usd"),
            .setInvoiceMetadata(
                InvoiceID(id),
                set: [MetadataEntry("bad_debt_paid", "true")],
                unset: []
            ),
        ]
    }

    private static func marks(at start: Moment) -> [Effect] {
        [
            .setBadDebtAt(start.instant),
            .setCustomerMetadata(set: [MetadataEntry("bad_debt", "true")], unset: []),
        ]
    }
}

extension AccountState {
    /// Puts the marks of an account that is dunned for a debt of 5,000.
    mutating func beDunned(since moment: Moment) {
        isFlagged = true
        ban = .badDebt
        badDebtAt = moment.instant
        metadata.badDebt = "true"
        metadata.badDebtAmount = "usd:5000"
    }
}
