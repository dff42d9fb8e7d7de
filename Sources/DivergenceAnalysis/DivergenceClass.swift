/// Why the two runs of an episode differ.
///
/// The order is the order of the table of causes, from the particular to the general.
package enum DivergenceClass: String, CaseIterable, Comparable, Sendable {
    case voidedInvoiceFlag = "voided_invoice_flag"
    case paidThenFlagged = "paid_then_flagged"
    case race
    case missingUnflag = "missing_unflag"
    case duplicatePayment = "duplicate_payment"
    case stuckEvent = "stuck_event"
    case partialFailure = "partial_failure"
    case inflatedDebt = "inflated_debt"
    case driftLag = "drift_lag"
    case uncoordinatedCancel = "uncoordinated_cancel"
    case adminOverride = "admin_override"
    case policyChange = "policy_change"
    case timing
    /// No set of up to three interventions makes the difference vanish.
    case unexplained
    /// The shadow run broke an invariant, whatever else holds.
    case brainDefect = "brain_defect"

    /// Orders as the table does.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.place < rhs.place }

    /// The place in the table, from 0.
    package var place: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// Whether a divergence of this class blocks every gate.
    package var isBlocking: Bool { self == .unexplained || self == .brainDefect }
}
