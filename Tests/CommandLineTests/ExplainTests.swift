import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The command `explain`, end to end.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct ExplainTests {
    private let folder: Folder
    private let log: String
    /// The only divergence of the log.
    private let id: String

    init() throws {
        folder = try Folder()
        log = try folder.write("log.ndjson", LogLines.explained)
        _ = try Tool.run(["replay", log, "--out", folder.path("out")])
        let divergences = try folder.report(in: "out")["divergences"] as? [[String: Any]]
        id = try #require(divergences?.first?["id"] as? String)
    }

    private func isWellFormed(_ svg: Data) -> Bool { XMLParser(data: svg).parse() }

    // MARK: - Words

    @Test("the story is told in words: cause, what if, facets, money and records")
    func words() throws {
        let run = try Tool.run(["explain", id, "--log", log])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        let lines = run.output.split(separator: "\n")
        #expect(lines.first == "\(id): voided_invoice_flag, lasting")
        #expect(lines.allSatisfy { $0.count <= 100 })
        for part in [
            "account b (pay_go), 2026-03-02T12:00:00Z to", "invoice in_b was voided 2 s after",
            "cause     voided_invoice_flag, at 2026-03-02T12:00:01Z, in ex-b, of invoice in_b",
            "what if   had it looked when the void was in",
            "customer  legacy flagged, banned and canceled 1 subscription, which the brain would",
            "at stake  5,000 usd in minor units; 1 subscription",
            "records   4 show it: b-b evt-marked_uncollectible-b ex-b evt-voided-b",
        ] {
            #expect(run.output.contains(part), "\(part)")
        }
        #expect(lines.contains { $0.hasPrefix("bad_debt_flag ") && $0.hasSuffix("no") })
    }

    @Test("the swimlane is for terminals, unless it is asked for")
    func lanes() throws {
        let plain = try Tool.run(["explain", id, "--log", log])
        #expect(!plain.output.contains("Stripe  "))
        let never = try Tool.run(["explain", id, "--log", log, "--lanes", "never"])
        #expect(never.output == plain.output)
        let drawn = try Tool.run(["explain", id, "--log", log, "--lanes", "always"])
        #expect(drawn.status == 0)
        #expect(drawn.output.hasPrefix(plain.output))
        let lines = drawn.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("Stripe  ") })
        #expect(lines.contains { $0.contains("* in the smallest reproducer") })
        // The environment says that there are 80 columns.
        let lanes = drawn.output.dropFirst(plain.output.count).split(separator: "\n")
        #expect(lanes.allSatisfy { $0.count <= 80 })
        #expect(!drawn.output.contains("\u{1B}"))
    }

    @Test("threads make no difference")
    func threads() throws {
        let arguments = ["explain", id, "--log", log, "--lanes", "always", "--jobs"]
        #expect(try Tool.run(arguments + ["1"]).output == Tool.run(arguments + ["4"]).output)
    }

    @Test("several logs are read as one, and standard input is one of them")
    func logs() throws {
        let healthy = try folder.write("a.ndjson", LogLines.rightly("a"))
        let sick = (LogLines.wrongly("b") + LogLines.complete).joined(separator: "\n")
        let run = try Tool.run(
            ["explain", id, "--log", healthy, "--log", "-"],
            input: Data(sick.utf8)
        )
        #expect(run.status == 0)
        #expect(run.output.hasPrefix(id))
    }

    // MARK: - A picture

    @Test("a picture is written into a file beside the words")
    func file() throws {
        let path = folder.path("story.svg")
        let run = try Tool.run(["explain", id, "--log", log, "--svg", path])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix(id))
        let svg = try folder.read("story.svg")
        #expect(isWellFormed(svg))
        #expect(String(decoding: svg, as: UTF8.self).hasPrefix("<svg xmlns="))
    }

    @Test("a picture on standard output is all there is on it")
    func standardOutput() throws {
        let run = try Tool.run(["explain", id, "--log", log, "--svg", "-"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("<svg "))
        #expect(isWellFormed(Data(run.output.utf8)))
    }

    @Test("a picture that can't be written is exit 74")
    func unwritable() throws {
        let path = folder.path("no/such/folder/story.svg")
        let run = try Tool.run(["explain", id, "--log", log, "--svg", path])
        #expect(run.status == 74)
        #expect(run.errors.contains("story.svg"))
    }

    // MARK: - What goes wrong

    @Test("an id that the log does not show is exit 65, with the nearest that it does")
    func unknown() throws {
        let wrong = String(id.dropLast(1)) + (id.last == "0" ? "1" : "0")
        let run = try Tool.run(["explain", wrong, "--log", log])
        #expect(run.status == 65)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("`\(wrong)`"))
        #expect(run.errors.contains("is it `\(id)`?"))
    }

    @Test("where no id is near, the advice is where they stand")
    func unlike() throws {
        let two = try folder.write(
            "two.ndjson",
            LogLines.wrongly("b") + LogLines.wrongly("c") + LogLines.complete
        )
        let run = try Tool.run(["explain", "whatever\u{1B}[31m", "--log", two])
        #expect(run.status == 65)
        #expect(run.errors.contains("2 others"))
        #expect(run.errors.contains("`replay --out`"))
        #expect(!run.errors.contains("\u{1B}"))
    }

    @Test("a log without a divergence is exit 65, and one that is not there 66")
    func nothing() throws {
        let healthy = try folder.write("fine", LogLines.paid("p") + LogLines.complete)
        let run = try Tool.run(["explain", id, "--log", healthy])
        #expect(run.status == 65)
        #expect(run.errors.contains("shows no divergence"))
        #expect(try Tool.run(["explain", id, "--log", folder.path("nowhere")]).status == 66)
    }

    @Test(
        "wrong usage is exit 64",
        arguments: [[], ["--log", "x", "--lanes", "maybe"], ["--log", "x", "--jobs", "0"]]
    )
    func usage(options: [String]) throws {
        let run = try Tool.run(["explain", "dv_0"] + options)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
    }
}
