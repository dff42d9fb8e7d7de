import BillingModel
package import DivergenceAnalysis
package import ShadowRun

/// Gathers accounts' verdicts, in any order, into a report.
package struct ReportBuilder {
    private var episodes = ParityReport.EpisodeCounts()
    private var divergences: [ParityReport.Entry] = []
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
    private var days: [EpisodeDay: EpisodeTally] = [:]
    private var situations: [String: SituationTally] = [:]
    private var ledger = DeliveryLedger()
    private let scope: Phase?
    private let keepsSettled: Bool

    /// A builder of a report.
    ///
    /// - Parameters:
    ///   - scope: The phase whose scope is reported; `nil` for all episodes.
    ///   - keepsSettled: Whether accounts' last settled states go into the report.
    package init(scope: Phase?, keepsSettled: Bool) {
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
        days[EpisodeDay(episode), default: EpisodeTally()].count(episode.outcome)
        if let situation = episode.situation { count(situation) }
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
            divergences.append(ParityReport.Entry(episode: episode, divergence: divergence))
        }
    }

    private mutating func count(_ situation: Situation) {
        let words = situation.words
        let none = [Int](repeating: 0, count: situation.outcome.count)
        var tally =
            situations[words] ?? SituationTally(situation: words, episodes: 0, counts: none)
        tally.episodes += 1
        for (place, isSet) in situation.outcome.enumerated() where isSet {
            tally.counts[place] += 1
        }
        situations[words] = tally
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
    package func report(
        _ input: ParityReport.Input,
        _ records: ParityReport.RecordCounts,
        _ coverage: LogCoverage,
        _ activity: MirrorActivity = MirrorActivity(),
        _ ledger: DeliveryLedger = DeliveryLedger()
    ) -> ParityReport {
        var all = ledger
        all.add(self.ledger)
        var episodes = episodes
        episodes.horizon = coverage.horizon
        episodes.paths = coverage.paths
        return ParityReport(
            input: input,
            records: records,
            episodes: episodes,
            divergences: divergences.sorted { lhs, rhs in
                let left = (lhs.episode.opened, lhs.episode.account, lhs.divergence.id)
                return left < (rhs.episode.opened, rhs.episode.account, rhs.divergence.id)
            },
            standing: standing.sorted { lhs, rhs in
                let left = (lhs.account, lhs.difference.facet)
                return left < (rhs.account, rhs.difference.facet)
            },
            fidelity: Array(zip(LegacyPath.allCases, fidelity)),
            types: types.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            unknownTypes: unknownTypes.sorted(),
            tagDrift: tagDrift,
            cells: cells.keys.sorted().map { ($0, cells[$0] ?? EpisodeTally()) },
            days: days.keys.sorted().map { ($0, days[$0] ?? EpisodeTally()) },
            activity: activity,
            ledger: all,
            situations: situations.values.sorted { $0.situation < $1.situation },
            unconfirmed: unconfirmed.sorted {
                ($0.execution, $0.table) < ($1.execution, $1.table)
            },
            unattributed: unattributed,
            settled: keepsSettled ? settled.sorted { $0.account < $1.account } : nil
        )
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
