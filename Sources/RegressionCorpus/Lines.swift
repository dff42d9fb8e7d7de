/// Breaks text into lines.
enum Lines {
    /// Text in lines of at most a width, broken at spaces; a longer word stands by itself.
    static func wrapped(_ text: String, at width: Int) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Texts side by side, each broken into lines of its own column, two spaces between columns.
    static func inColumns(_ cells: [(text: String, width: Int)]) -> String {
        let columns = cells.map { cell in
            let margin = String(cell.text.prefix { $0 == " " })
            let lines = wrapped(cell.text, at: cell.width - margin.count).split(separator: "\n")
            return lines.map { margin + $0 }
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
