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
    /// - Returns: The accounts whose records change by it.
    mutating func claim(_ customer: CustomerID, by account: AccountID) -> [AccountID] {
        let before = owners[customer]
        let after = min(before ?? account, account)
        guard before != after else { return [] }
        owners[customer] = after
        guard records[customer] != nil else { return [] }
        return [before, after].compactMap { $0 }
    }

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - customer: The customer that it is about, if it says so.
    ///   - hash: The hash of its id.
    ///   - packed: The record.
    ///   - settles: From which horizon on it may have settled.
    ///   - testLine: Its line in the log, where it is an event of test mode.
    /// - Returns: What it is to those before.
    mutating func take(
        of customer: CustomerID?,
        _ hash: UInt32,
        _ packed: ArraySlice<UInt8>,
        settles: Instant,
        testLine: Int?
    ) -> AccountRecords.Arrival {
        records[customer ?? CustomerID(""), default: AccountRecords()]
            .take(hash, packed, settles: settles, testLine: testLine)
    }

    /// The customers of each account that have records here, sorted.
    var customersByOwner: [AccountID: [CustomerID]] {
        var result: [AccountID: [CustomerID]] = [:]
        for customer in records.keys.sorted() {
            if let owner = owners[customer] { result[owner, default: []].append(customer) }
        }
        return result
    }

    /// The accounts with a record here that may have settled by a horizon.
    func dueOwners(by horizon: Instant) -> [AccountID] {
        records.compactMap { customer, records in
            guard let due = records.due, due <= horizon else { return nil }
            return owners[customer]
        }
    }

    /// Notes that an account was judged: what is here of it was.
    mutating func settle(_ customers: [CustomerID]) {
        for customer in customers { records[customer]?.due = nil }
    }
}

extension StrayRecords: Packable {
    func pack(into writer: inout PackedWriter) {
        writer.write(owners, by: \.rawValue) { writer, owner in writer.write(owner) }
        writer.write(records, by: \.rawValue) { writer, records in writer.write(records) }
    }

    init(unpacking reader: inout PackedReader) throws(PackedError) {
        owners = try reader.table {
            CustomerID($0)
        } value: { reader throws(PackedError) in
            try reader.read()
        }
        records = try reader.table {
            CustomerID($0)
        } value: { reader throws(PackedError) in
            try reader.read()
        }
    }
}
