import BillingModel
import MirrorLog
import StripeMirror
import Testing

struct ListPageTests {
    private func page(_ text: String) throws -> ListPage {
        try ListPage(text.bytes, JSONScanner())
    }

    @Test("a page has its elements as they came, and says whether there is more")
    func reads() throws {
        let page = try page(
            """
            {"object":"list","data":[ {"id":"evt_2","created":7,"x":1.50},\n{"id":"evt_1"}],
            "has_more":true,"url":"/v1/events"}
            """
        )
        #expect(page.hasMore)
        #expect(page.elements.map(\.id) == ["evt_2", "evt_1"])
        #expect(page.elements.map(\.created) == [Instant(unixSeconds: 7), nil])
        #expect(page.elements.first?.raw.text == #"{"id":"evt_2","created":7,"x":1.50}"#)
        #expect(page.cursor == "evt_1")
    }

    @Test(
        "what is no page is none, and never an empty one",
        arguments: [
            "", "<html>busy</html>", "{}", "[]", "null", #"{"object":"list","data":[]}"#,
            #"{"object":"list","has_more":false}"#, #"{"data":[],"has_more":false}"#,
            #"{"object":"list","data":{},"has_more":false}"#,
            #"{"object":"list","data":[],"has_more":"no"}"#,
            #"{"object":"list","data":[],"has_more":null}"#,
            #"{"object":"list","data":[],"has_more":true}"#,
            #"{"object":"list","data":[{"a":1}],"has_more":true}"#,
            #"{"object":"list","data":[{"id":"evt_1"}"#, #"{"error":{"type":"api_error"}}"#,
        ]
    )
    func refuses(text: String) {
        #expect(throws: RecordError.self) { try page(text) }
    }

    @Test("an element without an id is passed over for the cursor, and kept")
    func noID() throws {
        let page = try page(
            #"{"object":"list","data":[{"id":"evt_1"},{"id":7},{"id":""},3],"has_more":true}"#
        )
        #expect(page.cursor == "evt_1")
        #expect(page.elements.map(\.id) == ["evt_1", nil, nil, nil])
    }
}
