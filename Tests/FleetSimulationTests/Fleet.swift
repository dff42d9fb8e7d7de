import BillingModel
import FleetSimulation
import Foundation
import MirrorLog

/// A simulated fleet, held in memory.
struct Fleet {
    let plan: FleetPlan
    private(set) var lines: [[UInt8]] = []
    private(set) var truthLines: [[UInt8]] = []
    let summary: FleetSummary

    init(_ plan: FleetPlan) throws {
        self.plan = plan
        var lines: [[UInt8]] = []
        var truthLines: [[UInt8]] = []
        summary = try FleetSimulation.run(
            plan: plan,
            writeRecord: { lines.append($0) },
            writeTruth: { truthLines.append($0) }
        )
        self.lines = lines
        self.truthLines = truthLines
    }

    /// The text of the small plan of the corpus.
    static func smallPlan() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: root.appending(path: "corpora/fleets/small.yaml"),
            encoding: .utf8
        )
    }

    /// The fleet of the small plan, simulated once for all tests.
    static func small() throws -> Fleet { try shared.get() }

    private static let shared = Result { try Fleet(FleetPlan(yaml: smallPlan())) }

    /// The lines that can be read, in order, and how many can't.
    func read() throws -> (records: [MirrorRecord], rejected: Int) {
        let reader = try RecordReader()
        var records: [MirrorRecord] = []
        var rejected = 0
        for line in lines {
            do {
                records.append(try reader.read(copying: line.dropLast()))
            } catch {
                rejected += 1
            }
        }
        return (records, rejected)
    }
}

extension RecordReader {
    fileprivate func read(copying line: ArraySlice<UInt8>) throws(RecordError) -> MirrorRecord {
        try read(copying: Array(line))
    }
}
