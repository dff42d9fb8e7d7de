import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ShadowRun

extension ReportDiff {
    /// The version of the form that ``json()`` writes.
    package static let schema = 1

    /// The comparison for programs: every id, whatever a terminal or a comment has room for.
    package func json() -> [UInt8] {
        var text = JSONText(brokenLevels: 2)
        text.object { text in
            text.member("schema", Int64(Self.schema))
            text.member("clean", isClean)
            text.member("comparable", doubts.isEmpty)
            text.member("beware", doubts.map(\.words))
            text.object("old") { text in old.write(into: &text) }
            text.object("new") { text in new.write(into: &text) }
            text.array("changes") { text in for change in changes { change.write(into: &text) } }
            text.object("groups") { text in
                for group in Group.allCases {
                    text.object(group.rawValue) { text in write(group, into: &text) }
                }
            }
            text.array("classes") { text in for row in classRows { row.write(into: &text) } }
            text.array("reclassified") { text in
                for change in reclassified { change.write(into: &text) }
            }
            text.object("standing") { text in
                text.array("introduced") { text in
                    for entry in standingIntroduced { entry.writeShort(into: &text) }
                }
                text.array("fixed") { text in
                    for entry in standingFixed { entry.writeShort(into: &text) }
                }
            }
        }
        text.endLine()
        return text.bytes
    }

    private func write(_ group: Group, into text: inout JSONText) {
        let entries = entries(group)
        let sums = Sums(entries)
        text.member("divergences", Int64(sums.divergences))
        text.member("accounts", Int64(sums.accounts))
        text.member("subscriptions", Int64(sums.subscriptions))
        text.object("amounts") { text in
            for sum in sums.amounts.sums { text.member(sum.currency.code, sum.minorUnits) }
        }
        text.member("ids", entries.map(\.id))
    }
}

extension ReportDiff.Side {
    fileprivate func write(into text: inout JSONText) {
        text.member("log", input.log)
        text.member("policy", input.policy)
        text.member("brain", input.brain)
        text.member("program", input.program)
        text.member("judged", Int64(summary.episodes.judged))
        text.member("divergent", Int64(summary.episodes.divergent))
        text.member("standing", Int64(summary.standing))
    }
}

extension ReportDiff.Change {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("name", name)
            text.member("old", old)
            text.member("new", new)
        }
    }
}

extension ReportDiff.ClassRow {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("class", cause.rawValue)
            text.member("old", Int64(old))
            text.member("fixed", Int64(fixed))
            text.member("carried", Int64(carried))
            text.member("out", Int64(out))
            text.member("kept", Int64(kept))
            text.member("in", Int64(into))
            text.member("introduced", Int64(introduced))
            text.member("new", Int64(new))
        }
    }
}

extension ReportDiff.Reclassified {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("account", new.account.rawValue)
            text.member("opened", new.opened.description)
            text.member("worse", !gains.isEmpty)
            text.member("gained", gains.map(\.name))
            text.object("old") { text in Self.write(old, into: &text) }
            text.object("new") { text in Self.write(new, into: &text) }
        }
    }

    private static func write(_ entry: ReportDiff.Entry, into text: inout JSONText) {
        text.member("id", entry.id)
        text.member("extent", entry.extent.rawValue)
        text.member("classes", entry.classes.map(\.rawValue))
        text.member("facets", entry.facets.map(\.facet.description))
    }
}

extension ReportDiff.Gain {
    /// What was gained, in the report's own words.
    fileprivate var name: String {
        switch self {
        case .blocking(let cause): cause.rawValue
        case .breach(let invariant): "invariant:\(invariant.rawValue)"
        case .lasting: Divergence.Extent.lasting.rawValue
        case .facet(let facet): facet.description
        }
    }
}

extension ParityReport.StandingEntry {
    fileprivate func writeShort(into text: inout JSONText) {
        text.object { text in
            text.member("account", account.rawValue)
            text.member("facet", difference.facet.description)
            text.member("since", since.description)
        }
    }
}
