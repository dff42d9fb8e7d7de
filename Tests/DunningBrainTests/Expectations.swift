import BillingModel
import DunningBrain
import Testing

extension RandomAccount {
    /// The accounts of seeds 0 to 9,999, made once for all tests.
    static let all = (0..<10_000).map { RandomAccount(seed: UInt64($0)) }

    /// The account after what the brain plans took place.
    var outcome: AccountState { state.after(decision, at: now) }
}

extension AccountState {
    /// This account after a decision's plan took place.
    func after(_ decision: Decision, at now: Instant) -> AccountState {
        var state = self
        for planned in decision.plan {
            state.apply(planned.effect, at: now, by: RecordID("rec_plan"))
        }
        return state
    }
}

/// Examines a claim on 10,000 accounts, and names the seed of the first that it fails for.
func expectOfEveryAccount(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ claim: (RandomAccount) -> Bool
) {
    let exception = RandomAccount.all.first { !claim($0) }
    #expect(
        exception?.seed == nil,
        "seed \(exception?.seed ?? 0), of \(RandomAccount.all.count)",
        sourceLocation: sourceLocation
    )
}

extension AccountState {
    /// The account without the age of what is known of it, which every effect renews.
    var unversioned: AccountState {
        var state = self
        state.metadataVersion = nil
        for index in state.subscriptions.indices { state.subscriptions[index].version = nil }
        for index in state.invoices.indices { state.invoices[index].version = nil }
        return state
    }
}
