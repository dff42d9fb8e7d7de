import BillingModel
import Crypto
import MirrorLog

/// What a store finds a record by, besides its offset.
struct RecordKey: Hashable, Sendable {
    /// Tells it from every other: first of its id alone, then of its id, its account and what it says.
    ///
    /// So records of one id lie side by side. The packed form has no time of being seen: a redelivery
    /// has the same digest.
    let digest: [UInt8]
    /// The account that it names, UTF-8.
    let account: [UInt8]?
    /// The customer of a Stripe record that names no account, UTF-8; empty where it names none either.
    let customer: [UInt8]?
    /// When it happened, in microseconds since 1970.
    let at: Int64

    /// How many of a digest's bytes are the id's.
    static let bytesOfID = 8
    /// How many bytes a digest has.
    private static let length = SHA256.byteCount

    /// The key of a record.
    init(_ record: MirrorRecord) {
        let id = SHA256.hash(data: Array(record.id.rawValue.utf8)).prefix(Self.bytesOfID)
        let content = SHA256.hash(data: record.packed()).prefix(Self.length - Self.bytesOfID)
        digest = Array(id) + Array(content)
        account = record.account.map { Array($0.rawValue.utf8) }
        if record.account == nil, case .stripe(let event) = record.body {
            customer = Array((event.customer?.rawValue ?? "").utf8)
        } else {
            customer = nil
        }
        at = record.at.microseconds
    }

    /// The first and the last digest that a record of the same id can have.
    var sameID: (first: [UInt8], last: [UInt8]) {
        let rest = Self.length - Self.bytesOfID
        let id = digest.prefix(Self.bytesOfID)
        return (id + [UInt8](repeating: 0, count: rest), id + [UInt8](repeating: 255, count: rest))
    }
}
