package import BillingModel

/// The packed records of one account, one behind the other in a single run of bytes.
///
/// A run reads a log of millions of records before it judges an account, so what matters here is
/// the memory: one allocation an account, a byte or two of overhead a record.
package struct RecordLedger: Sequence, Sendable {
    /// Each record with its length before it.
    ///
    /// INVARIANT: the lengths add up to the whole.
    private var bytes: [UInt8] = []
    /// How many records there are.
    package private(set) var count = 0

    /// A ledger of no records.
    package init() {}

    /// Appends a packed record.
    package mutating func append(_ packed: [UInt8]) {
        append(packed[...])
    }

    /// Appends a packed record.
    package mutating func append(_ packed: ArraySlice<UInt8>) {
        packed.withUnsafeBytes { append($0) }
    }

    private mutating func append(_ packed: UnsafeRawBufferPointer) {
        makeRoom(for: Self.prefixCount(packed.count) + packed.count)
        var rest = packed.count
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
        bytes.append(contentsOf: packed)
        count += 1
    }

    /// The packed record of an id.
    ///
    /// - Complexity: O(n) in the number of records: it steps over each, and compares the bytes of
    ///   ids without unpacking.
    package func packed(of id: RecordID) -> ArraySlice<UInt8>? {
        var wanted = PackedWriter()
        wanted.write(id)
        return packed(beginningWith: wanted.bytes[...])
    }

    /// The packed record that begins with a packed id.
    ///
    /// - Complexity: O(n) in the number of records.
    package func packed(beginningWith id: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        first { $0.starts(with: id) }
    }

    /// Puts a packed record in the place of another.
    ///
    /// - Parameters:
    ///   - place: The start index of the other, as iteration and lookup hand it out.
    ///   - packed: What stands there instead.
    /// - Complexity: O(n) in the bytes behind it.
    package mutating func replace(at place: Int, with packed: ArraySlice<UInt8>) {
        var records = makeIterator()
        while let old = records.next() {
            guard old.startIndex == place else { continue }
            let start = place - Self.prefixCount(old.count)
            var entry = PackedWriter(capacity: packed.count + 2)
            entry.write(run: packed)
            bytes.replaceSubrange(start..<old.endIndex, with: entry.bytes)
            return
        }
    }

    /// How many bytes the records take, their lengths included.
    package var byteCount: Int { bytes.count }

    package func makeIterator() -> Iterator { Iterator(bytes: bytes) }

    /// Walks over the packed records in the order they were appended.
    package struct Iterator: IteratorProtocol, Sendable {
        fileprivate let bytes: [UInt8]
        fileprivate var position = 0

        package mutating func next() -> ArraySlice<UInt8>? {
            guard position < bytes.count else { return nil }
            var length = 0
            var shift = 0
            var byte: UInt8
            repeat {
                byte = bytes[position]
                length |= Int(byte & 0x7f) << shift
                shift += 7
                position += 1
            } while byte >= 0x80
            defer { position += length }
            return bytes[position..<position + length]
        }
    }

    /// Grows by a quarter rather than to twice the size, and by a record or two at least: most
    /// ledgers stay as they are, and half of what they take would be air.
    private mutating func makeRoom(for more: Int) {
        let needed = bytes.count + more
        if needed > bytes.capacity {
            let growth = Swift.max(bytes.count / 4, Self.leastGrowth)
            bytes.reserveCapacity(Swift.max(needed, bytes.count + growth))
        }
    }

    /// The room for a record or two.
    private static let leastGrowth = 192

    /// How many bytes a length takes, seven bits a byte.
    private static func prefixCount(_ length: Int) -> Int {
        Swift.max(1, (Int.bitWidth - length.leadingZeroBitCount + 6) / 7)
    }
}

extension RecordLedger: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(varint: UInt64(count))
        writer.write(run: bytes)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let count = try reader.count()
        let run = try reader.run()
        var records = PackedReader(run)
        for _ in 0..<count { _ = try records.run() }
        try records.finish()
        self.count = count
        bytes = Array(run)
    }
}
