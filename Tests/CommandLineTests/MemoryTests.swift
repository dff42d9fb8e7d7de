import Foundation
import Testing

/// `--memory`: less of it gives the same report.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct MemoryTests {
    private let folder: Folder
    private let log: String

    init() throws {
        folder = try Folder()
        let accounts = (0..<40).flatMap { number in
            number % 3 == 0 ? LogLines.wrongly("w\(number)") : LogLines.rightly("r\(number)")
        }
        // Every line twice, and far apart.
        let lines = accounts + ["no record"] + LogLines.complete + accounts.reversed()
        log = try folder.write("log.ndjson", lines)
    }

    private func replay(_ name: String, _ options: [String] = []) throws -> [String: Data] {
        let out = folder.path(name)
        let run = try Tool.run(["replay", log, "--settled", "--out", out] + options)
        #expect([0, 1].contains(run.status), "\(run.errors)")
        let names = folder.names(in: name)
        #expect(names.count == 6)
        var files: [String: Data] = [:]
        for file in names { files[file] = try folder.read("\(name)/\(file)") }
        files["output"] = Data(run.output.replacing(out, with: "").utf8)
        return files
    }

    @Test("the report has the same bytes, whatever the memory", arguments: ["1K", "8K", "2G"])
    func same(memory: String) throws {
        let expected = try replay("usual")
        for jobs in ["1", "3"] {
            #expect(try replay("m\(jobs)", ["--memory", memory, "--jobs", jobs]) == expected)
        }
    }

    @Test("explain finds a divergence, and explore an account, among records on disk")
    func others() throws {
        _ = try replay("usual")
        let divergences = try folder.report(in: "usual")["divergences"] as? [[String: Any]]
        let id = try #require(divergences?.first?["id"] as? String)
        for command in [
            ["explain", id, "--log", log], ["explore", log, "--divergence", id],
            ["explore", log, "--sample", "3"],
        ] {
            let run = try Tool.run(command + ["--memory", "1K"])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output == (try Tool.run(command).output))
        }
    }

    @Test("a disk that is full is exit 74, and says what to do")
    func fullDisk() throws {
        let run = try Tool.runOnFullDisk(
            ["replay", log, "--memory", "1K", "--spill-folder", folder.path("")]
        )
        #expect(run.status == 74)
        #expect(run.errors.contains("what does not fit into memory"))
        #expect(run.errors.contains("--spill-folder"))
        #expect(run.errors.contains("--memory"))
        #expect(folder.names(in: "") == ["log.ndjson"])
    }

    @Test("a folder for the rest that is not there is exit 74, once it is needed")
    func noFolder() throws {
        let options = ["--spill-folder", folder.path("none")]
        #expect(try Tool.run(["replay", log] + options).status != 74)
        let run = try Tool.run(["replay", log, "--memory", "1K"] + options)
        #expect(run.status == 74)
        #expect(run.errors.contains("there is no such folder"))
        #expect(run.output.isEmpty)
    }

    @Test(
        "what is no size is exit 64",
        arguments: ["", "512", "0M", "-1M", "+1M", "1.5G", "64MB", "m", " 1M", "9999999999G"]
    )
    func noSize(text: String) throws {
        let run = try Tool.run(["replay", log, "--memory=\(text)"])
        #expect(run.status == 64, "`\(text)`")
        #expect(run.output.isEmpty)
    }
}
