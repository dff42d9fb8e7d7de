import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// What counts as time that was observed, and what is a hole in it.
@Suite("observed time")
struct ObservedTimeTests {
    /// A small question that is answered GO, changed.
    private static func question(
        _ change: (inout GateQuestion) -> Void = { _ in }
    ) throws -> GateQuestion {
        try clean.get().with(change)
    }

    private static let clean = Result { try SmallQuestion.clean() }

    @Test("the observed time passes from its length on")
    func observedTime() throws {
        let question = try Self.question()
        let span =
            question.observation.begin.map { question.observation.horizon.since($0) } ?? .zero
        for (more, expected) in [(Int64(-1), GateVerdict.go), (0, .go), (1, .insufficient)] {
            let asked = question.with { question in
                question.observation.silences = []
                question.configuration.observed = TimeSpan(microseconds: span.microseconds + more)
            }
            #expect(asked.verdict(of: .observedTime) == expected)
        }
    }

    @Test("a hole passes up to an hour, whoever tells of it")
    func holes() throws {
        for (minutes, expected) in [(Int64(60), GateVerdict.go), (61, .insufficient)] {
            let question = try Self.question()
            let from = question.observation.horizon.advanced(by: .days(-2))
            let gap = Gap(from: from, to: from.advanced(by: .minutes(minutes)))
            let told = question.with { $0.observation.sources[0].activity.gaps = [gap] }
            let between = question.with { $0.observation.uncovered = [gap] }
            for asked in [told, between] {
                #expect(asked.verdict(of: .observedTime) == expected, "\(minutes)")
            }
        }
    }

    @Test("a watermark passes while it is no older than an hour, and one from later is no proof")
    func freshness() throws {
        let question = try Self.question { question in
            let oldest = question.observation.sources.compactMap(\.activity.through).min()
            question.observation.horizon = oldest ?? question.observation.horizon
        }
        for (minutes, expected) in [
            (Int64(-1), GateVerdict.insufficient), (0, .go), (60, .go), (61, .insufficient),
        ] {
            let asked = question.with {
                $0.at = $0.observation.horizon.advanced(by: .minutes(minutes))
            }
            #expect(asked.verdict(of: .observedTime) == expected, "\(minutes)")
        }
    }

    @Test("old records do not make the mirror any older, be they one or several", arguments: 1...4)
    func oldRecords(count: Int64) throws {
        let fleet = try SmallFleet.clean.get()
        let event = try #require(
            fleet.lines.first { String(decoding: $0, as: UTF8.self).contains("invoice.paid") }
        )
        var older = fleet
        for number in 1...count {
            let at = fleet.start.advanced(by: .days(-9 * number)).description
            let text = String(decoding: event, as: UTF8.self)
                .replacing(/"id":"[^"]*"/, with: "\"id\":\"old-\(number)\"", maxReplacements: 1)
                .replacing(/"at":"[^"]*"/, with: "\"at\":\"\(at)\"", maxReplacements: 1)
            older.lines.append(Array(text.utf8))
        }
        let young = try SmallQuestion.about(fleet.report())
        let old = try SmallQuestion.about(older.report())
        #expect(old.observation.from != young.observation.from)
        for question in [young, old] {
            for (days, expected) in [(Int64(21), GateVerdict.go), (23, .insufficient)] {
                let asked = question.with { $0.configuration.observed = .days(days) }
                let told = GateDecision(asked).criteria.first { $0.name == .observedTime }
                #expect(told?.verdict == expected, "\(told?.details ?? [])")
            }
        }
    }

    @Test("a report's word for when it begins counts for no more than what its sources delivered")
    func statedBeginning() throws {
        let question = try Self.question { question in
            question.configuration.observed = .days(30)
            question.observation.from = question.observation.from?.advanced(by: .days(-90))
        }
        #expect(question.verdict(of: .observedTime) == .insufficient)
    }
}
