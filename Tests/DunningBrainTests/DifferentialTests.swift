import BillingModel
import DunningBrain
import Testing

struct DifferentialTests {
    @Test("the brain leaves every account as the plain description of the policy wants it")
    func brainAgreesWithItsDescription() {
        expectOfEveryAccount { account in
            let naive = NaiveBrain(state: account.state, now: account.now, policy: account.policy)
            return account.outcome.unversioned == naive.outcome().unversioned
        }
    }

    @Test("the accounts made up for these tests meet every rule often")
    func accountsMeetEveryRule() {
        var counts: [Rule: Int] = [:]
        for account in RandomAccount.all { counts[account.decision.rule, default: 0] += 1 }
        for rule in Rule.allCases { #expect(counts[rule] ?? 0 > 400, "\(rule)") }
    }
}
