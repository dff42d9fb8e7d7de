package import BillingModel

extension Facet {
    /// The facet's value in an account; `nil` where it is none of an account's state.
    ///
    /// - Parameter state: The account.
    /// - Returns: What ``FacetDifference/between(legacy:brain:comparesAmount:)`` compares.
    package func value(in state: AccountState) -> FacetValue? {
        switch self {
        case .badDebtFlag: .bool(state.isFlagged)
        case .badDebtAt: .bool(state.badDebtAt != nil)
        case .ban: .text(state.ban?.rawValue)
        case .subscription(let id): .bool(state.subscription(id)?.isLive == true)
        case .items(let id): .list((state.subscription(id)?.items ?? []).map(\.id.rawValue))
        case .customerMetadata: .text(state.metadata.badDebt)
        case .debtAmount: .text(state.metadata.badDebtAmount)
        case .payments(let id): .count(state.paymentCount(of: id))
        case .processed: nil
        }
    }
}
