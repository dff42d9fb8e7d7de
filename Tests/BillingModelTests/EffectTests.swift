import BillingModel
import Testing

@Suite("effects on the state of an account")
struct EffectTests {
    private static let now = Instant(microseconds: 1_772_323_200_500_000)
    private static let record = RecordID("ex-1")
    private static let sub = SubscriptionID("sub_1")
    private static let first = InvoiceID("in_1")

    private func state() throws -> AccountState {
        var state = AccountState()
        let usd = try #require(Currency("usd"))
        for id in ["in_2", "in_1"] {
            state.put(
                Invoice(
                    id: InvoiceID(id),
                    status: .uncollectible,
                    currency: usd,
                    amountDue: 5000,
                    amountRemaining: 5000
                )
            )
        }
        let items = ["si_2", "si_1"].map { SubscriptionItem(id: ItemID($0), product: "p_\($0)") }
        state.put(Subscription(id: Self.sub, status: .active, items: items))
        return state
    }

    private func after(_ effects: Effect...) throws -> AccountState {
        var state = try state()
        for effect in effects { state.apply(effect, at: Self.now, by: Self.record) }
        return state
    }

    @Test("flags, ban and the time of bad debt are set and cleared")
    func account() throws {
        let set = try after(
            .setFlag(bit: badDebtFlagBit, to: true),
            .setFlag(bit: 62, to: true),
            .setBan(.badDebt),
            .setBadDebtAt(Self.now)
        )
        #expect(set.isFlagged)
        #expect(set.flags == 1 << 62 | 1 << 15)
        #expect(set.ban == .badDebt)
        #expect(set.badDebtAt == Self.now)
        let cleared = try after(
            .setFlag(bit: 15, to: true),
            .setFlag(bit: 15, to: false),
            .setBan(.abuse),
            .setBan(nil),
            .setBadDebtAt(nil)
        )
        #expect(cleared == (try state()))
    }

    @Test("a bit that is no flag changes nothing", arguments: [-1, 63, 64, .max, .min])
    func noFlag(bit: Int) throws {
        #expect(try after(.setFlag(bit: bit, to: true)) == (try state()))
    }

