import BillingModel
import DivergenceAnalysis
import DunningBrain
import Foundation
import MirrorLog
import ParityReport
import RegressionCorpus
import ShadowRun

/// A simulated fleet's log with its report, for promoting what the report holds.
struct PromotedFleet: Sendable {
    let document: ReportDocument
    private let log: LogByAccount

    /// The small fleet, simulated and judged once for all tests.
    static let small = Result { try PromotedFleet(plan: "small") }

    init(plan: String, settings: JudgeSettings = JudgeSettings()) throws {
        let lines = try fleetLines(plan)
        log = try LogByAccount(lines, settings)
        var replay = Replay(settings: settings, program: "a test")
        try replay.read(whole: Array(lines.joined()), reject: { _ in })
        let report = try replay.report(scope: nil, jobs: 2, keepsSettled: false, reject: { _ in })
        var json: [UInt8] = []
        try report.writeJSON { json += $0 }
        document = try ReportDocument(json: json)
    }

    /// The records of an entry's reproducer, cut out of the account's lines after each of these was
    /// changed, or left out where that gives `nil`.
    func cut(
        _ entry: ReportDocument.Entry,
        changing change: (String) -> String? = { $0 }
    ) throws -> LogCut {
        let lines = log.lines[entry.account] ?? []
        let text = lines.compactMap { change(String(decoding: $0, as: UTF8.self)) }.joined()
        let file = FileManager.default.temporaryDirectory.appending(path: "cut-\(UUID()).ndjson")
        try Data(text.utf8).write(to: file)
        defer {
            // What can't be removed is left to the system, which clears temporary files.
            try? FileManager.default.removeItem(at: file)
        }
        var cut = LogCut(entry.reproducer ?? [], of: entry.account)
        try cut.read(.file(file.path))
        return cut
    }

    /// Promotes an entry.
    func promoted(
        _ entry: ReportDocument.Entry,
        named name: String = "a-case",
        claim: String? = nil,
        ticket: String? = nil,
        secret: [UInt8] = testSecret,
        amounts: AmountTreatment = .kept,
        cut: LogCut? = nil,
        into corpus: [CorpusCase] = [],
        of region: CorpusRegion = .cn
    ) throws -> CorpusCase {
        try CasePromotion(
            entry,
            document.input,
            try cut ?? self.cut(entry),
            .init(name: name, claim: claim, ticket: ticket, secret: secret, amounts: amounts),
            into: corpus,
            of: region
        ).promoted
    }

    /// Whether the account of an entry is of the legal entity `cn`.
    func isChinese(_ entry: ReportDocument.Entry) throws -> Bool {
        try cut(entry).regions.contains(.cn)
    }
}
