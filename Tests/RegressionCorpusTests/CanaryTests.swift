import BillingModel
import BrokenBrains
import DivergenceAnalysis
import DunningBrain
import RegressionCorpus
import Testing

/// Proves that the corpus would notice a brain that is wrong.
struct CanaryTests {
    @Test("the right brain holds on every case")
    func rightBrainHolds() throws {
        let check = try CorpusCheck(KeptCorpus.cases(), in: KeptCorpus.region())
        #expect(check.checks.count > 400)
        #expect(check.holds, "\(check.text)")
    }

    @Test("a corpus check with a broken brain does not hold", arguments: Canary.all)
    func brokenBrainIsCaught(canary: Canary) async throws {
        let hunt = try await CanaryHunt.kept
        let trace = try #require(hunt.catches[canary]?.traces.first)
        let cases = hunt.cases.map(\.subject).filter { $0.name == trace.name }
        let check = try CorpusCheck(cases, in: KeptCorpus.region(), brain: canary.brain)
        #expect(check.checks.count == 1)
        #expect(!check.holds)
    }

    @Test("a broken brain breaks its invariant in some case", arguments: Canary.all)
    func invariantIsBreached(canary: Canary) async throws {
        let found = try #require(await CanaryHunt.kept.catches[canary])
        // An account without a type is never put to a brain: its episodes can't be judged. That this
        // brain is caught all the same is due to what it makes of the other types.
        #expect(found.breaches.isEmpty == (canary.state.type == nil))
    }

    @Test(
        "every invariant that can be broken is broken in some case",
        arguments: Invariant.allCases
    )
    func everyInvariantIsBreached(invariant: Invariant) async throws {
        let catches = try await CanaryHunt.kept.catches.values
        let isBroken = catches.contains { found in
            found.canary.invariant == invariant && !found.breaches.isEmpty
        }
        #expect(isBroken == (invariant.vacuousBecause == nil))
    }

    @Test(
        "passing over the cases in which a brain is right loses none that catch it",
        arguments: ["takes what it cannot read for zero", "knows no override"]
    )
    func shortCutLosesNothing(defect: String) async throws {
        let canary = try #require(Canary.all.first { $0.defect == defect })
        let hunt = try await CanaryHunt.kept
        let check = CorpusCheck(
            hunt.cases.map(\.subject),
            in: try KeptCorpus.region(),
            brain: canary.brain
        )
        #expect(check.failures.map(\.name) == hunt.catches[canary]?.traces.map(\.name))
    }

    @Test("no two broken brains have one name")
    func names() {
        #expect(Set(Canary.all.map(\.defect)).count == Canary.all.count)
    }
}
