import DunningBrain
import MirrorLog
import RegressionCorpus
import Testing

/// Amounts stay or are multiplied, exactly.
struct RedactionAmountTests {
    private func invoice(_ amount: Int64, stated: String = "70") -> String {
        #"{"v":1,"id":"e","kind":"stripe","at":"2026-03-01T00:00:00Z","event":{"type":"invoice.paid","data":{"object":{"id":"in_1","status":"paid","currency":"usd","amount_due":\#(amount),"amount_paid":2,"amount_remaining":-3,"metadata":{"bad_debt_amount":"\#(stated)"}}}}}"#
    }

    private func object(_ lines: [String], by factor: Int64) throws -> JSONTree {
        let result = try redacted(lines, amounts: .multiplied(by: factor))
        return try #require(result.tree().at("event.data.object"))
    }

    @Test("every amount is multiplied, those in metadata too")
    func multiplied() throws {
        let object = try object([invoice(5)], by: 7)
        #expect(object["amount_due"] == .integer(35))
        #expect(object["amount_paid"] == .integer(14))
        #expect(object["amount_remaining"] == .integer(-21))
        #expect(object.at("metadata.bad_debt_amount")?.string == "490")
    }

    @Test("an amount in a text is one in exactly the forms that dunning knows")
    func texts() throws {
        let amounts = [
            "70": "210", "0070": "00210", "0": "0", "usd:70": "usd:210",
            "eur:-5,usd:70": "eur:-15,usd:210",
        ]
        for (text, expected) in amounts {
            let object = try object([invoice(5, stated: text)], by: 3)
            #expect(object.at("metadata.bad_debt_amount")?.string == expected)
            let kept = try redacted([invoice(5, stated: text)]).tree()
            #expect(kept.at("event.data.object.metadata.bad_debt_amount")?.string == text)
        }
        for text in [
            "-70", "+7", "7.0", "USD:70", "usd:07", "usd:70,", "70 ", "７", "usd:70:1",
            "99999999999999999999",
        ] {
            let result = try redacted([invoice(5, stated: text)])
            let found = try result.tree().at("event.data.object.metadata.bad_debt_amount")?.string
            #expect(found == result.pseudonyms[text] && found != text, "\(text)")
        }
    }

    @Test("credits and the amounts of effects are multiplied as well")
    func elsewhere() throws {
        let lines = [
            #"{"v":1,"id":"b","kind":"baseline","at":"2026-03-01T00:00:00Z","account":"a","state":{"credit":{"balance":4,"currency":"eur"}}}"#,
            #"{"v":1,"id":"x","kind":"execution","at":"2026-03-01T00:00:00Z","account":"a","execution":{"path":"D","outcome":"completed","effects":[{"do":"pay_invoice","ok":true,"invoice":"in_1","amount":9,"currency":"eur"},{"do":"set_customer_metadata","ok":true,"set":{"bad_debt_amount":"eur:9"}}]}}"#,
        ]
        let result = try redacted(lines, amounts: .multiplied(by: 2))
        #expect(try result.tree(0).at("state.credit.balance") == .integer(8))
        #expect(try result.tree(1).at("execution.effects.0.amount") == .integer(18))
        #expect(
            try result.tree(1).at("execution.effects.1.set.bad_debt_amount")?.string == "eur:18"
        )
    }

    @Test("amounts that would not fit 64 bits, alone or together, are refused")
    func overflow() throws {
        let large = Int64.max / 4
        _ = try redacted([invoice(large)], amounts: .multiplied(by: 2))
        let cases: [([String], Int64)] = [
            ([invoice(.max)], 2), ([invoice(.min)], 1), ([invoice(large)], 5),
            ([invoice(large), invoice(large).replacing(#""e""#, with: #""f""#)], 3),
        ]
        for (lines, factor) in cases {
            let error = #expect(throws: RecordError.self) { try object(lines, by: factor) }
            #expect(error?.reason.contains("do not fit 64 bits") == true)
            #expect(error?.reason.hasPrefix("line ") == true)
        }
        _ = try redacted([invoice(.max)])
    }

    @Test("only a whole number of 1 or more multiplies, and only where no threshold stands")
    func refused() throws {
        for factor: Int64 in [0, -1, .min] {
            #expect(throws: RecordError.self) {
                try Redaction(
                    secret: testSecret,
                    amounts: .multiplied(by: factor),
                    policy: Policy()
                )
            }
        }
        var policy = Policy()
        policy.threshold = 1
        _ = try Redaction(secret: testSecret, policy: policy)
        #expect(throws: RecordError.self) {
            try Redaction(secret: testSecret, amounts: .multiplied(by: 2), policy: policy)
        }
    }
}
