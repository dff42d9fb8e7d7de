import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

extension Observation {
    /// Reports that hold nothing in common, the largest first: the records of these count.
    static func apart(_ reports: [GateReport]) -> [ReportDocument] {
        guard reports.count > 1 else { return reports.map(\.document) }
        var met: Set<ReportDocument.EpisodeKey> = []
        var logs: Set<String> = []
        let bySize = reports.sorted { lhs, rhs in
            let (left, right) = (lhs.document, rhs.document)
            return (right.summary.records, right.summary.episodes.judged, left.input.log)
                < (left.summary.records, left.summary.episodes.judged, right.input.log)
        }
        return bySize.filter { report in
            let keys = Set((report.episodes ?? []).map(\.key))
            let log = report.document.input.log
            guard met.isDisjoint(with: keys), logs.insert(log).inserted else { return false }
            met.formUnion(keys)
            return true
        }.map(\.document)
    }

    /// How faithful each path's model is: the executions of some reports, less all inexact ones.
    static func fidelity(
        _ documents: [ReportDocument],
        _ apart: [ReportDocument]
    ) -> [ReportDocument.Fidelity] {
        LegacyPath.allCases.map { path in
            let counts = documents.flatMap(\.summary.fidelity).filter { $0.path == path }
            let inexact = counts.reduce(0) { $0 + $1.executions - $1.exact }
            let executions = apart.flatMap(\.summary.fidelity).filter { $0.path == path }
                .reduce(0) { $0 + $1.executions }
            return .init(path: path, executions: executions, exact: max(0, executions - inexact))
        }
    }

    /// What became of the records of some reports, a row for each kind.
    static func ledger(_ documents: [ReportDocument]) -> [LedgerRow] {
        MirrorRecord.Kind.allCases.map { kind in
            let rows = documents.flatMap(\.evidence.ledger).filter { $0.kind == kind }
            return LedgerRow(
                kind: kind,
                received: rows.reduce(0) { $0 + $1.received },
                redelivered: rows.reduce(0) { $0 + $1.redelivered },
                leftOut: rows.reduce(0) { $0 + $1.leftOut },
                matched: rows.reduce(0) { $0 + $1.matched },
                pending: rows.reduce(0) { $0 + $1.pending },
                orphaned: rows.reduce(0) { $0 + $1.orphaned }
            )
        }
    }

    /// The orphans of all reports, each record's once; first those that no waiver can cover.
    static func orphans(_ documents: [ReportDocument]) -> [DeliveryLedger.Orphan] {
        func order(_ orphan: DeliveryLedger.Orphan) -> (String, RecordID, Int, Instant) {
            let why = DeliveryLedger.Why.allCases.firstIndex(of: orphan.why) ?? 0
            let opened = orphan.opened ?? Instant(microseconds: .min)
            return (
                orphan.account?.rawValue ?? "", orphan.record,
                orphan.why == .unprocessed ? .max : why, opened
            )
        }
        var met: Set<[String]> = []
        return documents.flatMap(\.evidence.orphans).sorted { order($0) < order($1) }
            .filter { met.insert([$0.account?.rawValue ?? "", $0.record.rawValue]).inserted }
    }

    static func situations(_ documents: [ReportDocument]) -> [SituationTally] {
        var tallies: [String: SituationTally] = [:]
        for tally in documents.flatMap(\.evidence.situations) {
            guard var sum = tallies[tally.situation] else {
                tallies[tally.situation] = tally
                continue
            }
            sum.episodes += tally.episodes
            sum.counts = zip(sum.counts, tally.counts).map { $0 + $1 }
            tallies[tally.situation] = sum
        }
        return tallies.values.sorted { $0.situation < $1.situation }
    }
}

extension ReportDocument {
    /// Whether every record that was read stands in the ledger, and came to something there.
    var isBalanced: Bool {
        evidence.ledger.allSatisfy(\.balances)
            && evidence.ledger.reduce(0) { $0 + $1.received } == summary.records
    }
}
