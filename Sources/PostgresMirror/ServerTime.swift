package import BillingModel

/// Times as PostgreSQL sends them.
package enum ServerTime {
    /// 2000-01-01T00:00:00Z, from which the protocol counts microseconds.
    private static let epoch: Int64 = 946_684_800_000_000

    /// A time of the protocol.
    ///
    /// - Parameter microseconds: Microseconds since 2000-01-01T00:00:00Z.
    /// - Returns: The instant, or the end of the range where it lies beyond it.
    package static func instant(_ microseconds: Int64) -> Instant {
        let (sum, overflow) = microseconds.addingReportingOverflow(epoch)
        return Instant(microseconds: overflow ? .max : sum)
    }

    /// An instant in the protocol's own count.
    package static func microseconds(_ instant: Instant) -> Int64 {
        let (difference, overflow) = instant.microseconds.subtractingReportingOverflow(epoch)
        return overflow ? .min : difference
    }

    /// Reads a time as the server writes it with `DateStyle` ISO, `2026-03-01 00:00:00.5+00`.
    ///
    /// A time without a zone is taken for UTC, which is the zone of the mirror's connections. A
    /// whole number counts seconds since 1970, as Stripe does, and services that copy from it.
    /// - Parameter text: The column's text.
    /// - Returns: `nil` where it is no time of the years 1 to 9999, `infinity` among them.
    package static func parse(_ text: String) -> Instant? {
        if let seconds = Int64(text) { return Instant(unixSeconds: seconds) }
        var utf8 = Array(text.utf8)
        guard utf8.count >= 19, utf8[10] == UInt8(ascii: " ") || utf8[10] | 0x20 == 0x74 else {
            return nil
        }
        utf8[10] = UInt8(ascii: "T")
        let zone = utf8[19...].lastIndex { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        if let zone {
            // `+00` and `+05:30` both occur; seconds of old local times do not in our years.
            if utf8.count - zone == 3 { utf8 += Array(":00".utf8) }
        } else if utf8.last.map({ $0 | 0x20 }) != 0x7A {
            utf8.append(UInt8(ascii: "Z"))
        }
        return utf8.withUnsafeBufferPointer(Instant.parse)
    }
}
