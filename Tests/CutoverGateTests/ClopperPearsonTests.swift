import CutoverGate
import Testing

struct ClopperPearsonTests {
    /// The two-sided interval of tables: half of the rest on each side.
    private func interval(_ events: Int, _ episodes: Int, perMille: Int) throws -> [Int] {
        let bound = ClopperPearson(level: try #require(RiskLevel(perMille: perMille)))
        let tally = Tally(events: events, of: episodes)
        return [bound.lowerBound(tally), bound.upperBound(tally)].map(\.partsPerMillion)
    }

    /// Published digits, in parts per ten million, as parts per million: the lower bound rounded
    /// down and the upper one up.
    private func outward(_ low: Int, _ high: Int) -> [Int] { [low / 10, (high + 9) / 10] }

    @Test(
        "two-sided 95 % intervals are those of R's binom.test",
        arguments: [
            (0, 10, 0, 3_084_971), (1, 10, 25_286, 4_450_161), (5, 10, 1_870_860, 8_129_140),
            (10, 100, 490_047, 1_762_226), (9, 24, 1_879_929, 5_940_636),
            (682, 925, 7_076_683, 7_654_066), (10, 10, 6_915_029, 10_000_000),
        ]
    )
    func binomTest(events: Int, episodes: Int, low: Int, high: Int) throws {
        #expect(try interval(events, episodes, perMille: 25) == outward(low, high))
    }

    @Test(
        "two-sided 90 % intervals are those of R's binom.test",
        arguments: [(1, 1497, 343, 31_650), (542, 3611, 1_403_939, 1_602_214)]
    )
    func binomTest90(events: Int, episodes: Int, low: Int, high: Int) throws {
        #expect(try interval(events, episodes, perMille: 50) == outward(low, high))
    }

    // Newcombe, Two-Sided Confidence Intervals for the Single Proportion, Statistics in Medicine 17
    // (1998), table I, method 5, which gives four digits.
    @Test(
        "two-sided 95 % intervals are those of Newcombe's table",
        arguments: [
            (81, 263, 2527, 3676), (15, 148, 578, 1617), (0, 20, 0, 1684), (1, 29, 9, 1776),
        ]
    )
    func newcombe(events: Int, episodes: Int, low: Int, high: Int) throws {
        let found = try interval(events, episodes, perMille: 25)
        #expect(found.map { ($0 + 50) / 100 } == [low, high])
    }

    @Test(
        "no events in n episodes bound the rate by about 3/n",
        arguments: [100, 1000, 10_000, 100_000]
    )
    func ruleOfThree(episodes: Int) {
        let bound = ClopperPearson(level: .standard)
        let upper = bound.upperBound(Tally(events: 0, of: episodes)).partsPerMillion
        #expect((2_940_000 / episodes...3_000_000 / episodes).contains(upper))
    }

    @Test("2,995 clean episodes show 0.1 % at one look, and 2,994 do not")
    func planned() {
        let bound = ClopperPearson(level: .standard)
        let limit = Rate(partsPerMillion: 1000)
        #expect(bound.shows(Tally(events: 0, of: 2995), within: limit))
        #expect(!bound.shows(Tally(events: 0, of: 2994), within: limit))
        #expect(bound.cleanEpisodesNeeded(Tally(events: 0, of: 0), within: limit) == 2995)
    }

    @Test(
        "a thousand million episodes have bounds too",
        arguments: [(500_000, 498, 502), (500_000_000, 499_973, 500_027), (0, 0, 1)]
    )
    func many(events: Int, low: Int, high: Int) throws {
        #expect(try interval(events, 1_000_000_000, perMille: 50) == [low, high])
    }

    @Test("the bounds are the last rates that the binomial sum refutes", arguments: 0..<30)
    func oracle(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let perMille = random.pick([1, 10, 25, 50, 100, 500])
        let level = Double(perMille) / 1000
        let episodes = random.number(1...400)
        let events = random.number(0...episodes)
        let found = try interval(events, episodes, perMille: perMille)
        // Half a part per million aside, where no rounding decides.
        let (low, high) = ((Double(found[0]) - 0.5) / 1e6, (Double(found[1]) + 0.5) / 1e6)
        let few = { BoundsOracle.chance(ofAtMost: events, of: episodes, at: $0) }
        let many = { 1 - BoundsOracle.chance(ofAtMost: events - 1, of: episodes, at: $0) }
        if events < episodes {
            #expect(few(high) <= level)
            #expect(few(high - 2e-6) > level)
        }
        if events > 0 {
            #expect(low < 0 || many(low) <= level)
            #expect(many(low + 2e-6) > level)
        }
    }
}
