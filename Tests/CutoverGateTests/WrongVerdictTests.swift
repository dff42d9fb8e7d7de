import CutoverGate
import Testing

/// What the bounds promise, tried on streams of episodes with a known rate.
///
/// At a limit of 5 % rather than 0.1 %, so that streams are short. The figures for 0.1 % are in the
/// article `Bounds`; `BoundsStudy` measures them.
struct WrongVerdictTests {
    private static let horizon = 2000
    private static let limit = Rate(partsPerMillion: 50_000)
    private static let justOver = Rate(partsPerMillion: 50_500)
    private static let streams = 2000

    /// Sure enough that a fixed seed fails by chance once in a thousand choices of it.
    private func margin() throws -> ClopperPearson {
        ClopperPearson(level: try #require(RiskLevel(perMille: 1)))
    }

    @Test("with a look after every episode, wrong GOs by the anytime bound stay under the level")
    func anytime() throws {
        let looks = Looks(
            forGo: ConfidenceSequence(level: .standard),
            limit: Self.limit,
            until: Self.horizon
        )
        let wrong = looks.simulate(rate: Self.justOver, streams: Self.streams, seed: 11)
        #expect(try !margin().shows(wrong, above: Rate(partsPerMillion: 50_000)), "\(wrong)")
        let exact = try #require(looks.chances(rate: Self.justOver.share).last)
        #expect(exact <= 0.05)
        #expect(exact > 0.02, "a wide margin would be paid for in episodes")
        try expect(wrong, toBe: exact)
    }

    @Test("with a look after every episode, wrong GOs by the exact bound break the level")
    func exact() throws {
        let looks = Looks(
            forGo: ClopperPearson(level: .standard),
            limit: Self.limit,
            until: Self.horizon
        )
        let wrong = looks.simulate(rate: Self.justOver, streams: Self.streams, seed: 12)
        #expect(try margin().shows(wrong, above: Rate(partsPerMillion: 100_000)), "\(wrong)")
        try expect(wrong, toBe: try #require(looks.chances(rate: Self.justOver.share).last))
    }

    @Test("at one planned look, wrong GOs by the exact bound stay under the level")
    func planned() throws {
        for planned in [60, 500, Self.horizon] {
            let looks = Looks(
                forGo: ClopperPearson(level: .standard),
                limit: Self.limit,
                until: planned,
                every: planned
            )
            #expect(try #require(looks.chances(rate: Self.limit.share).last) <= 0.05)
        }
    }

    @Test("GO takes every stratum, so one bad cell among many stays under the level uncorrected")
    func intersection() throws {
        let judge = StrataJudge(bound: ConfidenceSequence(level: .standard), family: 4)
        var random = SeededRandom(seed: 13)
        var wrong = 0
        for _ in 0..<60 {
            // One cell just over the limit, one far below it, in turn; a look every 25 episodes.
            var bad = 0
            let found = (1...16).contains { look in
                for _ in 0..<25 where random.number(1...1000) <= 51 { bad += 1 }
                let cells = [
                    Stratum(
                        name: "bad",
                        tally: Tally(events: bad, of: look * 25),
                        limit: Self.limit
                    ),
                    Stratum(
                        name: "good",
                        tally: Tally(events: 0, of: look * 25),
                        limit: Self.limit
                    ),
                ]
                return judge.judge(cells).verdict == .go
            }
            if found { wrong += 1 }
        }
        let tally = Tally(events: wrong, of: 60)
        #expect(try !margin().shows(tally, above: Rate(partsPerMillion: 50_000)), "\(tally)")
    }

    @Test("one cell is enough for NO-GO, so a dozen would break the level if they did not share it")
    func alarms() throws {
        let cells = 12
        func anyAlarm(_ level: RiskLevel) throws -> Double {
            let looks = Looks(
                forNoGo: ConfidenceSequence(level: level),
                limit: Self.limit,
                until: Self.horizon
            )
            let one = try #require(looks.chances(rate: Self.limit.share).last)
            return 1 - (0..<cells).reduce(1.0) { all, _ in all * (1 - one) }
        }
        #expect(try anyAlarm(.standard) > 0.15)
        #expect(try anyAlarm(try #require(RiskLevel(perMille: 4))) <= 0.05)
    }

    /// Expects a simulated share to be an exact chance, but for the simulation's own error.
    private func expect(
        _ tally: Tally,
        toBe chance: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (lower, upper) = (try margin().lowerBound(tally), try margin().upperBound(tally))
        #expect(
            lower.share < chance && chance < upper.share,
            "\(tally) \(chance)",
            sourceLocation: sourceLocation
        )
    }
}
