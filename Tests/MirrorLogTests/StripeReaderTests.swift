import BillingModel
import MirrorLog
import Testing

/// Reads a Stripe event of a type with an object, each given as JSON.
private func event(
    _ type: String,
    _ object: String,
    extra: String = ""
) throws -> StripeEvent {
    let event =
        #"{"id":"evt_1","object":"event","created":1772323200,"type":"\#(type)"\#(extra),"#
        + #""data":{"object":\#(object)}}"#
    return try stripe(try read("stripe", "\"event\":\(event)"))
}

private func stripe(_ record: MirrorRecord) throws -> StripeEvent {
    guard case .stripe(let event) = record.body else { throw RecordError("no event") }
    return event
}

private func invoice(_ fields: String, type: String = "invoice.updated") throws -> Invoice {
    let object =
        #"{"object":"invoice","id":"in_1","currency":"usd","amount_due":5000,\#(fields)}"#
    guard case .invoice(let invoice) = try event(type, object).object else {
        throw RecordError("no invoice")
    }
    return invoice
}

@Suite("Stripe events")
struct StripeEventTests {
    private static let plain =
        #"{"id":"evt_1","object":"event","created":1772323200,"livemode":true,"#
        + #""type":"customer.updated","data":{"object":{"object":"customer","id":"cus_1","#
        + #""metadata":{"account_type":"msp","bad_debt":""}}}}"#

