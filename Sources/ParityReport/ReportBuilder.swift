import BillingModel
package import DivergenceAnalysis
package import MirrorLog
package import ShadowRun

/// Gathers accounts' verdicts, in any order, into a report.
package struct ReportBuilder: ~Copyable {
    private var episodes = ParityReport.EpisodeCounts()
    private var divergences: DivergenceGathering
    private var standing: [ParityReport.StandingEntry] = []
    private var fidelity = Array(
        repeating: AccountVerdicts.Fidelity(),
        count: LegacyPath.allCases.count
    )
    private var types: [String: Int] = [:]
    private var unknownTypes: Set<String> = []
    private var tagDrift = 0
    private var unconfirmed: [Unconfirmed] = []
    private var unattributed = 0
    private var settled: [ParityReport.SettledEntry] = []
    private var cells: [EpisodeCell: EpisodeTally] = [:]
    private var days: [EpisodeDay.Number: Day] = [:]
    private var situations: [Situation.Moment: Moments] = [:]
    private var ledger = DeliveryLedger()
    private let scope: Phase?
    private let keepsSettled: Bool

    /// A builder of a report.
    ///
    /// - Parameters:
    ///   - scope: The phase whose scope is reported; `nil` for all episodes.
    ///   - keepsSettled: Whether accounts' last settled states go into the report.
    ///   - spilling: Where divergences go that don't fit into memory, if accounts are added in order;
    ///     `nil` keeps all of them there.
    package init(scope: Phase?, keepsSettled: Bool, spilling: Spilling? = nil) {
        divergences = DivergenceGathering(spilling)
        self.scope = scope
        self.keepsSettled = keepsSettled
    }

    /// Adds an account.
    package mutating func add(_ account: AccountVerdicts) {
        episodes.accounts += 1
        let type = account.type?.columnValue ?? EpisodeCell.untold
        types[type, default: 0] += 1
        if case .unknown(let value)? = account.type { unknownTypes.insert(value) }
        if account.hasTagDrift { tagDrift += 1 }
        for (place, count) in account.fidelity.enumerated() {
            fidelity[place].executions += count.executions
            fidelity[place].exact += count.exact
        }
        unconfirmed += account.unconfirmed
        unattributed += account.unattributed
        ledger.add(account.ledger)
        var differences = StandingDifferences(account: account.account)
        for episode in account.episodes {
            guard scope.map({ episode.phase <= $0 }) ?? true else {
                episodes.outOfScope += 1
                continue
            }
            count(episode)
            differences.follow(episode)
        }
        standing += differences.entries
        guard keepsSettled else { return }
        if let last = account.episodes.last(where: { $0.settled != nil }), let state = last.settled
        {
            settled.append(
                ParityReport.SettledEntry(account: account.account, at: last.closed, state: state)
            )
        }
    }

    private mutating func count(_ episode: EpisodeVerdict) {
        cells[EpisodeCell(episode), default: EpisodeTally()].count(episode.outcome)
        let day = Day(of: episode.opened)
        let number = EpisodeDay.Number(of: episode.opened, phase: episode.phase)
        days[number, default: day].tally.count(episode.outcome)
        if let situation = episode.situation {
            situations[situation.moment, default: Moments()].count(situation.outcome)
        }
        switch episode.outcome {
        case .open: episodes.open += 1
        case .incomplete(let why):
            for place in episodes.incomplete.indices where episodes.incomplete[place].0 == why {
                episodes.incomplete[place].1 += 1
            }
        case .match:
            episodes.judged += 1
            episodes.match += 1
        case .divergent(let divergence):
            episodes.judged += 1
            episodes.divergent += 1
            divergences.add(ParityReport.Entry(episode: episode, divergence: divergence))
        }
    }

    /// The tallies of the days, by what they are called.
    private var daysByName: [EpisodeDay: EpisodeTally] {
        var result: [EpisodeDay: EpisodeTally] = [:]
        for (number, day) in days {
            let name = EpisodeDay(of: day.instant, phase: number.phase)
            result[name, default: EpisodeTally()].add(day.tally)
        }
        return result
    }

    /// How legacy left the customer in each situation, in the order of the words for it.
    private var situationTallies: [SituationTally] {
        var result: [String: SituationTally] = [:]
        for (moment, moments) in situations {
            let words = moment.words
            var tally =
                result[words]
                ?? SituationTally(
                    situation: words,
                    episodes: 0,
                    counts: moments.counts.map { _ in 0 }
                )
            tally.episodes += moments.episodes
            for place in tally.counts.indices { tally.counts[place] += moments.counts[place] }
            result[words] = tally
        }
        return result.values.sorted { $0.situation < $1.situation }
    }

    /// The report on all accounts added.
    ///
    /// - Parameters:
    ///   - input: What went in.
    ///   - records: The counts of records.
    ///   - coverage: What the log as a whole shows.
    ///   - activity: When and how much each source delivered.
    ///   - ledger: What became of the records of no account.
    /// - Returns: The report.
    /// - Throws: ``ScratchError`` where divergences don't fit on disk.
    package mutating func report(
        _ input: ParityReport.Input,
        _ records: ParityReport.RecordCounts,
        _ coverage: LogCoverage,
        _ activity: MirrorActivity = MirrorActivity(),
        _ ledger: DeliveryLedger = DeliveryLedger()
    ) throws(ScratchError) -> ParityReport {
        var all = ledger
        all.add(self.ledger)
        var episodes = episodes
        episodes.horizon = coverage.horizon
        episodes.paths = coverage.paths
        return ParityReport(
            input: input,
            records: records,
            episodes: episodes,
            found: try divergences.list(),
            standing: standing.sorted { lhs, rhs in
                let left = (lhs.account, lhs.difference.facet)
                return left < (rhs.account, rhs.difference.facet)
            },
            fidelity: Array(zip(LegacyPath.allCases, fidelity)),
            types: types.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            unknownTypes: unknownTypes.sorted(),
            tagDrift: tagDrift,
            cells: cells.keys.sorted().map { ($0, cells[$0] ?? EpisodeTally()) },
            days: daysByName.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            activity: activity,
            ledger: all,
            situations: situationTallies,
            unconfirmed: unconfirmed.sorted {
                ($0.execution, $0.table) < ($1.execution, $1.table)
            },
            unattributed: unattributed,
            settled: keepsSettled ? settled.sorted { $0.account < $1.account } : nil
        )
    }
}

