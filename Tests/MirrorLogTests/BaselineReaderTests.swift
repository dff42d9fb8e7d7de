import BillingModel
import MirrorLog
import Testing

@Suite("baselines")
struct BaselineReaderTests {
    private func baseline(_ state: String) throws -> AccountState {
        let record = try read("baseline", "\"state\":{\(state)}")
        guard case .baseline(let state) = record.body else { throw RecordError("no baseline") }
        return state
    }

    @Test("everything that the brain would gather is read")
    func whole() throws {
        let state = try baseline(
            #""account":{"type":"startup","flags":32769,"ban":"bad_debt"},"#
                + #""customer":{"stripe_customer":"cus_9","bad_debt_at":"2026-02-01T00:00:00Z","#
                + #""legal_entity":"cn"},"#
                + #""probations":[{"product":"zone_pro","failed":true},{"product":"a","failed":false}],"#
                + #""mandates":[{"id":"m_2","payment_method":"alipay","status":"active"},{"id":"m_1"}],"#
                + #""credit":{"balance":-250,"currency":"CNY"},"#
                + #""override":{"to":"unflagged","by":"admin:3","until":"2026-04-01T00:00:00Z"},"#
                + #""stripe":{"customer":{"id":"cus_8","metadata":{"bad_debt_amount":"usd:5"}},"#
                + #""subscriptions":[{"id":"sub_2","status":"active"},{"id":"sub_1","status":"paused"}],"#
                + #""invoices":{"data":[{"id":"in_1","status":"open","currency":"usd","amount_due":5}]}}"#
        )
        #expect(state.type == .known(.startup))
        #expect(state.flags == 32769)
        #expect(state.isFlagged)
        #expect(state.ban == .badDebt)
        #expect(state.stripeCustomer?.rawValue == "cus_9")
        #expect(state.badDebtAt == (try instant("2026-02-01T00:00:00Z")))
        #expect(state.legalEntity == "cn")
        #expect(state.probations.map(\.product) == ["a", "zone_pro"])
        #expect(state.hasFailedProbation(of: "zone_pro"))
        #expect(state.mandates.map(\.id) == ["m_1", "m_2"])
        #expect(state.credit?.minorUnits == -250)
        #expect(state.credit?.currency.code == "cny")
        #expect(state.override?.flagged == false)
        #expect(state.override?.until == (try instant("2026-04-01T00:00:00Z")))
        #expect(state.metadata.badDebtAmount == "usd:5")
        #expect(state.subscriptions.map(\.id.rawValue) == ["sub_1", "sub_2"])
        #expect(state.invoices.map(\.id.rawValue) == ["in_1"])
        #expect(state.invoices.first?.version == nil)
        #expect(state.missing.isEmpty)
    }

    @Test("absent parts are empty, and an account without a type is incomplete")
    func empty() throws {
        let state = try baseline("")
        #expect(state.missing == ["account type"])
        #expect(state.invoices.isEmpty)
        #expect(state.credit == nil)
        #expect(try baseline(#""account":{"type":"pay_go"}"#).missing.isEmpty)
    }

    @Test(
        "what could not be gathered is named",
        arguments: [
            (#""account":null"#, ["account"]),
            (#""account":{"type":null}"#, ["account type"]),
            (#""account":{"type":"a","flags":null}"#, ["account flags"]),
            (#""account":{"type":"a"},"customer":null"#, ["customer"]),
            (#""account":{"type":"a"},"stripe":null"#, ["stripe"]),
            (#""account":{"type":"a"},"stripe":{"invoices":null}"#, ["invoices"]),
            (
                #""account":{"type":"a"},"stripe":{"invoices":{"data":[],"has_more":true}}"#,
                ["further pages of invoices"]
            ),
            (
                #""account":{"type":"a"},"stripe":{"subscriptions":[{"id":"sub_1","#
                    + #""status":"active","items":{"data":[],"has_more":true}}]}"#,
                ["further pages of items of subscription sub_1"]
            ),
            (
                #""account":{"type":"a"},"probations":[{"product":"p","failed":null}]"#,
                ["probation of p"]
            ),
        ]
    )
    func missing(state: String, expected: [String]) throws {
        #expect(try baseline(state).missing == expected)
    }

    @Test(
        "a baseline that can't be read says where",
        arguments: [
            (#""account":7"#, "state: `account` is an integer, not an object"),
            (#""account":{"flags":-1}"#, "state: `flags` is negative: -1"),
            (#""account":{"ban":"mood"}"#, "state: ban `mood` is not known"),
            (#""customer":[]"#, "state: `customer` is an array, not an object"),
            (#""stripe":"none""#, "state: `stripe` is a string, not an object"),
            (#""stripe":{"customer":1}"#, "state: `customer` is an integer, not an object"),
            (#""stripe":{"invoices":7}"#, "state: `invoices` is an integer, not a list"),
            (#""stripe":{"invoices":[{}]}"#, "state: the invoice has no `id`"),
            (
                #""stripe":{"subscriptions":[{"id":"s","status":"odd"}]}"#,
                "state: subscription s: status `odd` is not known"
            ),
            (#""credit":{"balance":1.5}"#, "64-bit integer"),
            (#""credit":{"balance":1,"currency":"€"}"#, "`currency` is no code of three letters"),
            (#""credit":5"#, "state: `credit` is an integer, not an object"),
            (#""override":{"to":"maybe"}"#, "state: override `maybe` is not known"),
            (#""override":"flagged""#, "state: `override` is a string, not an object"),
            (#""mandates":[{}]"#, "state: `id` is missing, not a string"),
        ]
    )
    func rejected(state: String, part: String) throws {
        let problem = try #require(try reason { try read("baseline", "\"state\":{\(state)}") })
        #expect(problem.contains(part))
    }
}
