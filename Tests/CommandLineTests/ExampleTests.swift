import Foundation
import Testing

/// `reports/example` is what the program writes.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct ExampleTests {
    private static let names = ["report.html", "report.md", "gate.html", "gate.md"]

    private func write(into folder: Folder, jobs: Int) throws {
        let fleet = CorpusFixture.root.appending(path: "corpora/fleets/small.yaml").path
        let out = folder.path("report")
        #expect(try Tool.run(["simulate", fleet, "--out", folder.path("fleet")]).status == 0)
        let log = folder.path("fleet/log.ndjson")
        _ = try Tool.run(["replay", log, "--out", out, "--jobs", "\(jobs)"])
        #expect(try Tool.run(["gate", "--phase", "1", out, "--out", out]).status == 1)
    }

    @Test("the committed example is what the program writes now; else run Scripts/example")
    func current() throws {
        let folder = try Folder()
        try write(into: folder, jobs: 1)
        for name in Self.names {
            let kept = CorpusFixture.root.appending(path: "reports/example/\(name)")
            let isKept = try folder.read("report/\(name)") == Data(contentsOf: kept)
            #expect(isKept, "reports/example/\(name) is another: run Scripts/example")
        }
    }

    @Test("the pages are the same whatever number of threads judged")
    func jobs() throws {
        let (one, three) = (try Folder(), try Folder())
        try write(into: one, jobs: 1)
        try write(into: three, jobs: 3)
        for name in Self.names {
            #expect(try one.read("report/\(name)") == three.read("report/\(name)"))
        }
    }

    @Test("the page says of each phase what the gate says of the same report")
    func verdicts() throws {
        let folder = try Folder()
        try write(into: folder, jobs: 1)
        let page = String(decoding: try folder.read("report/report.html"), as: UTF8.self)
        let cards = page.components(separatedBy: "<article class=\"card ").dropFirst()
        #expect(cards.count == 4)
        for (phase, card) in zip(1..., cards) {
            let run = try Tool.run(["gate", "--phase", "\(phase)", folder.path("report")])
            let lines = run.output.split(separator: "\n")
            let criteria = try #require(run.output.components(separatedBy: "\n\n").first)
                .split(separator: "\n").dropFirst()
            #expect(criteria.count >= 14)
            let verdict = try #require(lines.last { $0.contains(" for phase \(phase): ") })
            let mark = verdict.prefix { $0 != " " }.lowercased()
            #expect(card.hasPrefix(mark + "\""), "phase \(phase)")
            for line in criteria {
                let cells = line.components(separatedBy: "  ").filter { !$0.isEmpty }
                let verdict = try #require(cells.dropFirst().first)
                let holdsBack = verdict.trimmingCharacters(in: .whitespaces) != "GO"
                let isTold = card.contains("<span>\(cells[0]): ")
                #expect(isTold == holdsBack, "\(phase): \(line)")
            }
        }
    }
}
