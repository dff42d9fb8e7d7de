import Foundation
import Testing

/// The command `report diff`, end to end.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct ReportDiffTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    /// Replays lines into a folder, and says where the folder is.
    private func replay(_ lines: [String], into name: String, _ options: String...) throws -> String
    {
        let log = try folder.write("\(name).ndjson", lines)
        let run = try Tool.run(["replay", log, "--out", folder.path(name)] + options)
        #expect([0, 1].contains(run.status))
        return folder.path(name)
    }

    private func diff(_ arguments: String...) throws -> Tool.Run {
        try Tool.run(["report", "diff"] + arguments)
    }

    /// The JSON that a comparison writes.
    private func written(_ name: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: folder.read(name)) as? [String: Any])
    }

    private func count(_ group: String, in diff: [String: Any]) throws -> Int {
        let groups = try #require(diff["groups"] as? [String: [String: Any]])
        let ids = try #require(groups[group]?["ids"] as? [String])
        #expect(groups[group]?["divergences"] as? Int == ids.count)
        return ids.count
    }

    @Test("of a log replayed twice, nothing changes: exit 0, by file or by folder")
    func same() throws {
        let old = try replay(LogLines.explained, into: "old")
        let new = try replay(LogLines.explained, into: "new")
        for (before, after) in [(old, new), (old + "/report.json", new + "/report.json")] {
            let run = try diff(before, after)
            #expect(run.status == 0)
            #expect(run.errors.isEmpty)
            #expect(
                run.output.hasPrefix("Nothing introduced; 0 fixed, 0 reclassified, 1 unchanged.")
            )
        }
    }

    @Test("another policy on a simulated fleet introduces divergences: exit 1, all of them told")
    func twoPolicies() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let plan = root.appending(path: "corpora/fleets/small.yaml").path
        let simulation = try Tool.run(["simulate", plan, "--out", folder.path("fleet")])
        #expect(simulation.status == 0)
        let policy = try folder.write("policy.yaml", ["threshold: 20000"])
        let log = folder.path("fleet/log.ndjson")
        _ = try Tool.run(["replay", log, "--out", folder.path("old")])
        _ = try Tool.run(["replay", log, "--out", folder.path("new"), "--policy", policy])

        let files = ["--markdown", folder.path("there.md"), "--json", folder.path("there.json")]
        let there = try Tool.run(
            ["report", "diff", folder.path("old"), folder.path("new")] + files
        )
        #expect(there.status == 1)
        #expect(there.output.contains("threshold 0 -> 20000"))
        #expect(there.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        let markdown = try folder.read("there.md")
        #expect(markdown.count < 65_536)
        #expect(String(decoding: markdown, as: UTF8.self).contains("| introduced |"))
        let back = try diff(
            folder.path("new"),
            folder.path("old"),
            "--json",
            folder.path("back.json")
        )
        #expect([0, 1].contains(back.status))

        let (onward, backward) = (try written("there.json"), try written("back.json"))
        let introduced = try count("introduced", in: onward)
        #expect(introduced > 0)
        #expect(
            try introduced == count("fixed", in: backward) + count("carried", in: backward)
        )
        #expect(try count("unchanged", in: onward) == count("unchanged", in: backward))
        let old = try #require((onward["old"] as? [String: Any])?["divergent"] as? Int)
        let groups = ["worse", "reclassified", "fixed", "carried", "unchanged"]
        #expect(try groups.reduce(0) { try $0 + count($1, in: onward) } == old)
    }

    @Test("what is fixed is exit 0, and what is introduced is exit 1")
    func fixedAndIntroduced() throws {
        // Two logs stand in for two brains, which has to be asked for.
        let bad = try replay(LogLines.explained + LogLines.mysteriously("c"), into: "bad")
        let good = try replay(LogLines.explained, into: "good")
        let refused = try diff(bad, good)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("--across-logs"))
        #expect(refused.output.isEmpty)
        let fixed = try diff(bad, good, "--across-logs")
        #expect(fixed.status == 0)
        #expect(fixed.output.contains("at most 1 fixed"))
        #expect(fixed.output.contains("beware: The logs differ"))
        let introduced = try diff(good, bad, "--across-logs")
        #expect(introduced.status == 1)
        #expect(introduced.output.hasPrefix("1 introduced;"))
        #expect(introduced.output.contains("unexplained"))
    }

    @Test("fewer judged episodes of the same log are exit 1")
    func judgedFewer() throws {
        let log = try folder.write("log.ndjson", LogLines.explained)
        for (name, options) in [("old", []), ("new", ["--settle", "60d"])] {
            _ = try Tool.run(["replay", log, "--out", folder.path(name)] + options)
        }
        let run = try diff(folder.path("old"), folder.path("new"))
        // Nothing has been quiet for so long, so nothing is judged at all.
        #expect(run.status == 65)
        #expect(run.errors.contains("judged no episode"))

        let json = String(decoding: try folder.read("old/report.json"), as: UTF8.self)
        let fewer = json.replacing("\"judged\": 2,\"match\": 1", with: "\"judged\": 1,\"match\": 0")
        #expect(fewer != json)
        let path = try folder.write("fewer.json", Data(fewer.utf8))
        let lost = try diff(folder.path("old"), path)
        #expect(lost.status == 1)
        #expect(lost.output.hasPrefix("1 episode judged no more;"))
    }

    @Test("a report that is not there, is no report or is cut has its own exit code and reason")
    func badReports() throws {
        let good = try replay(LogLines.explained, into: "good")
        let missing = try diff(good, folder.path("nowhere"))
        #expect(missing.status == 66)
        #expect(missing.errors.contains("nowhere"))
        let empty = try folder.write("empty.json", Data())
        #expect(try diff(empty, good).status == 65)
        let whole = try folder.read("good/report.json")
        let cut = try folder.write("cut.json", Data(whole.prefix(whole.count / 2)))
        let broken = try diff(good, cut)
        #expect(broken.status == 65)
        #expect(broken.errors.contains("cut.json`: not JSON"))
        let text = String(decoding: whole, as: UTF8.self)
        let other = text.replacing("\"schema\": 1", with: "\"schema\": 2")
        let newer = try diff(good, try folder.write("newer.json", Data(other.utf8)))
        #expect(newer.status == 65)
        #expect(newer.errors.contains("`schema` is 2, and this program reads 1"))
    }

    @Test("a file that can't be written is exit 74")
    func unwritable() throws {
        let good = try replay(LogLines.explained, into: "good")
        for option in ["--markdown", "--json"] {
            let run = try diff(good, good, option, folder.path("nowhere/at/all"))
            #expect(run.status == 74)
            #expect(run.errors.contains("nowhere/at/all"))
        }
    }

    @Test("one report alone is wrong usage")
    func usage() throws {
        let run = try diff("one")
        #expect(run.status == 64)
        #expect(run.errors.contains("new"))
    }

    @Test(
        "the help of each command is as it was looked at",
        arguments: [("help-report", ["report"]), ("help-report-diff", ["report", "diff"])]
    )
    func help(name: String, command: [String]) throws {
        let run = try Tool.run(command + ["--help"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        try expectSnapshot(run.output, named: name + ".txt")
    }
}
