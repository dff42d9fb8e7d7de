import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// What is taken away never makes a verdict pass, and what is done wrong never makes one better.
///
/// A failure names the seed that reproduces it.
struct FailClosedTests {
    private struct Subjects {
        let go: GateQuestion
        let noGo: GateQuestion
        let insufficient: GateQuestion

        var all: [(name: String, question: GateQuestion)] {
            [("GO", go), ("NO-GO", noGo), ("INSUFFICIENT", insufficient)]
        }

        init() throws {
            go = try SmallQuestion.clean()
            noGo = try SmallQuestion.about(SmallFleet.bad.get().report())
            insufficient = go.with { question in
                question.configuration.observed = .days(30)
                question.configuration.unexplained = Rate(partsPerMillion: 1000)
            }
        }
    }

    private static let subjects = Result { try Subjects() }

    @Test("the questions that are changed are a GO, a NO-GO and an INSUFFICIENT one")
    func substance() throws {
        let subjects = try Self.subjects.get()
        for criterion in GateDecision(subjects.go).criteria where criterion.verdict != .go {
            Issue.record("\(criterion.name.words): \(criterion.value) \(criterion.details)")
        }
        #expect(subjects.go.verdict == .go)
        #expect(subjects.noGo.verdict == .noGo)
        #expect(subjects.insufficient.verdict == .insufficient)
    }

    // MARK: - Evidence taken away

    @Test("no evidence that is taken away makes a question pass", arguments: UInt64(0)..<250)
    func removal(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for (name, question) in try Self.subjects.get().all {
            var changed = question
            var did: [String] = []
            for _ in 0..<random.number(1...4) {
                let removal = random.pick(Removal.allCases)
                removal.apply(to: &changed, &random)
                did.append("\(removal)")
            }
            guard question.verdict != .go else { continue }
            #expect(changed.verdict != .go, "seed \(seed), \(name): \(did)")
        }
    }

    @Test("each piece of evidence is missed where it is taken away whole", arguments: Removal.whole)
    func missed(removal: Removal) throws {
        var question = try Self.subjects.get().go
        var random = SeededRandom(seed: 1)
        removal.apply(to: &question, &random)
        #expect(question.verdict != .go)
    }

    @Test("evidence that is taken away never hides a NO-GO of another criterion")
    func noHiding() throws {
        let question = try Self.subjects.get().noGo
        for removal in Removal.allCases {
            var random = SeededRandom(seed: 3)
            var changed = question
            removal.apply(to: &changed, &random)
            #expect(changed.verdict == .noGo, "\(removal)")
        }
    }

    // MARK: - Harm added

    @Test("no harm that is added makes any criterion better", arguments: UInt64(0)..<250)
    func harm(seed: UInt64) throws {
        let template = try #require(Self.subjects.get().noGo.observation.divergences.first)
        var random = SeededRandom(seed: seed)
        let waivers = try Self.waivers(random.number(1...4))
        for (name, question) in try Self.subjects.get().all {
            let before = question.weighing(waivers)
            var after = question
            var did: [String] = []
            for number in 0..<random.number(1...4) {
                let harm = random.pick(Harm.allCases)
                harm.apply(to: &after, template, Int(seed) * 10 + number, &random)
                did.append("\(harm)")
            }
            after = after.weighing(waivers)
            let (old, new) = (GateDecision(before), GateDecision(after))
            for (mine, other) in zip(new.criteria, old.criteria) {
                #expect(
                    mine.verdict >= other.verdict,
                    "seed \(seed), \(name), \(mine.name): \(did)"
                )
            }
            #expect(new.verdict >= old.verdict, "seed \(seed), \(name): \(did)")
        }
    }

    private static func waivers(_ cap: Int) throws -> Waivers {
        var money = Amounts()
        money.add(Money(minorUnits: 100_000, currency: try #require(Currency("usd"))))
        return try Waivers([
            Waiver(
                id: "W-1",
                cause: .race,
                phase: .webhooks,
                ticket: "T-1",
                owner: "billing",
                role: "engineering",
                reason: "known",
                expires: #require(Instant(rfc3339: "2026-04-25T12:00:00Z")),
                cap: .init(count: cap, money: money)
            )
        ])
    }

    @Test("every kind of harm turns a GO into something else", arguments: Harm.allCases)
    func harmCounts(harm: Harm) throws {
        let template = try #require(Self.subjects.get().noGo.observation.divergences.first)
        var question = try Self.subjects.get().go
        var random = SeededRandom(seed: 5)
        for number in 0..<40 { harm.apply(to: &question, template, number, &random) }
        question = question.weighing(try Self.waivers(3))
        #expect(question.verdict != .go)
    }
}
