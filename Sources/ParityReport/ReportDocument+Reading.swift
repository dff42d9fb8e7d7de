import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ShadowRun

extension ReportDocument {
    /// Reads a `report.json`.
    ///
    /// Whatever a verdict could rest on must be there and make sense: a report that is cut, of
    /// another schema, or at odds with its own counts is refused. Members that are not known are
    /// passed over, for a newer program may have added them.
    /// - Parameter json: UTF-8.
    /// - Throws: ``RecordError`` with the place: `divergences[12].facets[0]: `legacy` is missing`.
    package init(json: [UInt8]) throws(RecordError) {
        self = try JSONScanner().parse(copying: json) { value throws(RecordError) in
            do throws(Misreading) {
                let document = try ReportDocument(value)
                try document.check()
                return document
            } catch {
                throw error.error
            }
        }
    }

    private init(_ value: JSONValue) throws(Misreading) {
        let report = try ReportObject(value)
        let schema = try report.read("schema", ReportValue.integer)
        guard schema == ParityReport.schema else {
            throw Misreading(
                "`schema` is \(schema), and this program reads \(ParityReport.schema)"
            )
        }
        input = try report.read("input", Self.readInput)
        summary = try report.read("summary", Self.readSummary)
        divergences = try report.list("divergences", Self.readEntry)
        standing = try report.list("standing", Self.readStanding)
        unconfirmed = try report.list("unconfirmed", Self.readUnconfirmed)
        evidence = try Self.readEvidence(report)
        settled = try report.optionalList("settled", Self.readSettled)
    }

    private static func readInput(_ value: JSONValue) throws(Misreading) -> Input {
        let object = try ReportObject(value)
        let settings = try object.read("settings") { value throws(Misreading) in
            let object = try ReportObject(value)
            return (
                settle: try object.read("settle", ReportValue.span),
                scope: try object.nullable("phase", ReportValue.phase),
                all: try object.each { key, value throws(Misreading) in
                    JSONTree.Member(key, try tree(value))
                }
            )
        }
        return Input(
            log: try object.read("log", ReportValue.digest),
            policy: try object.read("policy", ReportValue.digest),
            brain: try object.read("brain", ReportValue.text),
            program: try object.read("program", ReportValue.text),
            settle: settings.settle,
            scope: settings.scope,
            settings: settings.all
        )
    }

    private static func tree(_ value: JSONValue) throws(Misreading) -> JSONTree {
        do throws(RecordError) {
            return try JSONTree(value)
        } catch {
            throw Misreading(error.reason)
        }
    }

    private static func readStanding(
        _ value: JSONValue
    ) throws(Misreading) -> ParityReport.StandingEntry {
        let object = try ReportObject(value)
        return ParityReport.StandingEntry(
            account: try object.read("account", ReportValue.id),
            difference: try readFacet(object),
            since: try object.read("since", ReportValue.instant),
            episodes: try object.read("episodes", ReportValue.count),
            origin: try object.nullable("origin", ReportValue.text)
        )
    }

    private static func readUnconfirmed(
        _ value: JSONValue
    ) throws(Misreading) -> UnconfirmedEffect {
        let object = try ReportObject(value)
        return UnconfirmedEffect(
            execution: try object.read("execution", ReportValue.id),
            table: try object.read("table", ReportValue.text)
        )
    }

    private static func readSettled(_ value: JSONValue) throws(Misreading) -> SettledAccount {
        let object = try ReportObject(value)
        return SettledAccount(
            account: try object.read("account", ReportValue.id),
            at: try object.read("at", ReportValue.instant),
            legacy: try object.read("legacy", readCustomer),
            brain: try object.read("brain", readCustomer)
        )
    }

    private static func readCustomer(_ value: JSONValue) throws(Misreading) -> Customer {
        let object = try ReportObject(value)
        return Customer(
            isFlagged: try object.read("flagged", ReportValue.bool),
            isBanned: try object.read("banned", ReportValue.bool),
            liveSubscriptions: try object.list("live_subscriptions", ReportValue.id)
        )
    }
}

// MARK: - The summary

extension ReportDocument {
    private static func readSummary(_ value: JSONValue) throws(Misreading) -> Summary {
        let object = try ReportObject(value)
        return Summary(
            records: try object.read("records", ReportValue.count),
            rejected: try object.read("rejected", ReportValue.count),
            redelivered: try object.read("redelivered", ReportValue.count),
            unmapped: try object.read("unmapped", ReportValue.count),
            accounts: try object.read("accounts", ReportValue.count),
            episodes: try readEpisodes(object),
            divergences: try object.read("divergences", readClassCounts),
            fidelity: try object.read("fidelity", readFidelity),
            types: try object.read("types") { value throws(Misreading) in
                try ReportObject(value).each { key, value throws(Misreading) in
                    Tally(subject: key, count: try ReportValue.count(value))
                }
            },
            unknownTypes: try object.list("unknown_types", ReportValue.text),
            tagDrift: try object.read("tag_drift", ReportValue.count),
            unconfirmed: try object.read("unconfirmed", ReportValue.count),
            unattributed: try object.read("unattributed", ReportValue.count),
            standing: try object.read("standing", ReportValue.count),
            horizon: try object.read("horizon", ReportValue.instant),
            paths: try object.list("paths") { value throws(Misreading) in
                try ReportValue.word(value, "path")
            }
        )
    }

