import CutoverGate
import Testing

struct ConfidenceSequenceTests {
    private let bound = ConfidenceSequence(level: .standard)

    @Test("a wager wins on average nothing where its claim is true, or more than true")
    func supermartingale() {
        // Over all ways that 12 episodes can go, weighted by their chance.
        for rate in [0.01, 0.3, 0.7] {
            for (isUpper, truth) in [
                (true, rate), (true, rate + 0.1), (false, rate), (false, 0.005),
            ] {
                var mean = 0.0
                for events in 0...12 {
                    let chance =
                        BoundsOracle.chance(ofAtMost: events, of: 12, at: truth)
                        - (events == 0
                            ? 0 : BoundsOracle.chance(ofAtMost: events - 1, of: 12, at: truth))
                    mean +=
                        chance
                        * BoundsOracle.worth(
                            upper: isUpper,
                            events: events,
                            of: 12,
                            against: rate
                        )
                }
                #expect(mean <= 1)
            }
        }
    }

    @Test("the wager is worth the sum of its likelihood ratios", arguments: 0..<30)
    func oracle(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<10 {
            let episodes = random.number(1...400)
            let share = random.pick([0, 0, 1, 5, 20, 50, 100])
            let tally = Tally(events: episodes * random.number(0...share) / 100, of: episodes)
            let upper = bound.upperBound(tally)
            let lower = bound.lowerBound(tally)
            let worth = {
                BoundsOracle.worth(upper: $0, events: tally.events, of: episodes, against: $1)
            }
            // Half a part per million aside, where no rounding decides.
            if upper < .whole {
                #expect(worth(true, upper.share + 5e-7) >= 20, "\(tally)")
                #expect(worth(true, upper.share - 15e-7) < 20, "\(tally)")
            }
            if lower > .zero {
                #expect(worth(false, max(1e-9, lower.share - 5e-7)) >= 20, "\(tally)")
                #expect(
                    lower.share > 0.999_998 || worth(false, lower.share + 15e-7) < 20,
                    "\(tally)"
                )
            }
        }
    }

    @Test(
        "3,448 clean episodes show 0.1 % whenever one looks, and each event costs some more",
        arguments: [(0, 3448), (1, 7470), (2, 9265)]
    )
    func cost(events: Int, episodes: Int) {
        let seen = Tally(events: events, of: events)
        let limit = Rate(partsPerMillion: 1000)
        #expect(bound.cleanEpisodesNeeded(seen, within: limit) == episodes - events)
    }

    @Test("it is never tighter than the exact bound of one look", arguments: 0..<60)
    func widerThanExact(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let level = try #require(RiskLevel(perMille: random.pick([1, 10, 50, 200, 500])))
        let episodes = random.pick([random.number(0...60), random.number(61...100_000)])
        let tally = Tally(
            events: random.number(0...episodes) / random.pick([1, 10, 1000]),
            of: episodes
        )
        let (anytime, exact) = (ConfidenceSequence(level: level), ClopperPearson(level: level))
        #expect(anytime.upperBound(tally) >= exact.upperBound(tally), "\(tally) \(level)")
        #expect(anytime.lowerBound(tally) <= exact.lowerBound(tally), "\(tally) \(level)")
    }

    @Test("a rate 1 % below the limit is shown to be so in the end, and one 1 % above it as well")
    func consistent() {
        let limit = Rate(partsPerMillion: 1000)
        #expect(bound.shows(Tally(events: 990_000, of: 1_000_000_000), within: limit))
        #expect(bound.shows(Tally(events: 1_010_000, of: 1_000_000_000), above: limit))
        #expect(!bound.shows(Tally(events: 1_000_000, of: 1_000_000_000), within: limit))
        #expect(!bound.shows(Tally(events: 1_000_000, of: 1_000_000_000), above: limit))
    }
}
