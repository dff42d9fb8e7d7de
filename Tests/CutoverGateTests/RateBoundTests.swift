import CutoverGate
import Testing

struct RateBoundTests {
    private static let methods = BoundMethod.allCases

    private func tally(_ random: inout SeededRandom) -> Tally {
        let episodes = random.pick([
            random.number(0...40), random.number(0...5000), random.number(0...10_000_000),
        ])
        return Tally(
            events: random.number(0...episodes) / random.pick([1, 10, 1000, 100_000]),
            of: episodes
        )
    }

    @Test("a clean episode never raises a bound, and an event never lowers one", arguments: methods)
    func monotonic(method: BoundMethod) {
        let bound = method.bound(at: .standard)
        var random = SeededRandom(seed: 7)
        for _ in 0..<60 {
            let now = tally(&random)
            let clean = Tally(events: now.events, of: now.episodes + 1)
            let event = Tally(events: now.events + 1, of: now.episodes + 1)
            let worse = Tally(events: min(now.events + 1, now.episodes), of: now.episodes)
            #expect(bound.upperBound(clean) <= bound.upperBound(now), "\(now)")
            #expect(bound.upperBound(event) >= bound.upperBound(now), "\(now)")
            #expect(bound.upperBound(worse) >= bound.upperBound(now), "\(now)")
            #expect(bound.lowerBound(clean) <= bound.lowerBound(now), "\(now)")
            #expect(bound.lowerBound(event) >= bound.lowerBound(now), "\(now)")
            #expect(bound.lowerBound(worse) >= bound.lowerBound(now), "\(now)")
        }
    }

    @Test("what was seen lies between the bounds", arguments: methods)
    func between(method: BoundMethod) {
        let bound = method.bound(at: .standard)
        var random = SeededRandom(seed: 8)
        for _ in 0..<100 {
            let now = tally(&random)
            #expect(bound.upperBound(now).partsPerMillion * now.episodes >= now.events * 1_000_000)
            #expect(bound.lowerBound(now).partsPerMillion * now.episodes <= now.events * 1_000_000)
        }
    }

    @Test("the verdict is the comparison of what is printed", arguments: methods)
    func agrees(method: BoundMethod) {
        let bound = method.bound(at: .standard)
        var random = SeededRandom(seed: 9)
        for _ in 0..<40 {
            let now = tally(&random)
            let (upper, lower) = (bound.upperBound(now), bound.lowerBound(now))
            for offset in -2...2 {
                let above = Rate(partsPerMillion: upper.partsPerMillion + offset)
                let below = Rate(partsPerMillion: lower.partsPerMillion + offset)
                if upper < .whole { #expect(bound.shows(now, within: above) == (above >= upper)) }
                if lower > .zero { #expect(bound.shows(now, above: below) == (below <= lower)) }
            }
        }
    }

    @Test("the clean episodes that are needed are enough, and one fewer is not", arguments: methods)
    func needed(method: BoundMethod) throws {
        let bound = method.bound(at: .standard)
        var random = SeededRandom(seed: 10)
        for _ in 0..<40 {
            let limit = Rate(partsPerMillion: random.pick([100, 1000, 50_000, 500_000]))
            let now = Tally(events: random.number(0...50), of: random.number(50...100_000))
            let count = try #require(bound.cleanEpisodesNeeded(now, within: limit))
            let enough = Tally(events: now.events, of: now.episodes + count)
            #expect(bound.shows(enough, within: limit))
            if count > 0 {
                let fewer = Tally(events: now.events, of: now.episodes + count - 1)
                #expect(!bound.shows(fewer, within: limit))
            }
        }
    }

    @Test("nothing is known of no episodes", arguments: methods)
    func nothing(method: BoundMethod) {
        let bound = method.bound(at: .standard)
        let none = Tally(events: 0, of: 0)
        #expect(bound.upperBound(none) == .whole)
        #expect(bound.lowerBound(none) == .zero)
        #expect(!bound.shows(none, within: .whole))
        #expect(!bound.shows(none, above: .zero))
    }

    @Test("a limit of nothing is never shown, and what cannot be waited for is not promised")
    func unreachable() {
        for method in Self.methods {
            let bound = method.bound(at: .standard)
            let clean = Tally(events: 0, of: 1_000_000)
            #expect(bound.cleanEpisodesNeeded(clean, within: .zero) == nil)
            #expect(!bound.shows(clean, within: .zero))
            #expect(bound.shows(Tally(events: 1, of: 1000), above: .zero))
            let many = Tally(events: 1_000_000, of: 1_000_000)
            #expect(bound.cleanEpisodesNeeded(many, within: Rate(partsPerMillion: 1000)) == nil)
        }
    }

    @Test("counts that make no sense are read against the brain")
    func senseless() {
        #expect(Tally(events: 5, of: 3) == Tally(events: 5, of: 5))
        #expect(Tally(events: -1, of: -2) == Tally(events: 0, of: 0))
    }

    @Test("levels above one half and at nothing are refused")
    func levels() {
        #expect(RiskLevel(perMille: 0) == nil)
        #expect(RiskLevel(perMille: 501) == nil)
        #expect(RiskLevel(perMille: 50) == .standard)
    }

    @Test(
        "rates are written as percent",
        arguments: [
            (0, "0 %"), (1, "0.0001 %"), (998, "0.0998 %"), (1000, "0.1 %"), (10_000, "1 %"),
            (123_450, "12.345 %"), (1_000_000, "100 %"), (2_000_000, "100 %"), (-1, "0 %"),
        ]
    )
    func percent(partsPerMillion: Int, text: String) {
        #expect(Rate(partsPerMillion: partsPerMillion).description == text)
    }
}
