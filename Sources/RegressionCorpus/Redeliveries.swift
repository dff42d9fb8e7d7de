import BillingModel
import MirrorLog

/// Which records of a case count, where several have one id.
enum Redeliveries {
    /// Whether each record stands.
    ///
    /// Of different records of one id the engine takes the one whose packed bytes come first. Those
    /// bytes are others after redaction, so it is settled before. The same record twice is left to
    /// stand twice.
    static func standing(_ records: [MirrorRecord]) -> [Bool] {
        var first: [Key: [UInt8]] = [:]
        let packed = records.map { $0.packed(leavingOutOwner: $0.account != nil) }
        for (record, bytes) in zip(records, packed) {
            let key = Key(record)
            guard let known = first[key], !bytes.lexicographicallyPrecedes(known) else {
                first[key] = bytes
                continue
            }
        }
        return zip(records, packed).map { first[Key($0)] == $1 }
    }

    /// The places of the records that count, each of them once.
    static func counting(_ records: [MirrorRecord]) -> [Int] {
        var met: Set<Key> = []
        let standing = standing(records)
        return records.indices.filter { standing[$0] && met.insert(Key(records[$0])).inserted }
    }

    /// Ids are compared within an account, and of strays within a customer.
    private struct Key: Hashable {
        let account: AccountID?
        let customer: CustomerID?
        let id: RecordID

        init(_ record: MirrorRecord) {
            account = record.account
            id = record.id
            if record.account == nil, case .stripe(let event) = record.body {
                customer = event.customer
            } else {
                customer = nil
            }
        }
    }
}
