import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// Redacts records given as JSON, a line each.
func redacted(
    _ lines: [String],
    secret: [UInt8] = testSecret,
    amounts: AmountTreatment = .kept
) throws -> RedactedCase {
    try Redaction(secret: secret, amounts: amounts, policy: Policy())
        .redact(lines.map { Array($0.utf8) })
}

extension RedactedCase {
    /// The records as one text.
    var text: String { lines.map { String(decoding: $0, as: UTF8.self) }.joined() }

    /// The record at a place, as a value.
    func tree(_ place: Int = 0) throws -> JSONTree { try JSONTree(Array(lines[place].dropLast())) }
}

extension JSONTree {
    /// The value at the end of a path of names.
    func at(_ path: String) -> JSONTree? {
        path.split(separator: ".").reduce(JSONTree?.some(self)) { tree, key in
            guard let place = Int(key) else { return tree?[String(key)] }
            guard let elements = tree?.elements, elements.indices.contains(place) else {
                return nil
            }
            return elements[place]
        }
    }
}

/// Records that say everything that must not be said, in every place where it could be.
enum Hostile {
    /// Texts and numbers of which none may come through.
    static let secrets = [
        "Ada Lovelace", "ada@lovelace.example", "12 St James Square", "4242424242424242", "4242",
        "203.0.113.77", "2001:db8::77", "+44 20 7946 0958", "SW1Y 4JH", "GB29NWBK60161331926819",
        "https://pay.example/receipts/ada", "please call my husband", "VIP of the chairman",
        "zz_secret_key", "1234567890123", "Lovelace & Sons Ltd", "ada-lovelace-invoice",
    ]

