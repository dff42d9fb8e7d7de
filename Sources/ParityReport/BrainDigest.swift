import BillingModel
import Crypto
package import DunningBrain
import MirrorLog

extension Brain {
    /// What a report calls it: its name, and the beginning of a digest of what it does.
    ///
    /// Two brains of one name that decide any of ``BrainProbes`` differently, or for another reason,
    /// are told apart.
    ///
    /// The policy has a digest of its own, so it is the default one that they are decided under.
    package var identity: String { isStandard ? Self.standardIdentity : computedIdentity }

    /// Computed once, since a process may write many reports.
    private static let standardIdentity = standard.computedIdentity

    private var computedIdentity: String {
        var hash = SHA256()
        var text = JSONText()
        for place in 0..<BrainProbes.count {
            decide(BrainProbes.state(place), BrainProbes.instant, Policy()).write(into: &text)
            if text.bytes.count >= 1 << 14 { hash.update(data: text.drain()) }
        }
        hash.update(data: text.drain())
        return "\(name)-\(hash.finalize().hexadecimal.prefix(Self.digits))"
    }

    /// Enough of a digest that nobody meets it by chance.
    private static let digits = 16
}

extension Decision {
    /// Writes all that a decision says, apart from what its plan says already.
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("rule", rule.rawValue)
            text.member("restrictions", restrictions.map(\.rawValue))
            text.member("reasons", reasons.map(\.description))
            text.array("holds") { text in
                for hold in holds { text.string("\(hold.until) \(hold.why.rawValue)") }
            }
            text.array("plan") { text in
                for step in plan {
                    text.object { text in
                        text.member("rule", step.rule.rawValue)
                        text.member("invoices", step.invoices.map(\.rawValue))
                        text.key("effect")
                        RecordWriter().writeEffect(step.effect, into: &text)
                    }
                }
            }
            text.member("settled", desired != nil)
        }
        text.endLine()
    }
}
