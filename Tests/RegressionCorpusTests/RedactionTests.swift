import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// What goes, what stays, and what is refused.
struct RedactionTests {
    private func expectNoSecret(_ redacted: RedactedCase) {
        for secret in Hostile.secrets {
            #expect(!redacted.text.contains(secret), "`\(secret)` came through")
        }
    }

    @Test("nothing of a hostile event survives, in no shape and no envelope")
    func hostileEvents() throws {
        for (type, object) in Hostile.objects {
            for event in Hostile.envelopes(Hostile.event(type, object)) {
                let line = Hostile.record("stripe", #""cause":"Ada Lovelace","event":\#(event)"#)
                let result = try redacted([line])
                #expect(result.lines.count == 1)
                expectNoSecret(result)
            }
        }
    }

    @Test("nothing of a hostile record of any other kind survives", arguments: Hostile.others)
    func hostileRecords(line: String) throws { expectNoSecret(try redacted([line])) }

    @Test("all hostile records together are one case")
    func hostileCase() throws {
        let events = Hostile.objects.enumerated().map { place, object in
            Hostile.record(
                "stripe",
                #""event":\#(Hostile.event(object.0, object.1))"#,
                id: "ada-lovelace-invoice \(place)"
            )
        }
        let others = Hostile.others.enumerated().map { place, line in
            line.replacing(#""id":"ada-lovelace-invoice""#, with: #""id":"Ada Lovelace \#(place)""#)
        }
        let result = try redacted(events + others)
        #expect(result.lines.count == events.count + others.count)
        expectNoSecret(result)
    }

    @Test("an event keeps its shape, its words, its times and its amounts")
    func shape() throws {
        let result = try redacted([
            #"{"v":1,"id":"evt_1","kind":"stripe","at":"2026-03-01T01:00:00.5+01:00","account":"a","event":{"version":"0","detail":{"id":"evt_1","object":"event","api_version":"2025-03-31.basil","created":1772323200,"livemode":true,"type":"invoice.voided","data":{"object":{"id":"in_1","object":"invoice","amount_due":5000,"currency":"usd","status":"void","description":"x","parent":{"type":"subscription_details","subscription_details":{"subscription":"sub_1"}},"next_payment_attempt":null,"metadata":{"bad_debt_amount":"5000"}}}}}}"#
        ])
        let id = try #require(result.pseudonyms["evt_1"])
        let invoice = try #require(result.pseudonyms["in_1"])
        let subscription = try #require(result.pseudonyms["sub_1"])
        let account = try #require(result.pseudonyms["a"])
        #expect(
            result.text
                == #"{"v":1,"id":"\#(id)","kind":"stripe","at":"2026-03-01T00:00:00.5Z","account":"\#(account)","event":{"detail":{"id":"\#(id)","object":"event","api_version":"2025-03-31.basil","created":1772323200,"livemode":true,"type":"invoice.voided","data":{"object":{"id":"\#(invoice)","object":"invoice","amount_due":5000,"currency":"usd","status":"void","parent":{"subscription_details":{"subscription":"\#(subscription)"}},"next_payment_attempt":null,"metadata":{"bad_debt_amount":"5000"}}}}}}"#
                + "\n"
        )
    }

    @Test("a type that is on no list stays one, and of the same family")
    func unknownWords() throws {
        let types = [
            ("invoice.ada", "invoice.unlisted"), ("charge.ada", "charge.unlisted"),
            ("customer.subscription.ada", "customer.subscription.unlisted"),
            ("customer.ada", "customer.unlisted"), ("ada.created", "unlisted"),
            ("invoice.paid", "invoice.paid"),
        ]
        for (type, expected) in types {
            let status = type.hasPrefix("customer.sub") ? "active" : "open"
            let object = #"{"id":"x","status":"\#(status)","currency":"usd","amount_due":1}"#
            let line =
                #"{"v":1,"id":"e","kind":"stripe","at":"2026-03-01T00:00:00Z","event":{"type":"\#(type)","data":{"object":\#(object)}}}"#
            #expect(try redacted([line]).tree().at("event.type")?.string == expected)
        }
    }

    @Test("a reason is bad_debt or is not, and what an administrator is called goes")
    func reasons() throws {
        let words = ["bad_debt": "bad_debt", "payment_failed": "payment_failed", "Ada": "other"]
        for (reason, expected) in words {
            let line =
                #"{"v":1,"id":"x","kind":"change","at":"2026-03-01T00:00:00Z","account":"a","change":{"table":"subs_subscription","op":"update","row":{"id":"sub_1","reason":"\#(reason)"}}}"#
            #expect(try redacted([line]).tree().at("change.row.reason")?.string == expected)
        }
        let flag =
            #"{"v":1,"id":"r","kind":"request","at":"2026-03-01T00:00:00Z","account":"a","request":{"type":"admin_flag","actor":"admin:4711"}}"#
        let actor = try #require(redacted([flag]).tree().at("request.actor")?.string)
        #expect(actor.hasPrefix("admin:") && !actor.contains("4711"))
    }

    @Test("null and a list that holds pages back still say that something is missing")
    func missing() throws {
        let line =
            #"{"v":1,"id":"b","kind":"baseline","at":"2026-03-01T00:00:00Z","account":"a","state":{"account":{"type":"pay_go","flags":null},"customer":null,"stripe":{"customer":null,"invoices":{"object":"list","data":[],"has_more":true,"url":"/v1/x"}}}}"#
        let state = try #require(redacted([line]).tree()["state"])
        #expect(state.at("account.flags") == .null)
        #expect(state["customer"] == .null)
        #expect(state.at("stripe.customer") == .null)
        #expect(state.at("stripe.invoices.has_more") == .bool(true))
        #expect(state.at("stripe.invoices.url") == nil)
    }

    @Test("of two members of one name the one that is read stays")
    func twice() throws {
        let line =
            #"{"v":1,"id":"r","kind":"request","at":"2026-03-01T00:00:00Z","account":"a","request":{"type":"drift_run","actor":"customer","actor":"cron"}}"#
        let redacted = try redacted([line])
        #expect(try redacted.tree().at("request.actor")?.string == "cron")
        #expect(!redacted.text.contains("customer"))
    }

    @Test("of two different records of one id only the one that counts is left")
    func redelivered() throws {
        let line = { (bit: Int) in
            #"{"v":1,"id":"x","kind":"change","at":"2026-03-01T00:00:00Z","account":"a","change":{"table":"subs_account","op":"update","row":{"flags":\#(bit)}}}"#
        }
        #expect(try redacted([line(1), line(2), line(1)]).lines.count == 2)
        #expect(try redacted([line(2), line(1)]).lines == redacted([line(1)]).lines)
    }

    @Test("an account of the legal entity cn belongs in the corpus of its region")
    func region() throws {
        let line = { (entity: String) in
            #"{"v":1,"id":"b","kind":"baseline","at":"2026-03-01T00:00:00Z","account":"a","state":{"customer":{"legal_entity":"\#(entity)"}}}"#
        }
        #expect(try redacted([line("global")]).region == .global)
        #expect(
            try redacted([line("global"), line("cn").replacing("\"b\"", with: "\"c\"")]).region
                == .cn
        )
        #expect(try redacted([line("CN")]).region == .cn)
        #expect(try !CorpusRegion.global.admits(redacted([line("cn")]).region))
        let old =
            #"{"v":1,"id":"x","kind":"change","at":"2026-03-01T00:00:00Z","account":"a","change":{"table":"subs_customer","op":"update","row":{},"old":{"legal_entity":"cn"}}}"#
        #expect(try redacted([old]).region == .cn)
    }

    @Test("a line that can't be read is refused by its number")
    func unreadable() throws {
        let good =
            #"{"v":1,"id":"r","kind":"request","at":"2026-03-01T00:00:00Z","account":"a","type":"drift_run"}"#
        for bad in ["", "{", #"{"v":2}"#, #"{"v":1,"id":"x","kind":"letter"}"#] {
            let error = #expect(throws: RecordError.self) { try redacted([good, bad]) }
            #expect(error?.reason.hasPrefix("line 2: ") == true)
        }
        #expect(try redacted([good + "\r\n"]).lines == redacted([good]).lines)
        #expect(try redacted([]).lines.isEmpty)
    }

    @Test("a secret of fewer than sixteen bytes is refused")
    func shortSecret() throws {
        for count in [0, 1, 15] {
            let secret = [UInt8](repeating: 7, count: count)
            #expect(throws: RecordError("the secret has \(count) bytes; it needs 16 or more")) {
                try Redaction(secret: secret, policy: Policy())
            }
        }
        _ = try Redaction(secret: [UInt8](repeating: 7, count: 16), policy: Policy())
    }
}
