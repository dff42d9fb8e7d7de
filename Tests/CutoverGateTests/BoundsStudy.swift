import CutoverGate
import Foundation
import Testing

/// Measures the figures of the article `Bounds`, at the gate's own limit of 0.1 %.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["PARITY_BOUNDS_STUDY"] != nil,
        "half a minute of release mode: set PARITY_BOUNDS_STUDY to measure the figures again"
    ),
    .serialized
)
struct BoundsStudy {
    private static let limit = Rate(partsPerMillion: 1000)
    private static let justOver = Rate(partsPerMillion: 1010)

    private func looks(_ method: BoundMethod, until horizon: Int, every step: Int) -> Looks {
        switch method {
        case .exact:
            let bound = ClopperPearson(level: .standard)
            return Looks(forGo: bound, limit: Self.limit, until: horizon, every: step)
        case .anytime:
            let bound = ConfidenceSequence(level: .standard)
            return Looks(forGo: bound, limit: Self.limit, until: horizon, every: step)
        }
    }

    private func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }

    @Test("wrong GOs", arguments: BoundMethod.allCases)
    func wrongVerdicts(method: BoundMethod) throws {
        for step in [1000, 1] {
            let looks = looks(method, until: 1_000_000, every: step)
            let chances = looks.chances(rate: Self.justOver.share)
            let atLimit = looks.chances(rate: Self.limit.share)
            for horizon in [10_000, 100_000, 1_000_000] {
                print(
                    "\(method) bound, a look every \(step) until \(horizon):",
                    "just over \(percent(chances[horizon])),",
                    "at the limit \(percent(atLimit[horizon]))"
                )
            }
            let simulated = self.looks(method, until: 100_000, every: step)
                .simulate(rate: Self.justOver, streams: 20_000, seed: 1)
            print("\(method) bound, a look every \(step) until 100000: \(simulated)")
            if method == .anytime { #expect(try #require(atLimit.last) <= 0.05) }
        }
    }

    @Test("episodes to a right GO", arguments: [0, 100, 250, 500])
    func cost(partsPerMillion: Int) throws {
        let rate = Double(partsPerMillion) / 1_000_000
        let chances = looks(.anytime, until: 120_000, every: 1).chances(rate: rate)
        let exact = ClopperPearson(level: .standard)
        for power in [0.5, 0.9] {
            let anytime = try #require(chances.firstIndex { $0 >= power })
            let planned = try #require(
                (0...200).lazy.map { ($0, Looks.needed(exact, events: $0, limit: Self.limit)) }
                    .first { BoundsOracle.chance(ofAtMost: $0, of: $1, at: rate) >= power }
            )
            print(
                "true rate \(partsPerMillion) in a million, GO in \(percent(power)):",
                "planned \(planned.1), anytime \(anytime),",
                "more by \(percent(Double(anytime - planned.1) / Double(planned.1)))"
            )
        }
    }

    @Test("false alarms at the limit", arguments: [1, 12, 40])
    func alarms(family: Int) throws {
        // In thousandths, rounded down: the nearest levels that can be configured.
        for perMille in [50, max(1, 50 / family)] {
            let level = try #require(RiskLevel(perMille: perMille))
            let looks = Looks(
                forNoGo: ConfidenceSequence(level: level),
                limit: Self.limit,
                until: 100_000
            )
            let one = try #require(looks.chances(rate: Self.limit.share).last)
            let any = 1 - pow(1 - one, Double(family))
            print("\(family) cells, each at \(perMille) in a thousand: \(percent(any))")
        }
    }

    @Test("episodes to a right NO-GO", arguments: [1500, 2000, 5000, 20_000, 100_000])
    func detection(partsPerMillion: Int) throws {
        let rate = Double(partsPerMillion) / 1_000_000
        for perMille in [50, 4] {
            let level = try #require(RiskLevel(perMille: perMille))
            let bound = ConfidenceSequence(level: level)
            let looks = Looks(forNoGo: bound, limit: Self.limit, until: 60_000)
            let median = looks.chances(rate: rate).firstIndex { $0 >= 0.5 }
            print(
                "true rate \(partsPerMillion) in a million, at \(perMille) in a thousand:",
                "NO-GO after \(median.map(String.init) ?? "more than 60000")"
            )
        }
    }
}
