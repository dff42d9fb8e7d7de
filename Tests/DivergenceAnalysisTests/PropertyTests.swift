import BillingModel
import DivergenceAnalysis
import LegacyPaths
import MirrorLog
import ShadowRun
import Testing

/// What holds of any account's records.
///
/// A failure names the seed that reproduces it.
struct PropertyTests {
    private static let settings = JudgeSettings()

    /// The records of a few accounts of one seed, in order of time.
    private static func log(_ seed: UInt64, accounts: Int = 3) -> [MirrorRecord] {
        var records: [MirrorRecord] = []
        for number in 0..<accounts {
            let life = RandomAccount(seed: seed &* 31 &+ UInt64(number), account: "acct_\(number)")
            records += life.records
        }
        let sorted = records.inEventTimeOrder()
        // A moment that is far enough for the last episodes of most accounts to have settled.
        guard let last = sorted.last else { return [] }
        let end = Moment(last.at.advanced(by: .minutes(Int64(seed % 3) * 20)))
        return sorted + [.complete(through: end)]
    }

    private static func summaries(_ engine: ParityEngine) throws -> Set<VerdictSummary> {
        var engine = engine
        let episodes = try engine.verdicts().values.flatMap(\.episodes)
        return Set(episodes.filter { !$0.isOpen }.map(\.summary))
    }

    private static func judged(_ records: [MirrorRecord]) throws -> Set<VerdictSummary> {
        var engine = ParityEngine(settings: settings)
        for record in records { engine.feed(record) }
        return try summaries(engine)
    }

    // MARK: - The models

    @Test("a legacy run with no edit ends as the record does", arguments: UInt64(0)..<400)
    func runWithoutEdits(seed: UInt64) {
        let records = RandomAccount(seed: seed).records
        var cutter = EpisodeCutter(records.inEventTimeOrder(), Self.settings)
        while let episode = cutter.nextEpisode() {
            let timeline = episode.timeline
            let paths = PathSet(LegacyPath.allCases)
            let again = LegacyRun.run(timeline, [], Self.settings, expected: paths)
            let recorded = timeline.recorded(paths)
            let differences = FacetDifference.between(
                legacy: again.final,
                brain: recorded.final,
                comparesAmount: true
            )
            #expect(differences == [], "seed \(seed)")
            #expect(
                again.final.paymentsOverOne.map(\.0) == recorded.final.paymentsOverOne.map(\.0),
                "seed \(seed)"
            )
            #expect(
                again.taken.map(\.gist).sorted() == recorded.taken.map(\.gist).sorted(),
                "seed \(seed)"
            )
            #expect(again.statesDebtAmount == recorded.statesDebtAmount, "seed \(seed)")
        }
    }

    // MARK: - Order

    @Test("the order in which records are fed makes no difference", arguments: UInt64(0)..<120)
    func order(seed: UInt64) throws {
        let records = Self.log(seed)
        let expected = try Self.judged(records)
        var random = SeededRandom(seed: seed)
        for _ in 0..<3 {
            #expect(try Self.judged(records.shuffled(using: &random)) == expected, "seed \(seed)")
        }
    }

    @Test("redeliveries change nothing", arguments: UInt64(0)..<60)
    func redeliveries(seed: UInt64) throws {
        let records = Self.log(seed)
        var random = SeededRandom(seed: seed)
        var doubled = records
        for _ in 0..<records.count {
            guard let again = random.pick(records) else { continue }
            doubled.insert(again, at: random.number(0...doubled.count))
        }
        #expect(try Self.judged(doubled) == (try Self.judged(records)), "seed \(seed)")
    }

    // MARK: - Explanations

    @Test("an explanation does what it says, and no smaller set does", arguments: UInt64(0)..<250)
    func explanations(seed: UInt64) {
        var records = RandomAccount(seed: seed).records
        for place in records.indices { records[place].account = AccountID("acct_r") }
        // A row without candidates, whose only use is to see the cases that come by.
        let probe = CauseRow(cause: .timing) { subject in
            let search = CauseSearch(subject)
            let found = search.explain()
            if let found {
                let effect = search.effectiveness(of: found.interventions)
                #expect(effect == found.effectiveness, "seed \(seed)")
                #expect((1...3).contains(found.interventions.count))
            }
            let all = CauseRow.table.flatMap { $0.candidates(subject) }
            let size = found?.interventions.count ?? 3
            #expect(search.effectiveness(of: []) == nil, "seed \(seed)")
            if size > 1 {
                for one in all { #expect(search.effectiveness(of: [one]) == nil, "seed \(seed)") }
            }
            if size > 2 {
                for (place, one) in all.enumerated() {
                    for other in all[(place + 1)...] {
                        #expect(search.effectiveness(of: [one, other]) == nil, "seed \(seed)")
                    }
                }
            }
            return []
        }
        var coverage = LogCoverage(horizon: Moment.days(60).instant)
        coverage.paths = [.b, .c, .d, .e]
        let judge = AccountJudge(settings: Self.settings, coverage: coverage, rows: [probe])
        _ = judge.judge(AccountID("acct_r"), records)
    }

    @Test("the made-up accounts show enough for these claims to mean something")
    func coverageOfAccounts() throws {
        var classes: Set<DivergenceClass> = []
        var matches = 0
        var sizes: Set<Int> = []
        for seed in UInt64(0)..<400 {
            let story = RandomAccount(seed: seed)
            var engine = ParityEngine(settings: Self.settings)
            for record in story.records { engine.feed(record) }
            engine.feed(.complete(through: .days(30)))
            for episode in try engine.verdicts().values.flatMap(\.episodes) {
                classes.formUnion(episode.divergence?.classes ?? [])
                sizes.insert(episode.divergence?.explanation?.interventions.count ?? 0)
                if episode.gist == "match" { matches += 1 }
                #expect(!classes.contains(.brainDefect), "seed \(seed)")
            }
        }
        #expect(matches > 50)
        #expect(sizes == [0, 1, 2, 3])
        #expect(classes.count >= 9, "only \(classes)")
    }
}

extension Taken {
    /// What was taken and when, whoever did it.
    fileprivate var gist: String { "\(at) \(consequence)" }
}
