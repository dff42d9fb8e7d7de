import BillingModel
import MirrorLog
import StripeMirror
import Testing

struct EventEnvelopeTests {
    private static let event = MadeUpEvent.json("evt_1", created: 1_772_323_200)

    private func open(_ text: String) throws -> [EventEnvelope.Content] {
        try EventEnvelope.open(text.bytes, JSONScanner())
    }

    @Test(
        "whatever it comes in, the event comes out as it was",
        arguments: [
            event,
            #"{"version":"0","detail-type":"invoice.paid","source":"aws.partner/stripe.com","detail":\#(event)}"#,
            #"{"specversion":"1.0","id":"x","type":"com.stripe.v1.event","data":\#(event)}"#,
            #"[{"specversion":"1.0","id":"x","data":\#(event)}]"#,
            #"  [\#(event)] "#,
        ]
    )
    func opens(text: String) throws {
        let contents = try open(text)
        #expect(contents.count == 1)
        guard case .event(let event)? = contents.first else { return #expect(Bool(false)) }
        #expect(event.text == Self.event)
    }

    @Test("a batch gives its events in their order, and each that is none by itself")
    func batch() throws {
        let other = MadeUpEvent.json("evt_2", created: 7)
        let contents = try open(#"[{"data":\#(Self.event)},{"a":1},\#(other),7]"#)
        let kinds = contents.map { content in
            if case .event = content { true } else { false }
        }
        #expect(kinds == [true, false, true, false])
        #expect(try open("[]").isEmpty)
    }

    @Test("a thin event is told from others, in an envelope too")
    func thin() throws {
        let thin = #"{"id":"evt_65","object":"v2.core.event","type":"v1.billing.meter.error"}"#
        for text in [thin, #"{"detail":\#(thin)}"#, #"[{"data":\#(thin)}]"#] {
            guard case .rejected(let reason, _)? = try open(text).first else {
                return #expect(Bool(false))
            }
            #expect(reason.contains("thin"))
        }
    }

    @Test(
        "what holds no event is rejected",
        arguments: [
            "{}", "7", "null", #""event""#, #"{"object":"invoice","data":{"object":"list"}}"#,
            #"{"detail":"event"}"#, #"{"data":{"data":{"object":"event"}}}"#,
        ]
    )
    func rejects(text: String) throws {
        guard case .rejected? = try open(text).first else { return #expect(Bool(false)) }
    }

    @Test("what is no JSON can't be opened", arguments: ["", "{", "id=evt_1"])
    func noJSON(text: String) {
        #expect(throws: RecordError.self) { try open(text) }
    }
}

struct EventLineTests {
    private static let seen = Instant(microseconds: 1_772_323_201_500_000)

    private func capture(
        _ text: String,
        mode: StripeMode? = nil
    ) throws -> EventLine.Captured {
        let reader = try RecordReader()
        let event = try RawJSON.slice(text)
        return EventLine(mode: mode).capture(event, seen: Self.seen, place: "here", reader)
    }

    private func reject(_ text: String, mode: StripeMode? = nil) throws -> CaptureReject? {
        guard case .reject(let reject) = try capture(text, mode: mode) else { return nil }
        return reject
    }

    @Test("the line has the event's id and time, and the event as it came, on one line")
    func line() throws {
        let event = MadeUpEvent.pretty("evt_1", created: 1_772_323_200)
        guard case .record(let captured) = try capture(event) else { return #expect(Bool(false)) }
        let line = String(decoding: captured.line, as: UTF8.self)
        let head =
            #"{"v":1,"id":"evt_1","kind":"stripe","at":"2026-03-01T00:00:00Z","#
            + #""seen":"2026-03-01T00:00:01.5Z","event":"#
        #expect(line == head + event.replacing("\n", with: "") + "}")
        #expect(captured.record.account == nil)
        #expect(captured.record.id == RecordID("evt_1"))
        guard case .stripe(let read) = captured.record.body else { return #expect(Bool(false)) }
        #expect(read.customer == CustomerID("cus_1"))
    }

    @Test("numbers and texts are not typed anew")
    func exact() throws {
        let event = MadeUpEvent.json("evt_1", created: 7)
            .replacing(#""metadata":{}"#, with: #""metadata":{"a":"\u00e9\/"},"tax":1.50e2"#)
        guard case .record(let captured) = try capture(event) else { return #expect(Bool(false)) }
        #expect(String(decoding: captured.line, as: UTF8.self).contains(event))
    }

    @Test("a webhook and the back-fill of one event are one record, whenever each was seen")
    func oneRecord() throws {
        let event = MadeUpEvent.json("evt_1", created: 7)
        let again = event.replacing(#""pending_webhooks":1"#, with: #""pending_webhooks":0"#)
        guard case .record(let first) = try capture(event),
            case .record(let second) = try capture(again)
        else { return #expect(Bool(false)) }
        #expect(first.record == second.record)
    }

    @Test("an event of the other mode is rejected, in either direction")
    func mode() throws {
        let test = MadeUpEvent.json("evt_1", created: 7, livemode: false)
        let live = MadeUpEvent.json("evt_1", created: 7, livemode: true)
        #expect(try reject(test, mode: .live)?.place == "stripe:evt_1")
        #expect(try reject(live, mode: .test) != nil)
        #expect(try reject(test, mode: .test) == nil)
        #expect(try reject(live, mode: .live) == nil)
        #expect(try reject(live) == nil)
    }

    @Test(
        "what can't be read is rejected with its reason and its bytes",
        arguments: [
            (#"{"object":"event"}"#, "here"), (#"{"id":7}"#, "here"),
            (#"{"id":"evt_\u0031"}"#, "here"),
            (#"{"id":"evt_9","object":"event","type":"invoice.paid","data":{}}"#, "stripe:evt_9"),
            (#"{"id":"evt_9","object":"v2.core.event"}"#, "stripe:evt_9"),
        ]
    )
    func rejects(text: String, place: String) throws {
        let reject = try #require(try reject(text))
        #expect(reject.place == place)
        #expect(reject.content == text.bytes)
        #expect(!reject.reason.isEmpty)
    }

    @Test("the mirror's own words are marks that say the same each time")
    func marks() throws {
        let time = Instant(microseconds: 1_772_323_200_000_000)
        let reader = try RecordReader()
        let through = try CapturedRecord(line: StripeMark.through(time), reader).record
        #expect(through.body == .mark(Mark(source: .stripe, says: .through(time))))
        #expect(through.at == time)
        let later = time.advanced(by: .days(1))
        let gap = try CapturedRecord(line: StripeMark.gap(from: time, to: later), reader).record
        #expect(gap.body == .mark(Mark(source: .stripe, says: .gap(from: time, to: later))))
        #expect(StripeMark.through(time) == StripeMark.through(time))
        #expect(through.id != gap.id)
    }
}
