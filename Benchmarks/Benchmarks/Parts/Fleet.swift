import BillingModel
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ShadowRun

/// The small fleet, simulated once, and what the parts are measured on.
struct Fleet: Sendable {
    /// An account and all of its records.
    struct Account: Sendable {
        let id: AccountID
        let records: [MirrorRecord]
    }

    /// The lines of the log that are records.
    let lines: [[UInt8]]
    /// The records in packed form.
    let packed: [[UInt8]]
    /// The accounts none of whose episodes diverge.
    let agreeing: [Account]
    /// The accounts with a divergence.
    let diverging: [Account]
    /// States to decide on.
    let states = (0..<BrainProbes.count).map(BrainProbes.state)
    /// What judges an account, as the whole log stands.
    let judge: AccountJudge
    /// The report of all of it.
    let report: ParityReport

    /// Simulates the fleet of `corpora/fleets/small.yaml`.
    init() throws {
        var lines: [[UInt8]] = []
        let plan = try FleetPlan(yaml: String(contentsOf: Self.plan, encoding: .utf8))
        try FleetSimulation.run(plan: plan, writeRecord: { lines.append($0) }, writeTruth: { _ in })

        let reader = try RecordReader()
        // The fleet has unreadable lines in it; what is measured is what can be read.
        let records = lines.map { line in Result { try reader.read(copying: line) } }
        self.lines = zip(lines, records).compactMap { line, record in
            (try? record.get()).map { _ in line }
        }
        packed = records.compactMap { (try? $0.get())?.packed() }

        var replay = Replay(settings: JudgeSettings(), program: "benchmark")
        try replay.read(whole: Array(lines.joined()), reject: { _ in })
        judge = replay.engine.judge

        var agreeing: [Account] = []
        var diverging: [Account] = []
        let judge = judge
        try replay.engine.forEachAccount(jobs: 1) { id, records in
            (Account(id: id, records: records), judge.judge(id, records))
        } _: { account, verdicts in
            if verdicts.episodes.contains(where: \.isDivergent) {
                diverging.append(account)
            } else {
                agreeing.append(account)
            }
        }
        (self.agreeing, self.diverging) = (agreeing, diverging)

        report = try replay.report(scope: nil, keepsSettled: false, reject: { _ in })
    }

    private static let plan = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "corpora/fleets/small.yaml")
}

extension EpisodeVerdict {
    /// Whether the two runs differ.
    fileprivate var isDivergent: Bool {
        if case .divergent = outcome { true } else { false }
    }
}
