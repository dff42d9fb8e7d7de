import BillingModel
package import DivergenceAnalysis
package import DunningBrain
import MirrorLog
package import ShadowRun

/// What became of the divergences of one report in another: what a change of the brain or of its
/// policy is reviewed by.
///
/// Divergences are matched by episode, since an id is derived from the facets, which change with
/// the brain. It fails closed: what is not judged any more is not called fixed, and what only moved
/// among the standing differences is not either.
package struct ReportDiff: Sendable {
    /// A divergence with its episode.
    package typealias Entry = ReportDocument.Entry
    /// A standing difference.
    package typealias Standing = ParityReport.StandingEntry

    /// The report before the change, without its lists.
    package let old: Side
    /// The report after it, without its lists.
    package let new: Side
    /// Divergences of the old report whose episodes have none in the new one.
    package private(set) var fixed: [Entry] = []
    /// Divergences of the old report whose episodes have none in the new one, but whose difference
    /// now came into the episode as a standing one.
    package private(set) var carried: [Entry] = []
    /// Divergences of the new report whose episodes had none in the old one.
    package private(set) var introduced: [Entry] = []
    /// Episodes that diverge in both, but not alike.
    package private(set) var reclassified: [Reclassified] = []
    /// Divergences of the new report that are the same in the old one.
    package private(set) var unchanged: [Entry] = []
    /// Standing differences of the new report that stem from none of its divergences and that the
    /// old report shows nothing of.
    package private(set) var standingIntroduced: [Standing] = []
    /// Standing differences of the old report that stem from none of its divergences and that the
    /// new report shows nothing of.
    package private(set) var standingFixed: [Standing] = []

    /// Compares two reports.
    ///
    /// - Parameters:
    ///   - old: The report before the change.
    ///   - new: The report after it.
    ///   - acrossLogs: Whether reports on different logs may be compared: what one log alone tells
    ///     of then counts as fixed or introduced.
    /// - Throws: ``Refusal`` where a comparison would show nothing.
    package init(
        from old: ReportDocument,
        to new: ReportDocument,
        acrossLogs: Bool = false
    ) throws(Refusal) {
        self.old = Side(input: old.input, summary: old.summary)
        self.new = Side(input: new.input, summary: new.summary)
        guard acrossLogs || old.input.log == new.input.log else { throw .differentLogs }
        guard new.summary.episodes.judged > 0 else { throw .nothingJudged }
        matchDivergences(old, new)
        standingIntroduced = Self.standing(of: new, missingFrom: old)
        standingFixed = Self.standing(of: old, missingFrom: new)
    }

    private mutating func matchDivergences(_ old: ReportDocument, _ new: ReportDocument) {
        let known = Dictionary(
            uniqueKeysWithValues: old.divergences.map { ($0.episode, $0) }
        )
        let found = Set(new.divergences.map(\.episode))
        let standing = Dictionary(grouping: new.standing, by: \.account)
        for entry in old.divergences where !found.contains(entry.episode) {
            let stands = standing[entry.account, default: []].contains {
                $0.since <= entry.opened && entry.facets.contains($0.difference)
            }
            if stands { carried.append(entry) } else { fixed.append(entry) }
        }
        for entry in new.divergences {
            guard let before = known[entry.episode] else {
                introduced.append(entry)
                continue
            }
            let change = Reclassified(old: before, new: entry)
            if change.isNone { unchanged.append(entry) } else { reclassified.append(change) }
        }
    }

    /// Standing differences that arose in no divergence of their own report, and that another
    /// report knows neither as standing nor as a divergence of the account.
    private static func standing(
        of report: ReportDocument,
        missingFrom other: ReportDocument
    ) -> [Standing] {
        var known: [AccountID: Set<FacetDifference>] = [:]
        for entry in other.standing { known[entry.account, default: []].insert(entry.difference) }
        for entry in other.divergences { known[entry.account, default: []].formUnion(entry.facets) }
        return report.standing.filter {
            $0.origin == nil && known[$0.account]?.contains($0.difference) != true
        }
    }
}

extension ReportDiff {
    /// What a report says besides its lists.
    package struct Side: Sendable {
        /// What went into it.
        package var input: ReportDocument.Input
        /// Its counts.
        package var summary: ReportDocument.Summary
    }

    /// Why two reports are not compared.
    package enum Refusal: Error, Equatable {
        /// They are on different logs.
        case differentLogs
        /// The new one judged no episode.
        case nothingJudged
    }

