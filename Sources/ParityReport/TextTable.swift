/// A table of plain text, its columns as wide as they need to be.
package struct TextTable {
    /// How a column's cells stand in it.
    package enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private var rows: [[String]]

    /// A table with a header.
    package init(_ header: [(String, Alignment)]) {
        alignments = header.map(\.1)
        rows = [header.map(\.0)]
    }

    /// Adds a row of as many cells as the header has.
    package mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The cells, row by row, the header first.
    package var cells: [[String]] { rows }

    /// Whether there are rows besides the header.
    package var isEmpty: Bool { rows.count == 1 }

    /// The table with two spaces between columns.
    package var text: String {
        let widths = alignments.indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                line += alignments[column] == .left ? cell + padding : padding + cell
                line += "  "
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// The table in Markdown.
    package var markdown: String {
        let separator = alignments.map { $0 == .left ? "---" : "---:" }
        let lines = [rows[0], separator] + rows.dropFirst()
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }
}

/// Writes numbers for people.
package enum Figures {
    /// Digits in groups of three: `12,345`.
    package static func grouped(_ number: some BinaryInteger) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (number < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// A share as a percentage with two decimals, rounded down: `99.98 %`; `-` of nothing.
    package static func percentage(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let hundredths = part.multipliedFullWidth(by: 10_000)
        let (share, _) = whole.dividingFullWidth(hundredths)
        let decimals = String(share % 100)
        return "\(share / 100).\(decimals.count < 2 ? "0" : "")\(decimals) %"
    }
}
