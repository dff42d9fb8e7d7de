import BillingModel
import MirrorLog
import Testing

@Suite("executions")
struct ExecutionReaderTests {
    private func execution(_ fields: String) throws -> Execution {
        let record = try read("execution", "\"execution\":{\(fields)}")
        guard case .execution(let execution) = record.body else {
            throw RecordError("no execution")
        }
        return execution
    }

    private func effect(_ fields: String) throws -> TimedEffect {
        let run = try execution(#""path":"A","outcome":"failed","effects":[{\#(fields)}]"#)
        return try #require(run.effects.first)
    }

    @Test("a run is read with its effects, in their order")
    func run() throws {
        let run = try execution(
            #""path":"C","trigger":"evt_1","finished":"2026-03-02T10:00:03Z","outcome":"completed","#
                + #""error":null,"effects":["#
                + #"{"at":"2026-03-02T10:00:01.2Z","do":"cancel_subscription","#
                + #""subscription":"sub_1","reason":"bad_debt","ok":true},"#
                + #"{"do":"set_flag","bit":15,"to":true,"ok":false}]"#
        )
        let first = try instant("2026-03-02T10:00:01.2Z")
        #expect(run.path == .c)
        #expect(run.trigger?.rawValue == "evt_1")
        #expect(run.finished == (try instant("2026-03-02T10:00:03Z")))
        #expect(run.outcome == .completed)
        #expect(run.error == nil)
        #expect(
            run.effects == [
                TimedEffect(
                    at: first,
                    effect: .cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt")
                ),
                // Without a time of its own an effect has that of the one before it.
                TimedEffect(at: first, effect: .setFlag(bit: 15, to: true), ok: false),
            ]
        )
    }

