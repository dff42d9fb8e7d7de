package import BillingModel

/// A record as an engine takes it in: where its packed form lies, and what must be known of it
/// without unpacking it.
///
/// Packing is the work of many threads and taking in that of one, so all that can be worked out of
/// a record by itself stands here already.
package struct PackedArrival: Hashable, Sendable {
    /// Where it stands, from 1, in what it was read from.
    package var line: Int
    /// When it happened.
    package var at: Instant
    /// When the mirror saw it, where that was noted.
    package var seen: Instant?
    /// Its account, where it names one: the packed form then leaves out whose it is.
    package var account: AccountID?
    /// A hash of its id, see ``hash(ofID:)``.
    package var idHash: UInt32
    /// What its body says to others than its account.
    package var gist: RecordGist
    /// Where its packed form lies among the bytes that it came with.
    package var range: Range<Int>

    /// A record of known parts.
    init(
        line: Int,
        at: Instant,
        seen: Instant?,
        account: AccountID?,
        idHash: UInt32,
        gist: RecordGist,
        range: Range<Int>
    ) {
        self.line = line
        self.at = at
        self.seen = seen
        self.account = account
        self.idHash = idHash
        self.gist = gist
        self.range = range
    }

    /// A record that was packed.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - line: Where it stands in what it was read from.
    ///   - range: Where its packed form lies.
    package init(_ record: MirrorRecord, line: Int, at range: Range<Int>) {
        self.line = line
        self.range = range
        at = record.at
        seen = record.seen
        account = record.account
        idHash = Self.hash(of: record.id)
        gist = RecordGist(record)
    }

    /// The hash of an id.
    package static func hash(of id: RecordID) -> UInt32 {
        var text = id.rawValue
        return text.withUTF8(hash(ofID:))
    }

    /// The hash of an id's UTF-8: FNV-1a of 32 bits.
    static func hash(ofID utf8: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for byte in utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return hash
    }
}

/// What a record says that concerns more than the account it is kept with.
package enum RecordGist: Hashable, Sendable {
    /// A baseline, with the customer that it says is its account's.
    case baseline(customer: CustomerID?)
    /// An event; its customer only where it names no account and has to be found through that.
    case stripe(customer: CustomerID?, livemode: Bool?)
    /// A request.
    case request
    /// A run of a path.
    case execution(LegacyPath)
    /// A row of a table, with the customer that it says is its account's.
    case change(RowChange.Table, customer: CustomerID?)
    /// A mark.
    case mark(Mark)

    /// The gist of a record.
    package init(_ record: MirrorRecord) {
        switch record.body {
        case .baseline: self = .baseline(customer: record.claimedCustomer)
        case .stripe(let event):
            let customer = record.account == nil ? event.customer : nil
            self = .stripe(customer: customer, livemode: event.livemode)
        case .request: self = .request
        case .execution(let execution): self = .execution(execution.path)
        case .change(let change):
            self = .change(change.table, customer: record.claimedCustomer)
        case .mark(let mark): self = .mark(mark)
        }
    }

    /// The kind of the record.
    package var kind: MirrorRecord.Kind {
        switch self {
        case .baseline: .baseline
        case .stripe: .stripe
        case .request: .request
        case .execution: .execution
        case .change: .change
        case .mark: .mark
        }
    }
}
