import BillingModel
import ScriptedStripe
import StripeMirror
import Testing

struct StripeRequestTests {
    @Test("a request is a path and its parameters, in order")
    func target() {
        let request = StripeRequest(.invoices, [.init("customer", "cus_1"), .init("limit", "100")])
        #expect(request.target == "/v1/invoices?customer=cus_1&limit=100")
        #expect(StripeRequest(.events).target == "/v1/events")
    }

    @Test(
        "whatever an id holds, it stays one part of the path",
        arguments: [
            ("cus_1", "cus_1"), ("../invoices", "..%2Finvoices"), ("..", "%2E%2E"),
            ("a?b=c&d", "a%3Fb%3Dc%26d"), ("a\r\nX: y", "a%0D%0AX%3A%20y"), ("é", "%C3%A9"),
            ("%2e", "%252e"), ("", ""),
        ]
    )
    func customer(id: String, encoded: String) {
        #expect(StripeRequest(.customer(CustomerID(id))).target == "/v1/customers/\(encoded)")
    }

    @Test("a server reads back what was encoded")
    func roundTrip() {
        let value = "a b&c=d/é\u{1F600}%[]"
        let request = StripeRequest(.events, [.init("types[]", value), .init("created[gte]", "7")])
        #expect(ListedObjects.query(of: request.target) == ["types[]": value, "created[gte]": "7"])
        #expect(!request.target.contains("["))
    }

    @Test("the name for logs holds nobody's id")
    func name() {
        #expect(StripeRequest.EndPoint.customer(CustomerID("cus_1")).name == "/v1/customers/:id")
        #expect(StripeRequest.EndPoint.invoices.name == "/v1/invoices")
    }
}
