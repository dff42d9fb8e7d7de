package import Crypto

/// The identity of a log whatever order its records arrived in: the sum of the SHA-256 of each
/// line, modulo 2^256.
///
/// Two logs of the same lines have the same digest, so a report says which facts it judged even
/// when the same records were delivered in another order. A record delivered twice counts twice.
/// Blank lines, the ends of lines and a byte order mark do not count; lines that were rejected do.
///
/// It tells honest logs apart. It is no seal: somebody who may write millions of lines to their
/// liking can make two logs of one sum, as with any hash that adds.
///
/// To check a digest by other means, in Python, for a log without a byte order mark:
///
///     from hashlib import sha256
///     lines = (l.removesuffix(b"\n").removesuffix(b"\r") for l in open("log.ndjson", "rb"))
///     hashes = (int(sha256(l).hexdigest(), 16) for l in lines if l.strip(b" \t\r"))
///     print(f"{sum(hashes) % 2**256:064x}")
package struct LogDigest: Hashable, Sendable {
    /// The sum, least significant part first.
    private var sum = SIMD4<UInt64>()

    /// The digest of no lines.
    package init() {}

    /// Adds a line, given without what ends it.
    package mutating func add(line: UnsafeRawBufferPointer) {
        add(hash: sha256(line))
    }

    /// Adds a line of which only the hash is known.
    package mutating func add(hash: SHA256Digest) {
        hash.withUnsafeBytes { bytes in
            var addend = SIMD4<UInt64>()
            for part in 0..<4 {
                let bigEndian = bytes.loadUnaligned(fromByteOffset: 24 - part * 8, as: UInt64.self)
                addend[part] = UInt64(bigEndian: bigEndian)
            }
            add(addend)
        }
    }

    /// Adds the lines of another log: the digest of both together.
    package mutating func add(_ other: LogDigest) {
        add(other.sum)
    }

    private mutating func add(_ addend: SIMD4<UInt64>) {
        var carry: UInt64 = 0
        for part in 0..<4 {
            let (partial, first) = sum[part].addingReportingOverflow(addend[part])
            let (total, second) = partial.addingReportingOverflow(carry)
            sum[part] = total
            carry = first || second ? 1 : 0
        }
    }

    /// The digest in 64 hexadecimal digits.
    package var hex: String {
        (0..<4).reversed().map { part in
            let digits = String(sum[part], radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

extension LogDigest: Packable {
    package func pack(into writer: inout PackedWriter) {
        for part in 0..<4 { writer.write(sum[part]) }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        for part in 0..<4 { sum[part] = try reader.read() }
    }
}
