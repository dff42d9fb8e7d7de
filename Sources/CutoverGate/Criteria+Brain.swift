import BillingModel
import DivergenceAnalysis
import ParityReport
import ShadowRun

extension GateQuestion {
    /// No shadow run may break an invariant, in whatever scope.
    func brainDefects() -> Criterion {
        let entries = observation.divergences
        let found = entries.indices.filter { entries[$0].classes.contains(.brainDefect) }
        let all = observation.cells.reduce(into: EpisodeTally()) { $0.add($1.tally) }
        // One that is counted and not listed is one all the same.
        let count = max(found.count, all.brainDefect)
        let isWhole = all.judged > 0 && observation.outOfScope == 0
        return Criterion(
            .brainDefects,
            count == 0 ? (isWhole ? .go : .insufficient) : .noGo,
            value: Figures.grouped(count),
            limit: "0",
            evidence: found.map { entries[$0].id },
            next: count > 0
                ? "mend the brain; a defect can't be waived"
                : observation.outOfScope > 0
                    ? "replay without --phase: shadow runs of later phases were left out"
                    : "nothing was judged: give reports that judge something",
            meter: .init(value: count, limit: 0, mustReach: false)
        )
    }

    /// The rate of unexplained divergences must be shown to be low, overall and in every kind of
    /// episode that makes up enough of the traffic; the rarer kinds count overall.
    func unexplained() -> Criterion {
        let limit = configuration.unexplained
        let finding = strata(limit)
        let overall = finding.findings.first { $0.stratum.name == Self.overall }
        let failing = finding.findings.filter { $0.verdict != .go }
        let slowest = failing.max { wait(for: $0) ?? .max < wait(for: $1) ?? .max }
        let entries = observation.divergences
        let evidence = places.filter { entries[$0].classes.contains(.unexplained) }
            .map { entries[$0].id }
        let bound = overall?.upperBound ?? .whole
        return Criterion(
            .unexplained,
            finding.verdict,
            value: "at most \(bound) overall, \(Figures.grouped(failing.count)) cells open",
            limit: "\(limit), overall and in each cell",
            details: (failing + finding.findings.filter { $0.verdict == .go }).map(\.line),
            evidence: evidence,
            next: next(finding.verdict, slowest),
            meter: .init(
                value: bound.partsPerMillion,
                limit: limit.partsPerMillion,
                mustReach: false
            )
        )
    }

    private func next(_ verdict: GateVerdict, _ slowest: StratumFinding?) -> String {
        guard verdict == .insufficient else {
            return "find out what nothing explains, and make it a class or a change of the brain"
        }
        guard let slowest, let needed = slowest.cleanEpisodesNeeded, let wait = wait(for: slowest)
        else { return "observe: no number of clean episodes can be told yet" }
        let day = observation.horizon.advanced(by: .seconds(wait)).description.prefix(10)
        return
            "\(Figures.grouped(needed)) more clean episodes of \(slowest.stratum.name), by \(day) at "
            + "the present rate"
    }

    /// How many seconds it takes for a stratum to be shown, at the rate at which its episodes came.
    private func wait(for finding: StratumFinding) -> Int64? {
        guard let from = observation.begin, let needed = finding.cleanEpisodesNeeded,
            finding.stratum.tally.episodes > 0
        else { return nil }
        let seconds = observation.horizon.since(from).microseconds / 1_000_000
        let (product, overflow) = seconds.multipliedReportingOverflow(by: Int64(needed))
        guard !overflow, seconds > 0 else { return nil }
        return product / Int64(finding.stratum.tally.episodes)
    }

    static let overall = "overall"

    /// Overall and the cells, each with what was found.
    func strata(_ limit: Rate) -> StrataFinding {
        let bound = configuration.bound.bound(at: configuration.level)
        let judge = StrataJudge(bound: bound, family: Self.family)
        let cells = traffic.map { name, tally in
            Stratum(
                name: name,
                tally: Tally(events: tally.unexplained, of: tally.judged),
                limit: limit
            )
        }
        let overall = Stratum.overall(of: cells, limit: limit, name: Self.overall)
        let shown = judge.judge([overall] + cells.filter { $0.name != Self.rarer })
        // A rarer kind need not be shown to be within the limit while nothing speaks against it.
        let doubtful = judge.judge(rarerStrata(limit).filter { $0.tally.events > 0 }).findings
            .filter { $0.verdict != .go }
        return StrataFinding(findings: doubtful + shown.findings)
    }

    /// The kinds that make up too little of the traffic to count by themselves, each by itself.
    private func rarerStrata(_ limit: Rate) -> [Stratum] {
        kinds.filter { !$0.isOften }.map { name, tally, _ in
            Stratum(
                name: name,
                tally: Tally(events: tally.unexplained, of: tally.judged),
                limit: limit
            )
        }
    }

