package import BillingModel
package import MirrorLog
package import ShadowRun

/// Runs the schedules that an episode could have taken, for legacy and for the brain.
package struct ScheduleExplorer: Sendable {
    /// The judge whose settings and coverage hold.
    package var judge: AccountJudge
    /// The most schedules run for one episode, at least 1.
    package var bound: Int
    /// What determines which schedules are drawn where there are more.
    package var seed: UInt64

    /// The most schedules of an episode, unless another bound is given.
    package static let usualBound = 5000

    /// An explorer.
    package init(judge: AccountJudge, bound: Int = Self.usualBound, seed: UInt64 = 1) {
        self.judge = judge
        self.bound = max(1, bound)
        self.seed = seed
    }

    /// Explores the judged episodes of an account.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - records: All of its records, each id once, in any order.
    ///   - isWanted: Which of them to explore.
    /// - Returns: Their exposures, in order of time.
    package func explore(
        _ account: AccountID,
        _ records: [MirrorRecord],
        where isWanted: (EpisodeVerdict) -> Bool
    ) -> [EpisodeExposure] {
        let verdicts = judge.judge(account, records).episodes
        let ordered = records.inEventTimeOrder()
        var cutter = EpisodeCutter(ordered, judge.settings)
        var exposures: [EpisodeExposure] = []
        for verdict in verdicts {
            guard let episode = cutter.nextEpisode() else { break }
            guard verdict.isJudged, isWanted(verdict) else { continue }
            exposures.append(explore(episode, verdict))
        }
        return exposures
    }

    /// Explores one episode.
    package func explore(_ episode: Episode, _ verdict: EpisodeVerdict) -> EpisodeExposure {
        let brain = BrainRun(episode.timeline, judge.settings)
        var exposure = EpisodeExposure(
            account: verdict.account,
            episode: episode,
            divergence: nil,
            classes: [],
            legacy: legacy(episode, brain, "\(verdict.account) \(episode.openedAt)"),
            brain: self.brain(episode)
        )
        if case .divergent(let divergence) = verdict.outcome {
            exposure.divergence = divergence.id
            exposure.classes = divergence.classes
        }
        return exposure
    }

    /// Delivers an episode's wake-ups to the brain in every way.
    package func brain(_ episode: Episode) -> BrainExposure {
        BrainSchedules(episode.timeline, judge.settings, mostPositions: bound).explore()
    }

    // MARK: - Legacy

    /// Runs the schedules of an episode, with as many turns for each run as it turns out to need.
    ///
    /// Where a run has more to do in a schedule than it had turns, all begins again with so many.
    private func legacy(
        _ episode: Episode,
        _ brain: BrainRun,
        _ purpose: String
    ) -> LegacyExposure {
        var turns = episode.timeline.runs.map(\.effects.count)
        while true {
            let schedules = LegacySchedules(episode.timeline, turns: turns)
            var needed = turns
            let exposure = tally(schedules, brain, purpose, &needed)
            if needed == turns { return exposure }
            turns = needed
        }
    }

    private func tally(
        _ schedules: LegacySchedules,
        _ brain: BrainRun,
        _ purpose: String,
        _ needed: inout [Int]
    ) -> LegacyExposure {
        var exposure = LegacyExposure(schedules: schedules.space.count)
        var worst: WorstSchedule.Badness?
        var lots = SplitMix64(seed: seed, for: purpose)
        let turns = needed
        var most = needed
        schedules.space.explore(upTo: bound, &lots) { schedule in
            let played = schedules.play(schedule, judge.settings, expected: judge.coverage.expected)
            for run in schedules.runs { most[run] = max(most[run], played.effects[run].count) }
            guard most == turns else { return false }
            exposure.explored += 1
            let comparison = Comparison(played.outcome, brain)
            guard !comparison.isMatch else { return true }
            exposure.diverging += 1
            let badness = WorstSchedule.Badness(comparison, schedule)
            if worst.map({ $0 < badness }) ?? true { worst = badness }
            return true
        }
        needed = most
        exposure.worst = worst.map { self.worst(schedules, $0.schedule, brain) }
        return exposure
    }

    private func worst(
        _ schedules: LegacySchedules,
        _ schedule: Schedule,
        _ brain: BrainRun
    ) -> WorstSchedule {
        let played = schedules.play(schedule, judge.settings, expected: judge.coverage.expected)
        return WorstSchedule(
            schedule: schedule,
            turns: schedules.turns(in: schedule),
            played: played,
            comparison: Comparison(played.outcome, brain)
        )
    }
}

extension EpisodeVerdict {
    /// Whether the runs were compared.
    package var isJudged: Bool {
        switch outcome {
        case .match, .divergent: true
        case .incomplete, .open: false
        }
    }
}
