package import BillingModel
package import MirrorLog
import ShadowRun

/// The exposure of legacy over a whole log, by class, from episodes that were drawn by lot.
package struct ExposureStudy: Sendable {
    /// The rows: each class that occurs, in the order of the classes, then the episodes that matched.
    package private(set) var rows: [Row] = []
    /// How the brain fares in every judged episode of the log.
    package private(set) var brain = BrainTally()
    /// The most episodes drawn for a row.
    package let sample: Int
    /// What determined the draw.
    package let seed: UInt64
    /// The most schedules run for an episode.
    package let bound: Int

    /// What was found out about one class.
    package struct Row: Sendable {
        /// The class; `nil` for episodes that matched as they were recorded.
        package var cause: DivergenceClass?
        /// How many episodes of it the log has.
        package var episodes = 0
        /// How many of those have more than one schedule.
        package var open = 0
        /// How many of those were drawn.
        package var explored = 0
        /// How many schedules of those were run.
        package var schedules = 0
        /// How many of those diverge.
        package var diverging = 0
        /// The sum over the episodes of the share that diverges, in millionths.
        package var shares = 0
        /// Episodes in which some schedule diverges.
        package var some = 0
        /// Episodes in which every schedule diverges.
        package var all = 0

        /// The mean of the episodes' shares, in millionths; 0 of none.
        package var share: Int { explored == 0 ? 0 : shares / explored }

        fileprivate mutating func add(_ legacy: LegacyExposure) {
            explored += 1
            schedules += legacy.explored
            diverging += legacy.diverging
            shares += legacy.diverging * 1_000_000 / max(1, legacy.explored)
            if legacy.diverging > 0 { some += 1 }
            if legacy.diverging == legacy.explored { all += 1 }
        }
    }

    /// What was found out about the brain.
    package struct BrainTally: Sendable {
        /// Episodes whose wake-ups were delivered in every way.
        package var explored = 0
        /// Those in which no delivery makes a difference.
        package var proved = 0
        /// Those with too many positions to follow.
        package var cut = 0
        /// The positions that were looked at.
        package var positions = 0
        /// In how many episodes a delivery makes a difference.
        package var diverging = 0
        /// The first of those, by account and time.
        package fileprivate(set) var counterexample: EpisodeExposure?

        fileprivate mutating func add(_ candidate: Candidate) {
            explored += 1
            positions += candidate.brain.positions
            switch candidate.brain.outcome {
            case .proved: proved += 1
            case .cut: cut += 1
            case .diverges: diverging += 1
            }
        }
    }

    /// One episode of the log, as far as drawing goes.
    fileprivate struct Candidate: Sendable {
        var name: EpisodeName
        /// The rows that it counts in.
        var causes: [DivergenceClass?]
        var isOpen: Bool
        /// The lot that it drew: the lowest are taken.
        var lot: UInt64
        /// What comes of delivering its wake-ups in every way.
        var brain: (positions: Int, outcome: BrainOutcome)
    }

    /// What delivering an episode's wake-ups in every way can come to.
    fileprivate enum BrainOutcome {
        case proved, cut, diverges
    }

    /// What an episode is told from others by.
    fileprivate struct EpisodeName: Hashable, Comparable, Sendable {
        var account: AccountID
        var opened: Instant

        init(_ account: AccountID, _ opened: Instant) {
            self.account = account
            self.opened = opened
        }

        static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.account, lhs.opened) < (rhs.account, rhs.opened)
        }
    }

    /// Studies the log that an engine was fed.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - sample: The most episodes to draw for each class, and of those that matched.
    ///   - seed: What determines the draw of episodes, and of schedules.
    ///   - bound: The most schedules to run for an episode.
    ///   - jobs: How many threads may work at once; it makes no difference to what comes out.
    /// - Throws: As ``ParityEngine/forEachAccount(among:jobs:_:_:)``.
    package init(
        _ engine: ParityEngine,
        sample: Int,
        seed: UInt64,
        bound: Int,
        jobs: Int
    ) throws {
        (self.sample, self.seed, self.bound) = (sample, seed, bound)
        let explorer = ScheduleExplorer(judge: engine.judge, bound: bound, seed: seed)
        var candidates: [Candidate] = []
        try engine.forEachAccount(
            jobs: jobs,
            { Self.candidates(explorer, $0, $1) },
            { candidates += $0 }
        )
        for candidate in candidates { brain.add(candidate) }
        let drawn = draw(candidates)
        let worst = candidates.filter { $0.brain.outcome == .diverges }.map(\.name).min()
        let wanted = Set(drawn.joined()).union([worst].compactMap { $0 })
        var exposures: [EpisodeName: EpisodeExposure] = [:]
        try engine.forEachAccount(
            among: Set(wanted.map(\.account)),
            jobs: jobs,
            { account, records in
                explorer.explore(account, records) {
                    wanted.contains(EpisodeName($0.account, $0.opened))
                }
            },
            { found in
                for exposure in found {
                    exposures[EpisodeName(exposure.account, exposure.episode.openedAt)] = exposure
                }
            }
        )
        brain.counterexample = worst.flatMap { exposures[$0] }
        for (place, names) in drawn.enumerated() {
            for name in names {
                if let exposure = exposures[name] { rows[place].add(exposure.legacy) }
            }
        }
    }

    /// Makes the rows, and draws episodes for each.
    private mutating func draw(_ candidates: [Candidate]) -> [[EpisodeName]] {
        var drawn: [[EpisodeName]] = []
        for cause in DivergenceClass.allCases.map({ Optional($0) }) + [nil] {
            let theirs = candidates.filter { $0.causes.contains(cause) }
            guard !theirs.isEmpty else { continue }
            let open = theirs.filter(\.isOpen).sorted { ($0.lot, $0.name) < ($1.lot, $1.name) }
            rows.append(Row(cause: cause, episodes: theirs.count, open: open.count))
            drawn.append(open.prefix(sample).map(\.name))
        }
        return drawn
    }

    private static func candidates(
        _ explorer: ScheduleExplorer,
        _ account: AccountID,
        _ records: [MirrorRecord]
    ) -> [Candidate] {
        let verdicts = explorer.judge.judge(account, records).episodes
        var cutter = EpisodeCutter(records.inEventTimeOrder(), explorer.judge.settings)
        return verdicts.compactMap { verdict in
            guard let episode = cutter.nextEpisode(), verdict.isJudged else { return nil }
            var causes: [DivergenceClass?] = [nil]
            if case .divergent(let divergence) = verdict.outcome { causes = divergence.classes }
            var lots = SplitMix64(seed: explorer.seed, for: "\(account) \(verdict.opened) is drawn")
            let brain = explorer.brain(episode)
            return Candidate(
                name: EpisodeName(account, verdict.opened),
                causes: causes,
                isOpen: LegacySchedules(episode.timeline).space.count > 1,
                lot: lots.next(),
                brain: (
                    brain.positions,
                    brain.isProved ? .proved : brain.counterexample == nil ? .cut : .diverges
                )
            )
        }
    }
}

