import Crypto
import MirrorLog

/// The SHA-256 of a record's packed form: of its id, its account and what it says.
///
/// The packed form has no time of being seen: a redelivery has the same digest.
func recordDigest(of record: MirrorRecord) -> [UInt8] {
    Array(SHA256.hash(data: record.packed()))
}
