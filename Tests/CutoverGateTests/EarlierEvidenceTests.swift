import BillingModel
import CutoverGate
import MirrorLog
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
        let record = try #require(chain.records.first?.entry)
        let all = try #require(record.body?["against"]?.elements)
        #expect(all.count > 5)
        let since = record.at.advanced(by: .days(-14)).description
        let named = all.filter { $0["opened"]?.string ?? "" >= since }
        #expect(!named.isEmpty && named.count < all.count)
        let harmed = Set(named.compactMap { $0["account"]?.string })
        let rest = try bad.report("the others") { !harmed.contains($0.account?.rawValue ?? "") }
        let (second, _) = try Self.ask([rest], after: chain)
        #expect(second.verdict == .insufficient)
        #expect(Set(second.evidence) == Set(named.compactMap { $0["divergence"]?.string }))
        #expect(second.details.allSatisfy { $0.contains("of record 1: ") })
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

    @Test("what is older than the time that must be observed may be left out")
    func aged() throws {
        let (bad, clean) = (try SmallFleet.bad.get(), try SmallFleet.clean.get())
        let (_, chain) = try Self.ask([try bad.report("bad")])
        let later = bad.start.advanced(by: .days(24 + 15))
        let (aged, _) = try Self.ask([try clean.report("clean")], at: later, after: chain)
        #expect(aged.verdict == .go)
    }

    @Test("a corpus must not hold fewer cases than it did")
    func smallerCorpus() throws {
        let larger = EarlierEvidence(largerCorpus: .init(record: 3, cases: 414))
        let question = try SmallQuestion.clean().with { $0.earlier = larger }
        #expect(question.verdict(of: .earlierEvidence) == .insufficient)
        #expect(question.verdict == .insufficient)
        let whole = question.with { $0.earlier = EarlierEvidence() }
        #expect(whole.verdict == .go)
    }
}
