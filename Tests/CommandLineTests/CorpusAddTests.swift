import Foundation
import Testing

/// The commands `corpus add` and `corpus minimize`, end to end on a simulated fleet.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct CorpusAddTests {
    /// The small fleet simulated and replayed once for all tests.
    private struct Fleet: Sendable {
        let folder: Folder
        var log: String { folder.path("fleet/log.ndjson") }
        var report: String { folder.path("report") }

        init() throws {
            folder = try Folder()
            let plan = CorpusFixture.root.appending(path: "corpora/fleets/small.yaml").path
            let simulation = try Tool.run(["simulate", plan, "--out", folder.path("fleet")])
            try #require(simulation.status == 0)
            let replay = try Tool.run(["replay", log, "--out", folder.path("report")])
            try #require(replay.status == 0)
            try folder.write("key", Data("sixteen bytes or more".utf8))
        }

        static let shared = Result { try Fleet() }

        /// The report's divergences.
        func entries() throws -> [[String: Any]] {
            let report = try folder.report(in: "report")
            return try #require(report["divergences"] as? [[String: Any]])
        }

        /// The first divergence of one class alone, of an account that is not Chinese.
        func divergence(_ name: String) throws -> String? {
            let entry = try entries().first { entry in
                entry["classes"] as? [String] == [name] && entry["account_type"] as? String != "jdc"
            }
            return entry?["id"] as? String
        }
    }

    private let fleet: Fleet

    init() throws {
        fleet = try Fleet.shared.get()
    }

    private func add(
        _ divergence: String,
        to corpus: CorpusFixture,
        named name: String = "a-new-case",
        _ more: String...
    ) throws -> Tool.Run {
        let secret = fleet.folder.path("key")
        return try Tool.run(
            [
                "corpus", "add", fleet.report, divergence, "--log", fleet.log, "--name", name,
                "--secret", secret, "--corpus", corpus.path,
            ] + more
        )
    }

    // MARK: - Add

    @Test("a divergence of a replay becomes a case that holds, with claim and ticket as told")
    func add() throws {
        let corpus = try CorpusFixture()
        let divergence = try #require(try fleet.divergence("voided_invoice_flag"))
        let run = try add(
            divergence,
            to: corpus,
            "--claim",
            "A void comes too late.",
            "--ticket",
            "BILLACCT-1076"
        )
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.hasPrefix("\(corpus.path)/a-new-case: A void comes too late.\n"))
        let files = corpus.folder.names(in: "corpus/a-new-case")
        #expect(files == ["README.md", "expect.json", "log.ndjson"])
        let check = try corpus.run("check", corpus.path)
        #expect(check.status == 0)
        #expect(check.output == "all 4 cases hold\n")
        #expect(try corpus.text("a-new-case").contains("\"ticket\": \"BILLACCT-1076\""))
        #expect(try corpus.text("a-new-case", "README.md").hasPrefix("# A void comes too late.\n"))
        let list = try corpus.run("list", corpus.path, "--wide")
        #expect(list.output.contains(#/a-new-case +BILLACCT-1076 +voided_invoice_flag/#))
    }

    @Test(
        "every class of the fleet has a divergence that becomes a case, all of them in one corpus"
    )
    func allClasses() throws {
        let corpus = try CorpusFixture()
        let summary = try #require(
            try fleet.folder.report(in: "report")["summary"] as? [String: Any]
        )
        let classes = try #require(summary["divergences"] as? [String: Int])
        var added = 0
        for name in classes.keys.sorted() {
            guard let divergence = try fleet.divergence(name) else { continue }
            let dashed = name.replacing("_", with: "-")
            #expect(try add(divergence, to: corpus, named: dashed).status == 0, "\(name)")
            added += 1
        }
        #expect(added >= 9)
        #expect(try corpus.run("check", corpus.path).output == "all \(3 + added) cases hold\n")
    }

    @Test("the same story is not added twice, and a refusal writes nothing: exit 65")
    func twice() throws {
        let corpus = try CorpusFixture()
        let divergence = try #require(try fleet.divergence("paid_then_flagged"))
        #expect(try add(divergence, to: corpus, named: "the-first").status == 0)
        let before = try corpus.state()
        for (name, reason) in [
            ("the-second", "the case `the-first` tells the same story"),
            ("the-first", "there is a case `the-first` already"),
            ("The-Third", "`The-Third` is no name of a case"),
            ("fail-fourth", "would be a case whose log must be refused"),
        ] {
            let run = try add(divergence, to: corpus, named: name)
            #expect(run.status == 65)
            #expect(run.errors.contains(reason), "\(run.errors)")
            #expect(run.errors.hasPrefix("dunning-parity: \(divergence): "))
        }
        #expect(try corpus.state() == before)
    }

    @Test("an account of the legal entity cn is refused by a global corpus and taken by its own")
    func region() throws {
        // The partner for mainland China is billed by the entity there.
        let entry = try fleet.entries().first { $0["account_type"] as? String == "jdc" }
        let divergence = try #require(entry?["id"] as? String)
        let corpus = try CorpusFixture()
        let before = try corpus.state()
        let refused = try add(divergence, to: corpus)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("the legal entity `cn`"))
        #expect(try corpus.state() == before)
        let own = try CorpusFixture(region: "cn", cases: [])
        #expect(try add(divergence, to: own).status == 0)
        #expect(try own.run("check", own.path).status == 0)
    }

    @Test("of part of the log, whatever is missing is said; without the records it is exit 65")
    func partOfLog() throws {
        let corpus = try CorpusFixture()
        let divergence = try #require(try fleet.divergence("race"))
        let minimal = fleet.folder.path("race-\(UUID()).ndjson")
        let cut = ["corpus", "minimize", fleet.log, "--divergence", divergence, "--out", minimal]
        #expect(try Tool.run(cut).status == 0)
        let arguments = [
            "corpus", "add", fleet.report, divergence, "--name", "a-race", "--secret",
            fleet.folder.path("key"), "--corpus", corpus.path, "--log",
        ]
        let run = try Tool.run(arguments + [minimal])
        #expect(run.status == 0)
        #expect(run.errors.contains("these are not exactly the logs of the report"))
        let other = try corpus.folder.write("other.ndjson", LogLines.explained)
        let lost = try Tool.run(arguments + [other])
        #expect(lost.status == 65)
        #expect(try Tool.run(arguments + [corpus.folder.path("nowhere")]).status == 66)
    }

    @Test("what is not in the report, a short secret and a missing input are told apart")
    func badInputs() throws {
        let corpus = try CorpusFixture()
        let unknown = try add("dv_0000000000000000", to: corpus)
        #expect(unknown.status == 65)
        #expect(unknown.errors.contains("has no such divergence"))
        let divergence = try #require(try fleet.divergence("race"))
        let short = try corpus.folder.write("short", Data("short".utf8))
        let log = ["--log", fleet.log, "--name", "n", "--corpus", corpus.path]
        let run = try Tool.run(
            ["corpus", "add", fleet.report, divergence, "--secret", short] + log
        )
        #expect(run.status == 65)
        #expect(run.errors.contains("the secret has 5 bytes; it needs 16 or more"))
        let nowhere = corpus.folder.path("nowhere")
        for arguments in [
            [fleet.report, divergence, "--secret", nowhere],
            [nowhere, divergence, "--secret", short],
        ] {
            #expect(try Tool.run(["corpus", "add"] + arguments + log).status == 66)
        }
        #expect(try add(divergence, to: corpus, named: "n", "--scale", "0").status == 65)
    }

    // MARK: - Minimize

    @Test("a log cut down to a divergence replays to the same divergence")
    func minimize() throws {
        for name in ["voided_invoice_flag", "stuck_event", "race"] {
            let divergence = try #require(try fleet.divergence(name))
            let run = try Tool.run(
                ["corpus", "minimize", fleet.log, "--divergence", divergence]
            )
            #expect(run.status == 0)
            #expect(run.errors.contains(#/dv_[0-9a-f]+: \d+ records; not redacted/#))
            let lines = run.output.split(separator: "\n")
            #expect(lines.count <= 12)
            let folder = try Folder()
            let log = try folder.write("log.ndjson", Data(run.output.utf8))
            #expect(try Tool.run(["replay", log, "--out", folder.path("out")]).status == 0)
            let report = try folder.report(in: "out")
            let entries = try #require(report["divergences"] as? [[String: Any]])
            let before = try #require(
                try fleet.entries().first { $0["id"] as? String == divergence }
            )
            #expect(entries.count == 1)
            for member in ["account", "classes", "extent", "facets"] {
                let texts = try [entries[0], before].map { entry in
                    let value = try #require(entry[member])
                    return try JSONSerialization.data(
                        withJSONObject: [value],
                        options: [.sortedKeys]
                    )
                }
                #expect(texts[0] == texts[1], "\(name): \(member)")
            }
            // It is as small as it gets.
            let again = try Tool.run(["corpus", "minimize", log])
            #expect(again.status == 0)
            #expect(again.output.split(separator: "\n").count == lines.count)
        }
    }

    @Test("of several divergences one must be chosen: exit 65, with all of them told")
    func several() throws {
        let folder = try Folder()
        let lines = LogLines.wrongly("a") + LogLines.wrongly("b") + LogLines.complete
        let log = try folder.write("log.ndjson", lines)
        let run = try Tool.run(["corpus", "minimize", log])
        #expect(run.status == 65)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("the log shows 2 divergences; choose one with --divergence"))
        let ids = run.errors.matches(of: #/dv_[0-9a-f]{16}/#).map { String($0.output) }
        #expect(Set(ids).count == 2)
        for id in ids {
            let out = folder.path("\(id).ndjson")
            let cut = try Tool.run(["corpus", "minimize", log, "--divergence", id, "--out", out])
            #expect(cut.status == 0)
            #expect(cut.output.isEmpty)
            #expect(!(try folder.read("\(id).ndjson")).isEmpty)
        }
    }

    @Test("a log without a divergence, or without that one, is exit 65; none at all is exit 66")
    func nothingToCut() throws {
        let folder = try Folder()
        let sound = try folder.write("log.ndjson", LogLines.rightly("a") + LogLines.complete)
        let none = try Tool.run(["corpus", "minimize", sound])
        #expect(none.status == 65)
        #expect(none.errors.contains("the log shows no divergence"))
        let wrong = try folder.write("wrong.ndjson", LogLines.explained)
        let other = try Tool.run(["corpus", "minimize", wrong, "--divergence", "dv_0"])
        #expect(other.status == 65)
        #expect(other.errors.contains("no divergence `dv_0`"))
        #expect(try Tool.run(["corpus", "minimize", folder.path("nowhere")]).status == 66)
    }
}
