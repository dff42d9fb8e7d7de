import BillingModel
import DivergenceAnalysis
import DunningBrain
import ShadowRun

extension ReportDiff {
    /// The outcome in a sentence, what matters in bold.
    package var headline: String {
        var bad: [String] = []
        func say(_ count: Int, _ what: String) {
            if count > 0 { bad.append("\(Figures.grouped(count)) \(what)") }
        }
        say(introduced.count, "introduced")
        say(worse.count, "reclassified for the worse")
        say(
            standingIntroduced.count,
            "standing difference\(standingIntroduced.count == 1 ? "" : "s") introduced"
        )
        say(lostEpisodes, "episode\(lostEpisodes == 1 ? "" : "s") judged no more")
        let outcome = bad.isEmpty ? "Nothing introduced" : bad.joined(separator: ", ")
        let limit = knowsWhatIsFixed || fixed.isEmpty ? "" : "at most "
        var rest = ["\(limit)\(Figures.grouped(fixed.count)) fixed"]
        if !carried.isEmpty { rest.append("\(Figures.grouped(carried.count)) standing now") }
        rest.append("\(Figures.grouped(reclassified.count - worse.count)) reclassified")
        rest.append("\(Figures.grouped(unchanged.count)) unchanged")
        return "**\(outcome)**; \(rest.joined(separator: ", "))."
    }

    /// The groups with counts and what is at stake.
    ///
    /// - Parameter mostCurrencies: How many currencies to list in a row.
    /// - Returns: A row for each group; of those that need explaining, only where they occur.
    package func groupTable(mostCurrencies: Int) -> TextTable {
        var table = TextTable([
            ("", .left), ("divergences", .right), ("accounts", .right), ("subs", .right),
            ("at stake, in minor units", .left),
        ])
        for group in Group.allCases {
            let sums = Sums(entries(group))
            guard sums.divergences > 0 || !group.isOptional else { continue }
            table.add([
                words(group), Figures.grouped(sums.divergences), Figures.grouped(sums.accounts),
                Figures.grouped(sums.subscriptions),
                Figures.money(sums.amounts, most: mostCurrencies),
            ])
        }
        return table
    }

    /// The groups' names for people.
    func words(_ group: Group) -> String {
        switch group {
        case .introduced: "introduced"
        case .worse: "reclassified, worse"
        case .reclassified: "reclassified"
        case .fixed: knowsWhatIsFixed ? "fixed" : "fixed, or not judged"
        case .carried: "standing now"
        case .unchanged: "unchanged"
        }
    }

    /// The classes that occur, with what became of each.
    package var classTable: TextTable {
        let standing: [(String, TextTable.Alignment)] =
            carried.isEmpty ? [] : [("standing", .right)]
        var table = TextTable(
            [("class", .left), ("old", .right), ("fixed", .right)] + standing
                + [
                    ("out", .right), ("kept", .right), ("in", .right), ("introduced", .right),
                    ("new", .right),
                ]
        )
        for row in classRows where row.old + row.new > 0 {
            let carried = carried.isEmpty ? [] : [row.carried]
            let counts =
                [row.old, row.fixed] + carried
                + [row.out, row.kept, row.into, row.introduced, row.new]
            table.add([row.cause.rawValue] + counts.map { Figures.grouped($0) })
        }
        return table
    }

    /// What the two reports judged.
    package var judgedTable: TextTable {
        var table = TextTable([("", .left), ("old", .right), ("new", .right)])
        func row(_ name: String, _ count: (ReportDocument.Summary) -> Int) {
            let counts = [count(old.summary), count(new.summary)]
            table.add([name] + counts.map { Figures.grouped($0) })
        }
        row("records") { $0.records }
        row("lines rejected") { $0.rejected }
        row("accounts") { $0.accounts }
        row("episodes judged") { $0.episodes.judged }
        row("  match") { $0.episodes.match }
        row("  divergent") { $0.episodes.divergent }
        row("episodes open") { $0.episodes.open }
        row("episodes incomplete") { $0.episodes.incomplete }
        row("episodes out of scope") { $0.episodes.outOfScope }
        row("standing differences") { $0.standing }
        return table
    }
}

extension ReportDiff.Group {
    /// Whether the group is left out where there is nothing in it.
    fileprivate var isOptional: Bool { self == .worse || self == .carried }
}

