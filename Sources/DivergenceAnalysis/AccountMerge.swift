package import BillingModel
import MirrorLog

/// What is known of a log only when all of its records have met: when all runs were merged.
package struct MergeFindings: Hashable, Sendable {
    /// Records whose id had come in an earlier run, by kind: those within one were counted before.
    package internal(set) var redelivered = MirrorRecord.Kind.noneOfEach
    /// The lines of the events of test mode that are left out of a log of live mode, in no order.
    package internal(set) var testLines: [Int] = []
    /// How many records are of no account's customer.
    package internal(set) var unmapped = 0
    /// Those of them that are not left out for their mode, sorted.
    package internal(set) var unclaimed: [RecordID] = []
    /// How many records were delivered with their account and without as well.
    package internal(set) var twice = 0
}

/// All accounts with all of their records, in the order of account ids, out of all runs and what is
/// in memory: never more of them in memory than the one that is asked for.
///
/// An account's records are its own, then those of its customers in the order of their ids, but for
/// those whose id is among the ones before.
struct AccountMerge {
    private let accounts: SortedStream<AccountID, AccountRecords>
    private let strays: SortedStream<AccountID, AccountRecords>
    private var nextStrays: (key: AccountID, value: AccountRecords)?
    private let tally: MergeTally

    /// The accounts of an engine.
    ///
    /// - Parameter engine: What was fed.
    /// - Throws: What reading the runs throws.
    init(_ engine: ParityEngine) throws {
        let tally = MergeTally(mixesModes: engine.mixesModes)
        accounts = try engine.mergedAccounts(tally)
        strays = try engine.straysByOwner(tally)
        self.tally = tally
        nextStrays = try strays.next()
    }

    /// What became known so far: all of it once there is no next account.
    var findings: MergeFindings { tally.findings }

    /// The next account.
    mutating func next() throws -> (account: AccountID, records: AccountRecords)? {
        guard let (account, own) = try accounts.next() else { return nil }
        var records = own
        while let (owner, theirs) = nextStrays, owner <= account {
            if owner == account { try tally.leaveOut(records.takeUnknown(of: theirs)) }
            nextStrays = try strays.next()
        }
        tally.noteTests(of: records)
        return (account, records)
    }
}

/// Counts what streams leave out as they are read.
///
/// A class because streams and who reads them count together; one thread at a time reads them.
final class MergeTally {
    private(set) var findings = MergeFindings()
    let mixesModes: Bool

    /// Nothing counted so far.
    init(mixesModes: Bool) {
        self.mixesModes = mixesModes
    }

    /// Records of each kind did not stand, for an earlier run had their id.
    func add(redelivered: [Int]) {
        for place in redelivered.indices { findings.redelivered[place] += redelivered[place] }
    }

    /// Records of a customer are left out, for they are with the account already.
    func leaveOut(_ packed: [ArraySlice<UInt8>]) throws(PackedError) {
        for record in packed where try !isOfOtherMode(record) { findings.twice += 1 }
    }

    /// Records are of a customer that no account claims.
    func add(unclaimed records: AccountRecords) throws(PackedError) {
        findings.unmapped += records.ledger.count
        for packed in records.ledger where try !isOfOtherMode(packed) {
            findings.unclaimed.append(try PackedRecord.id(of: packed))
        }
        noteTests(of: records)
    }

    /// All unclaimed records are there.
    func sortUnclaimed() { findings.unclaimed.sort() }

    /// Notes which lines are left out for their mode.
    func noteTests(of records: AccountRecords) {
        guard mixesModes else { return }
        for event in records.testEvents { findings.testLines.append(event.line) }
    }

    private func isOfOtherMode(_ packed: ArraySlice<UInt8>) throws(PackedError) -> Bool {
        guard mixesModes else { return false }
        return try MirrorRecord(packed: packed).isTestMode
    }
}

extension ParityEngine {
    fileprivate var memory: MemoryRun { MemoryRun(ledgers: ledgers, held: strays) }

    /// The records of each account by itself, of all runs and of memory.
    func mergedAccounts(
        _ tally: MergeTally
    ) throws -> SortedStream<AccountID, AccountRecords> {
        .merging(try runs.map { try $0.accounts() } + [memory.accounts]) {
            tally.add(redelivered: $0.takeAll($1))
        }
    }

    /// The records of each customer that name no account.
    func mergedStrays(
        _ tally: MergeTally
    ) throws -> SortedStream<CustomerID, AccountRecords> {
        .merging(try runs.map { try $0.strays() } + [memory.strays]) {
            tally.add(redelivered: $0.takeAll($1))
        }
    }

    /// Whose each customer is.
    func mergedClaims() throws -> SortedStream<CustomerID, AccountID> {
        .merging(try runs.map { try $0.claims() } + [memory.claims]) { $0 = min($0, $1) }
    }

    /// The records without account of each account's customers.
    ///
    /// What is sorted by customer is met with whose each customer is, and sorted by that once more.
    fileprivate func straysByOwner(
        _ tally: MergeTally
    ) throws -> SortedStream<AccountID, AccountRecords> {
        let strays = try mergedStrays(tally)
        var sorter = StraySorter(spilling, tally)
        guard var (customer, records) = try strays.next() else { return .empty }
        let claims = try mergedClaims()
        var claim = try claims.next()
        while true {
            while let (claimed, _) = claim, claimed < customer { claim = try claims.next() }
            if let (claimed, owner) = claim, claimed == customer {
                try sorter.add(records, of: owner)
            } else {
                try tally.add(unclaimed: records)
            }
            guard let next = try strays.next() else { break }
            (customer, records) = next
        }
        // Only at its end is a run known to be whole.
        while claim != nil { claim = try claims.next() }
        tally.sortUnclaimed()
        return try sorter.sorted()
    }
}

/// Sorts records of customers by the account that each customer is of.
private struct StraySorter {
    private let spilling: Spilling?
    private let tally: MergeTally
    private var held: [AccountID: AccountRecords] = [:]
    private var heldBytes = 0
    private var runs: [ScratchRun] = []

    init(_ spilling: Spilling?, _ tally: MergeTally) {
        (self.spilling, self.tally) = (spilling, tally)
    }

    mutating func add(_ records: AccountRecords, of owner: AccountID) throws {
        heldBytes += records.heldBytes
        try tally.leaveOut(held[owner, default: AccountRecords()].takeUnknown(of: records))
        guard let spilling else { return }
        // Not by the kilobyte, or there would be more files than may be open.
        let most = max(spilling.limitBeside, min(spilling.limit, 1 << 20))
        guard heldBytes > most else { return }
        runs.append(try ScratchRun(in: spilling.folder, accounts: MemoryRun.sorted(held)))
        (held, heldBytes) = ([:], 0)
    }

    func sorted() throws -> SortedStream<AccountID, AccountRecords> {
        let tally = tally
        return .merging(try runs.map { try $0.accounts() } + [MemoryRun.sorted(held)]) {
            try tally.leaveOut($0.takeUnknown(of: $1))
        }
    }
}
