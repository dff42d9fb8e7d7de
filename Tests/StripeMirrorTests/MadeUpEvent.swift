import MirrorLog
import StripeMirror

/// Events as Stripe sends them, made up.
enum MadeUpEvent {
    /// An invoice's event.
    static func json(
        _ id: String,
        created: Int64,
        type: String = "invoice.updated",
        customer: String = "cus_1",
        status: String = "open",
        livemode: Bool = false
    ) -> String {
        let number = id.split(separator: "_").last ?? "1"
        return """
            {"id":"\(id)","object":"event","api_version":"2024-06-20","created":\(created),\
            "data":{"object":{"id":"in_\(number)","object":"invoice","customer":"\(customer)",\
            "status":"\(status)","currency":"usd","amount_due":5000,"amount_paid":0,\
            "amount_remaining":5000,"created":1700000000,"metadata":{}}},"livemode":\(livemode),\
            "pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"\(type)"}
            """
    }

    /// The same, as Stripe writes bodies: with line breaks.
    static func pretty(_ id: String, created: Int64, livemode: Bool = false) -> String {
        json(id, created: created, livemode: livemode)
            .split(separator: ",", omittingEmptySubsequences: false).joined(separator: ",\n  ")
    }
}

extension String {
    /// The text's bytes.
    var bytes: [UInt8] { Array(utf8) }
}

extension RawJSON {
    /// A text as a slice, known to be JSON.
    static func slice(_ text: String) throws -> Slice { try checked(text.bytes, JSONScanner()) }
}

extension RawJSON.Slice {
    /// The slice as text.
    var text: String { String(decoding: self, as: UTF8.self) }
}
