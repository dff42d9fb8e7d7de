import Foundation
import Testing

/// The command `replay`, end to end.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct ReplayTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func summary(of name: String) throws -> [String: Any] {
        try #require(try folder.report(in: name)["summary"] as? [String: Any])
    }

    // MARK: - Outcomes

    @Test("a log whose differences are all explained is exit 0, and its report is there")
    func explained() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        let run = try Tool.run(["replay", log, "--out", folder.path("out")])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("every difference is explained"))
        #expect(
            folder.names(in: "out") == [
                "episodes.ndjson", "junit.xml", "rejects.ndjson", "report.html", "report.json",
                "report.md",
            ]
        )
        let summary = try summary(of: "out")
        #expect(summary["records"] as? Int == LogLines.explained.count)
        #expect(summary["rejected"] as? Int == 0)
        let classes = try #require(summary["divergences"] as? [String: Int])
        #expect(classes.filter { $0.value > 0 } == ["voided_invoice_flag": 1])
        #expect(try folder.read("out/rejects.ndjson").isEmpty)
    }

    @Test("a difference that nothing explains is exit 1, and its report is there all the same")
    func unexplained() throws {
        let lines = LogLines.mysteriously("a") + LogLines.complete
        let log = try folder.write("log.ndjson", lines)
        let run = try Tool.run(["replay", log, "--out", folder.path("out")])
        #expect(run.status == 1)
        #expect(run.output.contains("1 of them block every gate"))
        let classes = try #require(try summary(of: "out")["divergences"] as? [String: Int])
        #expect(classes["unexplained"] == 1)
    }

    @Test("without a folder nothing is written")
    func noFolder() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        #expect(try Tool.run(["replay", log]).status == 0)
        #expect(folder.names(in: ".") == ["log.ndjson"])
    }

    @Test("a log of which nothing can be judged is not exit 0")
    func nothingJudged() throws {
        for (name, lines) in [
            ("open", LogLines.wrongly("a")),
            ("unknown", Array(LogLines.wrongly("a").dropFirst()) + LogLines.complete),
            ("idle", [LogLines.baseline("a")] + LogLines.complete),
        ] {
            let run = try Tool.run(["replay", try folder.write(name, lines)])
            #expect(run.status == 65, "\(name)")
            #expect(run.errors.contains("nothing was judged"), "\(name)")
        }
    }

    @Test("settled states are told when they are asked for, and only then")
    func settled() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        _ = try Tool.run(["replay", log, "--out", folder.path("plain")])
        _ = try Tool.run(["replay", log, "--out", folder.path("settled"), "--settled"])
        #expect(try folder.report(in: "plain")["settled"] == nil)
        let states = try #require(try folder.report(in: "settled")["settled"] as? [[String: Any]])
        #expect(states.compactMap { $0["account"] as? String } == ["a", "b"])
        let brain = try #require(states[1]["brain"] as? [String: Any])
        #expect(brain["flagged"] as? Bool == false)
        #expect(brain["live_subscriptions"] as? [String] == ["sub_b"])
    }

    // MARK: - The same records, the same report

    @Test("the same lines in any order, in any number of files, give the same bytes")
    func sameBytes() throws {
        let lines = LogLines.explained + LogLines.mysteriously("c")
        let first = try folder.write("log.ndjson", lines)
        _ = try Tool.run(["replay", first, "--out", folder.path("first"), "--settled"])
        let expected = try folder.read("first/report.json")
        #expect(!expected.isEmpty)

        var order = lines
        for turn in 0..<3 {
            // Every line changes its place: a rotation, and then every third line in front.
            order = Array(order.dropFirst(turn * 2 + 1) + order.prefix(turn * 2 + 1))
            order =
                stride(from: 0, to: order.count, by: 3).map { order[$0] }
                + order.indices.filter { $0 % 3 != 0 }.map { order[$0] }
            #expect(order != lines)
            #expect(order.sorted() == lines.sorted())
            let log = try folder.write("log-\(turn)", order)
            _ = try Tool.run(["replay", log, "--out", folder.path("out-\(turn)"), "--settled"])
            #expect(try folder.read("out-\(turn)/report.json") == expected)
        }

        let half = lines.count / 2
        let parts = [
            try folder.write("part-1", Array(lines[half...])),
            try folder.write("part-2", Array(lines[..<half])),
        ]
        _ = try Tool.run(["replay"] + parts + ["--out", folder.path("parts"), "--settled"])
        #expect(try folder.read("parts/report.json") == expected)
    }

    @Test("a dash is standard input, alone or beside files")
    func standardInput() throws {
        let lines = LogLines.explained
        let whole = Data(lines.map { $0 + "\n" }.joined().utf8)
        let run = try Tool.run(["replay", "-", "--out", folder.path("alone")], input: whole)
        #expect(run.status == 0)

        let rest = try folder.write("rest", Array(lines[5...]))
        let head = Data(lines[..<5].map { $0 + "\n" }.joined().utf8)
        _ = try Tool.run(["replay", rest, "-", "--out", folder.path("beside")], input: head)
        let reports = try ["alone", "beside"].map { try folder.read("\($0)/report.json") }
        #expect(reports[0] == reports[1])
    }

    @Test("where nobody watches, nothing moves: no escapes, no carriage returns")
    func quiet() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        let run = try Tool.run(["replay", log, "--out", folder.path("out")])
        #expect(!(run.output + run.errors).contains("\u{1B}"))
        #expect(!(run.output + run.errors).contains("\r"))
        #expect(!run.output.isEmpty)
    }

    @Test("a second replay of the same log says the same")
    func sameOutput() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        let first = try Tool.run(["replay", log])
        #expect(try Tool.run(["replay", log]).output == first.output)
    }
}
