import BillingModel
import CutoverGate
import MirrorLog
import RegressionCorpus
import ShadowRun
import Testing

@Suite("a chain")
struct ChainTests {
    @Test("records are numbered from 1, and each holds the digest of the one before it")
    func links() throws {
        let chain = try ChainExamples.five()
        #expect(chain.records.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(chain.records[0].previous == String(repeating: "0", count: 64))
        for (first, second) in zip(chain.records, chain.records.dropFirst()) {
            #expect(second.previous == first.digest)
        }
        #expect(
            chain.records.map(\.fileName) == [
                "0001-phase1-insufficient.json", "0002-phase1-go.json", "0003-phase2-go.json",
                "0004-phase2-rollback.json", "0005-phase2-no-go.json",
            ]
        )
    }

    @Test("a rollback's file is as documented, and its digest is of the sorted text without space")
    func form() throws {
        let chain = try ChainExamples.chain([ChainExamples.rollback(.payments)])
        let record = chain.records[0]
        let compact =
            #"{"at":"2026-03-31T12:00:00Z","brain":"binary","by":"billing-oncall","format":1,"#
            + #""inputs":[],"kind":"rollback","phase":2,"policy":"\#(ChainExamples.policy)","#
            + #""previous":"\#(Digest.none)","program":"dunning-parity 1.0","#
            + #""reason":"cohort 3 was flagged twice","sequence":1}"#
        #expect(String(decoding: record.canonicalText, as: UTF8.self) == compact)
        // Computed by another program from the text above.
        #expect(record.digest == "5d161beb61e17e99fa1bdebc1afa41c02e7cc6476df23365886e9b16c25811dc")
        let expected = """
            {
              "at": "2026-03-31T12:00:00Z",
              "brain": "binary",
              "by": "billing-oncall",
              "digest": "\(record.digest)",
              "format": 1,
              "inputs": [],
              "kind": "rollback",
              "phase": 2,
              "policy": "\(ChainExamples.policy)",
              "previous": "\(Digest.none)",
              "program": "dunning-parity 1.0",
              "reason": "cohort 3 was flagged twice",
              "sequence": 1
            }

            """
        #expect(String(decoding: record.file.bytes, as: UTF8.self) == expected)
        let head = try #require(chain.head).file
        #expect(head.name == "HEAD")
        #expect(String(decoding: head.bytes, as: UTF8.self) == "1 \(record.digest)\n")
    }

    @Test("a record reads back as it was", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for record in try ChainExamples.random(&random).records {
            #expect(try ChainRecord(reading: record.file.bytes) == record)
            #expect(record.isWhole)
        }
    }

    @Test("the order of inputs and of members makes no difference to the digest")
    func order() throws {
        let entry = try ChainExamples.verdict(.go)
        guard case .object(let members)? = entry.body else {
            Issue.record("a body is an object")
            return
        }
        let other = try ChainEntry(
            at: entry.at,
            kind: .verdict(.webhooks, .go, body: .object(members.reversed())),
            brain: entry.brain,
            policy: entry.policy,
            program: entry.program,
            inputs: ChainExamples.inputs.reversed()
        )
        #expect(other == entry)
        #expect(entry.inputs.map(\.role) == [.report, .log, .policy])
    }

    @Test(
        "a record is read strictly",
        arguments: [
            ("\"format\": 1", "\"format\": 2", "`format` is not 1, the only one that is known"),
            ("\"format\": 1,", "", "`format` is missing"),
            ("\"by\": ", "\"buy\": ", "`buy` is not known; there are "),
            ("\"kind\": \"rollback\"", "\"kind\": \"verdict\"", "`by` is not known; there are "),
            ("\"kind\": \"rollback\"", "\"kind\": 1", "`by` is not known; there are "),
            ("\"sequence\": 1", "\"sequence\": 0", "`sequence` is 0, not a place from 1"),
            (
                "\"sequence\": 1", "\"sequence\": 1000000000",
                "`sequence` is 1000000000, not a place"
            ),
            ("\"phase\": 2", "\"phase\": 5", "`phase` is 5, not one from 1 to 4"),
            ("\"phase\": 2", "\"phase\": 1.5", "`phase` is a number that is no 64-bit integer"),
            ("2026-03-31T12", "2026-02-31T12", "`at` is no RFC 3339 time"),
            ("\"billing-oncall\"", "\" \"", "`by` is empty"),
            ("\"cohort 3 was", "\"cohort\\n3 was", "`reason` has characters that can't be shown"),
            ("\"policy\": \"a", "\"policy\": \"A", "`policy` is no digest"),
            ("\"previous\": \"0", "\"previous\": \"", "`previous` is no digest"),
            ("\"brain\": \"binary\"", "\"brain\": \"\"", "`brain` is empty"),
            ("\"inputs\": []", "\"inputs\": {}", "`inputs` is an object, not an array"),
            ("\"inputs\": []", "\"inputs\": [1]", "inputs[0]: it is an integer, not an object"),
            (
                "\"inputs\": []",
                "\"inputs\": [{\"role\": \"reports\", \"name\": \"a\", \"digest\": \"b\"}]",
                "inputs[0]: `role` is none of `report`, `log`, `episodes`, "
            ),
            (
                "\"inputs\": []",
                "\"inputs\": [{\"role\": \"report\", \"name\": \"a\", \"digest\": \"b\"}]",
                "the digest of `a` is none"
            ),
        ]
    )
    func strict(_ old: String, _ new: String, _ message: String) throws {
        let file = try ChainExamples.chain([ChainExamples.rollback(.payments)]).records[0].file
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(text.contains(old))
        let error = #expect(throws: RecordError.self) {
            try ChainRecord(reading: Array(text.replacing(old, with: new).utf8))
        }
        #expect(error?.reason.contains(message) == true, "\(error?.reason ?? "")")
    }

    @Test("what could not be relied on is never recorded")
    func refusals() throws {
        let body = ChainExamples.body(.webhooks, .go)
        let digest = String(repeating: "e", count: 64)
        let entry = {
            (kind: ChainEntry.Kind, inputs: [ChainInput], at: Instant) throws(RecordError) in
            try ChainEntry(
                at: at,
                kind: kind,
                brain: "binary",
                policy: ChainExamples.policy,
                program: "p",
                inputs: inputs
            )
        }
        let number = JSONTree.object([JSONTree.Member("rate", .array([.number]))])
        let twice = JSONTree.object([.init("a", .null), .init("a", .null)])
        let input = ChainInput(.report, name: "a", digest: digest)
        let cases: [(ChainEntry.Kind, [ChainInput], Instant, String)] = [
            (.verdict(.webhooks, .go, body: body), [], ChainExamples.noon, "rests on nothing"),
            (
                .verdict(.webhooks, .noGo, body: body), [], ChainExamples.noon,
                "`body.verdict` is not"
            ),
            (
                .verdict(.payments, .go, body: body), [input], ChainExamples.noon,
                "`body.phase` is not"
            ),
            (
                .verdict(.retire, .noGo, body: number), [], ChainExamples.noon,
                "body: rate: [0]: it has"
            ),
            (
                .verdict(.retire, .noGo, body: twice), [], ChainExamples.noon,
                "body: `a` stands there"
            ),
            (
                .verdict(.retire, .noGo, body: .null), [], ChainExamples.noon,
                "`body` is not an object"
            ),
            (
                .verdict(.webhooks, .go, body: body), [input, input], ChainExamples.noon,
                "the report `a` stands among the inputs twice"
            ),
            (
                .rollback(.webhooks, reason: "r", by: "o"), [], Instant(microseconds: .max),
                "`at` is outside the years 1 to 9999"
            ),
            (
                .rollback(.webhooks, reason: "", by: "o"), [], ChainExamples.noon,
                "`reason` is empty"
            ),
        ]
        for (kind, inputs, at, message) in cases {
            let error = #expect(throws: RecordError.self) { try entry(kind, inputs, at) }
            #expect(error?.reason.contains(message) == true, "\(error?.reason ?? "")")
        }
    }

    @Test("time never runs back, and may stand still")
    func time() throws {
        var chain = try ChainExamples.chain([ChainExamples.verdict(.go, at: 5)])
        let error = #expect(throws: RecordError.self) {
            try chain.append(ChainExamples.verdict(.go, at: 4))
        }
        #expect(error?.reason.hasPrefix("2026-03-31T12:04:00Z is before the last record") == true)
        #expect(chain.records.count == 1)
        _ = try chain.append(ChainExamples.verdict(.go, at: 5))
        #expect(chain.records.count == 2)
    }

    @Test("nothing is added to a chain that has a problem")
    func unsound() throws {
        let files = ChainExamples.files(try ChainExamples.five())
        var chain = Chain(files: Array(files[1...]))
        let error = #expect(throws: RecordError.self) {
            try chain.append(ChainExamples.verdict(.go, at: 60))
        }
        #expect(error?.reason.hasPrefix("the chain has 1 problem, so nothing is added") == true)
        #expect(chain.records.count == 4)
    }

    @Test("a chain that was read goes on as the one that was written would")
    func goesOn() throws {
        var written = try ChainExamples.five()
        var read = Chain(files: ChainExamples.files(written))
        let next = try ChainExamples.verdict(.go, .payments, at: 60)
        #expect(try read.append(next) == written.append(next))
        #expect(Chain(files: ChainExamples.files(read)).isSound)
    }

    @Test("a verdict is confirmed by the same answer in any order, and by no other")
    func recomputed() throws {
        let record = try ChainExamples.five().records[1]
        let same = ChainExamples.body(.webhooks, .go)
        #expect(try record.isConfirmed(byRecomputed: same))
        #expect(try record.differences(fromRecomputed: same) == [])
        let other = ChainExamples.body(.webhooks, .noGo)
        #expect(try !record.isConfirmed(byRecomputed: other))
        #expect(
            try record.differences(fromRecomputed: other).map(\.description) == [
                #"criteria[2].verdict: expected "GO", came "NO-GO""#,
                #"verdict: expected "GO", came "NO-GO""#,
            ]
        )
        #expect(try !ChainExamples.five().records[3].isConfirmed(byRecomputed: same))
    }

    @Test("history shows every record within 100 columns, and why a phase was rolled back")
    func history() throws {
        let reason = String(repeating: "words about what went wrong ", count: 9) + "end"
        let chain = try ChainExamples.chain([
            ChainExamples.verdict(.insufficient, .retire, brain: "a brain of a long name"),
            ChainExamples.rollback(.payments, reason: reason, at: 1),
            ChainExamples.rollback(.webhooks, reason: String(repeating: "x", count: 250), at: 2),
        ])
        let lines = chain.history.split(separator: "\n", omittingEmptySubsequences: false)
        let digests = chain.records.map { $0.digest.prefix(12) }
        #expect(
            lines.prefix(4) == [
                "record  at                    phase  verdict       brain           policy        digest",
                "     1  2026-03-31T12:00:00Z      4  INSUFFICIENT  a brain of a …  aaaaaaaaaaaa  "
                    + digests[0],
                "     2  2026-03-31T12:01:00Z      2  rollback      binary          aaaaaaaaaaaa  "
                    + digests[1],
                "     3  2026-03-31T12:02:00Z      1  rollback      binary          aaaaaaaaaaaa  "
                    + digests[2],
            ]
        )
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(chain.history.contains("record 2: phase 2 rolled back by billing-oncall: words "))
        #expect(
            chain.history.split(whereSeparator: \.isWhitespace).filter { $0 == "wrong" }.count == 9
        )
        #expect(chain.history.filter { $0 == "x" }.count == 250)
        #expect(Chain().history.split(separator: "\n").count == 1)
    }
}
