/// Text that must not stand in some sources, and what to write in its place.
struct BannedText: Sendable {
    /// The texts, each a whole word where it begins or ends with a letter.
    ///
    /// One that begins with a space and a point is sought as an implicit member only.
    let texts: [String]
    /// What to write in their place.
    let replacement: String
    /// Whether comments are searched too.
    var isBannedInComments = false
    /// Whether a comment close above excuses it.
    var isExcusedByComment = false

    /// Where the text stands, as messages of file, line, text and replacement.
    func findings(in files: [SourceFile]) -> [String] {
        files.flatMap { file in
            file.lines.indices.flatMap { index in
                texts.filter { stands($0, in: file.lines, at: index) }.map {
                    let text = $0.drop { $0 == " " }
                    return "\(file.path):\(index + 1): `\(text)`: \(replacement)"
                }
            }
        }
    }

    private func stands(_ text: String, in lines: [String], at index: Int) -> Bool {
        let line = isBannedInComments ? lines[index] : Self.code(of: lines[index])
        guard Self.contains(line, text) else { return false }
        return !(isExcusedByComment && Self.hasComment(lines, above: index))
    }

    /// A line without the comment at its end.
    ///
    /// Text after `//` in a literal is lost as well.
    private static func code(of line: String) -> String {
        guard let comment = line.firstRange(of: "//") else { return line }
        return String(line[..<comment.lowerBound])
    }

    private static func hasComment(_ lines: [String], above index: Int) -> Bool {
        lines[max(0, index - 6)..<index].contains { line in
            let text = line.drop { $0 == " " }
            return text.hasPrefix("//") && text.contains(" ")
        }
    }

    private static func contains(_ line: String, _ text: String) -> Bool {
        let isImplicitMember = text.hasPrefix(" .")
        let sought = isImplicitMember ? String(text.dropFirst()) : text
        return line.ranges(of: sought).contains { range in
            let before = line[..<range.lowerBound].last
            let after = line[range.upperBound...].first
            if isImplicitMember, let before, isWord(before) || ")]?!>".contains(before) {
                return false
            }
            let startsWord = !isWord(sought.first) || !isWord(before)
            let endsWord = !isWord(sought.last) || !isWord(after)
            return startsWord && endsWord
        }
    }

    private static func isWord(_ character: Character?) -> Bool {
        guard let character else { return false }
        return character.isLetter || character.isNumber || character == "_"
    }
}

extension BannedText {
    static let clock = BannedText(
        texts: [
            "Date(", "Date.now", " .now", "ContinuousClock", "SuspendingClock", "DispatchTime",
            "clock_gettime", "gettimeofday",
        ],
        replacement: "take the time as an argument, `at now: Instant`"
    )

    static let chance = BannedText(
        texts: [
            "UUID(", ".random(", ".randomElement(", ".shuffled()", ".shuffle()",
            "SystemRandomNumberGenerator", ".hashValue",
        ],
        replacement: "derive it from the input or from a seeded generator that is passed in"
    )

    static let environment = BannedText(
        texts: ["getenv", "ProcessInfo", "CommandLine.arguments"],
        replacement: "take the setting or the text as an argument; the command line reads them"
    )

    static let floatingPoint = BannedText(
        texts: ["Double", "Float", "Float80", "CGFloat", "Decimal"],
        replacement: "count in whole minor units, microseconds or parts per thousand"
    )

    static let unfinished = BannedText(
        texts: ["TODO", "FIXME", "XXX", "HACK"],
        replacement: "finish it, or file an issue and say in a sentence what holds today",
        isBannedInComments: true
    )

    static let traps = BannedText(
        texts: ["try!", "as!", "fatalError("],
        replacement: "throw a typed error, or unwrap with `guard` and give a defined result"
    )

    static let unproven = BannedText(
        texts: ["@unchecked Sendable", "nonisolated(unsafe)"],
        replacement: "say in a comment within six lines above why it is safe, or make it a value",
        isExcusedByComment: true
    )

    static let slowJSON = BannedText(
        texts: ["JSONDecoder", "JSONSerialization"],
        replacement: "read through JSONScanner, which keeps up with the log"
    )
}
