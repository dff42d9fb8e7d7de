import BillingModel
import MirrorLog
import Testing

/// Reads the record of a kind whose fields are given, as JSON without its braces.
func read(
    _ kind: String,
    _ fields: String,
    at: String = "2026-03-02T10:00:01Z"
) throws -> MirrorRecord {
    let header = #""v":1,"id":"r-1","kind":"\#(kind)","at":"\#(at)","account":"acct_1""#
    return try RecordReader().read(copying: Array("{\(header),\(fields)}".utf8))
}

/// The reason why a record is rejected, or `nil` where it is not.
func reason<Result>(_ body: () throws -> Result) throws -> String? {
    do {
        _ = try body()
        return nil
    } catch let error as RecordError {
        return error.reason
    }
}

func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

@Suite("what all records share")
struct RecordReaderTests {
    private func line(_ text: String) throws -> MirrorRecord {
        try RecordReader().read(copying: Array(text.utf8))
    }

    private static let mark =
        #""source":"stripe","through":"2026-03-01T00:00:00Z","at":"2026-03-01T00:00:00Z""#

    @Test("the header is read, and `seen` and `account` where they are")
    func header() throws {
        let bare = try line(#"{"v":1,"id":"m-1","kind":"mark",\#(Self.mark)}"#)
        #expect(bare.id.rawValue == "m-1")
        #expect(bare.at == (try instant("2026-03-01T00:00:00Z")))
        #expect(bare.seen == nil)
        #expect(bare.account == nil)
        #expect(bare.kind == .mark)
        let full = try line(
            #"{"v":1,"id":"m","kind":"mark","account":"a","seen":"2026-03-01T01:00:00.5+01:00","#
                + Self.mark + "}"
        )
        #expect(full.seen == (try instant("2026-03-01T00:00:00.5Z")))
        #expect(full.account?.rawValue == "a")
    }

    @Test(
        "a line that is no record says what is wrong with it",
        arguments: [
            ("[1]", "the line is an array, not an object"),
            ("7", "the line is an integer, not an object"),
            (#"{"id":"m"}"#, "`v` is missing, not 1"),
            (#"{"v":2,"id":"m"}"#, "format version 2 is not known; this reads version 1"),
            (#"{"v":"1","id":"m"}"#, "`v` is a string, not a 64-bit integer"),
            (#"{"v":1}"#, "`id` is missing, not a string"),
            (#"{"v":1,"id":7}"#, "`id` is an integer, not a string"),
            (#"{"v":1,"id":""}"#, "`id` is empty"),
            (#"{"v":1,"id":"m"}"#, "`at` is missing, not an RFC 3339 time"),
            (#"{"v":1,"id":"m","at":1}"#, "`at` is an integer, not an RFC 3339 time"),
            (#"{"v":1,"id":"m","at":"noon"}"#, "`at` is no RFC 3339 time: `noon`"),
            (
                #"{"v":1,"id":"m","at":"2026-03-01T00:00:00Z","kind":"dream"}"#,
                "kind `dream` is not known"
            ),
            (
                #"{"v":1,"id":"m","at":"2026-03-01T00:00:00Z","kind":"request"}"#,
                "`account` is missing"
            ),
            (
                #"{"v":1,"id":"m","at":"2026-03-01T00:00:00Z","kind":"stripe"}"#,
                "`event` is missing, not an object"
            ),
        ]
    )
    func rejected(text: String, expected: String) throws {
        #expect(try reason { try line(text) } == expected)
    }

    @Test(
        "what is no JSON at all is told from a record that is wrong",
        arguments: ["{", "nonsense", #"{"v":1"#, "{\"v\":1,\"id\":\"\u{1}\"}", "{}{}", ""]
    )
    func notJSON(text: String) throws {
        let problem = try #require(try reason { try line(text) })
        #expect(problem.hasPrefix("not JSON: "))
        #expect(!problem.hasSuffix("."))
    }

    @Test("invalid UTF-8 is no JSON")
    func notUTF8() throws {
        let bytes = Array(#"{"v":1,"id":""#.utf8) + [0xc3, 0x28] + Array(#""}"#.utf8)
        #expect(throws: RecordError.self) { try RecordReader().read(copying: bytes) }
    }

    @Test("unknown fields are passed over, and of a key that stands twice the last counts")
    func tolerance() throws {
        let record = try line(
            #"{"v":1,"id":"a","colour":{"red":[1,2.5]},"kind":"dream","\u0069d":"b","#
                + #""kind":"mark",\#(Self.mark)}"#
        )
        #expect(record.id.rawValue == "b")
        #expect(record.kind == .mark)
    }

    @Test("nesting that goes on for ever is rejected, and nesting that goes far is read")
    func nesting() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try reason { try line(deep) } != nil)
        let details = String(repeating: #"{"detail":"#, count: 900)
        let closing = String(repeating: "}", count: 900)
        #expect(try reason { try read("stripe", "\"event\":\(details){}\(closing)") } != nil)
    }

    @Test(
        "requests are read, under `request` or beside the header",
        arguments: [
            ("drift_run", Request.Kind.driftRun), ("pay_bad_debt", .payBadDebt),
            ("admin_flag", .adminFlag), ("admin_unflag", .adminUnflag),
        ]
    )
    func requests(type: String, kind: Request.Kind) throws {
        let fields = #""type":"\#(type)","actor":"admin:7""#
        let expected = MirrorRecord.Body.request(Request(kind: kind, actor: "admin:7"))
        #expect(try read("request", fields).body == expected)
        #expect(try read("request", "\"request\":{\(fields)}").body == expected)
    }

    @Test("a new account type comes with its request")
    func setAccountType() throws {
        let body = try read("request", #""type":"set_account_type","to":"ibm","actor":"cron""#).body
        #expect(body == .request(Request(kind: .setAccountType(.known(.ibm)), actor: "cron")))
        let problem = try reason { try read("request", #""type":"set_account_type""#) }
        #expect(problem == "`to` is missing, not a string")
        let unknown = try reason { try read("request", #""type":"dance""#) }
        #expect(unknown == "request type `dance` is not known")
    }

    @Test("marks say how far a source is complete, or where it has a gap")
    func marks() throws {
        let from = try instant("2026-03-01T00:00:00Z")
        let to = try instant("2026-03-01T02:00:00Z")
        let through = #""source":"postgres","through":"2026-03-01T02:00:00Z""#
        #expect(
            try read("mark", through).body == .mark(Mark(source: .postgres, says: .through(to)))
        )
        let gap = #""from":"2026-03-01T00:00:00Z","to":"2026-03-01T02:00:00Z""#
        #expect(
            try read("mark", "\"mark\":{\"source\":\"requests\",\"gap\":{\(gap)}}").body
                == .mark(Mark(source: .requests, says: .gap(from: from, to: to)))
        )
        let backwards = #""from":"2026-03-01T02:00:00Z","to":"2026-03-01T00:00:00Z""#
        for wrong in [
            #""source":"mainframe","through":"2026-03-01T00:00:00Z""#, #""source":"stripe""#,
            "\"source\":\"stripe\",\"gap\":{\(backwards)}", #""source":"stripe","gap":{}"#,
        ] {
            #expect(try reason { try read("mark", wrong) } != nil, "\(wrong)")
        }
    }
}
