import BillingModel
package import DivergenceAnalysis
import DunningBrain
package import MirrorLog
package import ShadowRun

extension ParityReport {
    /// `report.json` whole.
    ///
    /// - Precondition: No divergence was put on disk.
    package func json() -> [UInt8] {
        var bytes: [UInt8] = []
        write({ bytes += $0 }) { text in for entry in divergences { entry.write(into: &text) } }
        return bytes
    }

    /// Writes `report.json`: a summary for people to read, then a divergence a line.
    ///
    /// - Parameter write: Takes the text bit by bit, so that it is never held whole.
    /// - Throws: What `write` throws, and where divergences can't be read back from disk.
    package func writeJSON(_ write: ([UInt8]) throws -> Void) throws {
        try self.write(write) { text in
            try found.forEach { entry in
                entry.write(into: &text)
                try text.drain(to: write)
            }
        }
    }

    private func write(
        _ write: ([UInt8]) throws -> Void,
        _ writeDivergences: (inout JSONText) throws -> Void
    ) rethrows {
        var text = JSONText(brokenLevels: 2)
        try text.object { text in
            text.member("schema", Int64(Self.schema))
            text.object("input") { text in input.write(into: &text) }
            text.object("summary") { text in writeSummary(into: &text) }
            try text.array("divergences") { text in try writeDivergences(&text) }
            try text.list("standing", standing, write) { $0.write(into: &$1) }
            try text.list("unconfirmed", unconfirmed, write) { entry, text in
                text.object { text in
                    text.member("execution", entry.execution.rawValue)
                    text.member("table", entry.table)
                }
            }
            try writeEvidence(into: &text, write)
            if let settled { try text.list("settled", settled, write) { $0.write(into: &$1) } }
        }
        text.endLine()
        try write(text.drain())
    }

    private func writeSummary(into text: inout JSONText) {
        text.member("records", Int64(records.records))
        text.member("rejected", Int64(records.rejected))
        text.member("redelivered", Int64(records.redelivered))
        text.member("unmapped", Int64(records.unmapped))
        text.member("accounts", Int64(episodes.accounts))
        text.object("episodes") { text in
            text.member("judged", Int64(episodes.judged))
            text.member("match", Int64(episodes.match))
            text.member("divergent", Int64(episodes.divergent))
            text.member("open", Int64(episodes.open))
            text.member("incomplete", Int64(episodes.incompleteCount))
            text.member("out_of_scope", Int64(episodes.outOfScope))
        }
        text.object("incomplete") { text in
            for (why, count) in episodes.incomplete { text.member(why.rawValue, Int64(count)) }
        }
        text.object("divergences") { text in
            for (cause, count) in classCounts { text.member(cause.rawValue, Int64(count)) }
        }
        text.object("fidelity") { text in
            for (path, count) in fidelity {
                text.object(path.rawValue) { text in
                    text.member("executions", Int64(count.executions))
                    text.member("exact", Int64(count.exact))
                }
            }
        }
        text.object("types") { text in
            for (type, accounts) in types { text.member(type, Int64(accounts)) }
        }
        text.member("unknown_types", unknownTypes)
        text.member("tag_drift", Int64(tagDrift))
        text.member("unconfirmed", Int64(unconfirmed.count))
        text.member("unattributed", Int64(unattributed))
        text.member("standing", Int64(standing.count))
        text.member("horizon", episodes.horizon)
        text.member("paths", episodes.paths.sorted().map(\.rawValue))
    }
}

extension JSONText {
    /// Writes a member that is a long array, handing over what was written now and then.
    mutating func list<Element>(
        _ name: String,
        _ elements: [Element],
        _ write: ([UInt8]) throws -> Void,
        _ each: (Element, inout JSONText) -> Void
    ) rethrows {
        try array(name) { text in
            for element in elements {
                each(element, &text)
                try text.drain(to: write)
            }
        }
    }

    /// Hands over what was written, where it is enough to be worth it.
    fileprivate mutating func drain(to write: ([UInt8]) throws -> Void) rethrows {
        if bytes.count >= 1 << 16 { try write(drain()) }
    }
}

extension ParityReport.Input {
    fileprivate func write(into text: inout JSONText) {
        text.member("log", logDigest)
        text.member("policy", policyDigest)
        text.member("brain", settings.brain.identity)
        text.member("program", program)
        text.object("settings") { text in writeSettings(into: &text) }
    }

