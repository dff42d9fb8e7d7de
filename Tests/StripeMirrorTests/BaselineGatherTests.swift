import BillingModel
import MirrorLog
import ScriptedStripe
import StripeMirror
import Testing

struct BaselineGatherTests {
    private static let customer =
        #"{"id":"cus_1","object":"customer","metadata":{"account_type":"pay_go"}}"#
    private static let line =
        #"{"v":1,"id":"b-1","kind":"baseline","at":"2026-03-01T00:00:00Z","account":"acct_1","state":"#
        + #"{"account":{"type":"pay_go","flags":0,"ban":null},"customer":{"stripe_customer":"cus_1"}}}"#

    private static func subscription(_ id: String) -> String {
        #"{"id":"\#(id)","object":"subscription","status":"active","items":{"object":"list","data":[]}}"#
    }

    private static func invoice(_ id: String) -> String {
        """
        {"id":"\(id)","object":"invoice",\n "status":"open","currency":"usd","amount_due":50,\
        "amount_paid":0,"amount_remaining":50,"created":1700000000,"customer":"cus_1"}
        """
    }

    private static func list(_ elements: [String], hasMore: Bool = false) -> String {
        #"{"object":"list","data":[\#(elements.joined(separator: ","))],"has_more":\#(hasMore)}"#
    }

    /// Gathers from answers by path; a path without one is given up.
    private func gather(_ answers: [String: [String]]) throws -> StripeFacts {
        var answers = answers
        var gather = BaselineGather(of: CustomerID("cus_1"))
        let scanner = try JSONScanner()
        while let request = gather.next() {
            let name = request.endPoint.path
            guard var rest = answers[name], !rest.isEmpty else {
                gather.giveUp("Stripe answered 500")
                continue
            }
            let answer = StripeAnswer(status: 200, body: rest.removeFirst().bytes)
            answers[name] = rest
            try gather.take(answer, scanner)
        }
        return gather.result
    }

    private func state(_ facts: StripeFacts) throws -> AccountState {
        let line = try facts.put(into: Self.line.bytes, JSONScanner())
        let record = try CapturedRecord(line: line, RecordReader()).record
        guard case .baseline(let state) = record.body else { throw RecordError("no baseline") }
        return state
    }

    private static let whole = [
        "/v1/customers/cus_1": [customer],
        "/v1/subscriptions": [
            list([subscription("sub_1")], hasMore: true), list([subscription("sub_2")]),
        ],
        "/v1/invoices": [
            list([invoice("in_3"), invoice("in_2")], hasMore: true), list([invoice("in_1")]),
        ],
    ]

    @Test("all pages of everything become the baseline's facts")
    func whole() throws {
        let facts = try gather(Self.whole)
        #expect(facts.missing == [])
        let state = try state(facts)
        #expect(state.missing == [])
        #expect(state.invoices.map(\.id.rawValue).sorted() == ["in_1", "in_2", "in_3"])
        #expect(state.subscriptions.map(\.id.rawValue).sorted() == ["sub_1", "sub_2"])
        #expect(state.type == AccountType("pay_go"))
    }

    @Test("nothing of a customer is empty lists, and not missing")
    func empty() throws {
        var answers = Self.whole
        answers["/v1/subscriptions"] = [Self.list([])]
        answers["/v1/invoices"] = [Self.list([])]
        let state = try state(gather(answers))
        #expect(state.missing == [])
        #expect(state.invoices.isEmpty && state.subscriptions.isEmpty)
    }

    @Test(
        "a part that can't be had makes the baseline say so",
        arguments: ["/v1/customers/cus_1", "/v1/subscriptions", "/v1/invoices"]
    )
    func missing(path: String) throws {
        var answers = Self.whole
        answers[path] = nil
        let facts = try gather(answers)
        #expect(facts.missing.count == 1)
        #expect(try state(facts).missing.count == 1)
    }

    @Test(
        "a page that can't be had does too, and those before it are kept",
        arguments: ["/v1/invoices", "/v1/subscriptions"]
    )
    func missingPage(path: String) throws {
        var answers = Self.whole
        answers[path]?.removeLast()
        let state = try state(gather(answers))
        #expect(state.missing.count == 1)
        #expect(state.invoices.count + state.subscriptions.count == 4)
    }

    @Test("it asks for each customer's own, of every status, page behind page")
    func requests() throws {
        var gather = BaselineGather(of: CustomerID("cus_1"))
        let scanner = try JSONScanner()
        var targets: [String] = []
        var answers = [
            Self.customer, Self.list([Self.subscription("sub_1")], hasMore: true), Self.list([]),
            Self.list([]),
        ]
        while let request = gather.next() {
            targets.append(request.target)
            try gather.take(StripeAnswer(status: 200, body: answers.removeFirst().bytes), scanner)
        }
        #expect(
            targets == [
                "/v1/customers/cus_1", "/v1/subscriptions?limit=100&customer=cus_1&status=all",
                "/v1/subscriptions?limit=100&customer=cus_1&status=all&starting_after=sub_1",
                "/v1/invoices?limit=100&customer=cus_1",
            ]
        )
    }

    @Test(
        "garbage is no answer, and changes nothing",
        arguments: ["", "{}", "[]", #"{"object":"list"}"#]
    )
    func garbage(body: String) throws {
        var gather = BaselineGather(of: CustomerID("cus_1"))
        let before = gather
        #expect(throws: RecordError.self) {
            try gather.take(StripeAnswer(status: 200, body: body.bytes), JSONScanner())
        }
        #expect(gather == before)
    }

    @Test("facts are put where there are none, and nowhere else")
    func put() throws {
        let facts = try gather(Self.whole)
        let scanner = try JSONScanner()
        let line = try facts.put(into: Self.line.bytes, scanner)
        #expect(throws: RecordError.self) { try facts.put(into: line, scanner) }
        #expect(throws: RecordError.self) { try facts.put(into: "{}".bytes, scanner) }
        let bare = try facts.put(into: #"{"state":{}}"#.bytes, scanner)
        let state = RawJSON.member("state", of: try RawJSON.checked(bare, scanner))
        #expect(RawJSON.member("stripe", of: try #require(state)) != nil)
    }
}
