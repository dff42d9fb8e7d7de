import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ShadowRun

/// One planted or arisen defect, as a simulation's `truth.ndjson` states it.
package struct Truth: Hashable, Sendable {
    /// The account.
    var account: AccountID
    /// The classes of the divergence that it should show up as.
    var classes: [String]
    /// An instant inside the episode.
    var at: Instant

    /// Reads one line.
    ///
    /// - Throws: ``RecordError`` that says what is wrong.
    package init(line: [UInt8], _ scanner: JSONScanner) throws(RecordError) {
        var account: String?
        var classes: [String] = []
        var at: Instant?
        try scanner.parse(copying: line) { json throws(RecordError) in
            try json.forEachMember { key, value throws(RecordError) in
                switch key {
                case "account": account = value.string
                case "at": at = value.string.flatMap { Instant(rfc3339: $0) }
                case "classes":
                    try value.forEach { element throws(RecordError) in
                        if let name = element.string { classes.append(name) }
                    }
                default: break
                }
            }
        }
        guard let account, let at, !classes.isEmpty else {
            throw RecordError("a truth needs `account`, `classes` and `at`")
        }
        self.account = AccountID(account)
        self.classes = classes
        self.at = at
    }
}

/// How well a report finds what a simulation planted.
///
/// A divergence finds a truth when both name the account and the class and the truth's instant
/// lies in the divergence's episode. The truth never enters the replay.
package struct TruthScore: Sendable {
    /// A class, with how many of its divergences are true and how many of its truths were found.
    package struct Row: Sendable {
        /// The class.
        package var name: String
        /// Truths of the class.
        package var truths = 0
        /// Truths that a divergence found.
        package var found = 0
        /// Divergences of the class.
        package var divergences = 0
        /// Divergences that a truth backs.
        package var backed = 0
    }

    /// The classes that occur, in the order of the table of causes.
    package private(set) var rows: [Row]

    /// Scores a report.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - truths: What was planted.
    /// - Throws: Where divergences can't be read back from disk.
    package init(_ report: ParityReport, _ truths: [Truth]) throws {
        var byAccount: [AccountID: [Truth]] = [:]
        for truth in truths { byAccount[truth.account, default: []].append(truth) }
        var found: Set<Finding> = []
        var rows = DivergenceClass.allCases.map { Row(name: $0.rawValue) }
        try report.found.forEach { entry in
            let episode = entry.episode
            let inside = (byAccount[episode.account] ?? []).filter {
                episode.opened <= $0.at && $0.at <= episode.closed
            }
            for place in rows.indices {
                let name = rows[place].name
                guard entry.divergence.classes.contains(where: { $0.rawValue == name }) else {
                    continue
                }
                rows[place].divergences += 1
                let backing = inside.filter { $0.classes.contains(name) }
                if !backing.isEmpty { rows[place].backed += 1 }
                for truth in backing { found.insert(Finding(truth: truth, name: name)) }
            }
        }
        for truth in truths {
            for name in truth.classes {
                guard let place = rows.firstIndex(where: { $0.name == name }) else { continue }
                rows[place].truths += 1
                if found.contains(Finding(truth: truth, name: name)) { rows[place].found += 1 }
            }
        }
        self.rows = rows.filter { $0.truths + $0.divergences > 0 }
    }

    private struct Finding: Hashable {
        var truth: Truth
        var name: String
    }

    /// Whether every truth was found and every divergence is backed by one.
    package var isPerfect: Bool {
        rows.allSatisfy { $0.found == $0.truths && $0.backed == $0.divergences }
    }

    /// Precision and recall, a class a line.
    package var table: TextTable {
        var table = TextTable([
            ("class", .left), ("planted", .right), ("found", .right), ("recall", .right),
            ("reported", .right), ("true", .right), ("precision", .right),
        ])
        for row in rows {
            table.add([
                row.name, Figures.grouped(row.truths), Figures.grouped(row.found),
                Figures.percentage(row.found, of: row.truths), Figures.grouped(row.divergences),
                Figures.grouped(row.backed),
                Figures.percentage(row.backed, of: row.divergences),
            ])
        }
        return table
    }
}

extension ParityReport {
    /// The three figures that the incident is known by.
    ///
    /// - Returns: A row for each.
    /// - Throws: Where divergences can't be read back from disk.
    package func incidentFigures() throws -> TextTable {
        var (inactive, stuck) = (0, 0)
        try found.forEach { entry in
            let divergence = entry.divergence
            if divergence.classes.contains(.missingUnflag) {
                inactive += divergence.facets.count { difference in
                    guard case .subscription = difference.facet else { return false }
                    return difference.brain == .bool(true)
                }
            }
            if divergence.classes.contains(.stuckEvent) {
                stuck += divergence.facets.count {
                    if case .processed = $0.facet { true } else { false }
                }
            }
        }
        var table = TextTable([("", .left), ("count", .right)])
        let accounts = found.figures[.race].accounts
        table.add(["accounts with contradictory flags", Figures.grouped(accounts)])
        table.add(["subscriptions not reactivated", Figures.grouped(inactive)])
        table.add(["stuck events", Figures.grouped(stuck)])
        return table
    }
}
