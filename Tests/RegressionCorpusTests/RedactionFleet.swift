import BillingModel
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import Foundation
import MirrorLog
import RegressionCorpus
import ShadowRun

/// A secret for tests.
let testSecret = Array("sixteen bytes or more".utf8)

/// A log by accounts, and what judging each needs to know of the whole of it.
struct LogByAccount: Sendable {
    /// The lines of each account, its strays among them, in order of arrival.
    private(set) var lines: [AccountID: [[UInt8]]] = [:]
    private let judge: AccountJudge

    /// A log from its lines; those that can't be read are passed over.
    init(_ lines: [[UInt8]], _ settings: JudgeSettings = JudgeSettings()) throws {
        let reader = try RecordReader()
        var engine = ParityEngine(settings: settings)
        var read: [(line: [UInt8], record: MirrorRecord)] = []
        var owners: [CustomerID: AccountID] = [:]
        for line in lines {
            guard let record = try? reader.read(copying: line) else { continue }
            engine.feed(record)
            read.append((line, record))
            if case .baseline(let state) = record.body, let customer = state.stripeCustomer {
                owners[customer] = record.account
            }
        }
        for (line, record) in read {
            var account = record.account
            if account == nil, case .stripe(let event) = record.body {
                account = event.customer.flatMap { owners[$0] }
            }
            if let account { self.lines[account, default: []].append(line) }
        }
        var judge = AccountJudge(settings: settings, coverage: engine.coverage)
        judge.findsReproducers = true
        self.judge = judge
    }

    /// Whether a line is a record of no one account.
    func isOfAll(_ line: [UInt8]) -> Bool {
        guard let record = try? RecordReader().read(copying: line) else { return false }
        return record.account == nil && record.kind == .mark
    }

    /// What is found out about an account by records in the form of lines.
    ///
    /// Of records of one id the first is taken, or the one whose packed bytes come first.
    func verdicts(_ account: AccountID, _ lines: [[UInt8]]) throws -> AccountVerdicts {
        let reader = try RecordReader()
        var records: [RecordID: (packed: [UInt8], record: MirrorRecord)] = [:]
        for line in lines {
            let record = try reader.read(copying: line)
            let packed = record.packed()
            guard let known = records[record.id],
                !packed.lexicographicallyPrecedes(known.packed)
            else {
                records[record.id] = (packed, record)
                continue
            }
        }
        return judge.judge(account, records.values.map(\.record))
    }
}

/// Redacts a case and judges it as it was and as it is now.
///
/// - Returns: How the verdicts differ, a line a fact; `nil` where they are the same.
func verdictChange(
    of account: AccountID,
    _ lines: [[UInt8]],
    in log: LogByAccount,
    _ redaction: Redaction
) throws -> String? {
    let redacted = try redaction.redact(lines)
    guard let pseudonym = redacted.pseudonyms[account.rawValue] else {
        return "the account has no pseudonym"
    }
    let before = try log.verdicts(account, lines)
    let after = try log.verdicts(AccountID(pseudonym), redacted.lines)
    return redacted.difference(from: before, to: after).map { "\($0.expected)\n\($0.found)" }
}

/// The lines of a simulated fleet.
func fleetLines(_ plan: String) throws -> [[UInt8]] {
    let file = packageRoot.appending(path: "corpora/fleets/\(plan).yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    var lines: [[UInt8]] = []
    try FleetSimulation.run(
        plan: FleetPlan(yaml: text),
        writeRecord: { lines.append($0) },
        writeTruth: { _ in }
    )
    return lines
}

/// The package's root.
let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
