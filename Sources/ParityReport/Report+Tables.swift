import BillingModel
import DivergenceAnalysis
import ShadowRun

extension ParityReport {
    /// What was read and judged, a line each.
    package var overview: TextTable {
        var table = TextTable([("", .left), ("count", .right)])
        func row(_ name: String, _ count: Int) { table.add([name, Figures.grouped(count)]) }
        row("records", records.records)
        row("  redelivered", records.redelivered)
        if records.unmapped > 0 { row("  of no known account", records.unmapped) }
        row("lines rejected", records.rejected)
        row("accounts", episodes.accounts)
        row("episodes judged", episodes.judged)
        row("  match", episodes.match)
        row("  divergent", episodes.divergent)
        row("episodes open", episodes.open)
        for (why, count) in episodes.incomplete where count > 0 {
            row("episodes incomplete: \(why.words)", count)
        }
        if episodes.outOfScope > 0 { row("episodes out of scope", episodes.outOfScope) }
        row("standing differences", standing.count)
        if let sizes = found.figures.reproducerSizes {
            row("records in a reproducer, median", sizes.median)
            row("records in a reproducer, at most", sizes.largest)
        }
        if !unconfirmed.isEmpty { row("effects unconfirmed by row images", unconfirmed.count) }
        if unattributed > 0 { row("changes without an execution", unattributed) }
        if tagDrift > 0 { row("accounts with tag drift", tagDrift) }
        return table
    }

    /// Divergences by class, with accounts, subscriptions and money.
    ///
    /// - Parameter mostCurrencies: How many currencies to list, the largest sums first; the rest is
    ///   counted. `nil` lists all.
    /// - Returns: A row for each class that occurs, and for those that block.
    package func classTable(mostCurrencies: Int? = nil) -> TextTable {
        var table = TextTable([
            ("class", .left), ("count", .right), ("accounts", .right), ("lasting", .right),
            ("subs", .right), ("at stake, in minor units", .left),
        ])
        let figures = found.figures
        for cause in DivergenceClass.allCases {
            let those = figures[cause]
            guard those.count > 0 || cause.isBlocking else { continue }
            table.add([
                cause.rawValue, Figures.grouped(those.count), Figures.grouped(those.accounts),
                Figures.grouped(those.lasting), Figures.grouped(those.subscriptions),
                Figures.money(those.amounts, most: mostCurrencies),
            ])
        }
        return table
    }

    /// How faithful the models are, a path a line.
    package var fidelityTable: TextTable {
        var table = TextTable([
            ("path", .left), ("executions", .right), ("exact", .right), ("share", .right),
        ])
        for (path, count) in fidelity {
            let name = episodes.paths.contains(path) ? path.rawValue : "\(path.rawValue) (not seen)"
            table.add([
                name, Figures.grouped(count.executions), Figures.grouped(count.exact),
                Figures.percentage(count.exact, of: count.executions),
            ])
        }
        return table
    }

    /// The sums of what divergences are about, by currency; in minor units.
}

extension EpisodeVerdict.Incompleteness {
    /// The reason in words.
    package var words: String {
        switch self {
        case .gap: "a source has a gap"
        case .noBaseline: "no baseline"
        case .missingFacts: "facts missing"
        }
    }
}
