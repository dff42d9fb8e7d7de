import BillingModel
import MirrorLog
import StripeMirror
import Testing

struct FactListsTests {
    private func page(_ elements: [String], hasMore: Bool = false) throws -> ListPage {
        let text = elements.joined(separator: ",")
        let body = #"{"object":"list","data":[\#(text)],"has_more":\#(hasMore)}"#
        return try ListPage(body.bytes, JSONScanner())
    }

    @Test("customers, subscriptions and invoices are asked for to the last page, in this order")
    func walk() throws {
        var lists = FactLists()
        var asked: [String] = []
        let answers = [
            try page([#"{"id":"cus_2"}"#], hasMore: true), try page([#"{"id":"cus_1"}"#]),
            try page([#"{"id":"sub_1","customer":"cus_1"}"#]),
            try page([#"{"id":"in_2","customer":"cus_2"}"#], hasMore: true),
            try page([#"{"id":"in_1","customer":"cus_2"}"#]),
        ]
        var facts: [String] = []
        for answer in answers {
            asked.append(try #require(lists.next).target)
            facts += try lists.take(answer).map { "\($0.part) \($0.id) \($0.customer.rawValue)" }
        }
        #expect(lists.next == nil)
        #expect(
            asked == [
                "/v1/customers?limit=100", "/v1/customers?limit=100&starting_after=cus_2",
                "/v1/subscriptions?limit=100&status=all", "/v1/invoices?limit=100",
                "/v1/invoices?limit=100&starting_after=in_2",
            ]
        )
        #expect(
            facts == [
                "customer cus_2 cus_2", "customer cus_1 cus_1", "subscriptions sub_1 cus_1",
                "invoices in_2 cus_2", "invoices in_1 cus_2",
            ]
        )
    }

    @Test("an object is its customer's, expanded or not; one of nobody's is left out")
    func owners() throws {
        var lists = FactLists()
        _ = try lists.take(page([]))
        let facts = try lists.take(
            page([
                #"{"id":"sub_1","customer":"cus_1"}"#,
                #"{"id":"sub_2","customer":{"id":"cus_2","object":"customer"}}"#,
                #"{"id":"sub_3","customer":null}"#, #"{"id":"sub_4"}"#, #"{"customer":"cus_1"}"#,
                #"{"id":"sub_5","customer":""}"#,
            ])
        )
        #expect(facts.map(\.customer.rawValue) == ["cus_1", "cus_2"])
        #expect(facts.map(\.id) == ["sub_1", "sub_2"])
    }

    @Test("a list that goes in a circle is an error, and not asked for for ever")
    func circle() throws {
        var lists = FactLists()
        _ = try lists.take(page([#"{"id":"cus_2"}"#], hasMore: true))
        let again = try page([#"{"id":"cus_2"}"#], hasMore: true)
        #expect(throws: RecordError.self) { try lists.take(again) }
    }
}
