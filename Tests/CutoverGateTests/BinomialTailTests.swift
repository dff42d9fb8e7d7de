import CutoverGate
import Foundation
import Testing

struct BinomialTailTests {
    @Test("logarithms and powers agree with the system's to the last bits")
    func portableMath() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<5000 {
            let size = Double(random.number(-600...600)) + Double(random.number(0...999)) / 1000
            #expect(isClose(PortableMath.exp(size), exp(size), within: 1e-15))
            #expect(isClose(PortableMath.log(exp(size)), log(exp(size)), within: 1e-15))
            let small = Double(random.number(-999_999...999_999)) / 1_000_000
            #expect(isClose(PortableMath.log1p(small), log1p(small), within: 1e-15))
            #expect(isClose(PortableMath.log1p(small / 1e9), log1p(small / 1e9), within: 1e-15))
        }
    }

    @Test("logarithms and powers have their limits")
    func portableLimits() {
        #expect(PortableMath.log(0) == -.infinity)
        #expect(PortableMath.log(.infinity) == .infinity)
        #expect(PortableMath.log(1) == 0)
        #expect(PortableMath.exp(0) == 1)
        #expect(PortableMath.exp(-.infinity) == 0)
        #expect(PortableMath.exp(1000) == .infinity)
    }

    // From sums of sixty digits.
    @Test(
        "the tail keeps its digits up to a thousand million episodes",
        arguments: [
            (0, 3000, 1000, -3.001_501_000_750_600_5), (3, 10_000, 1000, -4.574_681_553_763_193_8),
            (50, 100_000, 700, -4.896_212_199_760_986_5),
            (999_000, 1_000_000_000, 1000, -1.841_021_899_272_058_4),
            (499_970_000, 1_000_000_000, 500_000, -3.544_195_005_359_850_4),
            (999_990_000, 1_000_000_000, 999_999, -14_031.310_194_983_105),
            (2, 4, 999_999, -25.839_262_980_034_215),
        ]
    )
    func tail(events: Int, episodes: Int, rate: Int, expected: Double) throws {
        let tally = Tally(events: events, of: episodes)
        let chance = try #require(
            BinomialTail.logChance(
                ofAtMost: tally,
                at: Rate(partsPerMillion: rate).probability
            )
        )
        #expect(abs(chance - expected) < 1e-11 * max(1, abs(expected)))
    }

    @Test("the tail is the sum of its probabilities", arguments: 0..<40)
    func sum(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        for _ in 0..<10 {
            let episodes = random.number(1...600)
            let tally = Tally(events: random.number(0...episodes), of: episodes)
            let rate = Rate(partsPerMillion: random.number(1...999_999))
            let sum = BoundsOracle.chance(ofAtMost: tally.events, of: episodes, at: rate.share)
            let chance = BinomialTail.logChance(ofAtMost: tally, at: rate.probability)
            if let chance {
                #expect(abs(chance - log(sum)) < 1e-9 || sum < 1e-290, "\(tally) \(rate)")
            } else {
                // Nothing is said where more than half of the chance lies, and nothing is refuted.
                #expect(sum >= 0.499_999, "\(tally) \(rate)")
            }
        }
    }

    private func isClose(_ lhs: Double, _ rhs: Double, within share: Double) -> Bool {
        abs(lhs - rhs) <= share * max(abs(lhs), abs(rhs))
    }
}
