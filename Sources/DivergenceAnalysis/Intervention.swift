package import BillingModel
package import ShadowRun

/// One thing that might have been different, and the words for it.
package struct Intervention: Sendable {
    /// The class that it stands for, as the cause when it makes the difference vanish.
    package var cause: DivergenceClass
    /// What is changed.
    package var change: Change
    /// The execution that it changes, if one.
    package var execution: RecordID?
    /// The invoice that it turns on, if one.
    package var invoice: InvoiceID?
    /// When the changed thing takes place.
    package var at: Instant
    /// What happened, as a clause: "Path C canceled, flagged and banned".
    package var happened: String
    /// What would have had to be different: "had it looked when the void was in".
    package var had: String

    /// What an intervention changes.
    package enum Change: Hashable, Sendable {
        /// Something in the legacy run.
        case legacy(TimelineEdit)
        /// The brain decides under the binary policy's defaults.
        case binaryPolicy
        /// The episode stays open for longer.
        case longerSettle
    }

    /// An intervention from its parts.
    package init(
        _ cause: DivergenceClass,
        _ change: Change,
        execution: RecordID? = nil,
        invoice: InvoiceID? = nil,
        at: Instant,
        happened: String,
        had: String
    ) {
        self.cause = cause
        self.change = change
        self.execution = execution
        self.invoice = invoice
        self.at = at
        self.happened = happened
        self.had = had
    }
}

/// What a set of interventions does to a divergence.
package enum Effectiveness: Int, Comparable, Sendable {
    /// The runs agree on every facet and on everything done to the customer.
    case prevents
    /// The runs agree on the final state.
    case repairs

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
