import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// What spoke against a phase once must be judged again before it may pass.
@Suite("earlier evidence")
struct EarlierEvidenceTests {
    /// The answer about some logs, and the chain with it at its end.
    private static func ask(
        _ logs: [ReplayedLog],
        at: Instant? = nil,
        after chain: Chain = Chain()
    ) throws -> (criterion: Criterion, chain: Chain) {
        var assembly = GateAssembly(phase: .webhooks, at: at, reports: logs.map(\.files))
        assembly.chain = chain
        let (decision, inputs) = try assembly.decide()
        var chain = chain
        _ = try chain.append(
            ChainEntry(
                at: decision.question.at,
                kind: .verdict(.webhooks, decision.verdict, body: JSONTree(decision.json(inputs))),
                brain: decision.question.observation.brain,
                policy: decision.question.observation.policy,
                program: "a test",
                inputs: inputs.map { input in
                    let role = try #require(ChainInput.Role(rawValue: input.role))
                    return ChainInput(role, name: input.name, digest: input.digest)
                }
            )
        )
        let criterion = try #require(
            decision.criteria.first { $0.name == .earlierEvidence }
        )
        return (criterion, chain)
    }

    @Test("a log that spoke against a phase can't be left out by the next look")
    func leftOut() throws {
        let bad = try SmallFleet.bad.get()
        let against = try bad.report("bad")
        let (first, chain) = try Self.ask([against])
        #expect(first.verdict == .go)
        let named = try #require(chain.records.first?.entry.body?["against"]?.elements)
        #expect(named.count > 5)
        let harmed = Set(named.compactMap { $0["account"]?.string })
        let rest = try bad.report("the others") { !harmed.contains($0.account?.rawValue ?? "") }
        let (second, _) = try Self.ask([rest], after: chain)
        #expect(second.verdict == .insufficient)
        #expect(Set(second.evidence) == Set(named.compactMap { $0["divergence"]?.string }))
        #expect(second.details.count { $0.contains("of record 1: ") } == named.count)
        let (again, _) = try Self.ask([against], after: chain)
        #expect(again.verdict == .go)
    }

    @Test("it is enough that the episodes were judged again, whatever the log was called")
    func judgedAgain() throws {
        let bad = try SmallFleet.bad.get()
        let middle = bad.start.advanced(by: .days(12))
        let half = try bad.report("half") { ($0.seen ?? $0.at) < middle }
        let (_, chain) = try Self.ask([half])
        #expect(try Self.ask([bad.report("whole")], after: chain).criterion.verdict == .go)
    }

    @Test("a shard in which nothing diverged can't be left out either, by its day's episodes")
    func thinner() throws {
        let bad = try SmallFleet.bad.get()
        let (_, chain) = try Self.ask([try bad.report("bad")])
        let named = try #require(chain.records.first?.entry.body?["against"]?.elements)
        let harmed = Set(named.compactMap { $0["account"]?.string })
        let part = try bad.report("a part") { record in
            guard let account = record.account else { return true }
            return harmed.contains(account.rawValue) || account.rawValue.utf8.last ?? 0 < 54
        }
        let (second, _) = try Self.ask([part], after: chain)
        #expect(second.verdict == .insufficient)
        #expect(second.evidence == [])
        #expect(second.details.count > 10)
        #expect(second.details.allSatisfy { $0.hasSuffix("were in record 1") })
    }

    @Test("what is older than all that is looked at, and than what must be, may be left out")
    func aged() throws {
        let bad = try SmallFleet.bad.get()
        func time(_ day: Int64) -> Instant { bad.start.advanced(by: .days(day)) }
        let first = try bad.report("first") { ($0.seen ?? $0.at) < time(8) }
        let (before, chain) = try Self.ask([first])
        #expect(before.verdict == .go)
        #expect(chain.records.first?.entry.body?["against"]?.elements?.isEmpty == false)
        for (day, expected) in [(Int64(9), GateVerdict.go), (2, .insufficient)] {
            let later = try bad.report("later") { record in
                record.at >= time(day) && record.kind != .baseline
            }
            #expect(try Self.ask([later], after: chain).criterion.verdict == expected)
        }
    }

    @Test("a brain defect is remembered in whatever phase it was, and by the gate of every phase")
    func defects() throws {
        let question = try SmallQuestion.about(SmallFleet.bad.get().report()).with { question in
            question.observation.divergences[0].classes = [.brainDefect]
            question.observation.divergences[0].phase = .segments
        }
        let json = try JSONTree(GateDecision(question).json([]))
        let id = question.observation.divergences[0].id
        let against = try #require(json["against"]?.elements)
        let own = try #require(against.first { $0["divergence"]?.string == id })
        #expect(own["phase"]?.integer == 1)
    }

    @Test("a case that was taken out of the corpus is missed, and one whose log was changed")
    func lostCases() throws {
        let lost = EarlierEvidence(lostCases: ["void-43-seconds-after-mark 0123456789ab"])
        let question = try SmallQuestion.clean().with { $0.earlier = lost }
        #expect(question.verdict(of: .earlierEvidence) == .insufficient)
        #expect(question.verdict == .insufficient)
        let whole = question.with { $0.earlier = EarlierEvidence() }
        #expect(whole.verdict == .go)
    }
}
