import BillingModel
import DivergenceAnalysis
import ShadowRun

extension ParityReport {
    /// The most stories that `report.md` tells of one class.
    package static let storiesEachClass = 3

    /// `report.md`: fits a pull request's comment, and says what matters in its first lines.
    package func markdown() -> String {
        var text = "# Dunning parity\n\n\(headline)\n\n"
        for (name, words) in keyFigures { text += "- **\(name)**: \(words)\n" }
        text += "\n"
        text += "## Divergences by class\n\n" + classTable().markdown + "\n"
        text += "## What was judged\n\n" + overview.markdown + "\n"
        text += "## Fidelity of the legacy models\n\n" + fidelityTable.markdown + "\n"
        text += "## Examples\n"
        for cause in DivergenceClass.allCases { text += stories(of: cause) }
        text += "\nSettle \(input.settings.settle), policy `\(input.policyDigest.prefix(12))`, "
        text += "log `\(input.logDigest.prefix(12))`, \(Markdown.code(input.program, most: 60)).\n"
        return Markdown.fitted(text, rest: "report.html and report.json")
    }

    /// The outcome in a sentence.
    package var headline: String {
        let judged = Figures.grouped(episodes.judged)
        guard episodes.judged > 0 else {
            return "**Nothing was judged**: no episode settled with its facts complete, "
                + "so nothing was shown."
        }
        let divergent = Figures.grouped(episodes.divergent)
        guard blockingCount > 0 else {
            return "\(divergent) of \(judged) episodes diverge, and **every difference is "
                + "explained**."
        }
        return "\(divergent) of \(judged) episodes diverge, and **\(blockingCount) of them block "
            + "every gate**: unexplained, or a defect of the brain."
    }

    /// What matters besides: the worst classes, the customers, what blocks, and what to do.
    private var keyFigures: [(name: String, words: String)] {
        guard episodes.judged > 0 else {
            return [("What to do", "mirror for longer, and replay again")]
        }
        let counts = classCounts.filter { $0.count > 0 }
        let worst =
            counts.filter { $0.cause.isBlocking }
            + counts.filter { !$0.cause.isBlocking }.sorted { $0.count > $1.count }
        let named = worst.prefix(4).map { "`\($0.cause.rawValue)` \(Figures.grouped($0.count))" }
        let more = worst.count > 4 ? ", and \(worst.count - 4) more classes" : ""
        let figures = found.figures
        let customers = [
            figures.customers, figures.lastingCustomers, figures.customersOfLegacy,
            figures.customersOfBrain,
        ].map(Figures.grouped)
        return [
            ("Worst", named.isEmpty ? "nothing diverges" : named.joined(separator: ", ") + more),
            (
                "Customers",
                "\(customers[0]) concerned, \(customers[1]) of them lastingly; legacy alone acted "
                    + "against \(customers[2]), the brain alone would have against \(customers[3])"
            ),
            (
                "Blocking",
                "\(Figures.grouped(count(of: .unexplained))) unexplained, "
                    + "\(Figures.grouped(count(of: .brainDefect))) defects of the brain"
            ),
            ("What to do", toDo),
        ]
    }

    private func count(of cause: DivergenceClass) -> Int { found.figures[cause].count }

    private var toDo: String {
        if count(of: .brainDefect) > 0 { return "mend the brain; a defect can’t be waived" }
        if count(of: .unexplained) > 0 {
            return "find out what nothing explains: `dunning-parity explain ID --log LOG`"
        }
        return found.count == 0
            ? "ask the gate: `dunning-parity gate --phase 1 FOLDER`"
            : "waive each class by name, or wait for a log without it; then ask the gate"
    }

    private func stories(of cause: DivergenceClass) -> String {
        let figures = found.figures[cause]
        guard figures.count > 0 else { return "" }
        var text = "\n### \(cause.rawValue)\n\n"
        for one in figures.first.prefix(Self.storiesEachClass) {
            text += "- \(Markdown.code(one.id, most: 40)) "
            text += "\(Markdown.code(one.account.rawValue, most: 60)): "
            text += "\(Markdown.code(one.story, most: 600))\n"
        }
        let rest = figures.count - Self.storiesEachClass
        if rest > 0 { text += "- and \(Figures.grouped(rest)) more\n" }
        return text
    }
}

/// Text from a log within Markdown.
package enum Markdown {
    /// How many bytes a text for a pull request may have: GitHub takes 65,536 characters, and here is
    /// room for a few words around it.
    package static let mostOfComment = 64_000

    /// Text that fits a pull request's comment: what is too much is cut off at the end of a line.
    ///
    /// - Parameters:
    ///   - text: The text, without code blocks, which a cut would leave open.
    ///   - rest: Where the rest stands.
    /// - Returns: The text, or as much of it as fits, and where the rest is.
    package static func fitted(_ text: String, rest: String) -> String {
        guard text.utf8.count > mostOfComment else { return text }
        let head = text.utf8.prefix(mostOfComment)
        let whole = head.lastIndex(of: UInt8(ascii: "\n")).map { text[...$0] } ?? ""
        return whole + "\nThis is cut to fit a comment; the rest stands in \(rest).\n"
    }

    /// Text that Markdown and HTML show as it is: marks escaped, control characters dropped.
    package static func plain(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "`", "*", "[", "]", "|", "#", "!":
                result += "\\\(scalar)"
            case "<", ">", "&": result += Markup.reference(to: scalar) ?? ""
            default:
                let category = scalar.properties.generalCategory
                if category != .control, category != .format {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}
