import BillingModel
import MirrorLog

/// Stripe records that name no account, kept with the customer that they are found through.
///
/// They stay there, and an account's records are its own and its customers': so it makes no
/// difference when it became known whose a customer is.
struct StrayRecords {
    /// Whose each customer is.
    private(set) var owners: [CustomerID: AccountID] = [:]
    /// The records of each customer; those that name none are kept with the empty name.
    private(set) var records: [CustomerID: AccountRecords] = [:]

    /// No records.
    init() {}

    /// Notes that an account claims a customer.
    ///
    /// Of two accounts that claim one customer the first by id has it.
    mutating func claim(_ customer: CustomerID, by account: AccountID) {
        owners[customer] = min(owners[customer] ?? account, account)
    }

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - customer: The customer that it is about, if it says so.
    ///   - hash: The hash of its id.
    ///   - packed: The record.
    ///   - testLine: Its line in the log, where it is an event of test mode.
    /// - Returns: What it is to those before.
    mutating func take(
        of customer: CustomerID?,
        _ hash: UInt32,
        _ packed: ArraySlice<UInt8>,
        testLine: Int?
    ) -> AccountRecords.Arrival {
        records[customer ?? CustomerID(""), default: AccountRecords()]
            .take(hash, packed, testLine: testLine)
    }
}
