import BillingModel
import DivergenceAnalysis
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// A simulated fleet's divergences, with their pictures.
struct Fleet {
    /// The verdicts of the diverging episodes.
    let verdicts: [EpisodeVerdict]

    /// The fleet of the small plan of the corpus, of a seed.
    init(seed: UInt64) throws {
        var plan = try FleetPlan(yaml: String(contentsOf: Self.plan, encoding: .utf8))
        plan.seed = seed
        var log: [UInt8] = []
        try FleetSimulation.run(
            plan: plan,
            writeRecord: { log += $0 },
            writeTruth: { _ in }
        )
        verdicts = try Self.drawn(log)
    }

    /// The diverging episodes of a log, drawn.
    static func drawn(_ log: [UInt8]) throws -> [EpisodeVerdict] {
        var replay = Replay(settings: JudgeSettings(), program: "a test")
        try replay.read(whole: log) { _ in }
        var found: [EpisodeVerdict] = []
        _ = try replay.report(
            scope: nil,
            keepsSettled: false,
            drawsSwimlanes: true,
            each: { if $0.divergenceID != nil { found.append($0) } },
            reject: { _ in }
        )
        return found
    }

    /// The pictures of the divergences of a case of the corpus.
    static func corpus(_ name: String) throws -> [Swimlane] {
        let file = root.appending(path: "corpora/cases/\(name)/log.ndjson")
        return try drawn(Array(Data(contentsOf: file))).compactMap(\.swimlane)
    }

    /// The pictures.
    var swimlanes: [Swimlane] { verdicts.compactMap(\.swimlane) }

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let plan = root.appending(path: "corpora/fleets/small.yaml")

    /// Fleets of three seeds, simulated once for all tests.
    static let seeds = Result { try [1, 2, 3].map { try Fleet(seed: $0) } }
}

extension EpisodeVerdict {
    /// Its divergence.
    var divergence: Divergence? {
        if case .divergent(let divergence) = outcome { divergence } else { nil }
    }

    /// The picture of its divergence.
    var swimlane: Swimlane? { divergence?.swimlane }
}
