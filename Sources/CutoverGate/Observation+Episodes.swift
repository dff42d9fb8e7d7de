import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport

extension GateReport {
    /// Holds what the report counts against what it and its listing tell one by one.
    ///
    /// - Throws: ``RecordError`` where something was lost, or the listing is another report's.
    func check() throws(RecordError) {
        let (evidence, counted) = (document.evidence, document.summary.episodes)
        for (what, tallies) in [
            ("cells", evidence.cells.map(\.tally)), ("days", evidence.days.map(\.tally)),
        ] {
            let sum = tallies.reduce(into: EpisodeTally()) { $0.add($1) }
            let blocking: [(Int, DivergenceClass)] = [
                (sum.unexplained, .unexplained), (sum.brainDefect, .brainDefect),
            ]
            guard sum.match == counted.match, sum.divergent == counted.divergent,
                sum.open == counted.open, sum.incomplete == counted.incomplete,
                blocking.allSatisfy({ count, cause in
                    count == document.divergences.count { $0.classes.contains(cause) }
                })
            else {
                throw RecordError("`\(name)`: its `\(what)` are not the episodes that it counts")
            }
        }
        let told = evidence.situations.reduce(0) { $0 + $1.episodes }
        guard told == counted.judged else {
            throw RecordError("`\(name)`: its `noise` is not of the episodes that it judged")
        }
        guard let episodes else { return }
        guard episodes.areDistinct else {
            throw RecordError("`\(name)`: its listing holds an episode twice")
        }
        let (cells, days) = Observation.tallies(of: episodes)
        let listed = Set(episodes.filter { $0.divergence != nil }.map(ListedDivergence.init))
        guard cells == evidence.cells, days == evidence.days,
            listed == Set(document.divergences.map(ListedDivergence.init))
        else {
            throw RecordError(
                "`\(name)` and its listing don't hold the same episodes; replay its log again with "
                    + "--out"
            )
        }
    }
}

extension [ListedEpisode] {
    /// Whether no episode stands there twice.
    fileprivate var areDistinct: Bool {
        // As a replay lists them, by account and time: then it takes no set of them all.
        let isAscending = indices.dropFirst().allSatisfy { place in
            let (one, next) = (self[place - 1].key, self[place].key)
            return one.account == next.account
                ? one.opened < next.opened : one.account < next.account
        }
        return isAscending || Set(map(\.key)).count == count
    }
}

/// A divergence with what a report and its listing both say of it.
private struct ListedDivergence: Hashable {
    let id: String?
    let key: ReportDocument.EpisodeKey
    let cell: EpisodeCell
    let classes: [DivergenceClass]

    init(_ episode: ListedEpisode) {
        id = episode.divergence
        key = episode.key
        cell = episode.cell
        classes = episode.classes
    }

    init(_ entry: ReportDocument.Entry) {
        id = entry.id
        key = entry.episode
        cell = EpisodeCell(
            trigger: entry.trigger,
            accountType: entry.accountType?.columnValue ?? EpisodeCell.untold,
            phase: entry.phase
        )
        classes = entry.classes
    }
}

extension Observation {
    /// Counts each episode once.
    ///
    /// What was open or could not be judged in one report gives way to what another one judged.
    static func tallies(
        _ reports: [GateReport]
    ) throws(RecordError) -> ([ReportDocument.Cell], [ReportDocument.Day]) {
        var known: [ReportDocument.EpisodeKey: (episode: ListedEpisode, report: String)] = [:]
        for report in reports {
            for episode in report.episodes ?? [] {
                guard let other = known[episode.key] else {
                    known[episode.key] = (episode, report.name)
                    continue
                }
                if other.episode.outcome.isJudged, episode.outcome.isJudged {
                    guard other.episode == episode else {
                        throw disagreement(other.report, report.name, episode.key)
                    }
                } else if other.episode.outcome.weight < episode.outcome.weight {
                    known[episode.key] = (episode, report.name)
                }
            }
        }
        return tallies(of: known.values.map(\.episode))
    }

    /// How many episodes of each kind and day came to what.
    static func tallies(
        of episodes: [ListedEpisode]
    ) -> ([ReportDocument.Cell], [ReportDocument.Day]) {
        var cells: [EpisodeCell: EpisodeTally] = [:]
        var days: [EpisodeDay: EpisodeTally] = [:]
        var numbers: [EpisodeDay.Number: (opened: Instant, tally: EpisodeTally)] = [:]
        for episode in episodes {
            cells[episode.cell, default: EpisodeTally()].count(episode)
            let number = EpisodeDay.Number(of: episode.key.opened, phase: episode.cell.phase)
            numbers[number, default: (episode.key.opened, EpisodeTally())].tally.count(episode)
        }
        for (number, day) in numbers {
            let name = EpisodeDay(of: day.opened, phase: number.phase)
            days[name, default: EpisodeTally()].add(day.tally)
        }
        return (
            cells.keys.sorted().map { .init(cell: $0, tally: cells[$0] ?? EpisodeTally()) },
            days.keys.sorted().map { .init(day: $0, tally: days[$0] ?? EpisodeTally()) }
        )
    }

    /// The divergences, each episode's once, in order of opening and account.
    ///
    /// - Throws: ``RecordError`` where two reports say different things of one.
    static func divergences(
        _ reports: [GateReport]
    ) throws(RecordError) -> [ReportDocument.Entry] {
        var known: [ReportDocument.EpisodeKey: (entry: ReportDocument.Entry, report: String)] = [:]
        for report in reports {
            for entry in report.document.divergences {
                // How small an excerpt shows it again depends on what came before, not on what it is.
                var entry = entry
                entry.reproducer = nil
                guard let other = known[entry.episode] else {
                    known[entry.episode] = (entry, report.name)
                    continue
                }
                guard other.entry == entry else {
                    throw disagreement(other.report, report.name, entry.episode)
                }
            }
        }
        return known.values.map(\.entry).sorted {
            ($0.opened, $0.account) < ($1.opened, $1.account)
        }
    }

    private static func disagreement(
        _ one: String,
        _ other: String,
        _ episode: ReportDocument.EpisodeKey
    ) -> RecordError {
        RecordError(
            "`\(one)` and `\(other)` disagree on the episode of account `\(episode.account)` that "
                + "opened at \(episode.opened)"
        )
    }
}

extension ListedEpisode.Outcome {
    /// Of two that are not both judged, the heavier one holds.
    fileprivate var weight: Int {
        switch self {
        case .open: 0
        case .incomplete: 1
        case .match, .divergent: 2
        }
    }
}

extension EpisodeTally {
    fileprivate mutating func count(_ episode: ListedEpisode) {
        switch episode.outcome {
        case .match: match += 1
        case .open: open += 1
        case .incomplete: incomplete += 1
        case .divergent:
            divergent += 1
            if episode.classes.contains(.unexplained) { unexplained += 1 }
            if episode.classes.contains(.brainDefect) { brainDefect += 1 }
        }
    }
}
