import ParityReport

/// Sets texts side by side.
enum Lines {
    /// Texts side by side, each broken into lines of its own column, two spaces between columns.
    static func inColumns(_ cells: [(text: String, width: Int)]) -> String {
        let columns = cells.map { cell in
            let margin = String(cell.text.prefix { $0 == " " })
            return PlainText.wrapped(
                cell.text,
                at: cell.width,
                first: margin,
                indent: margin,
                breaksWords: false
            ).filter { !$0.allSatisfy { $0 == " " } }
        }
        var text = ""
        for row in 0..<(columns.map(\.count).max() ?? 0) {
            var line = ""
            var place = 0
            for (column, cell) in zip(columns, cells) {
                // A word that is longer than its column pushes the next ones aside.
                let padding = max(line.isEmpty ? 0 : 2, place - line.count)
                if row < column.count {
                    line += String(repeating: " ", count: padding) + column[row]
                }
                place += cell.width + 2
            }
            text += line + "\n"
        }
        return text
    }
}
