import CutoverGate
import Foundation
import Testing

/// What the gate says of fleets of which the truth is known.
struct ConfusionTests {
    private static let isStudy =
        ProcessInfo.processInfo.environment["PARITY_GATE_STUDY"] != nil

    @Test(
        "no fleet that is unfit, or not proven fit, is a GO, and one with nothing wrong is",
        arguments: ConfusionFleet.Kind.allCases
    )
    func noWrongGo(kind: ConfusionFleet.Kind) throws {
        for level in ConfusionFleet.Injection.levels(kind) {
            let fleet = try ConfusionFleet(.init(kind: kind, level: level), seed: 1)
            #expect(fleet.truth == .fit || fleet.decision.verdict != .go, "\(kind) \(level)")
            // A gate that never says GO would be right as often, and of no use.
            guard level == 0 else { continue }
            #expect(fleet.decision.verdict == .go, "\(kind): \(fleet.decision.headline)")
        }
    }

    @Test(
        "the confusion matrix",
        .enabled(
            if: isStudy,
            "minutes: set PARITY_GATE_STUDY to make the table of `Confusion` again"
        )
    )
    func study() throws {
        var rows: [String] = []
        var matrix: [ConfusionFleet.Truth: [GateVerdict: Int]] = [:]
        for kind in ConfusionFleet.Kind.allCases {
            for level in ConfusionFleet.Injection.levels(kind) {
                var counts: [GateVerdict: Int] = [:]
                var truths: Set<String> = []
                for seed in UInt64(1)...8 {
                    let fleet = try ConfusionFleet(.init(kind: kind, level: level), seed: seed)
                    let verdict = fleet.decision.verdict
                    counts[verdict, default: 0] += 1
                    matrix[fleet.truth, default: [:]][verdict, default: 0] += 1
                    truths.insert(fleet.truth.rawValue)
                    if fleet.truth != .fit, verdict == .go {
                        Issue.record("a wrong GO: \(kind) at \(level), seed \(seed)")
                    }
                    if fleet.truth == .fit, verdict == .noGo {
                        print(
                            "wrong NO-GO, \(kind) \(level), seed \(seed): \(fleet.decision.headline)"
                        )
                    }
                }
                let truth = truths.sorted().joined(separator: ", ")
                rows.append("| \(kind.rawValue) | \(level) | \(truth) " + Self.cells(counts))
            }
        }
        print(
            "| What is wrong | Level | Truth | GO | INSUFFICIENT | NO-GO |\n|---|--:|---|--:|--:|--:|"
        )
        for row in rows { print(row) }
        print("\n| Truth | GO | INSUFFICIENT | NO-GO |\n|---|--:|--:|--:|")
        for truth in ConfusionFleet.Truth.allCases {
            print("| \(truth.rawValue) " + Self.cells(matrix[truth] ?? [:]))
        }
    }

    private static func cells(_ counts: [GateVerdict: Int]) -> String {
        [GateVerdict.go, .insufficient, .noGo].map { "| \(counts[$0] ?? 0) " }.joined() + "|"
    }
}
