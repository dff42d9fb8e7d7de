import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Synchronization
import Testing

/// What is made quick gives what the plain way gives.
struct FastPathTests {
    private static let settings = JudgeSettings()

    @Test("an effect tells what it takes, as the states around it do", arguments: UInt64(0)..<200)
    func consequences(seed: UInt64) {
        var state = AccountState()
        for record in RandomAccount(seed: seed).records.inEventTimeOrder() {
            if case .baseline(let baseline) = record.body { state = baseline }
            if case .stripe(let event) = record.body {
                if case .invoice(let invoice) = event.object { state.put(invoice) }
                if case .subscription(let subscription) = event.object { state.put(subscription) }
            }
            guard case .execution(let execution) = record.body else { continue }
            for timed in execution.effects {
                let before = state
                let taken = state.take(timed.effect, at: timed.at, by: record.id)
                #expect(
                    [taken].compactMap { $0 } == Consequence.between(before, state),
                    "seed \(seed): \(timed.effect)"
                )
            }
        }
    }

    @Test("a search gives what trying every set gives", arguments: UInt64(0)..<120)
    func explanations(seed: UInt64) {
        Self.forEachCase(of: seed) { subject in
            let found = CauseSearch(subject).explain()
            #expect(found.map(PlainSearch.words) == PlainSearch(subject).best, "seed \(seed)")
        }
    }

    @Test("a search for some classes finds them where they are the best", arguments: UInt64(0)..<60)
    func explanationsOfClasses(seed: UInt64) {
        Self.forEachCase(of: seed) { subject in
            let search = CauseSearch(subject)
            let best = search.explain()
            let classes = Set(best?.interventions.map(\.cause) ?? [])
            for cause in DivergenceClass.allCases {
                let found = search.explain(ifBy: [cause])
                if classes == [cause] {
                    #expect(
                        found.map(PlainSearch.words) == best.map(PlainSearch.words),
                        "seed \(seed)"
                    )
                } else {
                    #expect(Set(found?.interventions.map(\.cause) ?? []) != [cause], "seed \(seed)")
                }
            }
        }
    }

    /// Shows the cases that come by where an account's records are judged.
    private static func forEachCase(
        of seed: UInt64,
        _ visit: @escaping @Sendable (EpisodeCase) -> Void
    ) {
        var records = RandomAccount(seed: seed).records
        for place in records.indices { records[place].account = AccountID("acct_r") }
        // A row without candidates, whose only use is to see the cases.
        let probe = CauseRow(cause: .timing) { subject in
            visit(subject)
            return []
        }
        var coverage = LogCoverage(horizon: Moment.days(60).instant)
        coverage.paths = [.b, .c, .d, .e]
        let judge = AccountJudge(settings: settings, coverage: coverage, rows: [probe])
        _ = judge.judge(AccountID("acct_r"), records)
    }

    // MARK: - Work in order

    private struct Failure: Error, Equatable {
        var input: Int
    }

    @Test("results come in the order of the inputs", arguments: [1, 2, 5])
    func order(jobs: Int) throws {
        let inputs = Array(0..<333)
        let finished = Mutex(0)
        var visited: [Int] = []
        try inOrder(
            inputs,
            jobs: jobs,
            { input throws(Failure) in
                finished.withLock { $0 += 1 }
                return input * 2
            },
            { visited.append($0) }
        )
        #expect(visited == inputs.map { $0 * 2 })
        #expect(finished.withLock { $0 } == inputs.count)
    }

    @Test("the first failure is thrown, after what came before it", arguments: [1, 2, 5])
    func failure(jobs: Int) {
        var visited: [Int] = []
        #expect(throws: Failure(input: 77)) {
            try inOrder(
                Array(0..<200),
                jobs: jobs,
                { input throws(Failure) in
                    if input == 77 || input == 90 { throw Failure(input: input) }
                    return input
                },
                { visited.append($0) }
            )
        }
        #expect(visited == Array(0..<77))
    }
}

/// The search for causes as its description reads: every set of a size is tried, and of those that
/// help the preferred one is taken.
private struct PlainSearch {
    let search: CauseSearch
    let candidates: [(rank: Int, intervention: Intervention)]

    init(_ subject: EpisodeCase) {
        search = CauseSearch(subject)
        candidates = Array(
            CauseRow.table.enumerated().flatMap { rank, row in
                row.candidates(subject).sorted { $0.at < $1.at }.map { (rank, $0) }
            }.prefix(CauseSearch.mostCandidates)
        )
    }

    /// The best explanation in words; `nil` where there is none.
    var best: String? {
        for size in 1...2 {
            var best: (key: [Int64], words: String)?
            for set in sets(of: size) {
                let chosen = set.map { candidates[$0].intervention }
                guard let effectiveness = search.effectiveness(of: chosen) else { continue }
                let ranks = set.map { Int64(candidates[$0].rank) }
                let first = chosen.map(\.at.microseconds).min() ?? 0
                let key = [Int64(effectiveness.rawValue)] + ranks + [first]
                if best.map({ key.lexicographicallyPrecedes($0.key) }) ?? true {
                    best = (key, Self.words(chosen, effectiveness))
                }
            }
            if let best { return best.words }
        }
        // Sets of three are left to the search: there are too many for a test.
        return search.explain().map(Self.words)
    }

    private func sets(of size: Int) -> [[Int]] {
        let places = Array(candidates.indices)
        guard size > 1 else { return places.map { [$0] } }
        return places.flatMap { one in places[(one + 1)...].map { [one, $0] } }
    }

    static func words(_ explanation: Explanation) -> String {
        words(explanation.interventions, explanation.effectiveness)
    }

    private static func words(
        _ interventions: [Intervention],
        _ effectiveness: Effectiveness
    ) -> String {
        "\(effectiveness): \(interventions.map { "\($0.cause) \($0.at) \($0.happened)" })"
    }
}
