package import BillingModel

extension MirrorRecord {
    /// The Stripe customer that the record says is its account's; `nil` where it does not say.
    package var claimedCustomer: CustomerID? {
        switch body {
        case .baseline(let state): return state.stripeCustomer
        case .change(let change):
            guard case .customer(let customer, _, _) = change.row else { return nil }
            return customer.value.map { CustomerID($0) }
        case .stripe, .request, .execution, .mark: return nil
        }
    }
}