    @Test(
        "an event is the same in its own shape and in the envelopes it travels in",
        arguments: [
            plain,
            #"{"version":"0","id":"b-1","detail-type":"customer.updated","detail":\#(plain)}"#,
            #"{"id":"g-1","topic":"/t","type":"Stripe.Event","data":\#(plain)}"#,
        ]
    )
    func envelopes(json: String) throws {
        let event = try stripe(try read("stripe", "\"event\":\(json),\"cause\":\"ex-1\""))
        #expect(
            event
                == StripeEvent(
                    id: "evt_1",
                    type: StripeEventType("customer.updated"),
                    created: try instant("2026-03-01T00:00:00Z"),
                    livemode: true,
                    customer: CustomerID("cus_1"),
                    object: .customer(CustomerMetadata(accountType: "msp")),
                    cause: RecordID("ex-1")
                )
        )
    }

    @Test(
        "`request` is null, a string or an object, by the version",
        arguments: ["null", #""req_1""#, #"{"id":"req_1","idempotency_key":null}"#]
    )
    func request(value: String) throws {
        let event = try event(
            "charge.failed",
            #"{"object":"charge"}"#,
            extra: ",\"request\":\(value)"
        )
        #expect(event.object == .other)
        #expect(event.livemode == nil)
    }

    @Test("an event without `created` has the second of its record")
    func created() throws {
        let json = #"{"type":"charge.failed","data":{"object":{"object":"charge"}}}"#
        let record = try read("stripe", "\"event\":\(json)", at: "2026-03-01T00:00:00.9Z")
        #expect(try stripe(record).created == (try instant("2026-03-01T00:00:00Z")))
        #expect(try stripe(record).id == "r-1")
    }

    @Test(
        "the customer is an id, an expanded object, or a `customer_account`",
        arguments: [
            #""customer":"cus_1""#, #""customer":{"id":"cus_1","object":"customer"}"#,
            #""customer":null,"customer_account":"cus_1""#, #""customer_account":"cus_1""#,
        ]
    )
    func customer(fields: String) throws {
        let event = try event("charge.failed", #"{"object":"charge",\#(fields)}"#)
        #expect(event.customer?.rawValue == "cus_1")
    }

    @Test("a deleted customer changes no metadata, and a deleted invoice is gone")
    func deletions() throws {
        let customer = #"{"object":"customer","id":"cus_1","metadata":{"account_type":"msp"}}"#
        #expect(try event("customer.deleted", customer).object == .other)
        let draft =
            #"{"object":"invoice","id":"in_1","currency":"usd","amount_due":1,"status":"draft"}"#
        #expect(
            try event("invoice.deleted", draft).object == .deletedInvoice(InvoiceID("in_1"))
        )
    }

    @Test("a preview of an invoice is no invoice, and needs no id")
    func upcoming() throws {
        let preview = #"{"object":"invoice","currency":"usd","amount_due":1,"customer":"cus_1"}"#
        let upcoming = try event("invoice.upcoming", preview)
        #expect(upcoming.object == .other)
        #expect(upcoming.customer?.rawValue == "cus_1")
        #expect(
            try reason { try read("stripe", Self.wrapped("invoice.updated", preview)) }
                == "event invoice.updated: the invoice has no `id`"
        )
    }

    private static func wrapped(_ type: String, _ object: String) -> String {
        #""event":{"object":"event","type":"\#(type)","data":{"object":\#(object)}}"#
    }

    @Test("an object that does not say what it is, is what the event's type says")
    func implied() throws {
        let old = #"{"id":"in_1","currency":"usd","amount_due":1,"paid":true}"#
        let event = try event("invoice.payment_succeeded", old)
        guard case .invoice(let invoice) = event.object else { throw RecordError("no invoice") }
        #expect(invoice.status == .paid)
    }

    @Test("the version of a snapshot is its event's second, its progress, its record's time and id")
    func version() throws {
        let version = try #require(try invoice(#""status":"void""#).version)
        #expect(version.created == (try instant("2026-03-01T00:00:00Z")))
        #expect(version.rank == InvoiceStatus.void.rank)
        #expect(version.at == (try instant("2026-03-02T10:00:01Z")))
        #expect(version.record.rawValue == "r-1")
    }

    @Test(
        "an event without a snapshot is rejected",
        arguments: [
            (#"{"object":"v2.core.event","type":"a"}"#, "carries no snapshot"),
            (#"{"object":"event"}"#, "`type` is missing"),
            (#"{"object":"event","type":"a","data":{}}"#, "`object` is missing"),
            (#"{"object":"event","type":"a","data":7}"#, "`data` is an integer"),
            (#"{"object":"event","type":"a","created":1e30,"data":{}}"#, "64-bit integer"),
            (#"{"object":"event","type":"a","created":999999999999,"data":{}}"#, "no time"),
        ]
    )
    func rejected(json: String, part: String) throws {
        let problem = try #require(try reason { try read("stripe", "\"event\":\(json)") })
        #expect(problem.contains(part))
    }

    @Test("a subscription with further pages of items can't be folded in part")
    func pages() throws {
        let items = #"{"object":"list","data":[{"id":"si_1"}],"has_more":true}"#
        let object = #"{"object":"subscription","id":"sub_1","status":"active","items":\#(items)}"#
        let problem = try reason {
            try read("stripe", Self.wrapped("customer.subscription.updated", object))
        }
        #expect(problem?.contains("further pages of items of subscription sub_1") == true)
    }

    @Test("a subscription's items are sorted, and its end is known from its first sighting on")
    func subscription() throws {
        let items =
            #"{"data":[{"id":"si_2","plan":{"product":"old"}},"#
            + #"{"id":"si_1","price":{"product":{"id":"new"}},"plan":{"product":"old"}}]}"#
        let json =
            #"{"object":"subscription","id":"sub_1","status":"canceled","items":\#(items),"#
            + #""cancellation_details":{"comment":"bad_debt"}}"#
        let canceled = try event("customer.subscription.deleted", json)
        guard case .subscription(let subscription) = canceled.object else {
            throw RecordError("no subscription")
        }
        #expect(
            subscription.items == [
                SubscriptionItem(id: ItemID("si_1"), product: "new"),
                SubscriptionItem(id: ItemID("si_2"), product: "old"),
            ]
        )
        #expect(subscription.isCanceledForBadDebt)
        #expect(subscription.canceledAt == canceled.created)
    }
}

@Suite("Stripe invoices")
struct StripeInvoiceTests {
    @Test(
        "the status is stated, or what `paid`, `forgiven` and `closed` say together",
        arguments: [
            (#""status":"uncollectible","closed":true,"paid":false"#, InvoiceStatus.uncollectible),
            (#""status":null,"paid":true,"closed":true,"forgiven":false"#, .paid),
            (#""paid":false,"closed":true,"forgiven":true"#, .uncollectible),
            (#""paid":false,"closed":true,"forgiven":false"#, .void),
            (#""paid":false,"closed":false,"forgiven":false"#, .open),
            (#""paid":false"#, .open),
        ]
    )
    func status(fields: String, expected: InvoiceStatus) throws {
        #expect(try invoice(fields).status == expected)
    }

    @Test(
        "the subscription is named by `parent` first",
        arguments: [
            #""subscription":"sub_1""#, #""subscription":{"id":"sub_1"}"#,
            #""parent":{"subscription_details":{"subscription":"sub_1"}},"subscription":"sub_0""#,
            #""parent":{"subscription_details":{"subscription":{"id":"sub_1"}}}"#,
            #""parent":{"quote_details":{}},"subscription":"sub_1""#,
            #""parent":null,"subscription":"sub_1""#,
        ]
    )
    func subscription(fields: String) throws {
        #expect(try invoice(#""status":"open","# + fields).subscription?.rawValue == "sub_1")
    }

    @Test("amounts that old versions leave out follow from those they have")
    func amounts() throws {
        let paid = try invoice(#""paid":true"#)
        #expect((paid.amountDue, paid.amountPaid, paid.amountRemaining) == (5000, 5000, 0))
        let open = try invoice(#""paid":false,"amount_paid":1200"#)
        #expect((open.amountDue, open.amountPaid, open.amountRemaining) == (5000, 1200, 3800))
        let stated = try invoice(#""status":"open","amount_paid":1,"amount_remaining":2"#)
        #expect((stated.amountDue, stated.amountPaid, stated.amountRemaining) == (5000, 1, 2))
    }

    @Test("without a stated time, an invoice was marked uncollectible when first seen so")
    func uncollectible() throws {
        let unsaid = try invoice(#""status":"uncollectible""#)
        #expect(unsaid.markedUncollectibleAt == (try instant("2026-03-01T00:00:00Z")))
        let said = try invoice(
            #""status":"paid","status_transitions":{"marked_uncollectible_at":1769904000}"#
        )
        #expect(said.markedUncollectibleAt == (try instant("2026-02-01T00:00:00Z")))
        #expect(try invoice(#""status":"paid""#).markedUncollectibleAt == nil)
    }

    @Test("`created` was called `date`, and metadata is read as it stands")
    func rest() throws {
        let invoice = try invoice(
            #""status":"open","date":1772323200,"next_payment_attempt":1772323201,"metadata":"#
                + #"{"bad_debt_amount":"12.50","bad_debt_paid":"true","covers":"in_2, in_3","#
                + #""replaces":""}"#
        )
        #expect(invoice.created == (try instant("2026-03-01T00:00:00Z")))
        #expect(invoice.nextPaymentAttempt == (try instant("2026-03-01T00:00:01Z")))
        #expect(invoice.statedDebt == .unreadable("12.50"))
        #expect(invoice.isMarkedPaid)
        #expect(invoice.covers == [InvoiceID("in_2"), InvoiceID("in_3")])
        #expect(invoice.replaces.isEmpty)
    }

    @Test(
        "what can't be summed is rejected",
        arguments: [
            (#""status":"merry""#, "status `merry` is not known"),
            (#""paid":true,"currency":"us dollars""#, "`currency` is no code of three letters"),
            (#""paid":true,"currency":null"#, "`currency` is null, not a string"),
            (#""status":"open","amount_due":null"#, "`amount_due` is null"),
            (#""status":"open","amount_due":9223372036854775808"#, "no 64-bit integer"),
            (#""status":"open","amount_due":50.0"#, "no 64-bit integer"),
            (#""status":"open","amount_due":"5000""#, "`amount_due` is a string"),
            (
                #""status":"open","amount_due":-9223372036854775808,"amount_paid":1"#,
                "does not fit 64 bits"
            ),
            (#""attempted":true"#, "there is no `status`"),
        ]
    )
    func rejected(fields: String, part: String) throws {
        // Of a key that stands twice the last counts: these take the place of what is right.
        let problem = try #require(try reason { try invoice(fields) })
        #expect(problem.contains("invoice in_1: "))
        #expect(problem.contains(part))
    }
}
