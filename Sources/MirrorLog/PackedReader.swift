package import BillingModel

/// Why bytes are no packed value.
package enum PackedError: Error, Hashable, CustomStringConvertible {
    /// They end within the value.
    case truncated(at: Int)
    /// They hold what no writer writes.
    case malformed(at: Int, String)

    /// The reason in words.
    package var description: String {
        switch self {
        case .truncated(let place): "packed data ends early, at byte \(place)"
        case .malformed(let place, let what): "packed data is damaged at byte \(place): \(what)"
        }
    }
}

/// Reads packed values from bytes that may come from anywhere: it throws, and never traps.
///
/// It holds a pointer rather than an array, because millions of records are unpacked in one run
/// and each field would cost a reference count. The bytes must outlive it: make one inside
/// ``read(_:_:)``, or inside a `withUnsafeBytes`, and don't let it out.
package struct PackedReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// The record that is being read, if any: it fills in what the writer left out.
    var home: PackedHome?

    /// A reader of bytes that outlive it.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads the whole of a run of bytes: it is an error to leave some.
    package static func read<Result>(
        _ bytes: ArraySlice<UInt8>,
        _ body: (inout PackedReader) throws(PackedError) -> Result
    ) throws(PackedError) -> Result {
        try bytes.withUnsafeBufferPointer { buffer throws(PackedError) in
            var reader = PackedReader(UnsafeRawBufferPointer(buffer))
            let result = try body(&reader)
            try reader.finish()
            return result
        }
    }

    /// How many bytes are left.
    package var remaining: Int { bytes.count - position }

    /// Checks that all bytes were read.
    package func finish() throws(PackedError) {
        guard remaining == 0 else { throw malformed("\(remaining) bytes are left over") }
    }

    /// The error of a value that no writer writes, found just before here.
    package func malformed(_ what: String) -> PackedError { .malformed(at: position, what) }

    /// Reads a value.
    package mutating func read<Value: Packable>() throws(PackedError) -> Value {
        try Value(unpacking: &self)
    }

    /// Reads one byte.
    package mutating func byte() throws(PackedError) -> UInt8 {
        guard position < bytes.count else { throw truncated() }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads a whole number of up to 64 bits.
    package mutating func varint() throws(PackedError) -> UInt64 {
        // Most numbers are small: one byte says it all.
        if position < bytes.count, bytes[position] < 0x80 {
            defer { position += 1 }
            return UInt64(bytes[position])
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(PackedError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { throw malformed("a number exceeds 64 bits") }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// Reads a signed number.
    package mutating func signed() throws(PackedError) -> Int64 {
        Self.unzigzag(try varint())
    }

    /// Reads the count of things of at least one byte each: never more than bytes are left.
    package mutating func count() throws(PackedError) -> Int {
        let value = try varint()
        guard value <= UInt64(remaining) else { throw truncated() }
        return Int(value)
    }

    /// Reads bytes that have their length before them.
    ///
    /// They are borrowed, as the reader's own.
    package mutating func run() throws(PackedError) -> UnsafeRawBufferPointer {
        try take(try count())
    }

    /// Reads an instant or its absence.
    package mutating func optionalInstant() throws(PackedError) -> Instant? {
        let value = try varint()
        guard value > 0 else { return nil }
        let distance = Self.unzigzag((value - 1) >> 1)
        let (second, tooFar) = distance.addingReportingOverflow(home?.second ?? 0)
        let (whole, overflow) = second.multipliedReportingOverflow(by: 1_000_000)
        let rest = (value - 1) & 1 == 0 ? 0 : try signed()
        let (micros, overrun) = whole.addingReportingOverflow(rest)
        guard !tooFar, !overflow, !overrun else { throw malformed("an instant is out of range") }
        return Instant(microseconds: micros)
    }

    /// Reads so many bytes as they are.
    mutating func take(_ count: Int) throws(PackedError) -> UnsafeRawBufferPointer {
        guard count <= remaining else { throw truncated() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// The error of bytes that end too early.
    func truncated() -> PackedError { .truncated(at: bytes.count) }

    private static func unzigzag(_ value: UInt64) -> Int64 {
        Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
