import BillingModel
import DivergenceAnalysis
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// The small fleet of the corpus, simulated and replayed.
struct FleetReplayTests {
    /// A fleet's report beside what was planted in it.
    private struct Replayed {
        let report: ParityReport
        let truths: [Truth]
        let unreadable: Int

        init(plan text: String) throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "fleet-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer {
                // What can't be removed is left to the system, which clears temporary files.
                try? FileManager.default.removeItem(at: folder)
            }
            var log = Data()
            var truths: [Truth] = []
            let scanner = try JSONScanner()
            let summary = try FleetSimulation.run(plan: FleetPlan(yaml: text)) { line in
                log.append(contentsOf: line)
            } writeTruth: { line in
                truths.append(try Truth(line: line, scanner))
            }
            let file = folder.appending(path: "log.ndjson")
            try log.write(to: file)
            var replay = Replay(settings: JudgeSettings(), program: "a test")
            _ = try replay.read(.file(file.path), progress: { _, _ in }, reject: { _ in })
            report = try replay.report(scope: nil, keepsSettled: false, reject: { _ in })
            self.truths = truths
            unreadable = summary.unreadable
        }
    }

    private static let small = Result {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let plan = root.appending(path: "corpora/fleets/small.yaml")
        return try Replayed(plan: String(contentsOf: plan, encoding: .utf8))
    }

    @Test("every planted defect is found, and nothing else is")
    func perfect() throws {
        let fleet = try Self.small.get()
        let score = try TruthScore(fleet.report, fleet.truths)
        #expect(score.rows.count >= 11)
        for row in score.rows {
            #expect(row.truths > 0, "\(row.name)")
            #expect(row.found == row.truths, "recall of \(row.name)")
            #expect(row.backed == row.divergences, "precision of \(row.name)")
        }
        #expect(score.isPerfect)
        #expect(fleet.report.blockingCount == 0)
    }

    @Test("the fleet is large enough for that to mean something")
    func substance() throws {
        let fleet = try Self.small.get()
        #expect(fleet.report.episodes.judged > 500)
        #expect(fleet.report.episodes.match > fleet.report.episodes.divergent)
        #expect(fleet.report.records.redelivered > 0)
        #expect(fleet.report.records.rejected == fleet.unreadable)
        #expect(fleet.unreadable > 0)
        #expect(fleet.report.unknownTypes == ["edu_pilot", "reseller_beta"])
    }

    @Test("the models of all paths are exact but where a run broke off or was raced")
    func fidelity() throws {
        let fleet = try Self.small.get()
        for (path, count) in fleet.report.fidelity {
            #expect(count.exact <= count.executions)
            // 99 of 100 is what the gate asks for.
            #expect(count.exact * 100 >= count.executions * 99, "Path \(path.rawValue)")
        }
    }

    @Test("the report of a fleet fits a comment")
    func markdownSize() throws {
        #expect(try Self.small.get().report.markdown().utf8.count < 65_536)
    }
}
