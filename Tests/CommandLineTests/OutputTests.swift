import Foundation
import Testing

/// Where a report can't be written: nothing partial is left, and nothing that was there is lost.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct OutputTests {
    private let folder: Folder
    private let log: String

    init() throws {
        folder = try Folder()
        log = try folder.write("log.ndjson", LogLines.explained)
    }

    @Test("a full disk is exit 74, and no partial file is left behind")
    func fullDisk() throws {
        let run = try Tool.runOnFullDisk(["replay", log, "--out", folder.path("out")])
        #expect(run.status == 74)
        #expect(run.errors.contains("report.json"))
        let left = folder.names(in: "out")
        #expect(!left.contains { $0.hasSuffix(".partial") })
        #expect(!left.contains("report.json"))
        #expect(!left.contains("report.md"))
    }

    @Test("a full disk leaves the report of the day before as it was")
    func fullDiskKeeps() throws {
        _ = try Tool.run(["replay", log, "--out", folder.path("out")])
        let before = try folder.read("out/report.json")
        let other = try folder.write("other", LogLines.wrongly("q") + LogLines.complete)
        let run = try Tool.runOnFullDisk(["replay", other, "--out", folder.path("out")])
        #expect(run.status == 74)
        #expect(try folder.read("out/report.json") == before)
        #expect(
            folder.names(in: "out") == [
                "episodes.ndjson", "junit.xml", "rejects.ndjson", "report.html", "report.json",
                "report.md",
            ]
        )
    }

    @Test("a report takes the place of the one before it")
    func replaces() throws {
        _ = try Tool.run(["replay", log, "--out", folder.path("out")])
        let before = try folder.read("out/report.json")
        let other = try folder.write("other", LogLines.wrongly("q") + LogLines.complete)
        _ = try Tool.run(["replay", other, "--out", folder.path("out")])
        #expect(try folder.read("out/report.json") != before)
    }

    @Test("a folder is made with those above it")
    func nested() throws {
        #expect(try Tool.run(["replay", log, "--out", folder.path("a/b/c")]).status == 0)
        #expect(folder.names(in: "a/b/c").contains("report.json"))
    }

    @Test("a file in place of the folder is exit 74")
    func fileAsFolder() throws {
        let run = try Tool.run(["replay", log, "--out", log])
        #expect(run.status == 74)
        #expect(try folder.read("log.ndjson").count > 1000)
        #expect(try Tool.run(["replay", log, "--out", log + "/below"]).status == 74)
    }

    @Test("a folder that can't be made is exit 74, before anything is read")
    func unwritable() throws {
        let run = try Tool.run(["replay", log, "--out", "/proc/parity"])
        #expect(run.status == 74)
        #expect(run.errors.contains("/proc/parity"))
        #expect(run.output.isEmpty)
    }

    @Test(
        "a folder without leave to write is exit 74",
        .enabled(if: getuid() != 0, "root may write anywhere")
    )
    func noLeave() throws {
        try FileManager.default.createDirectory(
            at: folder.url("closed"),
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o555]
        )
        #expect(try Tool.run(["replay", log, "--out", folder.path("closed")]).status == 74)
    }
}
