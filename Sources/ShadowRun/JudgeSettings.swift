package import BillingModel
package import DunningBrain

/// What a verdict depends on besides the log.
package struct JudgeSettings: Sendable {
    /// How long an account must be quiet for an episode to close; never less than the policy's
    /// confirmation.
    package let settle: TimeSpan
    /// The policy that the brain decides under.
    package let policy: Policy
    /// The brain.
    package let brain: Brain
    /// The phase that is judged: 3 and 4 are under a graduated policy.
    package let phase: Phase

    /// Settings; `settle` is raised to the policy's confirmation where it is shorter.
    package init(
        settle: TimeSpan = .minutes(15),
        policy: Policy = .init(),
        brain: Brain = .standard,
        phase: Phase = .retire
    ) {
        self.settle = max(settle, policy.confirmation)
        self.policy = policy
        self.brain = brain
        self.phase = phase
    }

    /// How far past its close an episode is looked at before its difference is laid to a settle
    /// time that is too short: three more of them.
    package var longerSettle: TimeSpan { settle.times(4) }
}

/// A step of the cutover.
///
/// A phase's scope holds the episodes of its own and of those before it.
public enum Phase: Int, CaseIterable, Comparable, Sendable {
    /// The brain decides on webhook events.
    case webhooks = 1
    /// The brain decides after payments; admin requests become overrides.
    case payments = 2
    /// Graduated consequences by segment.
    case segments = 3
    /// The legacy code is deleted.
    case retire = 4

    /// Orders by number.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
