package import BillingModel
import MirrorLog

/// What was done wrong to an account, and when: the answer that an analysis is measured by.
///
/// In `truth.ndjson` each is one line, ordered by time and account:
///
///     {"account":"acct_7","classes":["race"],"at":"2026-04-02T10:00:01.25Z",
///      "subscriptions":0,"triggers":["evt_1","req_2"],"arisen":false}
package struct TruthEntry: Hashable, Sendable {
    /// The account.
    package var account: AccountID
    /// The classes that a divergence of this episode has, as the report names them.
    package var classes: [Defect]
    /// When it happened; an instant inside the episode.
    package var at: Instant
    /// How many subscriptions are in the wrong state afterwards, or lost their items.
    package var subscriptions: Int
    /// The stripe and request records that it started from.
    package var triggers: [RecordID]
    /// Whether it came about by itself, from latencies, rather than by arrangement.
    package var arisen: Bool

    /// The entry as one line of UTF-8, line feed included.
    package var line: [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("account", account.rawValue)
            json.member("classes", classes.map(\.rawValue))
            json.member("at", at.description)
            json.member("subscriptions", Int64(subscriptions))
            json.member("triggers", triggers.map(\.rawValue))
            json.member("arisen", arisen)
        }
        json.endLine()
        return json.bytes
    }
}

/// The defects that a plan can ask for; named as the report names their classes.
package enum Defect: String, CaseIterable, Sendable {
    /// Two paths interleave and leave flag, ban, timestamp and metadata in contradiction.
    case race
    /// Debt is paid, and flag, ban and canceled subscriptions stay. Counted in subscriptions.
    case missingUnflag = "missing_unflag"
    /// A trigger is never processed, or its execution hangs. Counted in triggers.
    case stuckEvent = "stuck_event"
    /// An invoice is uncollectible for seconds, then void; the customer is flagged for it.
    case voidedInvoiceFlag = "voided_invoice_flag"
    /// An invoice is paid, and Path C, which comes late, flags the customer all the same.
    case paidThenFlagged = "paid_then_flagged"
    /// Two payments cover one invoice.
    case duplicatePayment = "duplicate_payment"
    /// Path C fails half-way.
    case partialFailure = "partial_failure"
    /// A superseded invoice counts as debt in a drift run.
    case inflatedDebt = "inflated_debt"
    /// New bad debt waits for the next drift run.
    case driftLag = "drift_lag"
    /// Path C cancels for a failed payment whose invoice was not given up on.
    case uncoordinatedCancel = "uncoordinated_cancel"
    /// A drift run undoes what an administrator decided.
    case adminOverride = "admin_override"
}
