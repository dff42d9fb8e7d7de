package import BillingModel
package import MirrorLog

/// Whose each Stripe customer is, as far as the mirror has been told, and who waits to be known.
///
/// Events name a customer and no account. Baselines and rows of `subs_customer` say whose that is; until
/// one does, a customer's events wait, and are counted here. The engine finds the account in the same
/// way: of two accounts that claim one customer the first by id has it.
package struct CustomerAccounts: Hashable, Sendable {
    private var owners: [CustomerID: AccountID] = [:]
    private var waiting: [CustomerID: Int] = [:]

    /// How many events are about customers that no account has claimed.
    package private(set) var unmapped = 0
    /// How many events name no customer, so that they never find an account.
    package private(set) var nameless = 0

    /// Nobody is known.
    package init() {}

    /// How many customers have events that wait.
    package var waitingCustomers: Int { waiting.count }

    /// Whose a customer is; `nil` where nobody has said.
    package func owner(of customer: CustomerID) -> AccountID? { owners[customer] }

    /// Takes a record that is new to the mirror.
    ///
    /// - Parameter record: The record, of whatever kind.
    /// - Returns: How many events that waited belong to an account now.
    /// - Complexity: O(1).
    @discardableResult
    package mutating func note(_ record: MirrorRecord) -> Int {
        if case .stripe(let event) = record.body {
            if record.account == nil { wait(event.customer) }
            return 0
        }
        guard let customer = record.claimedCustomer, let account = record.account else { return 0 }
        owners[customer] = min(owners[customer] ?? account, account)
        let found = waiting.removeValue(forKey: customer) ?? 0
        unmapped -= found
        return found
    }

    private mutating func wait(_ customer: CustomerID?) {
        guard let customer else {
            nameless += 1
            return
        }
        guard owners[customer] == nil else { return }
        waiting[customer, default: 0] += 1
        unmapped += 1
    }
}
