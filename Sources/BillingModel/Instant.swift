/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Never read from a clock in this package: time is an argument. Arithmetic saturates at the
/// ends of the range rather than trapping, because the numbers come from outside.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before it.
    public let microseconds: Int64

    /// Wraps a count of microseconds since the epoch.
    @inlinable
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The start of the given second since the epoch, as Stripe states times.
    ///
    /// It is `nil` outside the years 1 to 9999.
    /// - Parameter unixSeconds: Whole seconds since 1970-01-01T00:00:00Z.
    public init?(unixSeconds: Int64) {
        guard (-62_135_596_800...253_402_300_799).contains(unixSeconds) else { return nil }
        microseconds = unixSeconds * 1_000_000
    }

    /// The second this instant lies in, counted from the epoch and rounded down.
    public var unixSeconds: Int64 {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Orders by time.
    @inlinable
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.microseconds < rhs.microseconds }

    /// The instant `span` later, or the end of the range where that lies beyond it.
    @inlinable
    public func advanced(by span: TimeSpan) -> Instant {
        let (sum, overflow) = microseconds.addingReportingOverflow(span.microseconds)
        guard overflow else { return Instant(microseconds: sum) }
        return Instant(microseconds: span.microseconds > 0 ? .max : .min)
    }

    /// The time from `earlier` to this instant: negative when this one is the earlier.
    @inlinable
    public func since(_ earlier: Instant) -> TimeSpan {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(
            earlier.microseconds
        )
        guard overflow else { return TimeSpan(microseconds: difference) }
        return TimeSpan(microseconds: microseconds > earlier.microseconds ? .max : .min)
    }
}

extension Instant {
    /// RFC 3339 in UTC, with as many fractional digits as are needed, six at most.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(27)
        write(into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes it as ``description`` has it, behind what some bytes hold already.
    public func write(into text: inout [UInt8]) {
        let (days, second) = Self.split(unixSeconds, by: 86_400)
        let date = Self.civil(fromDays: days)
        // Wraps for the second that begins before the range does; the difference is right there too.
        let micros = microseconds &- unixSeconds &* 1_000_000
        Self.write(date.year, width: 4, into: &text)
        let parts = (date.month, date.day, second / 3600, second / 60 % 60, second % 60)
        text.append(UInt8(ascii: "-"))
        Self.write(parts.0, width: 2, into: &text)
        text.append(UInt8(ascii: "-"))
        Self.write(parts.1, width: 2, into: &text)
        text.append(UInt8(ascii: "T"))
        Self.write(parts.2, width: 2, into: &text)
        text.append(UInt8(ascii: ":"))
        Self.write(parts.3, width: 2, into: &text)
        text.append(UInt8(ascii: ":"))
        Self.write(parts.4, width: 2, into: &text)
        if micros != 0 {
            text.append(UInt8(ascii: "."))
            Self.write(micros, width: 6, into: &text)
            while text.last == UInt8(ascii: "0") { text.removeLast() }
        }
        text.append(UInt8(ascii: "Z"))
    }

    /// Reads RFC 3339: `2026-03-01T00:00:00Z`, with a fraction and any offset.
    ///
    /// Digits beyond the sixth of a fraction are dropped, a leap second is the second after it.
    /// It is `nil` where the text is no RFC 3339 time of the years 1 to 9999.
    /// - Parameter text: The whole text, without surrounding space.
    public init?(rfc3339 text: some StringProtocol) {
        let parsed = text.utf8.withContiguousStorageIfAvailable { Self.parse($0) }
        guard let value = parsed ?? Array(text.utf8).withUnsafeBufferPointer(Self.parse) else {
            return nil
        }
        self = value
    }

    /// Reads RFC 3339 from UTF-8, as ``init(rfc3339:)`` does.
    ///
    /// - Parameter bytes: The whole text, without surrounding space.
    /// - Returns: `nil` where the text is no RFC 3339 time of the years 1 to 9999.
    /// - Complexity: O(n), without allocation.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Instant? {
        guard bytes.count >= 20 else { return nil }
        let (century, yearOfCentury) = (pair(bytes, 0), pair(bytes, 2))
        let (year, month, day) = (century * 100 + yearOfCentury, pair(bytes, 5), pair(bytes, 8))
        let (hour, minute, second) = (pair(bytes, 11), pair(bytes, 14), pair(bytes, 17))
        guard century < 100, yearOfCentury < 100, bytes[4] == UInt8(ascii: "-"),
            bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            year >= 1, (1...12).contains(month), (1...daysIn(month, of: year)).contains(day),
            hour < 24, minute < 60, second < 61
        else { return nil }
        var cursor = 19
        var micros: Int64 = 0
        if bytes[cursor] == UInt8(ascii: ".") {
            cursor += 1
            let start = cursor
            var scale: Int64 = 100_000
            while cursor < bytes.count, let digit = digit(bytes[cursor]) {
                micros += digit * scale
                scale /= 10
                cursor += 1
            }
            guard cursor > start else { return nil }
        }
        guard let offset = offsetSeconds(bytes, cursor) else { return nil }
        let time = hour * 3600 + minute * 60 + second - offset
        let seconds = days(year: year, month: month, day: day) * 86_400 + time
        guard let whole = Instant(unixSeconds: seconds) else { return nil }
        return Instant(microseconds: whole.microseconds + micros)
    }

    private static func offsetSeconds(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int64? {
        guard at < bytes.count else { return nil }
        if bytes[at] | 0x20 == UInt8(ascii: "z") { return at + 1 == bytes.count ? 0 : nil }
        guard bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-"),
            at + 6 == bytes.count, bytes[at + 3] == UInt8(ascii: ":"),
            case let (hours, minutes) = (pair(bytes, at + 1), pair(bytes, at + 4)),
            hours < 24, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return bytes[at] == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        let value = byte &- UInt8(ascii: "0")
        return value <= 9 ? Int64(value) : nil
    }

    /// Two digits; a number of 100 or more where one of them is none.
    private static func pair(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int64 {
        let tens = bytes[start] &- UInt8(ascii: "0")
        let ones = bytes[start + 1] &- UInt8(ascii: "0")
        return tens <= 9 && ones <= 9 ? Int64(tens) * 10 + Int64(ones) : 100
    }

    private static func daysIn(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func split(_ value: Int64, by unit: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
        return remainder < 0 ? (quotient - 1, remainder + unit) : (quotient, remainder)
    }

    /// Days since the epoch of a date of the proleptic Gregorian calendar.
    ///
    /// Years are counted from March, so that a leap day falls at a year's end; 400 years are
    /// 146,097 days.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = split(shifted, by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The date that many days after the epoch: the inverse of ``days(year:month:day:)``.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = split(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Writes a number with at least so many digits.
    private static func write(_ value: Int64, width: Int, into text: inout [UInt8]) {
        var power: Int64 = 1
        for _ in 1..<width { power *= 10 }
        guard (0..<power * 10).contains(value) else {
            let digits = String(value)
            let zeros = max(0, width - digits.count)
            text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: zeros))
            return text.append(contentsOf: digits.utf8)
        }
        while power > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / power % 10))
            power /= 10
        }
    }
}
