package import BillingModel
import ShadowRun

/// The kind of moment that legacy was in, and how it left the customer: for holding legacy against
/// itself.
///
/// Where the same situation ended differently, one of the ends is as wrong as any divergence from
/// the brain can be: that is the noise below which no comparison can see.
package struct Situation: Hashable, Sendable {
    /// The account's type.
    package var type: AccountType
    /// What opened the episode.
    package var trigger: String
    /// Where the customer stood: flagged, banned, having live subscriptions, owing what was given up
    /// on.
    package var opening: [Bool]
    /// Which of the invoices' ends the facts of the episode told of: given up on, void, paid.
    package var facts: [Bool]
    /// How legacy left each facet of ``facets``.
    package var outcome: [Bool]

    /// What is compared, in the order of ``outcome``.
    package static let facets = [
        "bad_debt_flag", "ban", "subscriptions", "items", "customer_metadata",
    ]

    init?(_ episode: Episode, trigger: String) {
        let timeline = episode.timeline
        guard let type = timeline.opening.type else { return nil }
        self.type = type
        self.trigger = trigger
        let (before, after) = (timeline.opening, timeline.final)
        opening = [
            before.isFlagged, before.ban != nil, before.subscriptions.contains(where: \.isLive),
            before.invoices.contains { $0.status == .uncollectible && !$0.isMarkedPaid },
        ]
        let ends: [InvoiceStatus] = [.uncollectible, .void, .paid]
        facts = ends.map { status in
            timeline.facts.contains { timed in
                if case .invoice(let invoice)? = timed.fact {
                    invoice.status == status
                } else {
                    false
                }
            }
        }
        outcome = [
            after.isFlagged, after.ban == .badDebt,
            before.subscriptions.contains { old in
                old.isLive && after.subscription(old.id)?.isLive == false
            },
            after.subscriptions.contains { !$0.itemsTaken.isEmpty },
            after.metadata.badDebt != nil,
        ]
    }
}
