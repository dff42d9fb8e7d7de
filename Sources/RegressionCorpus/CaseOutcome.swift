import BillingModel
package import DivergenceAnalysis
import DunningBrain
package import MirrorLog
import ParityReport
import ShadowRun

/// What came of judging a case's log.
package struct CaseOutcome: Sendable {
    /// Records that could be read, redeliveries included.
    package var read = 0
    /// Records whose id had come before.
    package var redelivered = 0
    /// Stripe records that no account was found for.
    package var unmapped = 0
    /// Lines that are no record, in order.
    package var refused: [Reject] = []
    /// All accounts' episodes, in order of account and time.
    package var episodes: [EpisodeVerdict] = []

    /// Nothing yet.
    package init() {}

    /// The divergences, with the episodes they came from.
    package var divergences: [(episode: EpisodeVerdict, divergence: Divergence)] {
        episodes.compactMap { episode in
            guard case .divergent(let divergence) = episode.outcome else { return nil }
            return (episode, divergence)
        }
    }

    /// How many episodes were judged.
    package var judgedCount: Int { episodes.count { $0.settled != nil } }

    /// The outcome as `expect.json` tells it, below what people say of the case.
    package var tree: JSONTree {
        get throws(RecordError) {
            var text = JSONText()
            text.object { text in writeMembers(into: &text) }
            return try JSONTree(text.bytes)
        }
    }

    private func writeMembers(into text: inout JSONText) {
        text.object("records") { text in
            text.member("read", Int64(read))
            text.member("redelivered", Int64(redelivered))
            text.member("unmapped", Int64(unmapped))
        }
        text.array("refused") { text in
            for line in refused {
                text.object { text in
                    text.member("line", Int64(line.line))
                    text.member("reason", line.reason)
                }
            }
        }
        text.array("episodes") { text in for episode in episodes { episode.write(into: &text) } }
        text.array("divergences") { text in
            for (episode, divergence) in divergences {
                divergence.write(of: episode, into: &text)
            }
        }
        text.array("standing") { text in
            for episode in episodes {
                for difference in episode.standing {
                    text.object { text in
                        episode.name(into: &text)
                        text.key("difference")
                        difference.write(into: &text)
                    }
                }
            }
        }
        text.array("decisions") { text in
            for episode in episodes where episode.conclusion != nil {
                episode.writeDecisions(into: &text)
            }
        }
    }
}

extension EpisodeVerdict {
    /// Writes which episode it is.
    fileprivate func name(into text: inout JSONText) {
        text.member("account", account.rawValue)
        text.member("opened", opened.description)
    }

    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            name(into: &text)
            text.member("closed", closed.description)
            text.member("trigger", openedBy)
            text.member("phase", Int64(phase.rawValue))
            text.member("outcome", outcome.name)
        }
    }

    /// Writes the brain's plans, and what its last decision rested on.
    fileprivate func writeDecisions(into text: inout JSONText) {
        text.object { text in
            name(into: &text)
            text.array("plans") { text in for plan in decided { plan.write(into: &text) } }
            if let conclusion {
                text.object("last") { text in
                    text.member("rule", conclusion.rule.rawValue)
                    text.member("restrictions", conclusion.restrictions.map(\.rawValue))
                    text.member("reasons", conclusion.reasons.map(\.description))
                }
            }
        }
    }
}

extension EpisodeVerdict.Outcome {
    /// The outcome in a word.
    fileprivate var name: String {
        switch self {
        case .match: "match"
        case .divergent: "divergent"
        case .open: "open"
        case .incomplete(let why): "incomplete: \(why.rawValue)"
        }
    }
}

extension Divergence {
    fileprivate func write(of episode: EpisodeVerdict, into text: inout JSONText) {
        text.object { text in
            episode.name(into: &text)
            text.member("classes", classes.map(\.rawValue))
            text.member("extent", extent.rawValue)
            text.array("facets") { text in for facet in facets { facet.write(into: &text) } }
            text.member("breaches", breaches.map { "\($0.invariant)" })
            text.array("intervention") { text in
                for intervention in explanation?.interventions ?? [] {
                    intervention.write(into: &text)
                }
            }
        }
    }
}

extension BrainRun.Planned {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("at", at.description)
            if isStanding { text.member("standing", true) }
            text.array("effects") { text in
                for planned in effects {
                    text.object { text in
                        RecordWriter().writeEffect(planned.effect, into: &text)
                        text.member("rule", planned.rule.rawValue)
                        text.member("invoices", planned.invoices.map(\.rawValue))
                    }
                }
            }
        }
    }
}