    private func writeSettings(into text: inout JSONText) {
        text.member("settle", settings.settle.description)
        text.key("phase")
        if let scope { text.integer(scope.rawValue) } else { text.null() }
        text.member("confirmation", settings.policy.confirmation.description)
        text.member("threshold", settings.policy.threshold)
        text.member("reactivation", settings.policy.reactivation.description)
        text.member("override", settings.policy.override.description)
    }

    /// The settings as the text has them.
    func readSettings() throws(RecordError) -> [JSONTree.Member] {
        var text = JSONText()
        text.object { text in writeSettings(into: &text) }
        guard case .object(let members) = try JSONTree(text.bytes) else { return [] }
        return members
    }
}

extension ParityReport.Entry {
    func write(into text: inout JSONText) {
        text.object { text in
            text.member("id", divergence.id)
            text.member("account", episode.account.rawValue)
            text.member("account_type", episode.accountType?.columnValue)
            text.member("opened", episode.opened)
            text.member("closed", episode.closed)
            text.member("trigger", episode.openedBy)
            text.member("phase", Int64(episode.phase.rawValue))
            text.member("extent", divergence.extent.rawValue)
            text.member("since", divergence.since)
            text.member("until", divergence.until)
            text.member("classes", divergence.classes.map(\.rawValue))
            text.array("facets") { text in
                for facet in divergence.facets { facet.write(into: &text) }
            }
            text.member("effect", divergence.explanation.map { "\($0.effectiveness)" })
            text.array("intervention") { text in
                for intervention in divergence.explanation?.interventions ?? [] {
                    intervention.write(into: &text)
                }
            }
            text.array("breaches") { text in
                for breach in divergence.breaches {
                    text.object { text in
                        text.member("invariant", Int64(breach.invariant.rawValue))
                        text.member("detail", breach.detail)
                    }
                }
            }
            text.member("story", divergence.story)
            text.member("records", divergence.records.map(\.rawValue))
            text.member("reproducer", divergence.reproducer.map(\.rawValue))
            text.object("taken") { text in
                text.member("legacy", divergence.legacyOnly.map(\.description))
                text.member("brain", divergence.brainOnly.map(\.description))
            }
            text.object("stake") { text in
                text.object("amounts") { text in
                    for sum in divergence.amounts.sums {
                        text.member(sum.currency.code, sum.minorUnits)
                    }
                }
                text.member("subscriptions", Int64(divergence.subscriptions))
            }
        }
    }
}

extension Intervention {
    /// Writes what was changed, as an object.
    package func write(into text: inout JSONText) {
        text.object { text in
            text.member("class", cause.rawValue)
            text.member("execution", execution?.rawValue)
            text.member("invoice", invoice?.rawValue)
            text.member("at", at)
        }
    }
}

extension FacetDifference {
    /// Writes the facet with both values, as an object.
    package func write(into text: inout JSONText) {
        text.object { text in writeMembers(into: &text) }
    }

    fileprivate func writeMembers(into text: inout JSONText) {
        text.member("facet", facet.description)
        text.key("legacy")
        legacy.write(into: &text)
        text.key("brain")
        brain.write(into: &text)
    }
}

extension FacetValue {
    fileprivate func write(into text: inout JSONText) {
        switch self {
        case .bool(let value): text.bool(value)
        case .text(let value?): text.string(value)
        case .text(nil): text.null()
        case .list(let values): text.array { text in for value in values { text.string(value) } }
        case .count(let value): text.integer(value)
        }
    }
}

extension ParityReport.StandingEntry {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("account", account.rawValue)
            difference.writeMembers(into: &text)
            text.member("since", since)
            text.member("episodes", Int64(episodes))
            text.member("origin", origin)
        }
    }
}

extension ParityReport.SettledEntry {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("account", account.rawValue)
            text.member("at", at)
            text.object("legacy") { text in state.legacy.write(into: &text) }
            text.object("brain") { text in state.brain.write(into: &text) }
        }
    }
}

extension EpisodeVerdict.Standing {
    fileprivate func write(into text: inout JSONText) {
        text.member("flagged", isFlagged)
        text.member("banned", isBanned)
        text.member("live_subscriptions", liveSubscriptions.map(\.rawValue))
    }
}
