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
        let isPlain = text.utf8.count <= most && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        if isPlain { return text }
        // What has nothing in it to drop or to cut is not made again, scalar by scalar.
        var length = 0
        let isWhole = text.unicodeScalars.allSatisfy { scalar in
            length += 1
            return length <= most && isShown(scalar)
        }
        if isWhole { return text }
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

    /// Text in lines of at most a width, broken at spaces.
    ///
    /// - Parameters:
    ///   - text: The text, on one line.
    ///   - width: How many characters a line may have, more than the prefixes have.
    ///   - first: What the first line begins with.
    ///   - indent: What the others begin with.
    ///   - breaksWords: Whether a word that is longer than a line is broken, or stands by itself.
    /// - Returns: The lines, at least one.
    package static func wrapped(
        _ text: String,
        at width: Int,
        first: String = "",
        indent: String = "",
        breaksWords: Bool = true
    ) -> [String] {
        let room = max(1, width - max(first.count, indent.count))
        let words = text.split(separator: " ").flatMap { word in
            breaksWords ? pieces(of: word, upTo: room) : [word]
        }
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in words {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }

    private static func pieces(of word: Substring, upTo most: Int) -> [Substring] {
        var pieces: [Substring] = []
        var rest = word
        while rest.count > most {
            pieces.append(rest.prefix(most))
            rest = rest.dropFirst(most)
        }
        return pieces + (rest.isEmpty ? [] : [rest])
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all are ASCII, even in a text that has a longer one: no need to look them up.
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        return switch scalar.properties.generalCategory {
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
