import BillingModel
package import DivergenceAnalysis
import DunningBrain
import ShadowRun

extension RedactedCase {
    /// What a judgement of the redacted records says otherwise than one of the originals, ids and
    /// amounts being translated; `nil` where they say the same.
    ///
    /// Compared is all that a verdict says but its sentence, which is made of the rest, and its id,
    /// which is a hash of ids.
    ///
    /// - Parameters:
    ///   - original: What was found out about the account as it was.
    ///   - redacted: What was found out about it in the redacted records.
    /// - Returns: The first two lines that differ, both of the redacted case.
    package func difference(
        from original: AccountVerdicts,
        to redacted: AccountVerdicts
    ) -> (expected: String, found: String)? {
        let expected = VerdictLines(original, translating: self).lines
        let found = VerdictLines(redacted, translating: nil).lines
        for place in 0..<max(expected.count, found.count) {
            let pair = (
                expected: place < expected.count ? expected[place] : "nothing more",
                found: place < found.count ? found[place] : "nothing more"
            )
            if pair.expected != pair.found { return pair }
        }
        return nil
    }
}

/// All that verdicts say, a fact a line, in the names of the redacted case.
private struct VerdictLines {
    private(set) var lines: [String] = []
    private let redacted: RedactedCase?

    init(_ verdicts: AccountVerdicts, translating redacted: RedactedCase?) {
        self.redacted = redacted
        add("account", name(verdicts.account))
        add("type", verdicts.type.map { name($0.columnValue) } ?? "-", verdicts.hasTagDrift)
        add("fidelity", verdicts.fidelity.map { "\($0.exact) of \($0.executions)" })
        add("unconfirmed", verdicts.unconfirmed.map { "\($0.table) \(name($0.execution))" })
        add("unattributed", verdicts.unattributed)
        for episode in verdicts.episodes { add(episode) }
    }

    private mutating func add(_ what: String, _ values: Any...) {
        lines.append(what + ": " + values.map { "\($0)" }.joined(separator: " "))
    }

    private mutating func add(_ episode: EpisodeVerdict) {
        let type = episode.accountType.map { name($0.columnValue) } ?? "-"
        add("episode", episode.opened, episode.closed, type, episode.phase)
        add("opened by", opener(episode.openedBy))
        for standing in episode.standing { add("standing", text(standing)) }
        for standing in [episode.settled?.legacy, episode.settled?.brain] {
            guard let standing else { continue }
            let live = standing.liveSubscriptions.map { name($0) }
            add("settled", standing.isFlagged, standing.isBanned, live)
        }
        switch episode.outcome {
        case .match: add("outcome", "match")
        case .open: add("outcome", "open")
        case .incomplete(let why): add("outcome", "incomplete", why)
        case .divergent(let divergence): add(divergence)
        }
    }

    private mutating func add(_ divergence: Divergence) {
        add("outcome", divergence.extent, divergence.classes)
        for facet in divergence.facets { add("facet", text(facet)) }
        add("legacy only", divergence.legacyOnly.map { text($0) })
        add("brain only", divergence.brainOnly.map { text($0) })
        if let explanation = divergence.explanation {
            add("explanation", explanation.effectiveness)
            for cause in explanation.interventions {
                let execution = cause.execution.map { name($0) } ?? "-"
                let invoice = cause.invoice.map { name($0) } ?? "-"
                add("cause", cause.cause, execution, invoice, cause.at)
            }
        }
        for breach in divergence.breaches { add("breach", breach.invariant) }
        add("records", divergence.records.map { name($0) })
        add("reproducer", divergence.reproducer.map { name($0) })
        add("amounts", divergence.amounts.sums.map { "\(amount($0.minorUnits)) \($0.currency)" })
        add("subscriptions", divergence.subscriptions)
        add("since", divergence.since, divergence.until.map { "\($0)" } ?? "-")
    }
}

// MARK: - Names, texts and amounts of the redacted case

extension VerdictLines {
    private func name(_ text: String) -> String { redacted?.pseudonyms[text] ?? text }

    private func name<Kind>(_ id: Identifier<Kind>) -> String { name(id.rawValue) }

    private func amount(_ amount: Int64) -> Int64 {
        guard case .multiplied(let factor)? = redacted?.amounts else { return amount }
        return amount.multipliedReportingOverflow(by: factor).partialValue
    }

    /// What opened an episode: the type of an event, or a word of the harness.
    private func opener(_ opener: String) -> String {
        if redacted == nil || RedactionTable.words.contains(opener) { return opener }
        return RedactionTable.redacted(eventType: opener)
    }

    private func text(_ difference: FacetDifference) -> String {
        let facet =
            switch difference.facet {
            case .subscription(let id): "subscription:" + name(id)
            case .items(let id): "items:" + name(id)
            case .payments(let id): "payments:" + name(id)
            case .processed(let id): "processed:" + name(id)
            case .badDebtFlag, .badDebtAt, .ban, .customerMetadata, .debtAmount:
                difference.facet.description
            }
        return "\(facet) \(text(difference.legacy)) \(text(difference.brain))"
    }

    private func text(_ value: FacetValue) -> String {
        switch value {
        case .bool(let value): "\(value)"
        case .count(let value): "\(value)"
        case .list(let values): "\(values.map { name($0) })"
        case .text(nil): "null"
        case .text(let text?):
            (try? AmountText(text)?.mapped { amount($0) }) ?? name(text)
        }
    }

    private func text(_ consequence: Consequence) -> String {
        switch consequence {
        case .flag: "flag"
        case .ban: "ban"
        case .cancel(let id): "cancel " + name(id)
        case .deleteItems(let id): "delete items of " + name(id)
        case .charge(let id): "charge " + name(id)
        }
    }
}
