import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

/// One thing that a decision was made from.
package struct GateInput: Hashable, Comparable, Sendable {
    /// What it was: `report`, `episodes`, `corpus`, `waivers`, `configuration`.
    package var role: String
    /// What it was called.
    package var name: String
    /// SHA-256 of its bytes, in hexadecimal.
    package var digest: String

    /// An input.
    package init(role: String, name: String, digest: String) {
        self.role = role
        self.name = name
        self.digest = digest
    }

    /// Orders by role, digest and name.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.role, lhs.digest, lhs.name) < (rhs.role, rhs.digest, rhs.name)
    }
}

extension GateDecision {
    /// The version of `gate.json`'s form.
    package static let schema: Int64 = 1

    /// `gate.json`.
    ///
    /// - Parameter inputs: What the decision was made from, in any order.
    /// - Returns: The same bytes for the same decision and inputs.
    package func json(_ inputs: [GateInput]) -> [UInt8] {
        var text = JSONText(brokenLevels: 3)
        text.object { text in
            text.member("schema", Self.schema)
            text.member("phase", Int64(question.phase.rawValue))
            text.member("at", question.at.description)
            text.member("verdict", verdict.rawValue)
            text.member("headline", headline)
            text.member("brain", question.observation.brain)
            text.member("policy", question.observation.policy)
            text.member("settle", question.observation.settle.description)
            text.member("configuration", question.configuration.digest)
            text.member("limits", question.configuration.canonicalText)
            text.array("inputs") { text in
                for input in inputs.sorted() {
                    text.object { text in
                        text.member("role", input.role)
                        text.member("name", input.name)
                        text.member("digest", input.digest)
                    }
                }
            }
            text.array("criteria") { text in
                for criterion in criteria { criterion.write(into: &text) }
            }
            text.object("harm") { text in
                text.object("legacy") { text in harm.legacy.write(into: &text) }
                text.object("brain") { text in harm.brain.write(into: &text) }
                text.object("strictness") { text in harm.strictness.write(into: &text) }
            }
            text.member("waivers", question.excuses.lines)
            text.array("against") { text in
                for entry in question.against {
                    // A defect of the brain counts in every phase.
                    let isDefect = entry.classes.contains(.brainDefect)
                    let phase = isDefect ? Phase.webhooks : entry.phase
                    text.against(entry.id, entry.account, entry.opened, phase)
                }
                for entry in question.harmOutOfNowhere {
                    text.against("(at first look)", entry.account, entry.since, .webhooks)
                }
            }
            text.array("days") { text in
                for (day, judged) in question.judgedByDay {
                    text.object { text in
                        text.member("day", day)
                        text.member("judged", Int64(judged))
                    }
                }
            }
            text.array("corpus_logs") { text in
                for log in question.corpus?.logs ?? [] { text.string(log.words) }
            }
            text.member("clean_episodes_needed", cleanNeeded.map(Int64.init))
            text.array("burn_up") { text in
                for (day, clean) in burnUp {
                    text.object { text in
                        text.member("day", day)
                        text.member("clean", Int64(clean))
                    }
                }
            }
        }
        text.endLine()
        return text.bytes
    }
}

extension Criterion {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("criterion", name.rawValue)
            text.member("verdict", verdict.rawValue)
            text.member("value", value)
            text.member("limit", limit)
            text.member("next", next)
            text.member("details", details)
            text.member("evidence", evidence)
            text.key("meter")
            if let meter {
                text.object { text in
                    text.member("value", Int64(meter.value))
                    text.member("limit", Int64(meter.limit))
                    text.member("must_reach", meter.mustReach)
                }
            } else {
                text.null()
            }
        }
    }
}

extension HarmTable.Harm {
    fileprivate func write(into text: inout JSONText) {
        text.member("customers", Int64(customers))
        text.member("flagged", Int64(flagged))
        text.member("banned", Int64(banned))
        text.member("canceled", Int64(canceled))
        text.member("charged", Int64(charged))
        text.member("subscriptions", Int64(subscriptions))
        text.member("customer_hours", hours)
        text.object("amounts") { text in
            for sum in amounts.sums { text.member(sum.currency.code, sum.minorUnits) }
        }
    }
}

extension JSONText {
    /// An episode that spoke against a verdict.
    fileprivate mutating func against(
        _ divergence: String,
        _ account: AccountID,
        _ opened: Instant,
        _ phase: Phase
    ) {
        object { text in
            text.member("divergence", divergence)
            text.member("account", account.rawValue)
            text.member("opened", opened.description)
            text.member("phase", Int64(phase.rawValue))
        }
    }
}
