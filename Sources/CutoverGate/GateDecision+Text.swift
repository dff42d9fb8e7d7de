import BillingModel
import ParityReport
import ShadowRun

extension GateDecision {
    /// The decision for a terminal of 100 columns: a table of the criteria, then what to do.
    package var text: String {
        var table = TextTable([
            ("criterion", .left), ("verdict", .left), ("found", .left), ("asked for", .left),
        ])
        for criterion in criteria {
            table.add([
                criterion.name.words, criterion.verdict.rawValue,
                Self.cut(criterion.value, to: 31), Self.cut(criterion.limit, to: 28),
            ])
        }
        return table.text + weakened + waivers + toDo + "\n"
            + Self.wrapped("as of \(question.at)", indent: "  ")
            + Self.wrapped(headline, indent: "  ")
    }

    /// By what the limits ask for less than the defaults do.
    private var weakened: String {
        let lines = question.configuration.weakened
        guard !lines.isEmpty else { return "" }
        return "\nlimits that ask for less than the defaults:\n"
            + lines.map { Self.wrapped("- \($0)", indent: "    ", first: "  ") }.joined()
    }

    /// What the waivers came to, whether or not they let anything pass.
    private var waivers: String {
        let lines = question.excuses.lines
        guard !lines.isEmpty else { return "" }
        return "\nwaivers:\n"
            + lines.map { Self.wrapped("- \($0)", indent: "    ", first: "  ") }.joined()
    }

    /// What to do about each criterion that does not pass, with what it rests on.
    private var toDo: String {
        var text = ""
        for criterion in criteria where criterion.verdict != .go {
            text += "\n" + Self.wrapped("\(criterion.name.words): \(criterion.next)", indent: "  ")
            for detail in criterion.details.prefix(Self.mostDetails) {
                text += Self.wrapped("- \(detail)", indent: "    ", first: "  ")
            }
            let rest = criterion.details.count - Self.mostDetails
            if rest > 0 { text += "  - and \(Figures.grouped(rest)) more lines in gate.json\n" }
            if !criterion.evidence.isEmpty {
                let shown = criterion.evidence.prefix(Self.mostEvidence).joined(separator: " ")
                let more = criterion.evidence.count - Self.mostEvidence
                let tail = more > 0 ? " and \(Figures.grouped(more)) more" : ""
                text += Self.wrapped("- see \(shown)\(tail)", indent: "    ", first: "  ")
            }
        }
        return text
    }

    private static let mostDetails = 6
    private static let mostEvidence = 3
    private static let width = 100
    private static let longest = 600

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(width - 1) + "…"
    }

    /// Text in lines of a terminal's width, all but the first indented.
    private static func wrapped(_ text: String, indent: String, first: String = "") -> String {
        let line = PlainText.line(text, most: longest)
        return PlainText.wrapped(line, at: width, first: first, indent: indent)
            .joined(separator: "\n") + "\n"
    }

    /// The first of what speaks against a criterion, for a pull request.
    private func evidence(of criterion: Criterion) -> String {
        let shown = criterion.evidence.prefix(Self.mostInMarkdown).map {
            "`\(Markdown.plain(PlainText.line($0, most: Self.longestName)))`"
        }
        let rest = criterion.evidence.count - shown.count
        return shown.joined(separator: " ") + (rest > 0 ? " and \(Figures.grouped(rest)) more" : "")
    }

    private static let mostInMarkdown = 10
    private static let longestName = 80

    /// The decision for a pull request: what matters in the first lines.
    package var markdown: String {
        var text = "# \(verdict.rawValue) for phase \(question.phase.rawValue)\n\n"
        text += "\(Markdown.plain(headline)), as of \(question.at).\n\n"
        var table = TextTable([
            ("criterion", .left), ("verdict", .left), ("found", .left), ("asked for", .left),
            ("what to do", .left),
        ])
        for criterion in criteria {
            table.add([
                criterion.name.words,
                criterion.verdict == .go ? "GO" : "**\(criterion.verdict.rawValue)**",
                Markdown.plain(criterion.value), Markdown.plain(criterion.limit),
                Markdown.plain(String(criterion.next.prefix(300))),
            ])
        }
        text += table.markdown
        let weakened = question.configuration.weakened
        if !weakened.isEmpty {
            text += "\n## Limits that ask for less than the defaults\n\n"
            for line in weakened { text += "- \(Markdown.plain(line))\n" }
        }
        if !question.excuses.lines.isEmpty {
            text += "\n## Waivers\n\n"
            for line in question.excuses.lines { text += "- \(Markdown.plain(line))\n" }
        }
        text += "\n## What it did to customers\n\n"
        for line in harm.lines { text += "- \(Markdown.plain(line))\n" }
        for criterion in criteria where criterion.verdict != .go && !criterion.details.isEmpty {
            text += "\n## \(criterion.name.words)\n\n"
            for detail in criterion.details.prefix(20) {
                text += "- \(Markdown.plain(String(detail.prefix(300))))\n"
            }
            let rest = criterion.details.count - 20
            if rest > 0 { text += "- and \(Figures.grouped(rest)) more\n" }
            if !criterion.evidence.isEmpty { text += "- see " + evidence(of: criterion) + "\n" }
        }
        return text
    }
}