    /// How many kinds of episode there could ever be: some 17 types by some 60 triggers.
    private static let family = 1000

    /// What kinds that make up too little of the traffic to count by themselves are called.
    static let rarer = "(rarer kinds)"

    /// The episodes in scope by trigger and type, the rarer kinds together, in order of the name.
    var traffic: [(name: String, tally: EpisodeTally)] {
        var result: [String: EpisodeTally] = [:]
        for (name, tally, isOften) in kinds {
            result[isOften ? name : Self.rarer, default: EpisodeTally()].add(tally)
        }
        return result.keys.sorted().map { ($0, result[$0] ?? EpisodeTally()) }
    }

    /// The episodes in scope by trigger and type, in order of the name, and whether they make up
    /// enough of the traffic to count by themselves.
    private var kinds: [(name: String, tally: EpisodeTally, isOften: Bool)] {
        var all: [String: EpisodeTally] = [:]
        for cell in cells {
            all["\(cell.cell.trigger), \(cell.cell.accountType)", default: EpisodeTally()]
                .add(cell.tally)
        }
        // Of those that agree: an episode that diverges must not make the other kinds rarer.
        let total = all.values.reduce(0) { $0 + $1.match }
        let least = configuration.traffic.partsPerMillion
        return all.keys.sorted().map { name in
            let tally = all[name] ?? EpisodeTally()
            let mine = tally.all.multipliedFullWidth(by: 1_000_000)
            let limit = total.multipliedFullWidth(by: least)
            return (name, tally, (mine.high, mine.low) >= (limit.high, limit.low))
        }
    }

    /// Nobody may have been harmed by what the brain would have done.
    ///
    /// Where legacy did not do it and no known defect of legacy explains why, it counts against the
    /// brain.
    func harm() -> Criterion {
        let entries = observation.divergences
        let suspects = places.filter { entries[$0].classes.contains(where: \.isBlocking) }
            .map { entries[$0] }.filter { !$0.wrongsOfBrain.isEmpty }
        let customers = Set(suspects.map(\.account)).count
        let table = HarmTable(self)
        let unseen = Set(harmOutOfNowhere.map(\.account)).sorted()
        let isShown = tally.judged > 0 && unseen.isEmpty
        let standing =
            unseen.isEmpty
            ? []
            : [
                "\(Figures.grouped(unseen.count)) customers came in as legacy left them, whom the brain "
                    + "would flag, ban or cancel at its first look, and no divergence says why"
            ]
        return Criterion(
            .harm,
            customers > 0 ? .noGo : isShown ? .go : .insufficient,
            value: "\(Figures.grouped(customers)) customers"
                + (unseen.isEmpty ? "" : ", \(Figures.grouped(unseen.count)) at first look"),
            limit: "0",
            details: standing + table.lines,
            evidence: suspects.map(\.id) + unseen.map(\.rawValue),
            next: customers > 0
                ? "look at what the brain would have done to them, and mend it"
                : unseen.isEmpty
                    ? "nothing was judged: give reports that judge something"
                    : "look at those accounts: settle what they owe, or replay from before it arose",
            meter: .init(value: customers, limit: 0, mustReach: false)
        )
    }
}

extension GateQuestion {
    /// What the brain would take from customers at its first look, and no divergence explains.
    var harmOutOfNowhere: [ParityReport.StandingEntry] {
        observation.standing.filter(\.isHarmOutOfNowhere)
    }
}

extension StratumFinding {
    /// The finding on one line.
    fileprivate var line: String {
        let tally = stratum.tally
        let counts = "\(Figures.grouped(tally.events)) of \(Figures.grouped(tally.episodes))"
        let state: String
        switch standing {
        case .shown: state = "shown"
        case .surelyAbove: state = "above the limit: at least \(lowerBound)"
        case .notShownYet:
            let more = cleanEpisodesNeeded.map(Figures.grouped) ?? "no number of"
            state = "\(more) more clean episodes needed"
        }
        return "\(stratum.name): \(counts) unexplained, at most \(upperBound); \(state)"
    }
}

extension ParityReport.StandingEntry {
    /// Whether the brain would take something from the customer that legacy left him, and no
    /// divergence of the log explains it.
    fileprivate var isHarmOutOfNowhere: Bool {
        guard origin == nil else { return false }
        switch (difference.facet, difference.legacy, difference.brain) {
        case (.badDebtFlag, .bool(false), .bool(true)), (.ban, .text(nil), .text(.some)),
            (.subscription, .bool(true), .bool(false)):
            return true
        case (.items, .list(let legacy), .list(let brain)): return brain.count < legacy.count
        default: return false
        }
    }
}