    private static func readEpisodes(_ summary: ReportObject) throws(Misreading) -> Episodes {
        let reasons = try summary.read("incomplete") { value throws(Misreading) in
            let object = try ReportObject(value)
            var reasons: [Tally<EpisodeVerdict.Incompleteness>] = []
            for reason in EpisodeVerdict.Incompleteness.allCases {
                let count = try object.read(reason.rawValue, ReportValue.count)
                reasons.append(Tally(subject: reason, count: count))
            }
            return reasons
        }
        return try summary.read("episodes") { value throws(Misreading) in
            let object = try ReportObject(value)
            return Episodes(
                judged: try object.read("judged", ReportValue.count),
                match: try object.read("match", ReportValue.count),
                divergent: try object.read("divergent", ReportValue.count),
                open: try object.read("open", ReportValue.count),
                incomplete: try object.read("incomplete", ReportValue.count),
                reasons: reasons,
                outOfScope: try object.read("out_of_scope", ReportValue.count)
            )
        }
    }

    /// A class that the report does not count has no divergences in it: it may be newer than the
    /// report, and ``checkCounts()`` holds what is listed against what is counted.
    private static func readClassCounts(
        _ value: JSONValue
    ) throws(Misreading) -> [Tally<DivergenceClass>] {
        let object = try ReportObject(value)
        var counts: [Tally<DivergenceClass>] = []
        for cause in DivergenceClass.allCases {
            let count = try object.optional(cause.rawValue, ReportValue.count)
            counts.append(Tally(subject: cause, count: count ?? 0))
        }
        return counts
    }

    private static func readFidelity(_ value: JSONValue) throws(Misreading) -> [Fidelity] {
        let object = try ReportObject(value)
        var paths: [Fidelity] = []
        for path in LegacyPath.allCases {
            paths.append(
                try object.read(path.rawValue) { value throws(Misreading) in
                    let count = try ReportObject(value)
                    return Fidelity(
                        path: path,
                        executions: try count.read("executions", ReportValue.count),
                        exact: try count.read("exact", ReportValue.count)
                    )
                }
            )
        }
        return paths
    }
}

// MARK: - What must agree

extension ReportDocument {
    /// Sees to it that nothing in the document is at odds with anything else in it.
    func check() throws(Misreading) {
        try checkCounts()
        try checkNames()
    }

    /// Holds the counts against each other and against what is listed: a report of which a part is
    /// lost says so by them.
    private func checkCounts() throws(Misreading) {
        let episodes = summary.episodes
        func expect(
            _ counted: Int,
            _ found: Int,
            _ name: String,
            _ what: String
        ) throws(Misreading) {
            guard counted == found else {
                let verb = found == 1 ? "is" : "are"
                throw Misreading("`\(name)` is \(counted), but there \(verb) \(found) \(what)")
                    .inside("summary")
            }
        }
        try expect(
            episodes.judged,
            episodes.match + episodes.divergent,
            "episodes.judged",
            "that match or diverge"
        )
        try expect(episodes.divergent, divergences.count, "episodes.divergent", "listed")
        let incomplete = episodes.reasons.reduce(0) { $0 + $1.count }
        try expect(episodes.incomplete, incomplete, "episodes.incomplete", "with a reason")
        var counts = [DivergenceClass: Int]()
        for entry in divergences { for cause in entry.classes { counts[cause, default: 0] += 1 } }
        for tally in summary.divergences {
            let name = "divergences.\(tally.subject.rawValue)"
            try expect(tally.count, counts[tally.subject] ?? 0, name, "listed")
        }
        // Wraps rather than traps: what a sum beyond the range is compared with is within it.
        let typed = summary.types.reduce(0) { $0 &+ $1.count }
        try expect(summary.accounts, typed, "accounts", "of some type")
        try expect(summary.standing, standing.count, "standing", "listed")
        try expect(summary.unconfirmed, unconfirmed.count, "unconfirmed", "listed")
        for fidelity in summary.fidelity where fidelity.exact > fidelity.executions {
            throw Misreading("more are `exact` than there are `executions`")
                .inside("summary.fidelity.\(fidelity.path.rawValue)")
        }
    }

    /// Sees to it that each episode and each id is there once, and that what is referred to is
    /// there.
    private func checkNames() throws(Misreading) {
        var episodes: [EpisodeKey: Int] = [:]
        var ids: Set<String> = []
        for (index, entry) in divergences.enumerated() {
            if let other = episodes.updateValue(index, forKey: entry.episode) {
                throw Misreading("the same account and opening as divergences[\(other)]")
                    .inside("divergences[\(index)]")
            }
            guard ids.insert(entry.id).inserted else {
                throw Misreading("its `id` stands there twice").inside("divergences[\(index)]")
            }
        }
        for (index, entry) in standing.enumerated() {
            guard let origin = entry.origin, !ids.contains(origin) else { continue }
            throw Misreading("its `origin` is no divergence of this report")
                .inside("standing[\(index)]")
        }
    }
}
