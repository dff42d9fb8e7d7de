package import BillingModel
package import MirrorLog

/// What a live mirror keeps: the records it was handed, and what became of them.
///
/// Records are only ever added, and read by offset, in the order in which they became durable. What
/// was found out is committed together with the offset up to which it takes account of the records:
/// after a crash the judge goes on from there, and nothing is counted twice.
///
/// Every call is one transaction: it happened, or it did not.
package protocol MirrorStore: CaptureSink {
    /// Records behind an offset, in order.
    ///
    /// - Parameters:
    ///   - offset: The offset of the last record that is known; 0 for none.
    ///   - limit: How many at most; at least 1.
    /// - Returns: The next records; none where there are none yet. None is ever added before one
    ///   that was returned.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func records(after offset: Int64, limit: Int) throws(CaptureError) -> [StoredRecord]

    /// The records of some accounts: those that name them, and those that name none but one of their
    /// customers.
    ///
    /// - Parameters:
    ///   - histories: The accounts, and from when on.
    ///   - offset: Of which offset the last record may be.
    /// - Returns: The records, in order of offset.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func records(
        of histories: [AccountHistory],
        through offset: Int64
    ) throws(CaptureError) -> [StoredRecord]

    /// The verdicts of some accounts.
    ///
    /// - Parameter histories: The accounts, and from when on.
    /// - Returns: The verdicts of each, in order of opening.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func verdicts(of histories: [AccountHistory]) throws(CaptureError) -> [StoredVerdict]

    /// The accounts that a record names or a verdict is of.
    ///
    /// - Parameters:
    ///   - account: The one behind which they are listed; `nil` for all.
    ///   - limit: How many at most; at least 1.
    /// - Returns: The next accounts, in order of the bytes of their ids.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func accounts(
        after account: AccountID?,
        limit: Int
    ) throws(CaptureError) -> [AccountID]

    /// Takes a partition of the accounts that nobody works on.
    ///
    /// - Parameters:
    ///   - partitions: Into how many parts the accounts are split; all workers must agree.
    ///   - owner: Who asks, for people to read.
    ///   - now: The time.
    ///   - until: Up to when it is leased.
    /// - Returns: A partition that was never leased, was given back, or whose lease has run out;
    ///   `nil` where there is none.
    /// - Throws: ``CaptureError`` where the store can't be written, or was split otherwise before.
    func lease(
        of partitions: Int,
        to owner: String,
        at now: Instant,
        until: Instant
    ) throws(CaptureError) -> Lease?

    /// Makes a lease last longer.
    ///
    /// - Returns: The lease as it is now; `nil` where another has it by now.
    /// - Throws: ``CaptureError`` where the store can't be written.
    func renew(_ lease: Lease, until: Instant) throws(CaptureError) -> Lease?

    /// Gives a lease back, so that another need not wait until it runs out.
    ///
    /// - Throws: ``CaptureError`` where the store can't be written.
    func giveBack(_ lease: Lease) throws(CaptureError)

    /// Up to which offset a partition's verdicts take account of the records; 0 before any.
    ///
    /// - Throws: ``CaptureError`` where the store can't be read.
    func offset(of partition: Int) throws(CaptureError) -> Int64

    /// Commits what has changed about a partition's verdicts.
    ///
    /// - Parameters:
    ///   - updates: The changes.
    ///   - lease: By which lease.
    ///   - offset: The records that they take account of: all up to this one.
    /// - Returns: Whether the lease still held; nothing is changed where it did not.
    /// - Throws: ``CaptureError`` where the store can't be written.
    func commit(
        _ updates: [VerdictUpdate],
        under lease: Lease,
        through offset: Int64
    ) throws(CaptureError) -> Bool

    /// Hands out every verdict, in order of account and opening.
    ///
    /// - Parameter visit: Called with each.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func forEachVerdict(_ visit: (StoredVerdict) -> Void) throws(CaptureError)

    /// Hands out what could not be read, in the order in which it came.
    ///
    /// - Parameter visit: Called with each.
    /// - Throws: ``CaptureError`` where the store can't be read.
    func forEachReject(_ visit: (StoredReject) -> Void) throws(CaptureError)

    /// What each source has delivered, in order of name.
    ///
    /// - Throws: ``CaptureError`` where the store can't be read.
    func sources() throws(CaptureError) -> [SourceCounts]
}

/// A record as it is kept.
package struct StoredRecord: Hashable, Sendable {
    /// Its place among all: greater than that of every record that became durable before.
    package var offset: Int64
    /// Who delivered it.
    package var source: String
    /// The line of the log, without its line feed.
    package var line: [UInt8]
    /// Whether another record has the same id, and came before it.
    package var isContested: Bool
}

/// What is asked for of an account.
package struct AccountHistory: Hashable, Sendable {
    /// The account.
    package var account: AccountID
    /// The customers whose records that name no account are the account's.
    package var customers: [CustomerID]
    /// Behind which event time.
    package var since: Instant

    /// What is asked for of an account; unless said otherwise, all that there is.
    package init(
        _ account: AccountID,
        customers: [CustomerID],
        since: Instant = Instant(microseconds: .min)
    ) {
        self.account = account
        self.customers = customers
        self.since = since
    }
}

/// What could not be read, as it is kept.
package struct StoredReject: Hashable, Sendable {
    /// Who sent it.
    package var source: String
    /// What it was, and why it was rejected.
    package var reject: CaptureReject

    /// A reject of a source.
    package init(source: String, reject: CaptureReject) {
        self.source = source
        self.reject = reject
    }
}

/// What was found out about an episode.
package struct StoredVerdict: Hashable, Sendable {
    /// The account.
    package var account: AccountID
    /// When the episode opened, which tells it from the account's others.
    package var opened: Instant
    /// The verdict in words that a report has too: one line, UTF-8.
    package var content: [UInt8]

    /// A verdict from its parts.
    package init(account: AccountID, opened: Instant, content: [UInt8]) {
        self.account = account
        self.opened = opened
        self.content = content
    }
}

/// A change of what is known.
package enum VerdictUpdate: Hashable, Sendable {
    /// A verdict is new, or another one now.
    case put(StoredVerdict)
    /// An episode is none any more: a late record joined it to another.
    case withdraw(AccountID, opened: Instant)
}

/// The right to work on a partition of the accounts for a time.
package struct Lease: Hashable, Sendable {
    /// The partition, from 0.
    package var partition: Int
    /// Into how many the accounts are split.
    package var partitions: Int
    /// Who has it, for people to read.
    package var owner: String
    /// Goes up whenever the partition changes hands: who comes with an older one is refused, however
    /// long it slept and whatever its clock says.
    package var token: Int64
    /// Up to when nobody else is given it.
    package var until: Instant

    /// A lease from its parts.
    package init(
        partition: Int,
        partitions: Int,
        owner: String,
        token: Int64,
        until: Instant
    ) {
        self.partition = partition
        self.partitions = partitions
        self.owner = owner
        self.token = token
        self.until = until
    }

    /// Whether an account is of this partition.
    ///
    /// By a hash of the id's bytes (FNV-1a of 64 bits), so that every worker agrees on any machine.
    package func covers(_ account: AccountID) -> Bool {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in account.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash % UInt64(max(1, partitions)) == UInt64(max(0, partition))
    }
}

/// What a source has delivered.
package struct SourceCounts: Hashable, Sendable {
    /// The source.
    package var source: String
    /// Records that were kept.
    package var kept: Int64
    /// Records that were there already.
    package var redelivered: Int64
    /// What could not be read.
    package var rejected: Int64
    /// How far it has come, in its own words.
    package var position: String?
}