extension ReportDiff.Doubt {
    /// The doubt as a sentence.
    package var words: String {
        switch self {
        case .judgedFewer(let old, let new):
            "NEW judged \(Figures.grouped(new)) episodes of the same log, OLD "
                + "\(Figures.grouped(old)): what is not judged any more is not fixed."
        case .differentLogs:
            "The logs differ: what one of them alone tells of counts as fixed or introduced."
        case .otherEpisodes(let change):
            "The setting \(change.name) was \(change.shortOld) and is \(change.shortNew): the "
                + "reports are not on the same episodes."
        }
    }
}

extension ReportDiff.Change {
    /// The change as a clause: `confirmation 15m -> 0s`.
    var words: String {
        "\(PlainText.line(name, most: Self.most)) \(shortOld) -> \(shortNew)"
    }

    var shortOld: String { shown(old) }
    var shortNew: String { shown(new) }

    /// How much of a name or a value is shown.
    private static let most = 40

    /// Digests by their first digits, as in reports.
    private func shown(_ value: String) -> String {
        PlainText.line(name == "policy" ? String(value.prefix(12)) : value, most: Self.most)
    }
}

// MARK: - One divergence a line

extension ReportDiff {
    /// One divergence for people; what comes from a log is in `id`, `account` and `details` alone.
    struct Line {
        var id: String
        var account: String
        /// Classes and extent.
        var outcome: String
        /// Facets.
        var details: [String]
        var story: String
    }

    /// The lines of a group, those first that block every gate.
    func lines(_ group: Group) -> [Line] {
        switch group {
        case .worse: sorted(worse, \.new).map(Line.init)
        case .reclassified: sorted(reclassified.filter(\.gains.isEmpty), \.new).map(Line.init)
        default: sorted(entries(group), \.self).map(Line.init)
        }
    }

    /// The standing differences that were introduced, an account and an opening a line.
    var standingLines: [(account: String, facets: [String], since: String)] {
        var lines: [(account: String, facets: [String], since: String)] = []
        for entry in standingIntroduced {
            let (account, since) = (entry.account.rawValue, entry.since.description)
            let facet = entry.difference.facet.description
            if let last = lines.last, last.account == account, last.since == since {
                lines[lines.count - 1].facets.append(facet)
            } else {
                lines.append((account, [facet], since))
            }
        }
        return lines
    }

    /// What the marks before the facets of a reclassified divergence mean.
    static let legend = "+ differs now, - agrees now, ~ other values"

    private func sorted<Element>(
        _ elements: [Element],
        _ entry: KeyPath<Element, Entry>
    ) -> [Element] {
        elements.filter { $0[keyPath: entry].isBlocking }
            + elements.filter { !$0[keyPath: entry].isBlocking }
    }
}

extension ReportDiff.Line {
    init(_ entry: ReportDiff.Entry) {
        id = entry.id
        account = entry.account.rawValue
        outcome = "\(entry.extent.rawValue) \(Self.words(entry.classes))"
        details = entry.facets.map(\.facet.description)
        story = entry.story
    }

    init(_ change: ReportDiff.Reclassified) {
        let (old, new) = (change.old, change.new)
        id = new.id
        account = new.account.rawValue
        story = new.story
        var parts: [String] = []
        if old.classes != new.classes {
            parts.append("\(Self.words(old.classes)) -> \(Self.words(new.classes))")
        } else {
            parts.append("still \(Self.words(new.classes))")
        }
        if old.extent != new.extent {
            parts.append("\(old.extent.rawValue) -> \(new.extent.rawValue)")
        }
        for case .breach(let invariant) in change.gains {
            parts.append("breaks invariant \(invariant.rawValue)")
        }
        outcome = parts.joined(separator: "; ")
        let before = old.facets.map(\.facet)
        let now = new.facets.map(\.facet)
        let kept = old.facets.filter { now.contains($0.facet) && !new.facets.contains($0) }
        details =
            now.filter { !before.contains($0) }.map { "+\($0)" }
            + before.filter { !now.contains($0) }.map { "-\($0)" }
            + kept.map { "~\($0.facet)" }
    }

    private static func words(_ classes: [DivergenceClass]) -> String {
        classes.map(\.rawValue).joined(separator: " + ")
    }
}
