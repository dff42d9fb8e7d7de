import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

extension GateQuestion {
    /// Every known defect in scope must be waived by name.
    func explained() -> Criterion {
        let entries = observation.divergences
        let known = places.filter { !entries[$0].classes.contains(where: \.isBlocking) }
        let open = known.filter { !excuses.cover(entries[$0].classes) }
        // Those that were counted only are waived by nobody.
        let counted = observation.explained[phase]
        let (knownCount, openCount) = (known.count + counted.count, open.count + counted.count)
        let counts = DivergenceClass.allCases.compactMap { cause -> String? in
            let listed = open.count { entries[$0].classes.contains(cause) }
            let count = listed + counted.classes[cause.place]
            return count > 0 ? "\(cause.rawValue): \(count) not waived" : nil
        }
        let judged = tally.judged
        let rates =
            "\(Figures.percentage(knownCount, of: judged)) of episodes diverge explained, "
            + "\(Figures.percentage(openCount, of: judged)) with the waivers taken off"
        return Criterion(
            .explained,
            openCount == 0 ? (judged > 0 ? .go : .insufficient) : .noGo,
            value: "\(Figures.grouped(openCount)) not waived of \(Figures.grouped(knownCount))",
            limit: "0 not waived",
            details: [rates] + counts + excuses.lines,
            evidence: open.map { entries[$0].id },
            next: openCount == 0
                ? "nothing was judged: give reports that judge something"
                : "waive each class by name, or wait for a log without it",
            meter: .init(value: openCount, limit: 0, mustReach: false)
        )
    }

    /// Every record must come to something, and nearly none to nothing.
    func completeness() -> Criterion {
        let kinds: [MirrorRecord.Kind] = [.stripe, .request, .execution, .change]
        let rows = observation.ledger.filter { kinds.contains($0.kind) }
        let total = rows.reduce(0) { $0 + $1.matched + $1.pending + $1.orphaned }
        // Those in scope, for no others count against a waiver's cap.
        let entries = observation.divergences
        let excused = Set(
            places.filter { excuses.cover(entries[$0].classes) }.map { entries[$0].episode }
        )
        let waived = observation.orphans.filter { $0.isExcused(by: excused) }
        let open = observation.orphans.filter { !$0.isExcused(by: excused) }
        let orphaned = rows.reduce(0) { $0 + $1.orphaned }
        // All that was read must stand in some row, and every orphan that is counted be named.
        let received = observation.ledger.reduce(0) { $0 + $1.received }
        let balances =
            observation.isBalanced && observation.ledger.allSatisfy(\.balances)
            && received == observation.records
        let isListed = orphaned <= observation.orphans.count
        let ppm = Self.ppm(open.count, of: total)
        var verdict: GateVerdict = ppm <= configuration.orphaned.partsPerMillion ? .go : .noGo
        if !balances || !isListed { verdict = .noGo }
        if total == 0 { verdict = GateVerdict.worst(of: [verdict, .insufficient]) }
        return Criterion(
            .completeness,
            verdict,
            value: balances && isListed
                ? "\(Figures.grouped(open.count)) orphaned of \(Figures.grouped(total))"
                : "the ledger does not balance",
            limit: "\(configuration.orphaned) orphaned",
            details: ledgerLines(waived) + Self.reasons(open),
            evidence: open.map(\.record.rawValue),
            next: total == 0
                ? "the reports hold no record: give reports of a mirrored log"
                : "find what the mirror lost, or waive what was never handled",
            meter: .init(
                value: ppm,
                limit: configuration.orphaned.partsPerMillion,
                mustReach: false
            )
        )
    }

    /// The ledger, a line for each kind of record.
    private func ledgerLines(_ waived: [DeliveryLedger.Orphan]) -> [String] {
        observation.ledger.map { row in
            let excused = waived.count { $0.kind == row.kind }
            return "\(row.kind.rawValue): \(Figures.grouped(row.received)) received = "
                + "\(Figures.grouped(row.redelivered)) again + "
                + "\(Figures.grouped(row.leftOut)) test mode + "
                + "\(Figures.grouped(row.matched)) matched + "
                + "\(Figures.grouped(row.pending)) pending + "
                + "\(Figures.grouped(excused)) waived + "
                + "\(Figures.grouped(row.orphaned - excused)) orphaned"
        }
    }

    private static func reasons(_ orphans: [DeliveryLedger.Orphan]) -> [String] {
        DeliveryLedger.Why.allCases.compactMap { why in
            let count = orphans.count { $0.why == why }
            return count == 0 ? nil : "orphaned as \(why.rawValue): \(Figures.grouped(count))"
        }
    }

