import BillingModel
import MirrorLog

/// Records that lie outside of memory, sorted: what an engine was fed over some time.
///
/// An engine whose records don't fit into memory puts them down as a run and goes on with none; a
/// packed log is such a run as well. In the end all runs are merged, account after account.
package protocol RecordRun: Sendable {
    /// Reads a part of the run.
    ///
    /// - Parameter section: The part.
    /// - Returns: What gives the part's entries, in the order of their keys, then `nil`.
    /// - Throws: What went wrong on reading.
    func entries(of section: RunSection) throws -> () throws -> RunEntry?
}

/// The parts of a run.
package enum RunSection: Int, CaseIterable, Sendable {
    /// The records of each account, by its id.
    case accounts
    /// The Stripe records without account of each customer, by its id.
    case strays
    /// Whose each customer is, by its id.
    case claims
}

/// What a run holds under one key.
package struct RunEntry: Sendable {
    /// The account or the customer.
    package var key: String
    /// What is known of it, packed.
    package var value: [UInt8]

    /// An entry of known parts.
    package init(key: String, value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

extension RecordRun {
    /// The records of each account.
    func accounts() throws -> SortedStream<AccountID, AccountRecords> {
        try stream(.accounts) { AccountID($0) }
    }

    /// The records of each customer that name no account.
    func strays() throws -> SortedStream<CustomerID, AccountRecords> {
        try stream(.strays) { CustomerID($0) }
    }

    /// Whose each customer is.
    func claims() throws -> SortedStream<CustomerID, AccountID> {
        try stream(.claims) { CustomerID($0) }
    }

    private func stream<Key: Comparable, Value: Packable>(
        _ section: RunSection,
        _ key: @escaping (String) -> Key
    ) throws -> SortedStream<Key, Value> {
        let next = try entries(of: section)
        var last: Key?
        return SortedStream {
            guard let entry = try next() else { return nil }
            let key = key(entry.key)
            if let last, last >= key { throw PackedError.malformed(at: 0, "a run is out of order") }
            last = key
            let value: Value = try PackedReader.read(entry.value[...]) {
                reader throws(PackedError) in try reader.read()
            }
            return (key, value)
        }
    }
}

/// What an engine holds in memory, as a run.
struct MemoryRun {
    var ledgers: [AccountID: AccountRecords]
    var held: StrayRecords

    var accounts: SortedStream<AccountID, AccountRecords> { Self.sorted(ledgers) }
    var strays: SortedStream<CustomerID, AccountRecords> { Self.sorted(held.records) }
    var claims: SortedStream<CustomerID, AccountID> { Self.sorted(held.owners) }

    static func sorted<Key: Hashable & Comparable, Value>(
        _ table: [Key: Value]
    ) -> SortedStream<Key, Value> {
        var rest: ArraySlice<Key>?
        return SortedStream {
            var keys = rest ?? table.keys.sorted()[...]
            rest = nil
            defer { rest = keys }
            guard let key = keys.popFirst(), let value = table[key] else { return nil }
            return (key, value)
        }
    }
}
