package import BillingModel
import ShadowRun

/// The kind of moment that legacy was in, and how it left the customer: for holding legacy against
/// itself.
///
/// Where the same situation ended differently, one of the ends is as wrong as any divergence from
/// the brain can be: that is the noise below which no comparison can see.
package struct Situation: Hashable, Sendable {
    /// The moment.
    package var moment: Moment
    /// How legacy left each facet of ``facets``.
    package var outcome: Truths

    /// The kind of moment that legacy was in.
    package struct Moment: Hashable, Sendable {
        /// The account's type.
        package var type: AccountType
        /// What opened the episode.
        package var trigger: String
        /// Where the customer stood: flagged, banned, having live subscriptions, owing what was
        /// given up on.
        package var opening: Truths
        /// Which of the invoices' ends the facts of the episode told of: given up on, void, paid.
        package var facts: Truths
    }

    /// What is compared, in the order of ``outcome``.
    package static let facets = [
        "bad_debt_flag", "ban", "subscriptions", "items", "customer_metadata",
    ]

    init?(_ episode: Episode, trigger: String) {
        let timeline = episode.timeline
        guard let type = timeline.opening.type else { return nil }
        moment = Moment(
            type: type,
            trigger: trigger,
            opening: Truths(opening: timeline.opening),
            facts: Truths(facts: timeline.facts)
        )
        outcome = Truths(from: timeline.opening, to: timeline.final)
    }
}

/// Up to eight things that hold or don't, in an order that both sides know.
package struct Truths: Hashable, Sendable {
    private var bits: UInt8 = 0

    /// Whether the thing at a place holds.
    package subscript(place: Int) -> Bool {
        get { bits >> UInt8(place) & 1 != 0 }
        set { bits = newValue ? bits | 1 << UInt8(place) : bits & ~(1 << UInt8(place)) }
    }
}

extension Truths {
    fileprivate init(opening state: borrowing AccountState) {
        let (subscriptions, invoices) = (state.subscriptions, state.invoices)
        self[0] = state.isFlagged
        self[1] = state.ban != nil
        self[2] = subscriptions.indices.contains { subscriptions[$0].isLive }
        self[3] = invoices.indices.contains { place in
            invoices[place].status == .uncollectible && !invoices[place].isMarkedPaid
        }
    }

    fileprivate init(facts: [TimedFact]) {
        for place in facts.indices {
            guard let status = facts[place].fact?.invoiceStatus else { continue }
            switch status {
            case .uncollectible: self[0] = true
            case .void: self[1] = true
            case .paid: self[2] = true
            case .draft, .open: continue
            }
        }
    }

    fileprivate init(from before: borrowing AccountState, to after: borrowing AccountState) {
        let (old, new) = (before.subscriptions, after.subscriptions)
        self[0] = after.isFlagged
        self[1] = after.ban == .badDebt
        self[2] = old.indices.contains { place in
            guard old[place].isLive else { return false }
            return new.contains { $0.id == old[place].id && !$0.isLive }
        }
        self[3] = new.indices.contains { !new[$0].itemsTaken.isEmpty }
        self[4] = after.metadata.badDebt != nil
    }
}

extension Fact {
    /// The status of the invoice that it is a snapshot of, if it is one.
    fileprivate var invoiceStatus: InvoiceStatus? {
        if case .invoice(let invoice) = self { invoice.status } else { nil }
    }
}
