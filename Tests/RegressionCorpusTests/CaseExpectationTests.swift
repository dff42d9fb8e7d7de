import BillingModel
import MirrorLog
import RegressionCorpus
import ShadowRun
import Testing

/// `expect.json` is read strictly, and written as it is read.
struct CaseExpectationTests {
    private func read(_ text: String) throws(RecordError) -> CaseExpectation {
        try CaseExpectation(reading: Array(text.utf8))
    }

    private func refusal(_ text: String) -> String? {
        do throws(RecordError) {
            _ = try read(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("every committed expectation is written as it stands, byte for byte")
    func committed() throws {
        for subject in try KeptCorpus.cases() {
            let bytes = try #require(subject.expectation)
            #expect(try CaseExpectation(reading: bytes).text == bytes, "\(subject.name)")
        }
    }

    @Test(
        "what was written is read back the same",
        arguments: [nil, "BILLACCT-288", #"a "ticket" of \ two"#],
        [nil, Phase.payments]
    )
    func roundTrip(ticket: String?, phase: Phase?) throws {
        var settings = CaseSettings()
        settings.phase = phase
        if phase != nil { settings.settle = .minutes(45) }
        let outcome = JSONTree.object([
            .init("read", .integer(3)), .init("list", .array([.null, .bool(false)])),
            .init("empty", .object([])),
        ])
        let written = CaseExpectation(ticket: ticket, settings: settings, outcome: outcome)
        let back = try CaseExpectation(reading: written.text)
        #expect(back.ticket == ticket)
        #expect(back.settings == settings)
        #expect(back.outcome == outcome)
        #expect(back.text == written.text)
    }

    @Test("settings that are the default are not written, and may be left out")
    func defaults() throws {
        let written = CaseExpectation(ticket: nil, settings: .init(), outcome: .object([]))
        #expect(!String(decoding: written.text, as: UTF8.self).contains("settings"))
        let bare = try read(#"{"schema":1,"outcome":{}}"#)
        #expect(bare.ticket == nil)
        #expect(bare.settings == CaseSettings())
        #expect(try read(#"{"schema":1,"settings":{},"outcome":{}}"#).settings == CaseSettings())
    }

    @Test(
        "a member that is unknown, misspelt, double or of another kind is refused with its place",
        arguments: [
            (#"{"schema":1,"outcome":{},"note":"x"}"#, "`note` is not known"),
            (#"{"schema":1,"outcom":{}}"#, "`outcom` is not known"),
            (#"{"schema":1,"Outcome":{}}"#, "`Outcome` is not known"),
            (#"{"schema":1,"outcome":{},"outcome":{}}"#, "`outcome` stands there twice"),
            (#"{"schema":1,"schema":1,"outcome":{}}"#, "`schema` stands there twice"),
            (#"{"schema":1}"#, "`outcome` is missing"), (#"{"outcome":{}}"#, "`schema` is missing"),
            (#"{"schema":1,"ticket":288,"outcome":{}}"#, "`ticket` is an integer, not a string"),
            (
                #"{"schema":1,"settings":[],"outcome":{}}"#,
                "settings: it is an array, not an object"
            ),
            (
                #"{"schema":1,"settings":null,"outcome":{}}"#, "settings: it is null, not an object"
            ),
            (
                #"{"schema":1,"settings":{"setle":"15m"},"outcome":{}}"#,
                "settings: `setle` is not known; there are `settle`, `phase`"
            ),
            (
                #"{"schema":1,"settings":{"phase":1,"phase":2},"outcome":{}}"#,
                "settings: `phase` stands there twice"
            ),
            (
                #"{"schema":1,"settings":{"settle":"soon"},"outcome":{}}"#,
                "settings: `settle` is `soon`, not a time such as 15m"
            ),
            (
                #"{"schema":1,"settings":{"settle":15},"outcome":{}}"#,
                "settings: `settle` is an integer, not a string"
            ),
            (
                #"{"schema":1,"settings":{"phase":0},"outcome":{}}"#,
                "settings: `phase` is 0, not 1, 2, 3 or 4"
            ),
            (
                #"{"schema":1,"settings":{"phase":"2"},"outcome":{}}"#,
                "settings: `phase` is a string, not a whole number"
            ), ("[]", "it is an array, not an object"),
        ]
    )
    func refused(text: String, reason: String) {
        #expect(refusal(text)?.hasPrefix(reason) == true, "\(refusal(text) ?? "was read")")
    }

    @Test("a second member within the outcome is refused with its place, however deep it is")
    func secondMembers() {
        let text = #"{"schema":1,"outcome":{"records":{"read":5,"read":6}}}"#
        #expect(refusal(text) == "outcome.records: `read` stands there twice")
        let deep = #"{"schema":1,"outcome":{"divergences":[{},{"facets":[{"a":1,"a":1}]}]}}"#
        #expect(refusal(deep) == "outcome.divergences[1].facets[0]: `a` stands there twice")
    }

    @Test("another schema is refused by its number", arguments: [0, 2, -1, Int64.max])
    func schema(number: Int64) {
        let reason = "`schema` is \(number); this reads 1"
        #expect(refusal(#"{"schema":\#(number),"outcome":{}}"#) == reason)
    }

    @Test(
        "a schema that is no whole number is refused",
        arguments: ["1.0", "\"1\"", "null", "[1]"]
    )
    func schemaKind(value: String) {
        let reason = refusal(#"{"schema":\#(value),"outcome":{}}"#)
        #expect(reason?.hasPrefix("`schema` is ") == true)
    }

    @Test("what is no JSON is refused", arguments: ["", "{", "{}{}", #"{"schema":1,}"#, "\u{0}"])
    func noJSON(text: String) { #expect(refusal(text) != nil) }

    @Test("a file cut short anywhere is refused")
    func cutShort() throws {
        let whole = try #require(try KeptCorpus.sound().expectation)
        // The line's end alone may be missing.
        for length in 0..<(whole.count - 2) {
            #expect(throws: RecordError.self) {
                try CaseExpectation(reading: Array(whole.prefix(length)))
            }
        }
    }
}
