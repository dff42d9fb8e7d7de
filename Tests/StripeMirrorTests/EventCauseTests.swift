import BillingModel
import MirrorLog
import StripeMirror
import Testing

@Suite("an event that a path's own call produced")
struct EventCauseTests {
    private func record(request: String) throws -> MirrorRecord {
        let event = MadeUpEvent.json("evt_1", created: 1_772_366_400).replacing(
            #""request":{"id":null,"idempotency_key":null}"#,
            with: #""request":\#(request)"#
        )
        #expect(event.contains(request))
        let captured = EventLine().capture(
            try RawJSON.slice(event),
            seen: Instant(microseconds: 1_772_366_401_000_000),
            place: "here",
            try RecordReader()
        )
        guard case .record(let record) = captured else {
            throw RecordError("it was rejected")
        }
        return record.record
    }

    @Test("names the execution of its idempotency key, and is that path's doing")
    func cause() throws {
        let key = #"{"id":"req_1","idempotency_key":"dunning-path/pg:1:0/A1:3/2"}"#
        guard case .stripe(let event) = try record(request: key).body else {
            Issue.record("no event")
            return
        }
        #expect(event.cause == RecordID("pg:1:0"))
    }

    @Test(
        "is a fact where its key is another's, or there is none",
        arguments: [
            "null", #""req_1""#, #"{"id":"req_1","idempotency_key":null}"#,
            #"{"id":"req_1","idempotency_key":"3f2a"}"#,
            #"{"id":"req_1","idempotency_key":"dunning-path"}"#,
            #"{"id":"req_1","idempotency_key":"dunning-path//1"}"#,
            #"{"id":"req_1","idempotency_key":"dunning-pathology/ex_1"}"#,
        ]
    )
    func fact(request: String) throws {
        guard case .stripe(let event) = try record(request: request).body else {
            Issue.record("no event")
            return
        }
        #expect(event.cause == nil)
    }
}
