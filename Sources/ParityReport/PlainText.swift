/// Text from outside, made fit to be shown: on one line, of a bounded length, without anything that
/// a terminal or a page would obey.
package enum PlainText {
    /// Text without control, format and line-ending characters, cut where it is long.
    ///
    /// Lengths are in Unicode scalars, not characters: one character may be any number of scalars.
    /// - Parameters:
    ///   - text: The text.
    ///   - most: How many scalars to keep, the mark of the cut among them.
    /// - Returns: The text on one line.
    package static func line(_ text: String, most: Int) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars where isShown(scalar) {
            count += 1
            if count > most {
                result.removeLast()
                result.append("…")
                break
            }
            result.append(scalar)
        }
        return String(result)
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}

extension Markdown {
    /// Text from outside as code, within which no mark, link, name or tag means anything.
    ///
    /// The fence is longer than any within the text. Not for cells of tables, where a bar would end
    /// the cell even within code.
    /// - Parameters:
    ///   - text: The text.
    ///   - most: How many scalars of it to keep.
    /// - Returns: A code span on one line; a word in italics where there is nothing to show.
    static func code(_ text: String, most: Int) -> String {
        let plain = PlainText.line(text, most: most)
        guard plain.contains(where: { $0 != " " }) else { return "_(blank)_" }
        var longest = 0
        var run = 0
        for scalar in plain.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        // A backtick at an end would lengthen the fence; the renderer drops one space at each end.
        let needsRoom = longest > 0 || plain.hasPrefix(" ") || plain.hasSuffix(" ")
        let room = needsRoom ? " " : ""
        return fence + room + plain + room + fence
    }
}
