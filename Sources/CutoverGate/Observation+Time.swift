package import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport

extension Observation {
    /// When the first record was delivered: marks alone show no more than that a mirror stood there.
    ///
    /// `nil` where no report says when it begins.
    package var begin: Instant? {
        guard let from, let first = sources.compactMap(\.activity.first).min() else { return nil }
        return max(from, first)
    }

    /// When a look is taken where nobody says when.
    ///
    /// Where a source stopped telling how far it is complete, what came later is not passed over.
    package var end: Instant {
        max(horizon, sources.compactMap(\.activity.last).max() ?? horizon)
    }

    /// What each source delivered to all reports.
    ///
    /// Where one report has no watermark of a source, there is none: nobody vouches for that part.
    static func sources(_ documents: [ReportDocument]) -> [ReportDocument.Source] {
        Mark.Source.allCases.map { source in
            let told = documents.map { document in
                document.evidence.sources.first { $0.source == source }?.activity ?? .init()
            }
            var activity = MirrorActivity.SourceActivity()
            activity.records = told.reduce(0) { $0 + $1.records }
            activity.first = told.compactMap(\.first).min()
            activity.last = told.compactMap(\.last).max()
            let isVouchedFor = told.allSatisfy { $0.through != nil }
            activity.through = isVouchedFor ? told.compactMap(\.through).max() : nil
            activity.gaps = Set(told.flatMap(\.gaps)).sorted { ($0.from, $0.to) < ($1.from, $1.to) }
            return .init(source: source, activity: activity)
        }
    }

    /// The times that no report covers.
    ///
    /// Reports that have accounts in common are of one shard. Where shards stand side by side, each
    /// must go on to the end and begin with the others: what a worker that stopped did not see, its
    /// neighbours did not see either.
    static func uncovered(_ reports: [GateReport]) -> [Gap] {
        let shards = shards(of: reports)
        let all = shards.flatMap { $0 }
        guard let from = all.map(\.from).min(), let to = all.map(\.to).max() else { return [] }
        let isSharded = shards.indices.contains { one in
            shards[(one + 1)...].contains { other in
                shards[one].contains { mine in other.contains { $0.isBeside(mine) } }
            }
        }
        var gaps: Set<Gap> = []
        for shard in isSharded ? shards : [all] {
            var end = from
            for span in shard.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
                if span.from > end { gaps.insert(Gap(from: end, to: span.from)) }
                end = max(end, span.to)
            }
            if end < to { gaps.insert(Gap(from: end, to: to)) }
        }
        return gaps.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// Times that overlap or touch, as one.
    static func joined(_ gaps: [Gap]) -> [Gap] {
        var joined: [Gap] = []
        for gap in gaps.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            if let last = joined.last, gap.from <= last.to {
                joined[joined.count - 1].to = max(last.to, gap.to)
            } else {
                joined.append(gap)
            }
        }
        return joined
    }

    /// The times of reports that cover any, those together that have accounts in common.
    private static func shards(of reports: [GateReport]) -> [[Covered]] {
        var shards: [(accounts: Set<AccountID>, spans: [Covered])] = []
        for report in reports {
            guard let from = report.document.evidence.from else { continue }
            let span = Covered(from: from, to: max(from, report.document.summary.horizon))
            var own = (accounts: Set((report.episodes ?? []).map(\.key.account)), spans: [span])
            for shard in shards where !shard.accounts.isDisjoint(with: own.accounts) {
                own.accounts.formUnion(shard.accounts)
                own.spans += shard.spans
            }
            shards.removeAll { !$0.accounts.isDisjoint(with: own.accounts) }
            shards.append(own)
        }
        return shards.map(\.spans)
    }

    /// The time that a report covers.
    private struct Covered {
        var from: Instant
        var to: Instant

        /// Whether both cover more of the same time than the seam between two days.
        func isBeside(_ other: Covered) -> Bool {
            min(to, other.to).since(max(from, other.from)) > .minutes(60)
        }
    }
}
