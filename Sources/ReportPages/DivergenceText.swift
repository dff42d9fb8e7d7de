import BillingModel
package import DivergenceAnalysis
import ParityReport
import ShadowRun

/// One divergence told in words, for a terminal or a ticket.
package struct DivergenceText {
    /// The most columns of a line.
    static let width = 100

    private let verdict: EpisodeVerdict
    private let divergence: Divergence

    /// The words of a divergence.
    ///
    /// - Parameters:
    ///   - verdict: The episode's verdict.
    ///   - divergence: The divergence that it came to.
    package init(_ verdict: EpisodeVerdict, _ divergence: Divergence) {
        self.verdict = verdict
        self.divergence = divergence
    }

    /// The words, in lines of at most 100 columns.
    package var text: String {
        let classes = divergence.classes.map(\.rawValue).joined(separator: ", ")
        let type = PlainText.line(verdict.accountType?.columnValue ?? "unknown type", most: 30)
        let account = PlainText.line(verdict.account.rawValue, most: 60)
        var lines = wrapped("\(divergence.id): \(classes), \(divergence.extent.rawValue)")
        lines += wrapped("account \(account) (\(type)), \(verdict.opened) to \(verdict.closed)")
        lines.append("")
        lines += wrapped(PlainText.line(divergence.story, most: 2000)) + [""]
        lines += causes
        lines += told("customer", divergence.customerTerms)
        lines += told("at stake", stake)
        lines += facets.isEmpty ? [] : [""] + facets
        lines += [""] + reproducer
        return lines.map { $0 + "\n" }.joined()
    }

    /// Each intervention: what it changes, and what becomes of it.
    private var causes: [String] {
        guard let explanation = divergence.explanation else {
            return told("cause", "no set of up to \(CauseSearch.largestSet) known causes is one")
        }
        var lines: [String] = []
        for intervention in explanation.interventions {
            var parts = [intervention.cause.rawValue, "at \(intervention.at)"]
            if let run = intervention.execution { parts.append("in \(SwimlaneWords.record(run))") }
            if let invoice = intervention.invoice {
                parts.append("of invoice \(PlainText.line(invoice.rawValue, most: 60))")
            }
            lines += told("cause", parts.joined(separator: ", "))
            lines += told("happened", PlainText.line(intervention.happened, most: 600))
            lines += told("what if", PlainText.line(intervention.had, most: 600))
        }
        let what =
            explanation.effectiveness == .prevents
            ? "the two runs would have agreed in all that they did"
            : "the two runs would have ended alike"
        return lines + told("then", what)
    }

    private var stake: String {
        let money = Figures.money(divergence.amounts)
        let count = divergence.subscriptions
        let subscriptions = count == 1 ? "1 subscription" : "\(count) subscriptions"
        return (money.isEmpty ? "no money" : money + " in minor units") + "; " + subscriptions
    }

    /// The facets that differ, with their values at the close or at the height of it.
    private var facets: [String] {
        guard !divergence.facets.isEmpty else { return [] }
        var table = TextTable([("facet", .left), ("legacy", .left), ("brain", .left)])
        for difference in divergence.facets.prefix(20) {
            table.add([
                PlainText.line("\(difference.facet)", most: 44),
                Self.words(difference.legacy), Self.words(difference.brain),
            ])
        }
        let more = divergence.facets.count - 20
        return table.text.split(separator: "\n").map { String($0) }
            + (more > 0 ? ["and \(more) more"] : [])
    }

    private var reproducer: [String] {
        guard !divergence.reproducer.isEmpty else { return [] }
        let ids = divergence.reproducer.prefix(20).map { SwimlaneWords.record($0) }
        let more = divergence.reproducer.count - ids.count
        let list = ids.joined(separator: " ") + (more > 0 ? " and \(more) more" : "")
        let count = divergence.reproducer.count == 1 ? "1 record" : "\(divergence.reproducer.count)"
        return told("records", "\(count) show it: \(list)")
    }

    private static func words(_ value: FacetValue) -> String {
        switch value {
        case .bool(let value): value ? "yes" : "no"
        case .text(let value): PlainText.line(value ?? "none", most: 24)
        case .list(let values):
            PlainText.line(values.isEmpty ? "none" : values.joined(separator: " "), most: 24)
        case .count(let count): "\(count)"
        }
    }

    private func wrapped(_ text: String) -> [String] { PlainText.wrapped(text, at: Self.width) }

    /// A line with its name in front, and its continuation below.
    private func told(_ name: String, _ text: String) -> [String] {
        let first = name + String(repeating: " ", count: max(1, 10 - name.count))
        let indent = String(repeating: " ", count: 10)
        return PlainText.wrapped(text, at: Self.width, first: first, indent: indent)
    }
}
