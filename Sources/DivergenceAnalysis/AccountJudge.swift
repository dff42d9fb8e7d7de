package import BillingModel
import DunningBrain
package import LegacyPaths
package import MirrorLog
package import ShadowRun

/// Judges an account's episodes: a pure function of its records and of what the whole log says.
package struct AccountJudge: Sendable {
    /// What verdicts depend on besides the log.
    package var settings: JudgeSettings
    /// What the log as a whole shows.
    package var coverage: LogCoverage
    /// The rows of the table of causes.
    package var rows: [CauseRow]
    /// Whether each divergence's smallest reproducer is looked for.
    package var findsReproducers = false
    /// Whether what a picture of each divergence shows is gathered.
    package var drawsSwimlanes = false

    /// A judge.
    package init(
        settings: JudgeSettings,
        coverage: LogCoverage,
        rows: [CauseRow] = CauseRow.table
    ) {
        self.settings = settings
        self.coverage = coverage
        self.rows = rows
    }

    /// Judges one account.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - records: All of its records, each id once, in any order.
    ///   - checkpoint: What others of its records come to, which these all come behind; `nil` for none.
    ///     Its ledger is then of these alone.
    /// - Returns: Its episodes with their verdicts, in order of time.
    /// - Complexity: O(n log n) for n records, and for each diverging episode the search for its
    ///   causes.
    package func judge(
        _ account: AccountID,
        _ records: [MirrorRecord],
        after checkpoint: AccountCheckpoint? = nil
    ) -> AccountVerdicts {
        let ordered = records.inEventTimeOrder()
        var gaps = coverage.gaps
        for index in ordered.indices {
            if case .mark(let mark) = ordered[index].body, let gap = mark.gap { gaps.append(gap) }
        }
        let expected = coverage.expected
        var verdicts = AccountVerdicts(account: account)
        var cutter = EpisodeCutter(ordered, settings, after: checkpoint?.fold ?? AccountFold())
        // Most accounts have no divergence, and need no search.
        lazy var reproducers = ReproducerSearch(account, ordered, by: self)
        var keeper = LedgerKeeper(account, ordered, coverage)
        while let episode = cutter.nextEpisode() {
            let unprocessed = episode.timeline.unprocessed(expected)
            keeper.enter(episode, unprocessed, untriggered: cutter.untriggered)
            verdicts.count(episode.timeline, coverage)
            var verdict = unjudged(episode, of: account)
            if let hindrance = hindrance(to: episode, gaps) {
                verdict.outcome = hindrance
            } else {
                let subject = compare(episode, unprocessed, expected, cutter)
                judge(subject, ordered[episode.range], &verdict)
            }
            if findsReproducers, case .divergent(var divergence) = verdict.outcome {
                divergence.reproducer = reproducers.reproducer(of: divergence, in: episode)
                verdict.outcome = .divergent(divergence)
            }
            if drawsSwimlanes, case .divergent(var divergence) = verdict.outcome {
                divergence.swimlane?.finish(divergence.reproducer)
                verdict.outcome = .divergent(divergence)
            }
            verdicts.episodes.append(verdict)
            verdicts.checkpoint =
                AccountCheckpoint(behind: episode, of: ordered, cutter.fold, self)
                ?? verdicts.checkpoint
        }
        // What an account's own marks say may be about any of its episodes.
        if gaps.count > coverage.gaps.count { verdicts.checkpoint = nil }
        verdicts.finish(cutter.state)
        keeper.close(untriggered: cutter.untriggered, isKnown: cutter.isKnown)
        verdicts.ledger = keeper.ledger
        return verdicts
    }

    /// A verdict that says no more than what the episode is.
    private func unjudged(_ episode: Episode, of account: AccountID) -> EpisodeVerdict {
        EpisodeVerdict(
            account: account,
            accountType: episode.timeline.opening.type,
            opened: episode.openedAt,
            closed: episode.closesAt,
            openedBy: episode.opener.triggerName,
            phase: episode.opener.phase,
            outcome: .open,
            standing: [],
            settled: nil
        )
    }

    /// Why an episode can't be judged, where the runs need not even be compared to see it.
    private func hindrance(to episode: Episode, _ gaps: [Gap]) -> EpisodeVerdict.Outcome? {
        guard episode.closesAt <= coverage.horizon else { return .open }
        if gaps.contains(where: { $0.touches(episode.openedAt, episode.closesAt) }) {
            return .incomplete(.gap)
        }
        return episode.canBeJudged ? nil : .incomplete(.noBaseline)
    }

    private func judge(
        _ subject: EpisodeCase,
        _ records: ArraySlice<MirrorRecord>,
        _ verdict: inout EpisodeVerdict
    ) {
        verdict.standing = subject.comparison.standing
        verdict.conclusion = subject.brain.conclusion
        guard !subject.lacksFacts else {
            verdict.outcome = .incomplete(.missingFacts)
            return
        }
        let legacy = EpisodeVerdict.Standing(subject.timeline.final)
        // Where no facet differs, neither does what is made of the facets here.
        let isSame = subject.comparison.statesAgree && subject.comparison.standing.isEmpty
        verdict.settled = .init(legacy: legacy, brain: isSame ? legacy : .init(subject.brain.final))
        verdict.situation = Situation(subject.episode, trigger: verdict.openedBy)
        verdict.decided = subject.brain.decided
        guard subject.differs else {
            verdict.outcome = .match
            return
        }
        var divergence = Divergence(subject, of: verdict.account, records, rows)
        if drawsSwimlanes {
            divergence.swimlane = Swimlane(subject, divergence, of: verdict.account, records)
        }
        verdict.outcome = .divergent(divergence)
    }

    /// Runs the brain beside an episode and compares the two.
    ///
    /// - Parameters:
    ///   - episode: The episode.
    ///   - unprocessed: Its triggers that lack an execution, given what is expected.
    ///   - expected: The paths that should have an execution for whatever they react to.
    ///   - cutter: What cut it.
    /// - Returns: The two runs and how they compare.
    func compare(
        _ episode: Episode,
        _ unprocessed: [Unprocessed],
        _ expected: PathSet,
        _ cutter: EpisodeCutter
    ) -> EpisodeCase {
        let brain = BrainRun(episode.timeline, settings)
        let comparison = Comparison(episode.timeline.recorded(unprocessed), brain)
        return subject(episode, brain, comparison, unprocessed, expected, cutter)
    }

    /// An episode whose runs were compared, with all that an explanation of it may use.
    func subject(
        _ episode: Episode,
        _ brain: BrainRun,
        _ comparison: Comparison,
        _ unprocessed: [Unprocessed],
        _ expected: PathSet,
        _ cutter: EpisodeCutter
    ) -> EpisodeCase {
        EpisodeCase(
            episode: episode,
            brain: brain,
            comparison: comparison,
            unprocessed: unprocessed,
            settings: settings,
            expected: expected,
            longer: comparison.isMatch ? nil : cutter.longer(episode)
        )
    }
}

