import BillingModel
import DivergenceAnalysis
import ShadowRun

/// All that a verdict says, fit to compare and to print.
struct VerdictSummary: Hashable, CustomStringConvertible {
    let account: AccountID
    let opened: Instant
    private let text: String

    init(_ verdict: EpisodeVerdict) {
        account = verdict.account
        opened = verdict.opened
        var parts = [
            "\(verdict.account) \(verdict.opened)..\(verdict.closed)", verdict.openedBy,
            "phase \(verdict.phase.rawValue)", verdict.gist,
            "standing \(verdict.standing.map { "\($0.facet)" })",
        ]
        for standing in [verdict.settled?.legacy, verdict.settled?.brain] {
            guard let standing else { continue }
            parts.append("\(standing.isFlagged) \(standing.isBanned) \(standing.liveSubscriptions)")
        }
        if let divergence = verdict.divergence {
            parts += [divergence.id, divergence.story, "\(divergence.records)"]
            parts += ["\(divergence.since) \(divergence.until.map { "\($0)" } ?? "-")"]
            parts += [
                "\(divergence.facets)", "\(divergence.legacyOnly)", "\(divergence.brainOnly)",
            ]
            parts += ["\(divergence.amounts.sums) \(divergence.subscriptions)"]
        }
        text = parts.joined(separator: "\n  ")
    }

    var description: String { text }
}

extension EpisodeVerdict {
    /// All that it says.
    var summary: VerdictSummary { VerdictSummary(self) }
}
