package import BillingModel

/// One thing about an account that both runs must agree on.
package enum Facet: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Bit 15.
    case badDebtFlag
    /// Whether the timestamp is set.
    case badDebtAt
    /// The ban.
    case ban
    /// Whether a subscription is live.
    case subscription(SubscriptionID)
    /// Which items a subscription has.
    case items(SubscriptionID)
    /// The customer metadata key `bad_debt`.
    case customerMetadata
    /// The customer metadata key `bad_debt_amount`, where legacy stated one.
    case debtAmount
    /// How many successful payments cover an invoice.
    case payments(InvoiceID)
    /// Whether a trigger has the executions that it should have.
    case processed(RecordID)

    /// The facet's name in a report.
    package var description: String {
        switch self {
        case .badDebtFlag: "bad_debt_flag"
        case .badDebtAt: "bad_debt_at"
        case .ban: "ban"
        case .subscription(let id): "subscription:\(id)"
        case .items(let id): "items:\(id)"
        case .customerMetadata: "customer_metadata"
        case .debtAmount: "debt_amount"
        case .payments(let id): "payments:\(id)"
        case .processed(let id): "processed:\(id)"
        }
    }
}

/// The value of a facet in one of the runs.
package enum FacetValue: Hashable, Sendable {
    case bool(Bool)
    case text(String?)
    case list([String])
    case count(Int)
}

/// A facet on which the runs differ.
package struct FacetDifference: Hashable, Sendable {
    /// The facet.
    package var facet: Facet
    /// Its value in the legacy run.
    package var legacy: FacetValue
    /// Its value in the shadow run.
    package var brain: FacetValue

    /// A facet with its two values.
    package init(_ facet: Facet, legacy: FacetValue, brain: FacetValue) {
        self.facet = facet
        self.legacy = legacy
        self.brain = brain
    }
}

extension FacetDifference {
    /// The facets of state on which two accounts differ, in the order of the facets.
    package static func between(
        legacy: AccountState,
        brain: AccountState,
        comparesAmount: Bool
    ) -> [FacetDifference] {
        var result: [FacetDifference] = []
        func compare(_ facet: Facet, _ lhs: FacetValue, _ rhs: FacetValue) {
            if lhs != rhs { result.append(FacetDifference(facet, legacy: lhs, brain: rhs)) }
        }
        compare(.badDebtFlag, .bool(legacy.isFlagged), .bool(brain.isFlagged))
        compare(.badDebtAt, .bool(legacy.badDebtAt != nil), .bool(brain.badDebtAt != nil))
        if legacy.ban != brain.ban {
            compare(.ban, .text(legacy.ban?.rawValue), .text(brain.ban?.rawValue))
        }
        if legacy.subscriptions != brain.subscriptions {
            for (id, lhs, rhs) in pairs(legacy.subscriptions, brain.subscriptions) {
                compare(.subscription(id), .bool(lhs?.isLive == true), .bool(rhs?.isLive == true))
            }
            for (id, lhs, rhs) in pairs(legacy.subscriptions, brain.subscriptions) {
                compare(.items(id), itemList(lhs), itemList(rhs))
            }
        }
        if legacy.metadata.badDebt != brain.metadata.badDebt {
            let (lhs, rhs) = (legacy.metadata.badDebt, brain.metadata.badDebt)
            compare(.customerMetadata, .text(lhs), .text(rhs))
        }
        if comparesAmount, legacy.metadata.badDebtAmount != brain.metadata.badDebtAmount {
            let (lhs, rhs) = (legacy.metadata.badDebtAmount, brain.metadata.badDebtAmount)
            compare(.debtAmount, .text(lhs), .text(rhs))
        }
        return result
    }

    private static func itemList(_ subscription: Subscription?) -> FacetValue {
        .list((subscription?.items ?? []).map(\.id.rawValue))
    }

    /// The subscriptions of two accounts side by side, by id.
    private static func pairs(
        _ legacy: [Subscription],
        _ brain: [Subscription]
    ) -> [(SubscriptionID, Subscription?, Subscription?)] {
        let ids = Set(legacy.map(\.id)).union(brain.map(\.id)).sorted()
        return ids.map { id in
            (id, legacy.first { $0.id == id }, brain.first { $0.id == id })
        }
    }
}

extension AccountState {
    /// The invoices that more than one payment covers, sorted, with how many.
    package var paymentsOverOne: [(InvoiceID, Int)] {
        // An invoice is paid twice only by two payments of its own or by one that covers it.
        guard invoices.contains(where: { !$0.covers.isEmpty || $0.payments.count > 1 }) else {
            return []
        }
        let covered = Set(
            invoices.filter { $0.status == .paid || !$0.payments.isEmpty }
                .flatMap { $0.covers + [$0.id] }
        )
        return covered.sorted().compactMap { id in
            let count = paymentCount(of: id)
            return count > 1 ? (id, count) : nil
        }
    }
}
