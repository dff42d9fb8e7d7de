import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

extension Scenario {
    /// What is found out about the account, when every source is complete for a month after.
    func judged(
        _ settings: JudgeSettings = JudgeSettings(),
        through horizon: Moment = .days(30)
    ) throws -> AccountVerdicts {
        var engine = ParityEngine(settings: settings)
        for record in records { engine.feed(record) }
        engine.feed(.complete(through: horizon))
        return try #require(try engine.verdicts()[account])
    }

    /// The verdict on the only episode.
    func verdict(_ settings: JudgeSettings = JudgeSettings()) throws -> EpisodeVerdict {
        let episodes = try judged(settings).episodes
        try #require(episodes.count == 1, "the story has \(episodes.count) episodes")
        return episodes[0]
    }

    /// The only divergence.
    func divergence(_ settings: JudgeSettings = JudgeSettings()) throws -> Divergence {
        let divergences = try judged(settings).episodes.compactMap(\.divergence)
        try #require(divergences.count == 1, "the story has \(divergences.count) divergences")
        return divergences[0]
    }

    /// The only divergence, as a table of causes of the test's own explains it.
    func divergence(by rows: [CauseRow]) throws -> Divergence {
        let divergences = judged(by: rows).episodes.compactMap(\.divergence)
        try #require(divergences.count == 1, "the story has \(divergences.count) divergences")
        return divergences[0]
    }

    /// What is found out about the account by a table of causes of the test's own.
    func judged(
        by rows: [CauseRow],
        _ settings: JudgeSettings = JudgeSettings()
    ) -> AccountVerdicts {
        var coverage = LogCoverage(horizon: Moment.days(30).instant)
        for case .execution(let execution) in records.map(\.body) {
            coverage.paths.insert(execution.path)
        }
        let judge = AccountJudge(settings: settings, coverage: coverage, rows: rows)
        return judge.judge(account, records)
    }

    /// The episodes as the cutter takes them apart.
    func episodes(_ settings: JudgeSettings = JudgeSettings()) -> [Episode] {
        var cutter = EpisodeCutter(records.inEventTimeOrder(), settings)
        var episodes: [Episode] = []
        while let episode = cutter.nextEpisode() { episodes.append(episode) }
        return episodes
    }
}

extension ParityEngine {
    /// The verdicts on all accounts.
    mutating func verdicts() throws -> [AccountID: AccountVerdicts] {
        var verdicts: [AccountID: AccountVerdicts] = [:]
        try judgeAll { verdicts[$0.account] = $0 }
        return verdicts
    }
}

extension MirrorRecord {
    /// A source's word that it is complete up to a time.
    static func complete(
        through moment: Moment,
        _ source: Mark.Source = .stripe,
        as id: String = "complete"
    ) -> MirrorRecord {
        MirrorRecord(
            id: RecordID(id),
            at: moment.instant,
            account: nil,
            body: .mark(Mark(source: source, says: .through(moment.instant)))
        )
    }

    /// A source's word that it lost something, of one account or of all.
    static func gap(
        from start: Moment,
        to end: Moment,
        of account: AccountID? = nil,
        as id: String = "gap"
    ) -> MirrorRecord {
        MirrorRecord(
            id: RecordID(id),
            at: end.instant,
            account: account,
            body: .mark(
                Mark(source: .stripe, says: .gap(from: start.instant, to: end.instant))
            )
        )
    }
}

extension EpisodeVerdict {
    /// The divergence, where it is one.
    var divergence: Divergence? {
        if case .divergent(let divergence) = outcome { divergence } else { nil }
    }

    /// The outcome in a word, with the classes of a divergence.
    var gist: String {
        switch outcome {
        case .match: "match"
        case .open: "open"
        case .incomplete(let why): "incomplete: \(why.rawValue)"
        case .divergent(let divergence):
            "\(divergence.extent.rawValue): "
                + divergence.classes.map(\.rawValue).joined(separator: ", ")
        }
    }
}

extension Divergence {
    /// The facets on which the runs differ.
    var facetNames: [String] { facets.map { "\($0.facet)" } }
}
