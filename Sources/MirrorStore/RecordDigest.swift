import Crypto
import MirrorLog

/// What tells a record from another of its id: the SHA-256 of its packed form, in which it has no time
/// of being seen. A redelivery has the same.
func recordDigest(of record: MirrorRecord) -> [UInt8] {
    Array(SHA256.hash(data: record.packed()))
}
