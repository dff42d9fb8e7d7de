import Foundation
import Testing

/// Verdicts that are recorded, as processes do it.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct GateChainTests {
    private let fixture: GateFixture
    private let folder: Folder
    private let chain: String

    init() throws {
        fixture = try GateFixture.shared.get()
        folder = try Folder()
        chain = folder.path("chain")
    }

    private func ask(_ phase: Int, _ more: String...) throws -> Tool.Run {
        let arguments = [
            "gate", "--phase", "\(phase)", fixture.clean, "--config", fixture.limits, "--waivers",
            fixture.waivers, "--corpus", fixture.corpus, "--record", chain,
        ]
        return try Tool.run(arguments + more)
    }

    @Test("a recorded verdict verifies, is computed again alike, and stands in the history")
    func recorded() throws {
        let run = try ask(1)
        #expect(run.status == 0)
        #expect(run.output.contains("recorded: \(chain)/0001-phase1-go.json"))
        let verified = try Tool.run(["gate", "verify", chain])
        #expect(verified.status == 0)
        #expect(verified.output.contains("computed again, the same"))
        let history = try Tool.run(["gate", "history", chain])
        #expect(history.status == 0)
        #expect(history.output.contains("GO"))
    }

    @Test("the answer of phase 2 rests on the GO of phase 1, until that is rolled back")
    func dependency() throws {
        let before = try ask(2)
        #expect(before.output.contains("record a GO of phase 1"))
        #expect(try ask(1).status == 0)
        let after = try ask(2)
        #expect(!after.output.contains("record a GO of phase 1"))
        #expect(try Tool.run(["gate", "verify", chain]).status == 0)
        let rollback = try Tool.run([
            "gate", "rollback", chain, "--phase", "1", "--at", "2026-08-01T00:00:00Z", "--reason",
            "flags came back", "--by", "engineering",
        ])
        #expect(rollback.status == 0)
        #expect(try Tool.run(["gate", "verify", chain]).status == 0)
        let last = try Tool.run([
            "gate", "--phase", "2", fixture.clean, "--config", fixture.limits, "--record", chain,
            "--at", "2026-08-02T00:00:00Z",
        ])
        #expect(last.status == 1)
        #expect(last.output.contains("record a GO of phase 1"))
    }

    @Test("a GO on less than a NO-GO had seen is none: what spoke against it must be judged again")
    func leftOut() throws {
        let bad = try Tool.run(["gate", "--phase", "1", fixture.incident, "--record", chain])
        #expect(bad.status == 1)
        // The incident's log ends later, and a chain goes on in time.
        let clean = try ask(1, "--at", "2026-06-01T12:00:00Z")
        #expect(clean.status == 2)
        #expect(clean.output.contains("earlier evidence: give the reports"))
        #expect(clean.output.contains("of record 1: "))
        #expect(try Tool.run(["gate", "verify", chain]).status == 0)
    }

    @Test("nothing is decided on a chain that lacks a published digest")
    func published() throws {
        #expect(try ask(1).status == 0)
        let head = String(decoding: try folder.read("chain/HEAD"), as: UTF8.self)
        let digest = try #require(head.split(whereSeparator: \.isWhitespace).last)
        #expect(try ask(1, "--published", String(digest)).status == 0)
        let other = try ask(1, "--published", String(repeating: "e", count: 64))
        #expect(other.status == 65)
        #expect(other.errors.contains("published digest"))
        #expect(try Tool.run(["gate", "verify", chain]).status == 0)
        let alone = try Tool.run(["gate", "--phase", "1", fixture.clean, "--published", "e"])
        #expect(alone.status == 64)
    }

    @Test("a record that was changed, removed or cut is found, exit 1, and nothing is added to it")
    func tampered() throws {
        _ = try ask(2)
        _ = try ask(1)
        let names = folder.names(in: "chain").filter { $0.hasPrefix("0") }
        #expect(names.count == 2)
        let first = try #require(names.first)
        let kept = try folder.read("chain/\(first)")
        let text = String(decoding: kept, as: UTF8.self)
        let changed = text.replacing("NO-GO", with: "GO")
        #expect(changed != text)
        for damage in [Data(changed.utf8), kept.prefix(kept.count / 2), Data()] {
            try folder.write("chain/\(first)", damage)
            let verified = try Tool.run(["gate", "verify", chain])
            #expect(verified.status == 1)
            #expect(verified.output.contains("was changed\n"))
            #expect(try Tool.run(["gate", "history", chain]).status == 1)
            let refused = try ask(1)
            #expect(refused.status == 65)
            #expect(refused.errors.contains("problem"))
            #expect(folder.names(in: "chain").filter { $0.hasPrefix("0") } == names)
        }
        try folder.write("chain/\(first)", kept)
        #expect(try Tool.run(["gate", "verify", chain]).status == 0)
        try FileManager.default.removeItem(at: folder.url("chain/\(first)"))
        #expect(try Tool.run(["gate", "verify", chain]).status == 1)
    }

    @Test("a rollback of a chain without a record is exit 65")
    func emptyRollback() throws {
        let run = try Tool.run([
            "gate", "rollback", chain, "--phase", "1", "--at", "2026-08-01T00:00:00Z", "--reason",
            "none", "--by", "engineering",
        ])
        #expect(run.status == 65)
        #expect(run.errors.contains("no verdict that could be taken back"))
    }
}
