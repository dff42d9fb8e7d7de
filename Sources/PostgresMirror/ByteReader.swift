/// Reads a message of the protocol from front to back; nothing is read beyond its end.
struct ByteReader {
    private let bytes: [UInt8]
    private var next: Int

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        next = min(max(start, 0), bytes.count)
    }

    /// How many bytes are left.
    var remaining: Int { bytes.count - next }

    mutating func byte(_ what: String) throws(PgOutputError) -> UInt8 {
        guard remaining >= 1 else { throw PgOutputError(what, "the message ends before it") }
        defer { next += 1 }
        return bytes[next]
    }

    mutating func unsigned16(_ what: String) throws(PgOutputError) -> UInt16 {
        UInt16(truncatingIfNeeded: try bigEndian(2, what))
    }

    mutating func unsigned32(_ what: String) throws(PgOutputError) -> UInt32 {
        UInt32(truncatingIfNeeded: try bigEndian(4, what))
    }

    mutating func unsigned64(_ what: String) throws(PgOutputError) -> UInt64 {
        try bigEndian(8, what)
    }

    mutating func signed64(_ what: String) throws(PgOutputError) -> Int64 {
        Int64(bitPattern: try bigEndian(8, what))
    }

    mutating func position(_ what: String) throws(PgOutputError) -> LogPosition {
        LogPosition(try bigEndian(8, what))
    }

    /// A count that says how many things or bytes follow, none of them smaller than `atLeast` bytes.
    mutating func count(
        _ what: String,
        width: Int,
        atLeast: Int
    ) throws(PgOutputError) -> Int {
        let raw = try bigEndian(width, what)
        guard raw <= UInt64(remaining / max(atLeast, 1)) else {
            throw PgOutputError(what, "it says \(raw), and \(remaining) bytes are left")
        }
        return Int(raw)
    }

    mutating func bytes(_ count: Int, _ what: String) throws(PgOutputError) -> [UInt8] {
        guard count >= 0, count <= remaining else {
            throw PgOutputError(what, "it is \(count) bytes long, and \(remaining) are left")
        }
        defer { next += count }
        return Array(bytes[next..<next + count])
    }

    /// A text that ends with a zero byte.
    mutating func text(_ what: String) throws(PgOutputError) -> String {
        guard let end = bytes[next...].firstIndex(of: 0) else {
            throw PgOutputError(what, "it has no end")
        }
        guard let text = String(validating: bytes[next..<end], as: UTF8.self) else {
            throw PgOutputError(what, "it is no UTF-8")
        }
        next = end + 1
        return text
    }

    private mutating func bigEndian(_ width: Int, _ what: String) throws(PgOutputError) -> UInt64 {
        guard remaining >= width else { throw PgOutputError(what, "the message ends before it") }
        var value: UInt64 = 0
        for byte in bytes[next..<next + width] { value = value << 8 | UInt64(byte) }
        next += width
        return value
    }
}

/// Why bytes are no message of `pgoutput`.
package struct PgOutputError: Error, Hashable, CustomStringConvertible {
    /// What was being read.
    package let what: String
    /// What is wrong with it.
    package let problem: String

    /// A problem of one part of a message.
    package init(_ what: String, _ problem: String) {
        self.what = what
        self.problem = problem
    }

    /// Both in a sentence, without customer data.
    package var description: String { "\(what): \(problem)" }
}