    /// Members that Stripe's objects have or might have, none of them harmless.
    static let stuffing = #"""
        "name":"Ada Lovelace","email":"ada@lovelace.example","phone":"+44 20 7946 0958",
        "address":{"line1":"12 St James Square","postal_code":"SW1Y 4JH","country":"GB"},
        "shipping":{"name":"Ada Lovelace","address":{"line1":"12 St James Square"}},
        "billing_details":{"email":"ada@lovelace.example","name":"Ada Lovelace"},
        "card":{"number":"4242424242424242","last4":"4242","name":"Ada Lovelace"},"last4":"4242",
        "account_number":1234567890123,"iban":"GB29NWBK60161331926819",
        "ip_address":"203.0.113.77","client_ip":"2001:db8::77",
        "description":"please call my husband","statement_descriptor":"Lovelace & Sons Ltd",
        "receipt_url":"https://pay.example/receipts/ada","receipt_email":"ada@lovelace.example",
        "hosted_invoice_url":"https://pay.example/receipts/ada","number":"ada-lovelace-invoice",
        "custom_fields":[{"name":"note","value":"VIP of the chairman"}],
        "footer":"please call my husband","previous_attributes":{"email":"ada@lovelace.example"},
        "zz_secret_key":{"deep":[["Ada Lovelace",{"zz_secret_key":"VIP of the chairman"}]]},
        "Ada Lovelace":"ada@lovelace.example","4242424242424242":4242424242424242,
        "customer_name":"Ada Lovelace","customer_email":"ada@lovelace.example"
        """#.replacing("\n", with: "")

    /// Metadata whose known keys say what they must not, and that has unknown ones.
    static let metadata = #"""
        "metadata":{"ada@lovelace.example":"Ada Lovelace","note":"VIP of the chairman",
        "zz_secret_key":"203.0.113.77","bad_debt":"please call my husband",
        "bad_debt_paid":"ada@lovelace.example","bad_debt_amount":"Ada Lovelace",
        "account_type":"VIP of the chairman","covers":"ada-lovelace-invoice, Ada Lovelace",
        "replaces":"ada-lovelace-invoice"}
        """#.replacing("\n", with: "")

    /// The objects that an event may carry, in the shapes of three API versions and others.
    static let objects = [
        (
            "invoice.paid",
            #""object":"invoice","id":"in_1","customer":{"id":"cus_1",\#(stuffing)},"paid":true,"#
                + #""closed":true,"forgiven":false,"currency":"usd","amount_due":5000,"#
                + #""date":1772323200,"subscription":"ada-lovelace-invoice","#
        ),
        (
            "invoice.voided",
            #""object":"invoice","id":"in_1","customer":"cus_1","status":"void","#
                + #""currency":"USD","amount_due":5000,"status_transitions":{\#(stuffing)},"#
                + #""subscription":{"id":"sub_1",\#(stuffing)},"#
        ),
        (
            "invoice.updated",
            #""object":"invoice","id":"in_1","customer_account":"Ada Lovelace","status":"open","#
                + #""currency":"usd","amount_due":5000,"parent":{"type":"Ada Lovelace","#
                + #""subscription_details":{"subscription":"sub_1",\#(stuffing)},\#(stuffing)},"#
        ),
        ("invoice.upcoming", #""object":"invoice","customer":"cus_1","status":"Ada Lovelace","#),
        (
            "customer.subscription.updated",
            #""object":"subscription","id":"sub_1","customer":"cus_1","status":"canceled","#
                + #""cancellation_details":{"comment":"please call my husband","feedback":"#
                + #""VIP of the chairman",\#(stuffing)},"items":{"object":"Ada Lovelace","data":"#
                + #"[{"id":"si_1","price":{"id":"zz_secret_key","product":{"id":"prod_1","#
                + #"\#(stuffing)},\#(stuffing)},\#(stuffing)}],"has_more":false,\#(stuffing)},"#
        ),
        ("customer.updated", #""object":"customer","id":"cus_1","#),
        ("charge.failed", #""object":"charge","id":"ch_1","customer":"cus_1","#),
        ("customer.source.created", #""object":"zz_secret_key","customer":"cus_1","#),
        ("charge.Ada Lovelace", #""object":"Ada Lovelace","customer":"cus_1","#),
        ("ada@lovelace.example", #""customer":"cus_1","#),
    ]

    /// An event of a type that carries an object, stuffed.
    static func event(_ type: String, _ object: String) -> String {
        #"{"id":"Ada Lovelace","object":"event","api_version":"2025-03-31.zz_secret_key","#
            + #""created":1772323200,"livemode":true,"type":"\#(type)","request":{"id":"Ada "#
            + #"Lovelace"},"account":"Ada Lovelace","data":{"object":{\#(object)\#(metadata),"#
            + #"\#(stuffing)},\#(stuffing)},\#(stuffing)}"#
    }

    /// An event in each of the three envelopes.
    static func envelopes(_ event: String) -> [String] {
        [
            event, #"{"detail":\#(event),"source":"Ada Lovelace",\#(stuffing)}"#,
            #"{"data":\#(event),"subject":"Ada Lovelace",\#(stuffing)}"#,
        ]
    }

    /// A record of a kind with a body, stuffed.
    static func record(_ kind: String, _ body: String, id: String = "ada-lovelace-invoice")
        -> String
    {
        #"{"v":1,"id":"\#(id)","kind":"\#(kind)","at":"2026-03-01T00:00:00Z","account":"Ada "#
            + #"Lovelace",\#(body),\#(stuffing)}"#
    }

    /// Records of every kind but `stripe`.
    static let others = [
        record(
            "baseline",
            #""state":{"account":{"type":"VIP of the chairman","flags":0,"ban":null,\#(stuffing)},"#
                + #""customer":{"stripe_customer":"Ada Lovelace","legal_entity":"Lovelace & Sons "#
                + #"Ltd",\#(stuffing)},"probations":[{"product":"zz_secret_key","failed":false,"#
                + #"\#(stuffing)}],"mandates":[{"id":"Ada Lovelace","payment_method":"Ada "#
                + #"Lovelace","status":"please call my husband",\#(stuffing)}],"credit":{"balance":"#
                + #"5,"currency":"usd",\#(stuffing)},"override":{"to":"flagged","by":"admin:"#
                + #"ada@lovelace.example",\#(stuffing)},"stripe":{"customer":{"id":"Ada Lovelace","#
                + #"\#(metadata),\#(stuffing)},\#(stuffing)},\#(stuffing)}"#
        ),
        record(
            "request",
            #""request":{"type":"set_account_type","to":"VIP of the chairman","actor":"#
                + #""ada@lovelace.example",\#(stuffing)}"#
        ),
        record("request", #""type":"admin_flag","actor":"admin:Ada Lovelace""#),
        record(
            "change",
            #""change":{"table":"subs_customer","op":"update","row":{\#(stuffing),"#
                + #""account_id":"Ada Lovelace","stripe_customer":"ada@lovelace.example","#
                + #""legal_entity":"Lovelace & Sons Ltd"},"old":{\#(stuffing),"account_id":"#
                + #""Ada Lovelace"},"lsn":"zz_secret_key","xid":4242,\#(stuffing)}"#
        ),
        record(
            "change",
            #""change":{"table":"subs_subscription","op":"delete","row":null,"old":{"#
                + #""id":"Ada Lovelace","reason":"please call my husband","items":["zz_secret_key"],"#
                + #"\#(stuffing)}}"#
        ),
        record("mark", #""source":"stripe","through":"2026-03-01T00:00:00.1234567890123Z""#),
        record("execution", execution),
    ]

    private static let execution: String = {
        let subject = #""subscription":"Ada Lovelace","reason":"please call my husband""#
        let money = #""invoice":"ada-lovelace-invoice","amount":5,"currency":"usd""#
        let effects = [
            #""do":"cancel_subscription",\#(subject)"#,
            #""do":"delete_items",\#(subject),"items":["zz_secret_key"]"#,
            #""do":"set_customer_metadata","set":{"note":"VIP of the chairman","#
                + #""ada@lovelace.example":null,"bad_debt":"Ada Lovelace"},"unset":["Ada Lovelace"]"#,
            #""do":"set_invoice_metadata","invoice":"Ada Lovelace","set":{"covers":"#
                + #""Ada Lovelace,ada@lovelace.example"}"#,
            #""do":"create_consolidated_invoice",\#(money),"covers":["Ada Lovelace"]"#,
            #""do":"pay_invoice",\#(money),"payment":"Ada Lovelace""#,
            #""do":"record_dunning","event":"Ada Lovelace""#,
            #""do":"notify","stage":"VIP of the chairman","to":"ada@lovelace.example""#,
            #""do":"set_flag","bit":15,"to":true"#,
        ]
        let list = effects.map { #"{\#($0),"ok":true,\#(stuffing)}"# }.joined(separator: ",")
        return #""execution":{"path":"C","trigger":"Ada Lovelace","outcome":"failed","error":"#
            + #""please call my husband","effects":[\#(list)],\#(stuffing)}"#
    }()
}
