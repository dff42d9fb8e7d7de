package import BillingModel
package import DivergenceAnalysis
package import MirrorLog
package import ParityReport
package import ShadowRun

/// Several reports read as one: of days, of shards, of workers.
///
/// It makes no difference in what order they are taken together, nor which of them first. An episode
/// that several of them hold counts once; where two disagree on one, there is no observation.
package struct Observation: Sendable {
    /// The brain that decided.
    package var brain: String
    /// The digest of the policy that it decided under.
    package var policy: String
    /// The settle time.
    package var settle: TimeSpan
    /// The latest phase whose scope every report holds.
    package var scope: Phase
    /// The first event time of all; `nil` without records.
    package var from: Instant?
    /// Up to when the last report is complete.
    package var horizon: Instant
    /// Times, longer than minutes, that none of the reports covers, in order.
    package var uncovered: [Gap]
    /// Records that could be read, of all reports.
    package var records: Int
    /// Lines that could not be read.
    package var rejected: Int
    /// How many episodes of each kind came to what, in order.
    package var cells: [ReportDocument.Cell]
    /// How many episodes of each day came to what, in order.
    package var days: [ReportDocument.Day]
    /// The divergences, each episode's once, in order of opening and account.
    package var divergences: [ReportDocument.Entry]
    /// How faithful the models are, for each path in order.
    package var fidelity: [ReportDocument.Fidelity]
    /// What became of every record, a row for each kind.
    package var ledger: [LedgerRow]
    /// The records that nothing answers to, in order of account and record.
    package var orphans: [DeliveryLedger.Orphan]
    /// What each source delivered, in the order of the sources.
    package var sources: [ReportDocument.Source]
    /// The longest silence of all sources in one report.
    package var longestSilence: Gap?
    /// How often legacy ended the same situation in what, in order.
    package var situations: [SituationTally]
    /// How many accounts there are, of all reports.
    package var accounts: Int
    /// The types that are on no list, sorted.
    package var unknownTypes: [String]
    /// The types that there are, sorted.
    package var types: [String]
    /// How many accounts' tag differs from their type.
    package var tagDrift: Int
}

/// A report that goes into an observation.
package struct GateReport: Sendable {
    /// What messages call it.
    package var name: String
    /// What it says.
    package var document: ReportDocument
    /// Its episodes one by one; `nil` where the listing is not at hand.
    package var episodes: [ListedEpisode]?

    /// A report with its listing.
    package init(name: String, document: ReportDocument, episodes: [ListedEpisode]?) {
        self.name = name
        self.document = document
        self.episodes = episodes
    }
}

extension Observation {
    /// Reads reports as one.
    ///
    /// - Parameter reports: The reports, in any order.
    /// - Throws: ``RecordError`` where there is none, where they don't belong together, where a
    ///   listing is missing that would tell an episode of two reports from two episodes, and where
    ///   two reports disagree on an episode.
    package init(_ reports: [GateReport]) throws(RecordError) {
        let sorted = Self.distinct(reports)
        guard let first = sorted.first else { throw RecordError("there is no report") }
        try Self.check(sorted)
        let documents = sorted.map(\.document)
        brain = first.document.input.brain
        policy = first.document.input.policy
        settle = first.document.input.settle
        scope = documents.map { $0.input.scope ?? .retire }.min() ?? .webhooks
        from = documents.compactMap(\.evidence.from).min()
        horizon = documents.map(\.summary.horizon).max() ?? first.document.summary.horizon
        uncovered = Self.uncovered(documents)
        records = documents.reduce(0) { $0 + $1.summary.records }
        rejected = documents.reduce(0) { $0 + $1.summary.rejected }
        accounts = documents.reduce(0) { $0 + $1.summary.accounts }
        tagDrift = documents.reduce(0) { $0 + $1.summary.tagDrift }
        unknownTypes = Set(documents.flatMap(\.summary.unknownTypes)).sorted()
        types = Set(documents.flatMap { $0.summary.types.map(\.subject) }).sorted()
        fidelity = Self.fidelity(documents)
        ledger = Self.ledger(documents)
        orphans = Set(documents.flatMap(\.evidence.orphans)).sorted { lhs, rhs in
            let left = (lhs.account?.rawValue ?? "", lhs.record)
            return left < (rhs.account?.rawValue ?? "", rhs.record)
        }
        sources = Self.sources(documents)
        longestSilence = documents.compactMap(\.evidence.longestSilence).max { lhs, rhs in
            (lhs.to.since(lhs.from), rhs.from) < (rhs.to.since(rhs.from), lhs.from)
        }
        situations = Self.situations(documents)
        divergences = Self.divergences(documents)
        if sorted.count == 1 {
            cells = first.document.evidence.cells
            days = first.document.evidence.days
        } else {
            (cells, days) = try Self.tallies(sorted)
        }
    }

    /// The reports, each once, in an order that does not depend on how they came.
    private static func distinct(_ reports: [GateReport]) -> [GateReport] {
        var met: Set<ReportDocument> = []
        return reports.filter { met.insert($0.document).inserted }.sorted { lhs, rhs in
            let left = (lhs.document.input.log, lhs.document.summary.horizon, lhs.name)
            return left < (rhs.document.input.log, rhs.document.summary.horizon, rhs.name)
        }
    }

