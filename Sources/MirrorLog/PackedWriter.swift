package import BillingModel

/// A value with a compact binary form.
///
/// The form carries no field names and no types: it is read by the code that wrote it, see
/// ``PackedFormat``.
package protocol Packable {
    /// Appends the value.
    func pack(into writer: inout PackedWriter)
    /// Reads a value that ``pack(into:)`` wrote.
    init(unpacking reader: inout PackedReader) throws(PackedError)
}

/// Appends packed values to a growing run of bytes.
package struct PackedWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    /// The record that is being written, if any: what repeats its id or its time is left out.
    var home: PackedHome?
    /// Whether records are written without their account and customer, because they are kept with
    /// their account's.
    var leavesOutOwner = false

    /// A writer of nothing so far.
    package init() {}

    /// A writer with room for that many bytes.
    package init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Forgets what was written and keeps the memory, for the next value.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Takes back what was written behind so many bytes.
    mutating func truncate(to count: Int) {
        bytes.removeSubrange(count...)
    }

    /// Writes a value.
    package mutating func write(_ value: some Packable) {
        value.pack(into: &self)
    }

    /// Writes one byte.
    package mutating func write(byte: UInt8) {
        bytes.append(byte)
    }

    /// Writes a whole number in seven bits a byte, low ones first (LEB128): 127 takes one byte.
    package mutating func write(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a signed number; a small one is short whatever its sign.
    package mutating func write(signed value: Int64) {
        write(varint: Self.zigzag(value))
    }

    /// Writes the bytes of a text, whose length was written.
    mutating func write(_ utf8: UnsafeBufferPointer<UInt8>, sixBits: Bool) {
        if sixBits { SixBits.append(utf8, to: &bytes) } else { bytes.append(contentsOf: utf8) }
    }

    /// Writes bytes with their length before them.
    package mutating func write(run: some Collection<UInt8>) {
        write(varint: UInt64(run.count))
        bytes.append(contentsOf: run)
    }

    /// Writes an instant; `nil` takes one byte, a whole second about five, and one within hours
    /// of the record it is in about three.
    package mutating func write(instant: Instant?) {
        guard let instant else { return write(byte: 0) }
        let (second, rest) = instant.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        // Seconds of 64 bits of microseconds have 44 bits: there is room for the sign, for the
        // low bit that says whether a fraction follows, and for the 1 that tells it from `nil`.
        let distance = Self.zigzag(second - (home?.second ?? 0))
        write(varint: distance << 1 + (rest == 0 ? 1 : 2))
        if rest != 0 { write(signed: rest) }
    }

    private static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value << 1 ^ value >> 63)
    }
}

/// What a packed record's parts may leave out, because the record's header says it already.
struct PackedHome {
    /// The record's id.
    let id: RecordID
    /// The record's event time.
    let at: Instant

    /// The second that instants inside the record are counted from.
    var second: Int64 { at.microseconds / 1_000_000 }
}
