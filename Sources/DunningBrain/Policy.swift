public import BillingModel

/// The settings of the binary policy: an account is in debt or it is not.
public struct Policy: Hashable, Sendable {
    /// The hold-down: how long an invoice must have been uncollectible before it is debt.
    ///
    /// What is voided or paid within it never harms anybody.
    public var confirmation: TimeSpan = .minutes(15)
    /// The debt, in minor units of any one currency, that is still let pass.
    public var threshold: Int64 = 0
    /// How long after a cancellation for bad debt a subscription is still brought back.
    public var reactivation: TimeSpan = .days(90)
    /// How long an administrator's flag or unflag holds.
    public var override: TimeSpan = .days(30)

    /// The defaults.
    public init() {}
}
