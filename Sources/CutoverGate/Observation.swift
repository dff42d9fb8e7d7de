package import BillingModel
package import DivergenceAnalysis
package import MirrorLog
package import ParityReport
package import ShadowRun

/// Several reports read as one: of days, of shards, of workers.
///
/// It makes no difference in what order they are taken together, nor which of them first. An episode
/// that several of them hold counts once; where two disagree on one, there is no observation.
///
/// Of records and executions a report tells only how many there are. So where reports overlap, those
/// of the larger one count, while every reject, orphan and inexact execution of all of them does:
/// what is asked for can get harder by an overlap, and never easier.
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
    /// Times that none of the reports covers, or none of a shard that others stand beside, in order.
    package var uncovered: [Gap]
    /// Records that could be read, of reports that hold nothing in common.
    package var records: Int
    /// Lines that could not be read, of all reports.
    package var rejected: Int
    /// How many episodes of each kind came to what, in order.
    package var cells: [ReportDocument.Cell]
    /// How many episodes of each day came to what, in order.
    package var days: [ReportDocument.Day]
    /// The divergences, each episode's once, in order of opening and account; but for those that are
    /// ``explained``.
    package var divergences: [ReportDocument.Entry]
    /// The divergences that a known defect explains, where there were too many to be held.
    package var explained = ExplainedDivergences()
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
    /// Times, each longer than a day, in which some report holds nothing, none touching another, in
    /// order.
    package var silences: [Gap]
    /// Whether each report's ledger balances, and holds all its records.
    package var isBalanced: Bool
    /// Differences that accounts brought in and took out, in order of account and facet.
    package var standing: [ParityReport.StandingEntry]
    /// Episodes that a report left out, being of a later phase than it was asked for.
    package var outOfScope: Int
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
    /// The paths that some report shows at work.
    package var paths: Set<LegacyPath>
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
    ///   listing is missing that would tell an episode of two reports from two episodes, where a
    ///   listing is another report's, and where two reports disagree on an episode.
    package init(_ reports: [GateReport]) throws(RecordError) {
        let sorted = Self.inOrder(reports)
        guard let first = sorted.first?.document else { throw RecordError("there is no report") }
        try Self.checkTogether(sorted)
        try self.init(checked: Self.distinct(sorted), first)
    }

    /// Reads reports that belong together as one.
    ///
    /// - Parameters:
    ///   - reports: The reports, each once.
    ///   - first: One of them.
    /// - Throws: As ``init(_:)``.
    init(checked reports: [GateReport], _ first: ReportDocument) throws(RecordError) {
        let documents = reports.map(\.document)
        let apart = Self.apart(reports)
        brain = first.input.brain
        policy = first.input.policy
        settle = first.input.settle
        scope = documents.map { $0.input.scope ?? .retire }.min() ?? .webhooks
        from = documents.compactMap(\.evidence.from).min()
        horizon = documents.map(\.summary.horizon).max() ?? first.summary.horizon
        uncovered = Self.uncovered(reports)
        records = apart.reduce(0) { $0 + $1.summary.records }
        rejected = documents.reduce(0) { $0 + $1.summary.rejected }
        accounts = apart.reduce(0) { $0 + $1.summary.accounts }
        tagDrift = documents.reduce(0) { $0 + $1.summary.tagDrift }
        unknownTypes = Set(documents.flatMap(\.summary.unknownTypes)).sorted()
        types = Set(documents.flatMap { $0.summary.types.map(\.subject) }).sorted()
        paths = Set(documents.flatMap(\.summary.paths))
        fidelity = Self.fidelity(documents, apart)
        ledger = Self.ledger(apart)
        orphans = Self.orphans(documents)
        sources = Self.sources(documents)
        longestSilence = documents.compactMap(\.evidence.longestSilence).max { lhs, rhs in
            (lhs.to.since(lhs.from), rhs.from) < (rhs.to.since(rhs.from), lhs.from)
        }
        silences = Self.joined(documents.flatMap(\.evidence.silences))
        isBalanced = documents.allSatisfy(\.isBalanced)
        situations = Self.situations(apart)
        outOfScope = documents.reduce(0) { $0 + $1.summary.episodes.outOfScope }
        standing = Set(documents.flatMap(\.standing)).sorted { lhs, rhs in
            let left = (lhs.account, lhs.difference.facet, lhs.since)
            return left < (rhs.account, rhs.difference.facet, rhs.since)
        }
        divergences = try Self.divergences(reports)
        if reports.count == 1 {
            cells = first.evidence.cells
            days = first.evidence.days
        } else {
            (cells, days) = try Self.tallies(reports)
        }
    }

    /// The reports in an order that does not depend on how they came.
    private static func inOrder(_ reports: [GateReport]) -> [GateReport] {
        reports.sorted { lhs, rhs in
            let left = (lhs.document.input.log, lhs.document.summary.horizon, lhs.name)
            return left < (rhs.document.input.log, rhs.document.summary.horizon, rhs.name)
        }
    }

    /// The reports, each once; of two that say the same, one with a listing.
    private static func distinct(_ reports: [GateReport]) -> [GateReport] {
        guard reports.count > 1 else { return reports }
        var met: Set<ReportDocument> = []
        return (reports.filter { $0.episodes != nil } + reports.filter { $0.episodes == nil })
            .filter { met.insert($0.document).inserted }
    }

    private static func checkTogether(_ reports: [GateReport]) throws(RecordError) {
        guard let first = reports.first else { return }
        for report in reports {
            let (mine, others) = (report.document.input, first.document.input)
            let differences = [
                ("brain", mine.brain != others.brain), ("policy", mine.policy != others.policy),
                ("settle time", mine.settle != others.settle),
                ("program", mine.program != others.program),
            ]
            for (what, differs) in differences where differs {
                throw RecordError(
                    "`\(first.name)` and `\(report.name)` are of another \(what), so they are no one "
                        + "observation"
                )
            }
            guard report.episodes != nil else {
                throw RecordError(
                    "`\(report.name)` has no episodes.ndjson beside it, by which what it counts can be "
                        + "counted again; replay its log again with --out"
                )
            }
            try report.check()
        }
    }
}