extension ParityEngine {
    /// The records of an account, each id once, in event-time order.
    ///
    /// - Parameter account: The account.
    /// - Returns: Nothing where the log has no such account.
    /// - Throws: As ``ParityEngine/forEachAccount(among:jobs:_:_:)``.
    package func records(of account: AccountID) throws -> [MirrorRecord] {
        var records: [MirrorRecord] = []
        try forEachAccount(among: [account], jobs: 1, { $1 }, { records = $0 })
        // Kept records leave out whose they are.
        for place in records.indices { records[place].account = account }
        return records.inEventTimeOrder()
    }

    /// The account that a divergence is of.
    ///
    /// - Parameters:
    ///   - id: The divergence's id.
    ///   - jobs: How many threads may work at once.
    /// - Returns: The first by id; `nil` where no account has it.
    /// - Throws: As ``ParityEngine/forEachAccount(among:jobs:_:_:)``.
    package func account(ofDivergence id: String, jobs: Int) throws -> AccountID? {
        var found: AccountID?
        try judgeAll(jobs: jobs) { verdicts in
            if verdicts.episodes.contains(where: { $0.divergenceID == id }) {
                found = found ?? verdicts.account
            }
        }
        return found
    }
}

extension EpisodeVerdict {
    /// The id of its divergence, where it is one.
    package var divergenceID: String? {
        if case .divergent(let divergence) = outcome { divergence.id } else { nil }
    }
}