extension Episode {
    /// Whether the account's state at its opening is known.
    var canBeJudged: Bool { isKnown && timeline.opening.type != nil }
}

/// What the log as a whole shows, which each account's verdicts depend on.
package struct LogCoverage: Hashable, Sendable {
    /// The paths that have an execution, or in Path A's case a row, anywhere in the log.
    package var paths: Set<LegacyPath> = []
    /// The tables that have a row image anywhere in the log, by name.
    package var tables: Set<String> = []
    /// Times in which something is missing for every account, in order.
    package var gaps: [Gap] = []
    /// Up to when the log is complete: what closes by then has settled.
    package var horizon: Instant
    /// Whether events of test mode are left out, because there are some of live mode.
    package var leavesOutTestMode = false

    /// The coverage of a log without any path, table or gap.
    package init(horizon: Instant) {
        self.horizon = horizon
    }

    /// The coverage that some records show by themselves, all that they open having settled.
    package init(shownBy records: some Sequence<MirrorRecord>) {
        horizon = Instant(microseconds: .max)
        for record in records { note(RecordGist(record)) }
    }

    /// The paths that should have an execution, or a row, for whatever they react to.
    ///
    /// Path A only where the log shows it: what is not mirrored would otherwise count as stuck.
    package var expected: PathSet { .expected(showsA: paths.contains(.a)) }

    /// Notes what a record shows of the log: a path at work, a table that is mirrored.
    mutating func note(_ record: RecordGist) {
        switch record {
        case .execution(let path): paths.insert(path)
        case .change(let table, _):
            tables.insert(table.rawValue)
            if table == .dunning { paths.insert(.a) }
        case .baseline, .stripe, .request, .mark: break
        }
    }
}

extension PathSet {
    /// The paths that should have an execution, or a row, in a log that shows Path A or doesn't.
    static func expected(showsA: Bool) -> PathSet {
        showsA ? [.a, .b, .c, .d, .e] : [.b, .c, .d, .e]
    }
}

/// A time in which a source lost something, both ends included.
package struct Gap: Hashable, Sendable {
    /// Its start.
    package var from: Instant
    /// Its end.
    package var to: Instant

    /// A gap between two instants.
    package init(from: Instant, to: Instant) {
        self.from = from
        self.to = to
    }

    /// Whether it touches the time between two instants, both included.
    package func touches(_ start: Instant, _ end: Instant) -> Bool { from <= end && start <= to }
}

extension Mark {
    /// The gap that it states.
    fileprivate var gap: Gap? {
        if case .gap(let from, let to) = says { Gap(from: from, to: to) } else { nil }
    }
}

extension MirrorRecord {
    /// What opened an episode, as a trigger is named in a report.
    fileprivate var triggerName: String {
        switch body {
        case .stripe(let event): event.type.name
        case .request(let request): request.kind.name
        case .baseline, .execution, .change, .mark: kind.rawValue
        }
    }

    /// The first phase whose scope holds an episode that this record opens.
    ///
    /// What legacy did without any trigger is in every scope.
    fileprivate var phase: Phase {
        guard case .request(let request) = body else { return .webhooks }
        return switch request.kind {
        case .payBadDebt, .adminFlag, .adminUnflag: .payments
        case .driftRun, .setAccountType: .segments
        }
    }
}
