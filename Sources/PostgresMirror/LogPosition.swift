/// A place in the server's write-ahead log, as PostgreSQL counts it: bytes from its beginning.
package struct LogPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Bytes from the beginning of the log.
    package let bytes: UInt64

    /// The beginning, which PostgreSQL uses for "nowhere".
    package static let zero = LogPosition(0)

    /// A place that many bytes from the beginning.
    package init(_ bytes: UInt64) {
        self.bytes = bytes
    }

    /// Reads PostgreSQL's notation, `16/B374D848`.
    ///
    /// - Parameter text: Two hexadecimal numbers of at most eight digits with a slash between them.
    package init?(_ text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let high = Self.half(halves[0]), let low = Self.half(halves[1])
        else { return nil }
        bytes = UInt64(high) << 32 | UInt64(low)
    }

    private static func half(_ text: some StringProtocol) -> UInt32? {
        guard text.utf8.count <= 8, text.utf8.first != UInt8(ascii: "+") else { return nil }
        return UInt32(text, radix: 16)
    }

    /// PostgreSQL's notation, `16/B374D848`.
    package var description: String {
        Self.upper(UInt64(bytes >> 32)) + "/" + Self.upper(bytes & 0xFFFF_FFFF)
    }

    /// Sixteen digits, so that places sort as text as they do as numbers.
    package var padded: String {
        let digits = Self.upper(bytes)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// How far this place lies behind an earlier one; 0 where it does not.
    package func distance(from earlier: LogPosition) -> UInt64 {
        bytes > earlier.bytes ? bytes - earlier.bytes : 0
    }

    /// Orders by place.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.bytes < rhs.bytes }

    private static func upper(_ number: UInt64) -> String {
        String(number, radix: 16, uppercase: true)
    }
}