    /// The log must have been observed for long enough, without holes, and up to now.
    func observedTime() -> Criterion {
        let wanted = configuration.observed
        let span = observedSpan
        var problems: [String] = []
        if span < wanted {
            problems.append("observed for \(span.words) of \(wanted.words)")
        }
        for (source, gap) in holes where gap.to.since(gap.from) > configuration.gap {
            problems.append(
                "\(source): nothing known from \(gap.from) to \(gap.to), longer than "
                    + "\(configuration.gap.words)"
            )
        }
        if at < observation.horizon {
            problems.append(
                "asked as of \(at), before the end of what was observed, \(observation.horizon)"
            )
        }
        for source in Mark.Source.allCases {
            let name = source.rawValue
            guard let through = through(source) else {
                problems.append("\(name): no watermark says how far it is complete")
                continue
            }
            let age = at.since(through)
            if age < configuration.freshness.times(-1) {
                problems.append("\(name): said to be complete through \(through), after \(at)")
            }
            if age > configuration.freshness {
                problems.append("\(name): complete through \(through), \(age.words) before \(at)")
            }
        }
        return Criterion(
            .observedTime,
            problems.isEmpty ? .go : .insufficient,
            value: span.words,
            limit: "\(wanted.words), no gap over \(configuration.gap.words), fresh watermarks",
            details: problems,
            next: "observe on; by "
                + ((observation.begin ?? observation.horizon).advanced(by: wanted).description
                    .prefix(10)) + " the time is full, if nothing is lost",
            meter: .init(value: span.days, limit: wanted.days, mustReach: true)
        )
    }

    /// Times in which something may be missing, with who says so.
    private var holes: [(source: String, gap: Gap)] {
        var holes = observation.uncovered.map { ("between reports", $0) }
        for source in observation.sources {
            holes += source.activity.gaps.map { (source.source.rawValue, $0) }
        }
        // A silence up to a watermark was quiet; without watermarks nobody can tell.
        let isVouchedFor = Mark.Source.allCases.allSatisfy { through($0) != nil }
        if !isVouchedFor, let silence = observation.longestSilence {
            holes.append(("all sources", silence))
        }
        return holes
    }

    /// How long the log was observed.
    ///
    /// A day without as much as a watermark does not count: an old event that is delivered again does
    /// not make the mirror any older.
    private var observedSpan: TimeSpan {
        guard let from = observation.begin else { return .zero }
        var silent: Int64 = 0
        for silence in observation.silences where silence.to > from {
            // What came before the beginning is no part of the span.
            silent += silence.to.since(max(from, silence.from)).microseconds
        }
        let span = observation.horizon.since(from).microseconds
        return TimeSpan(microseconds: max(0, span - min(silent, span)))
    }

    /// Up to when a source says that it is complete.
    private func through(_ source: Mark.Source) -> Instant? {
        observation.sources.first { $0.source == source }?.activity.through
    }

    /// Every kind of episode that makes up enough of the traffic must have been judged often enough,
    /// and every known defect seen, or held by a case.
    func coverage() -> Criterion {
        let kinds = traffic.filter { $0.name != Self.rarer }
        let thin = kinds.filter { $0.tally.judged < configuration.cellEpisodes }
        let known = DivergenceClass.allCases.filter { !$0.isBlocking }
        let counted = observation.explained[phase].classes
        let seen = Set(divergences.flatMap(\.classes))
            .union(DivergenceClass.allCases.filter { counted[$0.place] > 0 })
            .union(corpus?.classes ?? [])
        let missing = known.filter { !seen.contains($0) }
        let days = observation.days.filter { $0.day.phase <= phase }
            .reduce(into: EpisodeTally()) { $0.add($1.tally) }
        let isOne = days == tally
        let own = cells.filter { $0.cell.phase == phase }.reduce(0) { $0 + $1.tally.judged }
        // The last phase has no episodes of its own.
        let isMet = phase == .retire || own >= configuration.cellEpisodes
        let unjudged = Self.ppm(tally.open + tally.incomplete, of: tally.all)
        let isJudged = unjudged <= configuration.unjudged.partsPerMillion
        let details =
            thin.map {
                "\($0.name): \(Figures.grouped($0.tally.judged)) judged of "
                    + "\(Figures.grouped($0.tally.all))"
            } + missing.map { "\($0.rawValue): neither seen nor held by a case" }
            + (isMet ? [] : ["of phase \(phase.rawValue) itself: \(Figures.grouped(own)) judged"])
            + (isJudged
                ? []
                : [
                    "\(Figures.grouped(tally.open)) open and \(Figures.grouped(tally.incomplete)) "
                        + "incomplete of \(Figures.grouped(tally.all)): nobody knows of them"
                ])
            + (isOne ? [] : ["the days hold other episodes than the kinds: something was lost"])
        let isWhole =
            thin.isEmpty && missing.isEmpty && !kinds.isEmpty && isOne && isMet && isJudged
        return Criterion(
            .coverage,
            isWhole ? .go : .insufficient,
            value: "\(kinds.count - thin.count) of \(kinds.count) kinds, "
                + "\(known.count - missing.count) of \(known.count) classes",
            limit: "\(configuration.cellEpisodes) episodes of each, all classes",
            details: details,
            next: kinds.isEmpty
                ? "no episode in scope was met"
                : "observe on, or give the corpus that holds the classes",
            meter: .init(value: kinds.count - thin.count, limit: kinds.count, mustReach: true)
        )
    }

