import BillingModel
import BrokenBrains
import DunningBrain
import Testing

struct CanaryTests {
    private func breaches(by brain: Brain, on state: AccountState) -> [Breach] {
        let decision = brain.decide(state, .noon, Policy())
        return DunningBrain.breaches(of: decision, on: state, at: .noon, Policy(), brain: brain)
    }

    @Test(
        "a broken brain is found out by the invariant that it breaks",
        arguments: Canary.all
    )
    func canaryIsFoundOut(canary: Canary) {
        let found = breaches(by: canary.brain, on: canary.state)
        #expect(found.contains { $0.invariant == canary.invariant }, "\(found)")
        #expect(found.map(\.invariant.rawValue) == found.map(\.invariant.rawValue).sorted())
        #expect(breaches(by: .standard, on: canary.state) == [])
    }

    @Test("every invariant that is judged here has a canary", arguments: Invariant.allCases)
    func everyInvariantHasACanary(invariant: Invariant) {
        let isBroken = Canary.all.contains { $0.invariant == invariant }
        #expect(isBroken == (invariant.vacuousBecause == nil))
    }

    @Test("the invariants are numbered 1 to 14 and each is a sentence of its own")
    func numbersAndStatements() {
        #expect(Invariant.allCases.map(\.rawValue) == Array(1...14))
        #expect(Set(Invariant.allCases.map(\.statement)).count == 14)
    }
}
