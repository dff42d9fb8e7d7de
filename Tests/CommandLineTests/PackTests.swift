import Foundation
import Testing

/// `pack`, and what takes a packed log in place of a log.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct PackTests {
    private let folder: Folder
    private let log: String
    private let packed: String

    init() throws {
        folder = try Folder()
        let accounts = (0..<12).flatMap { number in
            number % 3 == 0 ? LogLines.wrongly("w\(number)") : LogLines.rightly("r\(number)")
        }
        log = try folder.write("log.ndjson", accounts + ["no record"] + LogLines.complete)
        packed = folder.path("log.packed")
        let run = try Tool.run(["pack", log, "--out", packed])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("records"))
    }

    private func replay(_ name: String, _ arguments: [String]) throws -> [String: Data] {
        let out = folder.path(name)
        let run = try Tool.run(["replay"] + arguments + ["--settled", "--out", out])
        #expect([0, 1].contains(run.status), "\(run.errors)")
        var files: [String: Data] = [:]
        for file in folder.names(in: name) { files[file] = try folder.read("\(name)/\(file)") }
        #expect(files.count == 6)
        files["output"] = Data(run.output.replacing(out, with: "").utf8)
        return files
    }

    @Test(
        "a replay of it has the same bytes, under any settings",
        arguments: [[], ["--settle", "2h"], ["--phase", "1"], ["--memory", "1K", "--jobs", "3"]]
    )
    func same(options: [String]) throws {
        #expect(try replay("b", [packed] + options) == replay("a", [log] + options))
    }

    @Test("logs that came after it may be given behind it")
    func further() throws {
        let again = LogLines.wrongly("w0") + LogLines.rightly("later") + ["none either"]
        let other = try folder.write("other.ndjson", again)
        #expect(try replay("b", [packed, other]) == replay("a", [log, other]))
    }

    @Test("explain and explore take it too")
    func others() throws {
        _ = try replay("a", [log])
        let divergences = try folder.report(in: "a")["divergences"] as? [[String: Any]]
        let id = try #require(divergences?.first?["id"] as? String)
        for command in [["explain", id, "--log"], ["explore", "--divergence", id]] {
            let run = try Tool.run(command + [packed])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output == (try Tool.run(command + [log]).output))
        }
    }

    @Test("it comes before all other logs, and alone of its kind")
    func first() throws {
        for logs in [[log, packed], [packed, packed]] {
            let run = try Tool.run(["replay"] + logs)
            #expect(run.status == 65)
            #expect(run.errors.contains("must come before all other logs"))
        }
    }

    @Test("another SQLite file, and one that is cut off, are exit 65")
    func refused() throws {
        var bytes = try folder.read("log.packed")
        bytes[68] ^= 1  // The application's id stands there.
        let other = try folder.write("other.packed", bytes)
        let run = try Tool.run(["replay", other])
        #expect(run.status == 65)
        #expect(run.errors.contains("no packed log"))
        let cut = try folder.write("cut.packed", try folder.read("log.packed").prefix(30_000))
        #expect(try Tool.run(["replay", cut]).status == 65)
    }

    @Test("a reproducer is cut from the log itself")
    func minimize() throws {
        let run = try Tool.run(["corpus", "minimize", packed, "--divergence", "dv_1"])
        #expect(run.status == 64)
        #expect(run.errors.contains("give the log itself"))
    }

    @Test("a full disk is exit 74 and leaves nothing behind, nor takes away what was there")
    func fullDisk() throws {
        let before = try folder.read("log.packed")
        #expect(try Tool.runOnFullDisk(["pack", log, "--out", packed]).status == 74)
        #expect(try folder.read("log.packed") == before)
        #expect(folder.names(in: "") == ["log.ndjson", "log.packed"])
    }

    @Test("a log of nothing is exit 65, and a folder that is not there 74")
    func nothing() throws {
        let empty = try folder.write("empty", ["no record"])
        #expect(try Tool.run(["pack", empty, "--out", folder.path("e")]).status == 65)
        #expect(folder.names(in: "") == ["empty", "log.ndjson", "log.packed"])
        #expect(try Tool.run(["pack", log, "--out", folder.path("none/p")]).status == 74)
    }
}