/// What became of the episodes that opened on a day, and one instant of it.
private struct Day {
    var instant: Instant
    var tally = EpisodeTally()

    init(of instant: Instant) {
        self.instant = instant
    }
}

/// How often legacy was in one kind of moment, and how it left each facet.
private struct Moments {
    var episodes = 0
    var counts = [Int](repeating: 0, count: Situation.facets.count)

    mutating func count(_ outcome: Truths) {
        episodes += 1
        for place in counts.indices where outcome[place] { counts[place] += 1 }
    }
}

/// Follows an account's differences from the episode they came from through those they stood in.
private struct StandingDifferences {
    let account: AccountID
    private(set) var entries: [ParityReport.StandingEntry] = []
    private var origins: [FacetDifference: String] = [:]

    init(account: AccountID) {
        self.account = account
    }

    mutating func follow(_ episode: EpisodeVerdict) {
        for difference in episode.standing {
            if let place = entries.firstIndex(where: { $0.difference == difference }) {
                entries[place].episodes += 1
                continue
            }
            entries.append(
                ParityReport.StandingEntry(
                    account: account,
                    difference: difference,
                    since: episode.opened,
                    episodes: 1,
                    origin: origins[difference]
                )
            )
        }
        if case .divergent(let divergence) = episode.outcome {
            for facet in divergence.facets { origins[facet] = divergence.id }
        }
    }
}
