package import BillingModel

/// A decision function with a name: the brain, or one that is broken on purpose to prove that the
/// harness would notice.
package struct Brain: Sendable {
    /// What it is called in a report.
    package let name: String
    /// The function.
    package let decide: @Sendable (AccountState, Instant, Policy) -> Decision
    /// Whether it is ``standard``, whatever its name.
    package let isStandard: Bool

    /// Names a decision function.
    package init(
        name: String,
        decide: @escaping @Sendable (AccountState, Instant, Policy) -> Decision
    ) {
        self.name = name
        self.decide = decide
        isStandard = false
    }

    /// The brain.
    package static let standard = Brain()

    private init() {
        name = "binary"
        decide = { DunningBrain.decide($0, at: $1, $2) }
        isStandard = true
    }
}
