import BillingModel
import BrokenBrains
import DunningBrain
import ParityReport
import Testing

/// What a report calls its brain tells it from every other one.
@Suite("the identity of a brain")
struct BrainDigestTests {
    @Test("a brain has one identity, whoever asks and however often")
    func stable() {
        let again = Brain(name: "binary") { decide($0, at: $1, $2) }
        #expect(!again.isStandard)
        #expect(Brain.standard.identity == again.identity)
        #expect(Brain.standard.identity.wholeMatch(of: /binary-[0-9a-f]{16}/) != nil)
    }

    @Test("every brain that is broken on purpose has another identity under the same name")
    func canaries() {
        let brains = Canary.all.map { Brain(name: "binary", decide: $0.brain.decide) }
        let identities = Set(brains.map(\.identity))
        #expect(!identities.contains(Brain.standard.identity))
        #expect(brains.count >= 40)
        for (canary, brain) in zip(Canary.all, brains)
        where brain.identity == Brain.standard.identity {
            Issue.record("\(canary) is not told from the brain")
        }
    }

    @Test("the probes meet every rule and every restriction")
    func substance() {
        let decisions = (0..<BrainProbes.count).map {
            decide(BrainProbes.state($0), at: BrainProbes.instant, Policy())
        }
        for rule in Rule.allCases {
            #expect(decisions.count { $0.rule == rule } > 20, "\(rule)")
        }
        #expect(Set(decisions.flatMap(\.restrictions)).count == 3)
        #expect(decisions.count { !$0.plan.isEmpty } > BrainProbes.count / 3)
    }
}
