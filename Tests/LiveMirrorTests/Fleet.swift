import BillingModel
import DivergenceAnalysis
import FleetSimulation
import Foundation
import LiveMirror
import MirrorLog
import MirrorStore
import ParityReport
import ShadowRun

/// Some accounts of the small fleet: their log, and what a replay of it finds.
struct Fleet: Sendable {
    /// The lines of the log that are records, as they arrive, without line feeds.
    let lines: [[UInt8]]

    static let small = Result { try Fleet(accounts: 40) }

    init(accounts: Int) throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let plan = root.appending(path: "corpora/fleets/small.yaml")
        let reader = try RecordReader()
        var lines: [[UInt8]] = []
        var chosen: Set<String> = []
        _ = try FleetSimulation.run(
            plan: FleetPlan(yaml: String(contentsOf: plan, encoding: .utf8)),
            writeRecord: { line in
                let line = Array(line.dropLast())
                guard let record = try? reader.read(copying: line) else { return }
                if let account = record.account?.rawValue {
                    if chosen.count < accounts { chosen.insert(account) }
                    guard chosen.contains(account) else { return }
                }
                lines.append(line)
            },
            writeTruth: { _ in }
        )
        self.lines = lines
    }

    /// The lines of its first accounts only, and those that name none.
    func lines(ofFirst count: Int) throws -> [[UInt8]] {
        let reader = try RecordReader()
        var chosen: Set<AccountID> = []
        return try lines.filter { line in
            guard let account = try reader.read(copying: line).account else { return true }
            if chosen.count < count { chosen.insert(account) }
            return chosen.contains(account)
        }
    }

    /// The verdicts that a replay of some lines finds, as a store would have them.
    static func verdicts(of lines: [[UInt8]]) throws -> [String] {
        var replay = Replay(settings: JudgeSettings(), program: "a test")
        try replay.read(
            whole: Array(lines.joined(separator: [UInt8(ascii: "\n")])),
            reject: { _ in }
        )
        var verdicts: [String] = []
        _ = try replay.judge(
            visit: { account in
                for episode in account.episodes where !episode.isOpen {
                    verdicts.append(String(decoding: episode.line, as: UTF8.self))
                }
            },
            reject: { _ in }
        )
        return verdicts
    }
}

extension MirrorStore {
    /// All verdicts, in order.
    func verdicts() throws -> [String] {
        var verdicts: [String] = []
        try forEachVerdict { verdicts.append(String(decoding: $0.content, as: UTF8.self)) }
        return verdicts
    }

    /// All lines, in order.
    func lines() throws -> [[UInt8]] {
        try records(after: 0, limit: 1_000_000).map(\.line)
    }
}

/// A folder of its own, gone when the test is over.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "live-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        // What can't be removed is left to the system, which clears temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}
