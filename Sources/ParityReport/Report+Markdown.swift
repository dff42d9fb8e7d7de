import BillingModel
import DivergenceAnalysis
import ShadowRun

extension ParityReport {
    /// The most stories that `report.md` tells of one class.
    package static let storiesEachClass = 3

    /// `report.md`: fits a pull request's comment, and says what matters in its first lines.
    package func markdown() -> String {
        var text = "# Dunning parity\n\n\(headline)\n\n"
        text += "## Divergences by class\n\n" + classTable().markdown + "\n"
        text += "## What was judged\n\n" + overview.markdown + "\n"
        text += "## Fidelity of the legacy models\n\n" + fidelityTable.markdown + "\n"
        text += "## Examples\n"
        for cause in DivergenceClass.allCases { text += stories(of: cause) }
        text += "\nSettle \(input.settings.settle), policy `\(input.policyDigest.prefix(12))`, "
        text += "log `\(input.logDigest.prefix(12))`, \(input.program).\n"
        return text
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

    private func stories(of cause: DivergenceClass) -> String {
        let entries = divergences.filter { $0.divergence.classes.contains(cause) }
        guard !entries.isEmpty else { return "" }
        var text = "\n### \(cause.rawValue)\n\n"
        for entry in entries.prefix(Self.storiesEachClass) {
            let story = entry.divergence.story.prefix(600)
            text += "- `\(entry.divergence.id)` \(Markdown.plain(entry.episode.account.rawValue)): "
            text += "\(Markdown.plain(String(story)))\n"
        }
        let rest = entries.count - Self.storiesEachClass
        if rest > 0 { text += "- and \(Figures.grouped(rest)) more\n" }
        return text
    }
}

/// Text from a log within Markdown.
package enum Markdown {
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