    private static func check(_ reports: [GateReport]) throws(RecordError) {
        for report in reports {
            guard let first = reports.first?.document.input else { continue }
            let input = report.document.input
            let differences = [
                ("brain", first.brain != input.brain), ("policy", first.policy != input.policy),
                ("settle time", first.settle != input.settle),
            ]
            for (what, differs) in differences where differs {
                throw RecordError(
                    "`\(reports[0].name)` and `\(report.name)` are of another \(what), so they are no "
                        + "one observation"
                )
            }
            guard let episodes = report.episodes else {
                guard reports.count == 1 else {
                    throw RecordError(
                        "`\(report.name)` has no episodes.ndjson beside it, by which an episode that "
                            + "two reports hold would be known; replay its log again with --out"
                    )
                }
                continue
            }
            let judged = episodes.count { $0.outcome.isJudged }
            let divergent = episodes.count { $0.outcome == .divergent }
            let counted = report.document.summary.episodes
            guard judged == counted.judged, divergent == counted.divergent else {
                throw RecordError(
                    "`\(report.name)` counts \(counted.judged) episodes judged and "
                        + "\(counted.divergent) divergent, and its listing \(judged) and \(divergent)"
                )
            }
        }
    }

    /// Counts each episode once.
    ///
    /// What was open or could not be judged in one report gives way to what another one judged.
    private static func tallies(
        _ reports: [GateReport]
    ) throws(RecordError) -> ([ReportDocument.Cell], [ReportDocument.Day]) {
        var known: [ReportDocument.EpisodeKey: (episode: ListedEpisode, report: String)] = [:]
        for report in reports {
            for episode in report.episodes ?? [] {
                guard let other = known[episode.key] else {
                    known[episode.key] = (episode, report.name)
                    continue
                }
                if other.episode.outcome.isJudged, episode.outcome.isJudged {
                    guard other.episode == episode else {
                        throw RecordError(
                            "`\(other.report)` and `\(report.name)` disagree on the episode of account "
                                + "`\(episode.key.account)` that opened at \(episode.key.opened)"
                        )
                    }
                } else if other.episode.outcome.weight < episode.outcome.weight {
                    known[episode.key] = (episode, report.name)
                }
            }
        }
        var cells: [EpisodeCell: EpisodeTally] = [:]
        var days: [EpisodeDay: EpisodeTally] = [:]
        for (episode, _) in known.values {
            cells[episode.cell, default: EpisodeTally()].count(episode)
            days[episode.day, default: EpisodeTally()].count(episode)
        }
        return (
            cells.keys.sorted().map { .init(cell: $0, tally: cells[$0] ?? EpisodeTally()) },
            days.keys.sorted().map { .init(day: $0, tally: days[$0] ?? EpisodeTally()) }
        )
    }

    private static func divergences(_ documents: [ReportDocument]) -> [ReportDocument.Entry] {
        var met: Set<ReportDocument.EpisodeKey> = []
        return documents.flatMap(\.divergences).filter { met.insert($0.episode).inserted }
            .sorted { ($0.opened, $0.account) < ($1.opened, $1.account) }
    }

    private static func uncovered(_ documents: [ReportDocument]) -> [Gap] {
        let spans = documents.compactMap { document in
            document.evidence.from.map { (from: $0, to: document.summary.horizon) }
        }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        var gaps: [Gap] = []
        guard var end = spans.first?.to else { return [] }
        for span in spans {
            if span.from > end { gaps.append(Gap(from: end, to: span.from)) }
            end = max(end, span.to)
        }
        return gaps
    }

    private static func fidelity(
        _ documents: [ReportDocument]
    ) -> [ReportDocument.Fidelity] {
        LegacyPath.allCases.map { path in
            let counts = documents.flatMap(\.summary.fidelity).filter { $0.path == path }
            return .init(
                path: path,
                executions: counts.reduce(0) { $0 + $1.executions },
                exact: counts.reduce(0) { $0 + $1.exact }
            )
        }
    }

    private static func ledger(_ documents: [ReportDocument]) -> [LedgerRow] {
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

    private static func sources(_ documents: [ReportDocument]) -> [ReportDocument.Source] {
        Mark.Source.allCases.map { source in
            let told = documents.flatMap(\.evidence.sources).filter { $0.source == source }
                .map(\.activity)
            var activity = MirrorActivity.SourceActivity()
            activity.records = told.reduce(0) { $0 + $1.records }
            activity.first = told.compactMap(\.first).min()
            activity.last = told.compactMap(\.last).max()
            activity.through = told.compactMap(\.through).max()
            activity.gaps = Set(told.flatMap(\.gaps)).sorted { ($0.from, $0.to) < ($1.from, $1.to) }
            return .init(source: source, activity: activity)
        }
    }

    private static func situations(_ documents: [ReportDocument]) -> [SituationTally] {
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

extension ListedEpisode.Outcome {
    /// Of two that are not both judged, the heavier one holds.
    fileprivate var weight: Int {
        switch self {
        case .open: 0
        case .incomplete: 1
        case .match, .divergent: 2
        }
    }
}

extension EpisodeTally {
    fileprivate mutating func count(_ episode: ListedEpisode) {
        switch episode.outcome {
        case .match: match += 1
        case .open: open += 1
        case .incomplete: incomplete += 1
        case .divergent:
            divergent += 1
            if episode.classes.contains(.unexplained) { unexplained += 1 }
            if episode.classes.contains(.brainDefect) { brainDefect += 1 }
        }
    }
}
