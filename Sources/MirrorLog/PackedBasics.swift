package import BillingModel

extension Bool: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(byte: self ? 1 : 0)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let byte = try reader.byte()
        guard byte < 2 else { throw reader.malformed("\(byte) is no truth value") }
        self = byte == 1
    }
}

extension Int64: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(signed: self)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self = try reader.signed()
    }
}

extension UInt64: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(varint: self)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self = try reader.varint()
    }
}

extension Int: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(signed: Int64(self))
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self = Int(try reader.signed())
    }
}

extension String: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(text: self)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self = try reader.text()
    }
}

extension Identifier: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(text: rawValue)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(try reader.text())
    }
}

extension Instant: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(instant: self)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        guard let instant = try reader.optionalInstant() else {
            throw reader.malformed("an instant is missing")
        }
        self = instant
    }
}

extension TimeSpan: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(signed: microseconds)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self.init(microseconds: try reader.signed())
    }
}

/// A byte before the value says whether there is one. Texts and instants have shorter forms of
/// their own, see ``PackedWriter/write(text:)`` and ``PackedWriter/write(instant:)``.
extension Optional: Packable where Wrapped: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(self != nil)
        if let value = self { writer.write(value) }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        self = try Bool(unpacking: &reader) ? try Wrapped(unpacking: &reader) : nil
    }
}

extension Array: Packable where Element: Packable {
    package func pack(into writer: inout PackedWriter) {
        writer.write(varint: UInt64(count))
        for element in self { writer.write(element) }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let count = try reader.count()
        self = []
        // A count in damaged bytes may be as large as they are many; an element takes more
        // memory than its packed form, so what is set aside for it is bounded.
        reserveCapacity(Swift.min(count, 1024))
        for _ in 0..<count { append(try reader.read()) }
    }
}

/// An enumeration without payloads: one byte, the place in ``packedCases``.
package protocol PackableCase: Packable, Equatable, Sendable {
    /// The cases in the order of their bytes.
    static var packedCases: [Self] { get }
}

extension PackableCase {
    package func pack(into writer: inout PackedWriter) {
        // Every case is in the table, which the tests hold up; 255 is refused when read.
        let place = Self.packedCases.firstIndex(of: self) ?? 255
        writer.write(byte: UInt8(truncatingIfNeeded: place))
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let place = Int(try reader.byte())
        guard place < Self.packedCases.count else {
            throw reader.malformed("\(Self.self) has no case \(place)")
        }
        self = Self.packedCases[place]
    }
}

extension InvoiceStatus: PackableCase {
    package static let packedCases = Array(allCases)
}

extension SubscriptionStatus: PackableCase {
    package static let packedCases = Array(allCases)
}

extension Ban: PackableCase {
    package static let packedCases: [Ban] = [.badDebt, .abuse]
}

extension LegacyPath: PackableCase {
    package static let packedCases = Array(allCases)
}

extension Execution.Outcome: PackableCase {
    package static let packedCases = Array(allCases)
}

extension MirrorRecord.Kind: PackableCase {
    package static let packedCases = Array(allCases)
}

extension Mark.Source: PackableCase {
    package static let packedCases = Array(allCases)
}

extension RowChange.Op: PackableCase {
    package static let packedCases = Array(allCases)
}

extension RowChange.Table: PackableCase {
    package static let packedCases = Array(allCases)
}
