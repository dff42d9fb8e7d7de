import BillingModel
import MirrorLog

/// The records of one account, each id once, in packed form.
///
/// Ids are compared within an account: a record whose id another account used as well is no
/// redelivery but a record, and nothing is lost by it.
struct AccountRecords {
    /// The records, in order of arrival.
    private(set) var ledger = RecordLedger()
    /// From which horizon on something of the account settles; `nil` where all of it is settled.
    var due: Instant?
    /// A hash of each record's id: a new id is told from the known ones by four bytes each, and
    /// only where these agree are the ids themselves compared.
    private var hashes: [UInt32] = []

    /// No records.
    init() {}

    /// Takes a record.
    ///
    /// - Parameters:
    ///   - hash: The hash of its id, see ``PackedArrival``.
    ///   - packed: The record.
    ///   - settles: From which horizon on it may have settled.
    /// - Returns: What it is to those before. A redelivery changes nothing; where the two differ all
    ///   the same, the one whose packed bytes come first stands, so that the order of arrival makes
    ///   no difference.
    /// - Complexity: O(n), at four bytes a record.
    mutating func take(
        _ hash: UInt32,
        _ packed: ArraySlice<UInt8>,
        _ settles: Instant?
    ) -> Arrival {
        if hashes.contains(hash), let old = known(packed) {
            guard !packed.elementsEqual(old) else { return .redelivered }
            if packed.lexicographicallyPrecedes(old) {
                setDue(settles)
                ledger.replace(at: old.startIndex, with: packed)
            }
            return .redeliveredDifferently
        }
        if hashes.count == hashes.capacity {
            hashes.reserveCapacity(hashes.count + hashes.count / 4 + 4)
        }
        hashes.append(hash)
        ledger.append(packed)
        setDue(settles)
        return .new
    }

    /// The record whose id this one has too.
    private func known(_ packed: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let id = try? PackedRecord.packedID(of: packed) else { return nil }
        return ledger.packed(beginningWith: id)
    }

    private mutating func setDue(_ horizon: Instant?) {
        guard let horizon else { return }
        due = min(due ?? horizon, horizon)
    }

    /// What a record is to those that came before.
    enum Arrival {
        /// The first of its id.
        case new
        /// The same again.
        case redelivered
        /// The id again with other content.
        case redeliveredDifferently
    }
}

extension AccountRecords: Packable {
    func pack(into writer: inout PackedWriter) {
        writer.write(ledger)
        writer.write(due)
    }

    init(unpacking reader: inout PackedReader) throws(PackedError) {
        ledger = try reader.read()
        due = try reader.read()
        for packed in ledger {
            hashes.append(PackedArrival.hash(of: try PackedRecord.id(of: packed)))
        }
    }
}
