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
        legacy: borrowing AccountState,
        brain: borrowing AccountState,
        comparesAmount: Bool
    ) -> [FacetDifference] {
        var result: [FacetDifference] = []
        func add(_ facet: Facet, _ lhs: FacetValue, _ rhs: FacetValue) {
            result.append(FacetDifference(facet, legacy: lhs, brain: rhs))
        }
        if legacy.isFlagged != brain.isFlagged {
            add(.badDebtFlag, .bool(legacy.isFlagged), .bool(brain.isFlagged))
        }
        if (legacy.badDebtAt == nil) != (brain.badDebtAt == nil) {
            add(.badDebtAt, .bool(legacy.badDebtAt != nil), .bool(brain.badDebtAt != nil))
        }
        if legacy.ban != brain.ban {
            add(.ban, .text(legacy.ban?.rawValue), .text(brain.ban?.rawValue))
        }
        result += between(legacy.subscriptions, brain.subscriptions)
        if legacy.metadata.badDebt != brain.metadata.badDebt {
            let (lhs, rhs) = (legacy.metadata.badDebt, brain.metadata.badDebt)
            add(.customerMetadata, .text(lhs), .text(rhs))
        }
        if comparesAmount, legacy.metadata.badDebtAmount != brain.metadata.badDebtAmount {
            let (lhs, rhs) = (legacy.metadata.badDebtAmount, brain.metadata.badDebtAmount)
            add(.debtAmount, .text(lhs), .text(rhs))
        }
        return result
    }

    /// Whether the customer has the subscriptions, all of them first, and then which items.
    private static func between(
        _ legacy: [Subscription],
        _ brain: [Subscription]
    ) -> [FacetDifference] {
        var lives: [FacetDifference] = []
        var items: [FacetDifference] = []
        var (left, right) = (0, 0)
        // Both are sorted by id: the lesser of the two in front is next, and alone where the other
        // account lacks it.
        while left < legacy.count || right < brain.count {
            let isOfBrain = left == legacy.count
            let isOfLegacy = right == brain.count
            let isMine = isOfLegacy || !isOfBrain && legacy[left].id <= brain[right].id
            let isTheirs = isOfBrain || !isOfLegacy && brain[right].id <= legacy[left].id
            let (mine, theirs) = (isMine ? left : nil, isTheirs ? right : nil)
            if let difference = live(legacy, mine, brain, theirs) { lives.append(difference) }
            if let difference = contents(legacy, mine, brain, theirs) { items.append(difference) }
            if isMine { left += 1 }
            if isTheirs { right += 1 }
        }
        return lives + items
    }

    private static func live(
        _ legacy: [Subscription],
        _ mine: Int?,
        _ brain: [Subscription],
        _ theirs: Int?
    ) -> FacetDifference? {
        let lhs = mine.map { legacy[$0].isLive } ?? false
        let rhs = theirs.map { brain[$0].isLive } ?? false
        guard lhs != rhs, let id = mine.map({ legacy[$0].id }) ?? theirs.map({ brain[$0].id })
        else { return nil }
        return FacetDifference(.subscription(id), legacy: .bool(lhs), brain: .bool(rhs))
    }

    private static func contents(
        _ legacy: [Subscription],
        _ mine: Int?,
        _ brain: [Subscription],
        _ theirs: Int?
    ) -> FacetDifference? {
        if let mine, let theirs, legacy[mine].hasItems(of: brain[theirs]) { return nil }
        let lhs = mine.map { legacy[$0].items } ?? []
        let rhs = theirs.map { brain[$0].items } ?? []
        guard !lhs.elementsEqual(rhs, by: { $0.id == $1.id }),
            let id = mine.map({ legacy[$0].id }) ?? theirs.map({ brain[$0].id })
        else { return nil }
        return FacetDifference(
            .items(id),
            legacy: .list(lhs.map(\.id.rawValue)),
            brain: .list(rhs.map(\.id.rawValue))
        )
    }
}

extension Subscription {
    /// Whether it has the items of another, mostly itself in the other run.
    fileprivate func hasItems(of other: Subscription) -> Bool {
        guard items.count == other.items.count else { return false }
        return items.indices.allSatisfy { items[$0].id == other.items[$0].id }
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