    @Test("a subscription is canceled once and comes back whole")
    func subscription() throws {
        let canceled = try #require(
            try after(
                .cancelSubscription(Self.sub, reason: "bad_debt"),
                .cancelSubscription(Self.sub, reason: "other")
            ).subscription(Self.sub)
        )
        #expect(canceled.isCanceledForBadDebt)
        #expect(canceled.canceledAt == Self.now)
        var back = try after(
            .cancelSubscription(Self.sub, reason: "bad_debt"),
            .reactivateSubscription(Self.sub, reason: nil)
        )
        let place = back.subscriptionIndex(Self.sub).index
        #expect(back.subscriptions[place].version?.at == Self.now)
        back.subscriptions[place].version = nil
        #expect(back == (try state()))
        #expect(try after(.reactivateSubscription(Self.sub, reason: nil)) == (try state()))
    }

    @Test("items that are taken are remembered, and given back with their products")
    func items() throws {
        let one = ItemID("si_1")
        let taken = try #require(
            try after(.deleteItems(Self.sub, [one]), .deleteItems(Self.sub, [one]))
                .subscription(Self.sub)
        )
        #expect(taken.items.map(\.id.rawValue) == ["si_2"])
        #expect(taken.itemsTaken == [SubscriptionItem(id: one, product: "p_si_1")])
        let back = try after(.deleteItems(Self.sub, [one]), .restoreItems(Self.sub, [one, one]))
        #expect(back == (try state()))
        let new = try after(.restoreItems(Self.sub, [ItemID("si_0")])).subscription(Self.sub)
        #expect(new?.items.map(\.id.rawValue) == ["si_0", "si_1", "si_2"])
    }

    @Test("metadata that is set to nothing is gone, and keys nobody reads are passed over")
    func metadata() throws {
        let set = try after(
            .setCustomerMetadata(
                set: [MetadataEntry("bad_debt", "true"), MetadataEntry("colour", "red")],
                unset: []
            ),
            .setInvoiceMetadata(
                Self.first,
                set: [
                    MetadataEntry("bad_debt_paid", "true"), MetadataEntry("covers", "in_8,in_9"),
                ],
                unset: []
            )
        )
        #expect(set.metadata == CustomerMetadata(badDebt: "true"))
        #expect(set.invoice(Self.first)?.isMarkedPaid == true)
        #expect(set.invoice(Self.first)?.names(InvoiceID("in_9")) == true)
        var cleared = try after(
            .setCustomerMetadata(set: [MetadataEntry("bad_debt", "true")], unset: ["bad_debt"]),
            .setInvoiceMetadata(
                Self.first,
                set: [MetadataEntry("bad_debt_paid", "")],
                unset: ["bad_debt_paid", "covers"]
            )
        )
        #expect(cleared.metadataVersion?.at == Self.now)
        cleared.metadataVersion = nil
        #expect(cleared == (try state()))
    }

    @Test("an invoice that a path ended stays ended against older snapshots of the same second")
    func ending() throws {
        let voided = try #require(try after(.voidInvoice(Self.first)).invoice(Self.first))
        #expect(voided.status == .void)
        let open = SnapshotVersion(
            created: try #require(Instant(unixSeconds: Self.now.unixSeconds)),
            rank: InvoiceStatus.open.rank,
            at: Self.now.advanced(by: .seconds(9)),
            record: RecordID("z")
        )
        #expect(open < (try #require(voided.version)))
    }

    @Test("a payment is counted once by its id, and settles the invoice")
    func payment() throws {
        let usd = try #require(Currency("usd"))
        let paid = try after(
            .payInvoice(Self.first, Money(minorUnits: 5000, currency: usd), payment: "pi_1"),
            .payInvoice(Self.first, Money(minorUnits: 5000, currency: usd), payment: "pi_1")
        )
        let invoice = try #require(paid.invoice(Self.first))
        #expect(invoice.status == .paid)
        #expect(invoice.amountPaid == 5000)
        #expect(invoice.amountRemaining == 0)
        #expect(paid.paymentCount(of: Self.first) == 1)
        let twice = try after(
            .payInvoice(Self.first, nil, payment: "pi_2"),
            .payInvoice(Self.first, nil, payment: nil)
        )
        #expect(twice.invoice(Self.first)?.payments == ["ex-1", "pi_2"])
        #expect(twice.paymentCount(of: Self.first) == 2)
    }

    @Test("a consolidated invoice covers others, and its payment is one of theirs")
    func consolidation() throws {
        let sum = InvoiceID("in_9")
        let covers = [InvoiceID("in_1"), InvoiceID("in_2")]
        let money = Money(minorUnits: 10_000, currency: try #require(Currency("usd")))
        let state = try after(
            .createConsolidatedInvoice(sum, covers: covers, money),
            .createConsolidatedInvoice(sum, covers: covers, money),
            .payInvoice(sum, money, payment: "pi_1")
        )
        #expect(state.invoices.map(\.id.rawValue) == ["in_1", "in_2", "in_9"])
        #expect(state.invoice(sum)?.amountPaid == 10_000)
        #expect(state.paymentCount(of: covers[0]) == 1)
        #expect(state.paymentCount(of: sum) == 1)
    }

    @Test("what is not there is not changed, and words change no state")
    func nothing() throws {
        let other = SubscriptionID("sub_9")
        let unchanged = try after(
            .cancelSubscription(other, reason: nil),
            .reactivateSubscription(other, reason: nil),
            .deleteItems(other, [ItemID("si_1")]),
            .restoreItems(other, [ItemID("si_1")]),
            .voidInvoice(InvoiceID("in_9")),
            .payInvoice(InvoiceID("in_9"), nil, payment: nil),
            .setInvoiceMetadata(InvoiceID("in_9"), set: [MetadataEntry("covers", "a")], unset: []),
            .recordDunning(event: "evt_1"),
            .notify(stage: "a", to: nil),
            .restrict(stage: "a", to: nil),
            .escalate(stage: "a", to: nil)
        )
        #expect(unchanged == (try state()))
    }
}