    /// The models of legacy must be faithful, or nothing that they explain is.
    func fidelity() -> Criterion {
        let limit = configuration.fidelity.partsPerMillion
        let seen = observation.fidelity.filter { $0.executions > 0 }
        // What is not exact is rounded up, so that nothing below the limit reaches it.
        func share(_ path: ReportDocument.Fidelity) -> Int {
            1_000_000 - Self.ppm(path.executions - path.exact, of: path.executions)
        }
        let poor = seen.filter { share($0) < limit }
        let least = seen.map(share).min()
        let asked = observation.paths.union(phase.pathsReplaced)
        let unmeasured = LegacyPath.allCases.filter { path in
            asked.contains(path) && !seen.contains { $0.path == path }
        }
        let isMeasured = !seen.isEmpty && unmeasured.isEmpty
        return Criterion(
            .fidelity,
            poor.isEmpty ? (isMeasured ? .go : .insufficient) : .noGo,
            value: least.map { "\(Rate(partsPerMillion: $0)) at least" } ?? "no execution",
            limit: "\(Rate(partsPerMillion: limit)) of each path",
            details: unmeasured.map { "Path \($0.rawValue): none of it was measured" }
                + observation.fidelity.map { path in
                    "Path \(path.path.rawValue): \(Figures.grouped(path.exact)) of "
                        + "\(Figures.grouped(path.executions)) exact"
                },
            evidence: poor.map { "Path \($0.path.rawValue)" },
            next: poor.isEmpty
                ? "mirror the executions of the legacy paths"
                : "find what those paths do that their models don't",
            meter: least.map { .init(value: $0, limit: limit, mustReach: true) }
        )
    }

    /// Lines that can't be read may hold anything.
    func rejected() -> Criterion {
        let lines = observation.records + observation.rejected
        let ppm = Self.ppm(observation.rejected, of: lines)
        let isFew = ppm <= configuration.rejected.partsPerMillion
        return Criterion(
            .rejected,
            isFew ? (lines > 0 ? .go : .insufficient) : .noGo,
            value: "\(Figures.grouped(observation.rejected)) of \(Figures.grouped(lines))",
            limit: "\(configuration.rejected)",
            next: isFew
                ? "the reports hold no record"
                : "look at rejects.ndjson, and mend what writes such lines",
            meter: .init(
                value: ppm,
                limit: configuration.rejected.partsPerMillion,
                mustReach: false
            )
        )
    }

    /// A share in whole parts per million, rounded up, so that nothing above a limit is within it.
    static func ppm(_ part: Int, of whole: Int) -> Int {
        guard whole > 0 else { return 0 }
        let (high, low) = part.multipliedFullWidth(by: 1_000_000)
        guard high == 0, part <= whole else { return 1_000_000 }
        let (quotient, rest) = low.quotientAndRemainder(dividingBy: UInt(whole))
        return Int(quotient) + (rest > 0 ? 1 : 0)
    }
}

extension Phase {
    /// The paths in whose place the brain decides once this phase has cut over, and that must have
    /// been seen at work before.
    fileprivate var pathsReplaced: Set<LegacyPath> {
        switch self {
        case .webhooks: [.c]
        case .payments: [.c, .d, .e]
        case .segments, .retire: [.b, .c, .d, .e]
        }
    }
}

extension TimeSpan {
    /// Whole days.
    fileprivate var days: Int { Int(microseconds / 86_400_000_000) }
}

extension DeliveryLedger.Orphan {
    /// Whether it was never handled in one of some episodes, whose divergences are waived.
    fileprivate func isExcused(by episodes: Set<ReportDocument.EpisodeKey>) -> Bool {
        guard why == .unprocessed, let account, let opened else { return false }
        return episodes.contains(ReportDocument.EpisodeKey(account: account, opened: opened))
    }
}