    /// An episode that diverges in both reports, but not alike.
    package struct Reclassified: Sendable {
        /// What the old report says of it.
        package var old: Entry
        /// What the new report says of it.
        package var new: Entry

        /// Whether the two say the same.
        ///
        /// Stakes, stories and edits may differ: they tell of the same difference.
        package var isNone: Bool {
            old.id == new.id && old.classes == new.classes && old.extent == new.extent
                && old.facets == new.facets && gains.isEmpty
        }

        /// What makes the new one worse, in the order of importance; nothing where it is not.
        package var gains: [Gain] {
            let classes = new.classes.filter { $0.isBlocking && !old.classes.contains($0) }
            let broken = Set(old.breaches.map(\.invariant))
            var gains = classes.reversed().map(Gain.blocking)
            for invariant in Invariant.allCases where !broken.contains(invariant) {
                if new.breaches.contains(where: { $0.invariant == invariant }) {
                    gains.append(.breach(invariant))
                }
            }
            if old.extent == .transient, new.extent == .lasting { gains.append(.lasting) }
            let known = Set(old.facets.map(\.facet))
            gains += new.facets.map(\.facet).filter { !known.contains($0) }.map(Gain.facet)
            return gains
        }
    }

    /// Something that a divergence has and its forerunner had not.
    package enum Gain: Hashable, Sendable {
        /// A class that blocks every gate.
        case blocking(DivergenceClass)
        /// An invariant that the brain breaks.
        case breach(Invariant)
        /// Final states differ that agreed before.
        case lasting
        /// A facet on which the runs agreed before.
        case facet(Facet)
    }

    /// A setting or another input that is not the same in both reports.
    package struct Change: Hashable, Sendable {
        /// What it is called in the report.
        package var name: String
        /// Its value in the old report, as text.
        package var old: String
        /// Its value in the new report, as text.
        package var new: String
    }

    /// Why what the new report doesn't show may not be fixed, nor what it shows new.
    package enum Doubt: Hashable, Sendable {
        /// The new report judged fewer episodes of the same log.
        case judgedFewer(old: Int, new: Int)
        /// The reports are on different logs.
        case differentLogs
        /// A setting that decides which episodes there are is not the same.
        case otherEpisodes(Change)
    }
}

// MARK: - The outcome

extension ReportDiff {
    /// Reclassified divergences that are worse than before.
    package var worse: [Reclassified] { reclassified.filter { !$0.gains.isEmpty } }

    /// How many episodes of the same log are judged no more.
    package var lostEpisodes: Int {
        guard old.input.log == new.input.log else { return 0 }
        return max(0, old.summary.episodes.judged - new.summary.episodes.judged)
    }

    /// Whether nothing was introduced, and everything was there to show it.
    package var isClean: Bool {
        introduced.isEmpty && worse.isEmpty && standingIntroduced.isEmpty && lostEpisodes == 0
    }

    /// The settings and other inputs that changed, in the order of the report; logs aside.
    package var changes: [Change] {
        var changes: [Change] = []
        func compare(_ name: String, _ old: String, _ new: String) {
            if old != new { changes.append(Change(name: name, old: old, new: new)) }
        }
        compare("brain", old.input.brain, new.input.brain)
        compare("policy", old.input.policy, new.input.policy)
        let newNames = new.input.settings.map(\.key)
        let oldOnly = old.input.settings.map(\.key).filter { !newNames.contains($0) }
        for name in newNames + oldOnly {
            compare(name, old.input.setting(name), new.input.setting(name))
        }
        compare("program", old.input.program, new.input.program)
        return changes
    }

    /// Why the comparison may show less than it seems to, the weightiest first.
    package var doubts: [Doubt] {
        var doubts: [Doubt] = []
        if lostEpisodes > 0 {
            let judged = (old.summary.episodes.judged, new.summary.episodes.judged)
            doubts.append(.judgedFewer(old: judged.0, new: judged.1))
        }
        if old.input.log != new.input.log { doubts.append(.differentLogs) }
        // Which episodes there are depends on when they close, and on the scope.
        for change in changes where ["settle", "phase"].contains(change.name) {
            doubts.append(.otherEpisodes(change))
        }
        return doubts
    }

    /// Whether an episode that diverges in the old report alone is known to be fixed.
    package var knowsWhatIsFixed: Bool { doubts.isEmpty }
}

extension ReportDocument.Input {
    /// A setting as text; `-` where it has none of that name.
    fileprivate func setting(_ name: String) -> String {
        settings.first { $0.key == name }?.value.shortText ?? "-"
    }
}
