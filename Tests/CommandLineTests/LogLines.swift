/// Logs for the program to read, written out by hand.
enum LogLines {
    /// Every source is complete for a month.
    static let complete = ["stripe", "postgres", "requests"].map { source in
        #"{"v":1,"id":"mark-\#(source)","kind":"mark","at":"2026-03-03T00:00:00Z","#
            + #""source":"\#(source)","through":"2026-04-02T00:00:00Z"}"#
    }

    /// An account with one subscription and one open invoice.
    static func baseline(_ name: String) -> String {
        #"{"v":1,"id":"b-\#(name)","kind":"baseline","at":"2026-03-02T11:00:00Z","#
            + #""account":"\#(name)","state":{"account":{"type":"pay_go","flags":0,"ban":null},"#
            + #""customer":{"stripe_customer":"cus_\#(name)","bad_debt_at":null},"#
            + #""stripe":{"customer":{"id":"cus_\#(name)","metadata":{"account_type":"pay_go"}},"#
            + #""subscriptions":[{"id":"sub_\#(name)","status":"active","items":{"data":"#
            + #"[{"id":"si_1","price":{"id":"price_pro","product":"zone_pro"}}]}}],"#
            + #""invoices":[\#(invoice(name, "open"))]}}}"#
    }

    private static func invoice(_ name: String, _ status: String) -> String {
        #"{"id":"in_\#(name)","object":"invoice","customer":"cus_\#(name)","status":"\#(status)","#
            + #""currency":"usd","amount_due":5000,"amount_paid":0,"amount_remaining":5000,"#
            + #""created":1772323200,"metadata":{}}"#
    }

    private static func event(
        _ name: String,
        _ type: String,
        _ status: String,
        _ second: Int
    ) -> String {
        #"{"v":1,"id":"evt-\#(type)-\#(name)","kind":"stripe","at":"2026-03-02T12:00:0\#(second)Z","#
            + #""account":"\#(name)","event":{"id":"evt-\#(type)-\#(name)","object":"event","#
            + #""type":"invoice.\#(type)","created":\#(1_772_452_800 + second),"#
            + #""data":{"object":\#(invoice(name, status))}}}"#
    }

    private static func run(_ name: String) -> String {
        let at = "2026-03-02T12:00:01"
        let effects = [
            #""do":"cancel_subscription","subscription":"sub_\#(name)","reason":"bad_debt""#,
            #""do":"set_flag","bit":15,"to":true"#,
            #""do":"set_ban","to":"bad_debt""#,
            #""do":"set_bad_debt_at","to":"\#(at)Z""#,
            #""do":"set_customer_metadata","set":{"bad_debt":"true"},"unset":[]"#,
        ]
        let timed = effects.enumerated().map { place, effect in
            #"{"at":"2026-03-02T12:00:03.\#(place)Z","ok":true,\#(effect)}"#
        }
        return #"{"v":1,"id":"ex-\#(name)","kind":"execution","at":"\#(at)Z","#
            + #""account":"\#(name)","execution":{"path":"C","trigger":"evt-marked_uncollectible-"#
            + #"\#(name)","finished":"2026-03-02T12:00:04Z","outcome":"completed","error":null,"#
            + #""effects":[\#(timed.joined(separator: ","))]}}"#
    }

    /// An account that is flagged for an invoice that stays uncollectible.
    static func rightly(_ name: String) -> [String] {
        [baseline(name), event(name, "marked_uncollectible", "uncollectible", 0), run(name)]
    }

    /// An account that is flagged for an invoice that was voided meanwhile.
    static func wrongly(_ name: String) -> [String] {
        rightly(name) + [event(name, "voided", "void", 2)]
    }

    /// An account whose invoice is paid, and that no path has anything to do with.
    static func paid(_ name: String) -> [String] {
        [baseline(name), event(name, "paid", "paid", 0)]
    }

    /// An account that is paid for, and that an administrator flags five seconds later.
    static func overridden(_ name: String) -> [String] {
        let dunned = baseline(name)
            .replacing(#""flags":0,"ban":null"#, with: #""flags":32768,"ban":"bad_debt""#)
            .replacing(#""bad_debt_at":null"#, with: #""bad_debt_at":"2026-03-01T00:00:00Z""#)
            .replacing(#""status":"open""#, with: #""status":"uncollectible""#)
        let request =
            #"{"v":1,"id":"rq-\#(name)","kind":"request","at":"2026-03-02T12:00:05Z","#
            + #""account":"\#(name)","request":{"type":"admin_flag","actor":"admin:ada"}}"#
        return [dunned, event(name, "paid", "paid", 0), request]
    }

    /// An account that nobody knows why is flagged.
    static func mysteriously(_ name: String) -> [String] {
        [
            baseline(name),
            #"{"v":1,"id":"ch-\#(name)","kind":"change","at":"2026-03-02T12:00:00Z","#
                + #""account":"\#(name)","change":{"table":"subs_account","op":"update","#
                + #""row":{"id":"\#(name)","flags":32768,"ban":null},"old":null,"#
                + #""lsn":"0/1","xid":1}}"#,
        ]
    }

    /// Two accounts, one of which diverges for a known cause.
    static let explained = rightly("a") + wrongly("b") + complete
}
