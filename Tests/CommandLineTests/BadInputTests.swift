import Foundation
import Testing

/// Inputs that are missing, broken or huge: each is told, and nothing else is lost.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct BadInputTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    // MARK: - No log at all

    @Test("a log that is not there is exit 66, by its name")
    func missing() throws {
        let run = try Tool.run(["replay", folder.path("nowhere.ndjson")])
        #expect(run.status == 66)
        #expect(run.errors.contains("nowhere.ndjson"))
        #expect(run.errors.contains("no such file"))
        #expect(run.output.isEmpty)
    }

    @Test("one missing log among several is no smaller failure")
    func oneMissing() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        let arguments = ["replay", log, folder.path("nowhere"), "--out", folder.path("out")]
        #expect(try Tool.run(arguments).status == 66)
        #expect(folder.names(in: "out") == [])
    }

    @Test("a folder in place of a log is exit 66")
    func directory() throws {
        let run = try Tool.run(["replay", folder.path("")])
        #expect(run.status == 66)
        #expect(run.errors.contains("it is a directory"))
    }

    @Test("an empty log is exit 65")
    func empty() throws {
        let run = try Tool.run(["replay", try folder.write("log.ndjson", Data())])
        #expect(run.status == 65)
        #expect(run.errors.contains("is empty"))
        #expect(try Tool.run(["replay", "-"], input: Data()).status == 65)
    }

    @Test("bytes that are no text are exit 65, with the first line's reason")
    func garbage() throws {
        var state: UInt32 = 7
        let bytes = (0..<100_000).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 16)
        }
        let log = try folder.write("log.ndjson", Data(bytes))
        let run = try Tool.run(["replay", log])
        #expect(run.status == 65)
        #expect(run.errors.contains("no line of the log is a record"))
        #expect(run.errors.contains("line 1: "))
        #expect(!run.errors.contains("\u{1B}"))
    }

    // MARK: - Bad lines among good ones

    /// Replays good lines with some others among them: the good ones must all be judged.
    private func rejects(_ bad: Data, after place: Int) throws -> [[String: Any]] {
        let good = LogLines.explained.map { $0 + "\n" }
        var log = Data(good[..<place].joined().utf8)
        log.append(bad)
        log.append(Data(good[place...].joined().utf8))
        let path = try folder.write("log.ndjson", log)
        let run = try Tool.run(["replay", path, "--out", folder.path("out")])
        #expect(run.status == 0)
        let report = try folder.report(in: "out")
        let summary = try #require(report["summary"] as? [String: Any])
        #expect(summary["records"] as? Int == good.count)
        let episodes = try #require(summary["episodes"] as? [String: Any])
        #expect(episodes["judged"] as? Int == 2)
        let lines = try folder.read("out/rejects.ndjson").split(separator: UInt8(ascii: "\n"))
        #expect(summary["rejected"] as? Int == lines.count)
        return try lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line))
            return try #require(object as? [String: Any])
        }
    }

    @Test(
        "a line that is no record is rejected by number and reason, and the rest is judged",
        arguments: [
            (#"{"v":2,"id":"x","kind":"mark"}"#, "format version 2 is not known"),
            (#"{"id":"x","kind":"mark"}"#, "`v`"), (#"[1,2,3]"#, "not an object"),
            (#"{"v":1,"id":"x","kind":"dream","at":"2026-03-02T12:00:00Z"}"#, "kind `dream`"),
            (#"{"v":1,"id":"x","kind":"mark","at":"yesterday"}"#, "`at`"), ("{", "not JSON"),
            ("null", "is null"),
            (#"{"v":1,"id":"x","kind":"request","at":"2026-03-02T12:00:00Z"}"#, "`account`"),
        ]
    )
    func badLine(line: String, reason: String) throws {
        let rejects = try rejects(Data((line + "\n").utf8), after: 3)
        #expect(rejects.count == 1)
        #expect(rejects.first?["line"] as? Int == 4)
        #expect((rejects.first?["reason"] as? String)?.contains(reason) == true)
        #expect(rejects.first?["log"] as? String == folder.path("log.ndjson"))
    }

    @Test("an escape in a bad line does not reach the terminal")
    func escape() throws {
        let line = "{\"v\":1,\"kind\":\"\u{1B}[31mred\"}\n"
        #expect(try rejects(Data(line.utf8), after: 0).count == 1)
        let run = try Tool.run(["replay", folder.path("log.ndjson")])
        #expect(!(run.output + run.errors).contains("\u{1B}"))
        #expect(run.output.contains("first rejected line: 1"))
    }

    @Test("a log that was cut off in mid-line loses that line and says so")
    func cutOff() throws {
        let place = LogLines.explained.count
        let cut = Data(LogLines.baseline("z").utf8).prefix(100)
        let rejects = try rejects(Data(cut), after: place)
        #expect(rejects.map { $0["line"] as? Int } == [place + 1])
        #expect((rejects.first?["reason"] as? String)?.contains("cut off in mid-line") == true)
    }

    @Test("a last line without its line feed is a line all the same")
    func noLastFeed() throws {
        var lines = LogLines.explained
        let last = lines.removeLast()
        let log = Data(lines.map { $0 + "\n" }.joined().utf8) + Data(last.utf8)
        let path = try folder.write("log.ndjson", log)
        let run = try Tool.run(["replay", path, "--out", folder.path("out")])
        #expect(run.status == 0)
        #expect(try folder.read("out/rejects.ndjson").isEmpty)
    }

    @Test("a line of 100 MB is rejected by its size, and the lines around it are judged")
    func hugeLine() throws {
        var line = Data(#"{"v":1,"id":"huge","kind":"mark","note":""#.utf8)
        line.append(Data(repeating: UInt8(ascii: "a"), count: 100_000_000))
        line.append(Data("\"}\n".utf8))
        let rejects = try rejects(line, after: 4)
        #expect(rejects.count == 1)
        #expect(rejects.first?["line"] as? Int == 5)
        let reason = try #require(rejects.first?["reason"] as? String)
        #expect(reason.contains("\(line.count - 1) bytes"))
        let excerpt = try #require(rejects.first?["excerpt"] as? String)
        #expect(excerpt.count <= 60)
    }

    // MARK: - Other inputs

    @Test(
        "a policy that is no policy is exit 65 and says what is wrong",
        arguments: [
            ("confirmation: soon\n", "`confirmation` is `soon`"), ("frobnicate: 1\n", "frobnicate"),
            ("threshold: -5\n", "`threshold`"), ("threshold: 1.5\n", "`threshold`"),
            ("- a\n- b\n", "no mapping"), ("a: [\n", "policy"),
        ]
    )
    func badPolicy(text: String, reason: String) throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        let policy = try folder.write("policy.yaml", Data(text.utf8))
        let run = try Tool.run(["replay", log, "--policy", policy])
        #expect(run.status == 65)
        #expect(run.errors.contains(reason))
        let missing = try Tool.run(["replay", log, "--policy", folder.path("nowhere.yaml")])
        #expect(missing.status == 66)
    }

    @Test("a truth that is no truth is exit 65, with its line; one that is not there is exit 66")
    func badTruth() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        let truth = try folder.write(
            "truth.ndjson",
            [
                #"{"account":"b","classes":["voided_invoice_flag"],"at":"2026-03-02T12:00:01Z"}"#,
                #"{"account":"b"}"#,
            ]
        )
        let run = try Tool.run(["replay", log, "--truth", truth])
        #expect(run.status == 65)
        #expect(run.errors.contains("line 2"))
        #expect(try Tool.run(["replay", log, "--truth", folder.path("no")]).status == 66)
    }

    @Test("a fleet that is no fleet is exit 65, and one that is not there is exit 66")
    func badFleet() throws {
        let fleet = try folder.write("fleet.yaml", Data("seed: none\n".utf8))
        let out = folder.path("out")
        #expect(try Tool.run(["simulate", fleet, "--out", out]).status == 65)
        #expect(try Tool.run(["simulate", folder.path("no"), "--out", out]).status == 66)
        #expect(folder.names(in: "out") == [])
    }
}
