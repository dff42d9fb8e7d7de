import Foundation
import Testing

/// The command `explore`, end to end.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct ExploreTests {
    private let folder: Folder
    private let log: String

    init() throws {
        folder = try Folder()
        log = try folder.write("log.ndjson", LogLines.explained)
    }

    private func document(_ run: Tool.Run) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    }

    /// The first divergence of a log, as a replay reports it.
    private func divergence(of log: String, _ name: String) throws -> [String: Any] {
        _ = try Tool.run(["replay", log, "--out", folder.path(name)])
        let divergences = try folder.report(in: name)["divergences"] as? [[String: Any]]
        return try #require(divergences?.first)
    }

    // MARK: - A whole log

    @Test("a log is told by class, with what matched, in lines that fit a terminal")
    func study() throws {
        let run = try Tool.run(["explore", log, "--sample", "5", "--seed", "3"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        let lines = run.output.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.contains { $0.hasPrefix("voided_invoice_flag ") && $0.contains("100.00 %") })
        #expect(lines.contains { $0.hasPrefix("match ") })
        #expect(run.output.contains("brain: in 2 of 2 judged episodes"))
    }

    @Test("threads make no difference, and the seed is in the document")
    func threads() throws {
        let arguments = ["explore", log, "--sample", "5", "--seed", "3", "--json"]
        let one = try Tool.run(arguments + ["--jobs", "1"])
        #expect(try Tool.run(arguments + ["--jobs", "4"]).output == one.output)
        let study = try #require(try document(one) as? [String: Any])
        #expect(study["seed"] as? String == "3")
        #expect(study["sample"] as? Int == 5)
        let brain = try #require(study["brain"] as? [String: Any])
        #expect(brain["proved"] as? Int == 2)
    }

    // MARK: - An episode

    @Test("an account's episodes are told with the worst schedule, step by step")
    func account() throws {
        let run = try Tool.run(["explore", log, "--account", "b"])
        #expect(run.status == 0)
        #expect(run.output.contains("legacy: 7 schedules, all run; 7 diverge (100.00 %)"))
        #expect(run.output.contains("proved that none diverges"))
        #expect(run.output.contains("Path C  reads"))
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test("a divergence is found by its id, and its exposure is a document")
    func byDivergence() throws {
        let id = try #require(try divergence(of: log, "out")["id"] as? String)
        let run = try Tool.run(["explore", log, "--divergence", id, "--json"])
        #expect(run.status == 0)
        let exposures = try #require(try document(run) as? [[String: Any]])
        #expect(exposures.count == 1)
        #expect(exposures.first?["divergence"] as? String == id)
        #expect(exposures.first?["account"] as? String == "b")
        let legacy = try #require(exposures.first?["legacy"] as? [String: Any])
        #expect(legacy["schedules"] as? Int == 7)
        #expect(legacy["exhaustive"] as? Bool == true)
    }

    @Test("fewer schedules than there are are drawn by lot")
    func bound() throws {
        let run = try Tool.run(["explore", log, "--account", "b", "--bound", "3"])
        #expect(run.output.contains("7 schedules, 3 drawn by lot and run; 3 diverge"))
    }

    @Test("the worst schedule, written as a log, shows its difference in a replay")
    func reproducer() throws {
        let worst = folder.path("worst.ndjson")
        let run = try Tool.run([
            "explore", log, "--account", "b", "--reproducer", worst, "--json",
        ])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        let exposures = try #require(try document(run) as? [[String: Any]])
        let legacy = try #require(exposures.first?["legacy"] as? [String: Any])
        let told = try #require(legacy["worst"] as? [String: Any])
        let facets = try #require(told["facets"] as? [[String: Any]]).map { $0["facet"] as? String }
        let shown = try divergence(of: worst, "worst")
        #expect(shown["account"] as? String == "b")
        let seen = try #require(shown["facets"] as? [[String: Any]]).map { $0["facet"] as? String }
        #expect(seen == facets)
        #expect(shown["classes"] as? [String] == ["voided_invoice_flag"])
    }

    // MARK: - What goes wrong

    @Test("a delivery that makes a difference to the brain is exit 1, and is told")
    func overtaken() throws {
        let lines = LogLines.overridden("o") + LogLines.complete
        let log = try folder.write("overridden", lines)
        for arguments in [["--account", "o"], ["--sample", "1"]] {
            let run = try Tool.run(["explore", log] + arguments)
            #expect(run.status == 1)
            #expect(run.output.contains("a delivery that makes a difference to the brain"))
            #expect(run.output.contains("the brain  is woken and decides"))
        }
    }

    @Test("what is not in the log is exit 65, by its name")
    func unknown() throws {
        for (option, name) in [("--account", "nobody"), ("--divergence", "dv_0")] {
            let run = try Tool.run(["explore", log, option, name])
            #expect(run.status == 65)
            #expect(run.errors.contains("`\(name)`"))
            #expect(run.output.isEmpty)
        }
    }

    @Test("a log of which nothing can be judged is exit 65, and one that is not there 66")
    func nothing() throws {
        let open = try folder.write("open", LogLines.wrongly("a"))
        #expect(try Tool.run(["explore", open]).status == 65)
        #expect(try Tool.run(["explore", open, "--account", "a"]).status == 65)
        #expect(try Tool.run(["explore", folder.path("nowhere")]).status == 66)
    }

    @Test("a reproducer that can't be written is exit 74, and without a divergence 65")
    func unwritable() throws {
        let path = folder.path("no/such/folder/worst.ndjson")
        let run = try Tool.run(["explore", log, "--account", "b", "--reproducer", path])
        #expect(run.status == 74)
        let healthy = try folder.write("idle", LogLines.paid("p") + LogLines.complete)
        let none = ["explore", healthy, "--account", "p", "--reproducer", folder.path("w")]
        #expect(try Tool.run(none).status == 65)
    }

    @Test(
        "options that don't go together are exit 64",
        arguments: [
            ["--account", "a", "--divergence", "dv_1"], ["--reproducer", "worst.ndjson"],
            ["--bound", "0"], ["--sample", "0"], ["--jobs", "0"], ["--seed", "-1"],
        ]
    )
    func usage(options: [String]) throws {
        let run = try Tool.run(["explore", log] + options)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
    }
}
