import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ParityReport
import ShadowRun

extension ReportSummary {
    /// Account type by class, and path by class.
    var matrices: [ReportModel.Matrix] {
        let causes = report.classCounts.filter { $0.count > 0 }.map { $0.cause }
        guard !causes.isEmpty else { return [] }
        return [
            matrix(
                "By account type",
                "How many divergences each type of account has in each class.",
                "account type",
                causes,
                figures.types
            ) { type in ("type", type, type) },
            matrix(
                "By path",
                "Which code paths changed something in the episodes of each class. An episode counts "
                    + "with every path that acted in it.",
                "path",
                causes,
                figures.paths
            ) { path in ("path", path, LegacyPath.title(path)) },
        ]
    }

    /// The most rows of a matrix: types are names from the log, and nobody says how many there are.
    private static let mostRows = 40

    private func matrix(
        _ title: String,
        _ note: String,
        _ corner: String,
        _ causes: [DivergenceClass],
        _ counts: [String: [Int]],
        _ names: (String) -> (filter: String, value: String, name: String)
    ) -> ReportModel.Matrix {
        let top = counts.values.joined().max() ?? 0
        let keys = counts.keys.sorted()
        let rest = keys.count - Self.mostRows
        let left = rest > 0 ? " \(Figures.grouped(rest)) more rows are left out." : ""
        return ReportModel.Matrix(
            title: HTML(title),
            note: HTML(note + left),
            corner: HTML(corner),
            columns: causes.map { .init(name: HTML($0.words.name), id: HTML($0.rawValue)) },
            rows: keys.prefix(Self.mostRows).map { key in
                let (filter, value, name) = names(key)
                let row = counts[key] ?? DivergenceClass.allCases.map { _ in 0 }
                return ReportModel.MatrixRow(
                    name: HTML(name, most: 60),
                    cells: causes.map { cause in
                        let count = row[cause.place]
                        let query = "#?class=\(cause.rawValue)&\(filter)=\(Self.encoded(value))"
                        return ReportModel.Cell(
                            count: HTML(count > 0 ? Figures.grouped(count) : ""),
                            shade: Self.shade(count, of: top),
                            link: HTML(query),
                            label: HTML("\(cause.words.name), \(name)", most: 200)
                        )
                    },
                    total: HTML(Figures.grouped(row.reduce(0, +)))
                )
            }
        )
    }

    /// How dark a cell is, from 0 to 5: a step for each factor of four below the largest.
    static func shade(_ count: Int, of top: Int) -> Int {
        guard count > 0 else { return 0 }
        var shade = 5
        var floor = top
        while floor / 4 >= count, shade > 1 {
            floor /= 4
            shade -= 1
        }
        return shade
    }

    /// A value within a link's fragment: all but letters, digits and underscores as `%XX`.
    static func encoded(_ value: String) -> String {
        let shown = PlainText.line(value, most: PageEntry.mostOfName)
        return shown.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }.joined()
    }

    /// How faithful each path's model is.
    var fidelity: [ReportModel.FidelityRow] {
        report.fidelity.map { path, count in
            let isSeen = report.episodes.paths.contains(path)
            let share = Figures.percentage(count.exact, of: count.executions)
            let width = Scaled.share(count.exact, of: count.executions, in: 120)
            return ReportModel.FidelityRow(
                path: HTML("Path \(path.rawValue)"),
                meaning: HTML(path.meaning + (isSeen ? "" : " (not seen in this log)")),
                executions: HTML(Figures.grouped(count.executions)),
                exact: HTML(Figures.grouped(count.exact)),
                share: HTML(share),
                bar: HTML(
                    markup: "<svg class=\"meter\" viewBox=\"0 0 120 8\" aria-hidden=\"true\">"
                        + "<rect class=\"track\" width=\"120\" height=\"8\"/>"
                        + "<rect class=\"fill\" width=\"\(width)\" height=\"8\"/></svg>"
                )
            )
        }
    }

    /// What became of every record.
    var ledger: [ReportModel.LedgerLine] {
        report.ledgerRows.map { row in
            let counts = [
                row.received, row.redelivered, row.leftOut, row.matched, row.pending, row.orphaned,
            ]
            return ReportModel.LedgerLine(
                kind: HTML(row.kind.rawValue),
                counts: counts.map { HTML(Figures.grouped($0)) },
                isOff: !row.balances
            )
        }
    }

    /// What was read and judged.
    var overview: [ReportModel.Figure] {
        report.overview.cells.dropFirst().map { cells in
            ReportModel.Figure(name: HTML(cells[0]), value: HTML(cells[1]))
        }
    }

    /// What the report was made from.
    var sources: [ReportModel.Figure] {
        let settings = report.input.settings
        let unknown = report.unknownTypes
        var figures = [
            ("program", report.input.program), ("brain", settings.brain.name),
            ("policy", String(report.input.policyDigest.prefix(12))),
            ("log", String(report.input.logDigest.prefix(12))),
            ("settle time", settings.settle.words),
            ("scope", report.input.scope.map { "phase \($0.rawValue)" } ?? "all phases"),
        ]
        if !unknown.isEmpty {
            let shown = unknown.prefix(8).map { PlainText.line($0, most: 60) }
            let rest = unknown.count > 8 ? ", and \(unknown.count - 8) more" : ""
            figures.append(("unknown account types", shown.joined(separator: ", ") + rest))
        }
        return figures.map { ReportModel.Figure(name: HTML($0.0), value: HTML($0.1, most: 700)) }
    }
}

extension LegacyPath {
    /// What the path does.
    var meaning: String {
        switch self {
        case .a: "records webhooks"
        case .b: "repairs drift nightly"
        case .c: "cancels and flags"
        case .d: "takes bad debt’s payments"
        case .e: "serves admins"
        }
    }

    /// A path's name for people, from its letter; ``PageEntry/noPath`` where none acted.
    static func title(_ letter: String) -> String {
        guard let path = LegacyPath(rawValue: letter) else { return "no path acted" }
        return "\(letter) \(path.meaning)"
    }
}