    @Test("a run that hangs has neither an end nor effects")
    func stuck() throws {
        let run = try execution(#""path":"B","outcome":"stuck","error":"timeout""#)
        #expect(run == Execution(path: .b, trigger: nil, outcome: .stuck, error: "timeout"))
    }

    private static let sub = SubscriptionID("sub_1")
    private static let invoice = InvoiceID("in_1")

    private static let effects: [(String, Effect)] = [
        (#""do":"set_flag","bit":0,"to":false"#, .setFlag(bit: 0, to: false)),
        (#""do":"set_ban","to":"abuse""#, .setBan(.abuse)),
        (#""do":"set_ban","to":null"#, .setBan(nil)),
        (#""do":"set_bad_debt_at","to":null"#, .setBadDebtAt(nil)),
        (
            #""do":"set_bad_debt_at","to":"1970-01-01T00:00:01Z""#,
            .setBadDebtAt(Instant(microseconds: 1_000_000))
        ),
        (
            #""do":"cancel_subscription","subscription":"sub_1""#,
            .cancelSubscription(sub, reason: nil)
        ),
        (
            #""do":"reactivate_subscription","subscription":"sub_1","reason":"paid""#,
            .reactivateSubscription(sub, reason: "paid")
        ),
        (
            #""do":"delete_items","subscription":"sub_1","items":["si_2","si_1"]"#,
            .deleteItems(sub, [ItemID("si_2"), ItemID("si_1")])
        ),
        (#""do":"restore_items","subscription":"sub_1","items":[]"#, .restoreItems(sub, [])),
        (
            #""do":"set_customer_metadata","set":{"b":"2","a":"1"},"unset":["c"]"#,
            .setCustomerMetadata(
                set: [MetadataEntry("a", "1"), MetadataEntry("b", "2")],
                unset: ["c"]
            )
        ),
        (
            #""do":"set_invoice_metadata","invoice":"in_1","set":{"a":null}"#,
            .setInvoiceMetadata(invoice, set: [MetadataEntry("a", "")], unset: [])
        ),
        (#""do":"void_invoice","invoice":"in_1""#, .voidInvoice(invoice)),
        (#""do":"pay_invoice","invoice":"in_1""#, .payInvoice(invoice, nil, payment: nil)),
        (#""do":"record_dunning","event":"evt_1""#, .recordDunning(event: "evt_1")),
        (#""do":"notify","stage":"day_3","to":"owner""#, .notify(stage: "day_3", to: "owner")),
        (#""do":"restrict","stage":"day_9""#, .restrict(stage: "day_9", to: nil)),
        (#""do":"escalate","stage":"day_30","to":null"#, .escalate(stage: "day_30", to: nil)),
    ]

    @Test("every effect is read", arguments: effects)
    func everyEffect(fields: String, expected: Effect) throws {
        #expect(try effect(fields + #","ok":true"#).effect == expected)
    }

    @Test("effects with money carry its currency")
    func money() throws {
        let euros = Money(minorUnits: 700, currency: try #require(Currency("eur")))
        #expect(
            try effect(
                #""do":"create_consolidated_invoice","invoice":"in_1","covers":["in_2","in_3"],"#
                    + #""amount":700,"currency":"EUR","ok":true"#
            ).effect
                == .createConsolidatedInvoice(
                    Self.invoice,
                    covers: [InvoiceID("in_2"), InvoiceID("in_3")],
                    euros
                )
        )
        #expect(
            try effect(
                #""do":"pay_invoice","invoice":"in_1","amount":700,"currency":"eur","#
                    + #""payment":"pi_1","ok":true"#
            ).effect == .payInvoice(Self.invoice, euros, payment: "pi_1")
        )
    }

    @Test(
        "an effect that can't be read rejects the run and says where",
        arguments: [
            (#""do":"set_flag","bit":15,"to":true"#, "effect 1: `ok` is missing, not a boolean"),
            (#""do":"dance","ok":true"#, "effect 1: `do` is `dance`, which is not known"),
            (
                #""do":"set_flag","bit":63,"to":true,"ok":true"#,
                "effect 1: `bit` is an integer, not a bit from 0 to 62"
            ),
            (#""do":"set_ban","ok":true"#, "effect 1: `to` is missing, not null or a ban"),
            (#""do":"set_ban","to":"mood","ok":true"#, "effect 1: ban `mood` is not known"),
            (
                #""do":"delete_items","subscription":"s","items":"si_1","ok":true"#,
                "effect 1: a list is a string, not an array"
            ),
            (
                #""do":"set_customer_metadata","set":["a"],"ok":true"#,
                "effect 1: `set` is an array, not an object"
            ),
            (
                #""do":"pay_invoice","invoice":"i","amount":9223372036854775808,"ok":true"#,
                "effect 1: `amount` is a number that is no 64-bit integer, not a 64-bit integer"
            ),
        ]
    )
    func wrongEffect(fields: String, expected: String) throws {
        let line = "\"execution\":{\"path\":\"A\",\"outcome\":\"failed\",\"effects\":[{\(fields)}]}"
        #expect(try reason { try read("execution", line) } == expected)
    }

    @Test(
        "a run that can't be read says why",
        arguments: [
            (#""outcome":"failed""#, "`path` is missing, not a string"),
            (#""path":"F","outcome":"failed""#, "execution: path `F` is not known"),
            (#""path":"A","outcome":"fine""#, "execution: outcome `fine` is not known"),
            (
                #""path":"A","outcome":"failed","effects":{}"#,
                "`effects` is an object, not an array"
            ),
        ]
    )
    func wrongRun(fields: String, expected: String) throws {
        #expect(try reason { try read("execution", "\"execution\":{\(fields)}") } == expected)
    }
}

@Suite("row images")
struct ChangeReaderTests {
    private func change(_ fields: String) throws -> RowChange {
        let record = try read("change", "\"change\":{\(fields),\"lsn\":\"0/1\",\"xid\":7}")
        guard case .change(let change) = record.body else { throw RecordError("no change") }
        return change
    }

    private static let sub = SubscriptionID("sub_1")

    private static let images: [(String, String, RowChange.Row)] = [
        (
            "subs_account", #""id":"acct_1","account_type":"msp","flags":32768,"ban":null"#,
            .account(type: .value("msp"), flags: .value(32768), ban: .null)
        ),
        (
            "subs_account", #""ban":"abuse""#,
            .account(type: .absent, flags: .absent, ban: .value(.abuse))
        ),
        (
            "subs_customer", #""stripe_customer":"cus_1","bad_debt":"1970-01-01T00:00:00Z""#,
            .customer(
                stripeCustomer: .value("cus_1"),
                badDebtAt: .value(Instant(microseconds: 0)),
                legalEntity: .absent
            )
        ),
        (
            "subs_subscription",
            #""id":"sub_1","status":"canceled","reason":null,"items":["si_1"]"#,
            .subscription(
                id: sub,
                status: .value(.canceled),
                reason: .null,
                items: .value([ItemID("si_1")])
            )
        ),
        (
            "subs_product_probation", #""product":"zone_pro","failed":true"#,
            .probation(product: "zone_pro", failed: .value(true))
        ),
        (
            "subs_mandate", #""id":"m_1","payment_method":"alipay","status":null"#,
            .mandate(id: "m_1", paymentMethod: .value("alipay"), status: .null)
        ),
        ("subs_dunning", #""event_id":"evt_1""#, .dunning(event: "evt_1")),
        ("subs_stuck_events", #""event_id":"evt_1""#, .stuckEvent(event: "evt_1", since: .absent)),
    ]

    @Test("each table's columns are read; absent and null are told apart", arguments: images)
    func image(table: String, row: String, expected: RowChange.Row) throws {
        let fields = "\"table\":\"\(table)\",\"op\":\"update\",\"row\":{\(row)},\"old\":null"
        #expect(try change(fields) == RowChange(op: .update, row: expected))
    }

    @Test("of a deleted row the image before it went is read")
    func deletion() throws {
        let fields = #""table":"subs_dunning","op":"delete","row":null,"old":{"event_id":"e"}"#
        #expect(try change(fields) == RowChange(op: .delete, row: .dunning(event: "e")))
    }

    @Test(
        "a row image that can't be read says why",
        arguments: [
            (#""table":"subs_zone","op":"insert""#, "change: table `subs_zone` is not mirrored"),
            (#""table":"subs_dunning","op":"truncate""#, "change: op `truncate` is not known"),
            (#""table":"subs_dunning","op":"insert""#, "`row` is missing, not an object"),
            (
                #""table":"subs_dunning","op":"update","row":null,"old":{"event_id":"e"}"#,
                "`row` is null, not an object"
            ),
            (
                #""table":"subs_account","op":"update","row":{"flags":-1}"#,
                "change of subs_account: `flags` is an integer, not a number of 0 or more"
            ),
            (
                #""table":"subs_subscription","op":"update","row":{"id":"s","status":"merry"}"#,
                "change of subs_subscription: status `merry` is not known"
            ),
        ]
    )
    func wrongImage(fields: String, expected: String) throws {
        #expect(try reason { try read("change", "\"change\":{\(fields)}") } == expected)
    }
}
