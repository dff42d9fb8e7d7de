package import BillingModel

/// What makes packed bytes of one build readable by another.
package enum PackedFormat {
    /// The number that goes up when a field is added to a packed form, or taken away.
    private static let version: UInt64 = 5

    /// Stands before saved bytes: bytes with another one are not to be unpacked.
    ///
    /// It is made of the version and of every name that one byte stands for, so a new case of an
    /// enumeration changes it without anybody having to think of it.
    package static let fingerprint: UInt64 = {
        // FNV-1a of 64 bits: it guards against mistakes, not against malice.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ version
        for byte in names.joined(separator: "\n").utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return hash
    }()

    private static var names: [String] {
        var names = packedEventTypes.values.map(\.name)
        names += packedCurrencies.values.map(\.code)
        names += packedWords.values
        names += InvoiceStatus.packedCases.map(\.rawValue)
        names += SubscriptionStatus.packedCases.map(\.rawValue)
        names += Ban.packedCases.map(\.rawValue)
        names += LegacyPath.packedCases.map(\.rawValue)
        names += Execution.Outcome.packedCases.map(\.rawValue)
        names += MirrorRecord.Kind.packedCases.map(\.rawValue)
        names += Mark.Source.packedCases.map(\.rawValue)
        names += RowChange.Op.packedCases.map(\.rawValue)
        names += RowChange.Table.packedCases.map(\.rawValue)
        return names
    }
}

/// The header of a packed record, read without unpacking the rest.
package enum PackedRecord {
    /// The record's id.
    package static func id(of packed: ArraySlice<UInt8>) throws(PackedError) -> RecordID {
        try read(packed) { reader throws(PackedError) in try reader.read() }
    }

    /// The packed form of the record's id, which every record of that id begins with.
    package static func packedID(
        of packed: ArraySlice<UInt8>
    ) throws(PackedError) -> ArraySlice<UInt8> {
        let rest = try read(packed) { reader throws(PackedError) in
            try reader.skipText()
            return reader.remaining
        }
        return packed.dropLast(rest)
    }

    /// The record's event time.
    package static func at(of packed: ArraySlice<UInt8>) throws(PackedError) -> Instant {
        try read(packed) { reader throws(PackedError) in
            try reader.skipText()
            return try reader.read()
        }
    }

    /// The record's kind.
    package static func kind(
        of packed: ArraySlice<UInt8>
    ) throws(PackedError) -> MirrorRecord.Kind {
        try read(packed) { reader throws(PackedError) in
            try reader.skipText()
            _ = try reader.optionalInstant()
            return try reader.read()
        }
    }

    private static func read<Result>(
        _ packed: ArraySlice<UInt8>,
        _ body: (inout PackedReader) throws(PackedError) -> Result
    ) throws(PackedError) -> Result {
        try packed.withUnsafeBufferPointer { buffer throws(PackedError) in
            var reader = PackedReader(UnsafeRawBufferPointer(buffer))
            return try body(&reader)
        }
    }
}

/// Id, event time, kind, account, then the body.
///
/// `seen` is left out, because what is judged does not depend on delivery: two deliveries of one
/// record pack to the same bytes, and two records of one id that pack to different bytes
/// contradict each other. A record that was unpacked has no `seen`.
extension MirrorRecord: Packable {
    package func pack(into writer: inout PackedWriter) {
        let outer = writer.home
        defer { writer.home = outer }
        writer.home = nil
        writer.write(id)
        writer.write(at)
        writer.write(kind)
        writer.write(text: writer.leavesOutOwner ? nil : account?.rawValue)
        writer.home = PackedHome(id: id, at: at)
        switch body {
        case .baseline(let state): writer.write(state)
        case .stripe(let event): writer.write(event)
        case .request(let request): writer.write(request)
        case .execution(let execution): writer.write(execution)
        case .change(let change): writer.write(change)
        case .mark(let mark): writer.write(mark)
        }
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let outer = reader.home
        defer { reader.home = outer }
        reader.home = nil
        id = try reader.read()
        at = try reader.read()
        let kind: Kind = try reader.read()
        account = try reader.optionalText().map { AccountID($0) }
        reader.home = PackedHome(id: id, at: at)
        switch kind {
        case .baseline: body = .baseline(try reader.read())
        case .stripe: body = .stripe(try reader.read())
        case .request: body = .request(try reader.read())
        case .execution: body = .execution(try reader.read())
        case .change: body = .change(try reader.read())
        case .mark: body = .mark(try reader.read())
        }
    }

    /// The record in packed form.
    ///
    /// - Parameter leavingOutOwner: Whether to leave out whose it is: its account, and the customer
    ///   of its event. Nothing is judged by them once a record is with its account's.
    /// - Returns: The bytes, which ``init(packed:)-(ArraySlice<UInt8>)`` reads.
    package func packed(leavingOutOwner: Bool = false) -> [UInt8] {
        var writer = PackedWriter(capacity: 192)
        writer.leavesOutOwner = leavingOutOwner
        pack(into: &writer)
        return writer.bytes
    }

    /// Unpacks a whole record, but for `seen`.
    package init(packed: ArraySlice<UInt8>) throws(PackedError) {
        self = try PackedReader.read(packed) { reader throws(PackedError) in
            try MirrorRecord(unpacking: &reader)
        }
    }

    /// Unpacks a whole record, but for `seen`.
    package init(packed: [UInt8]) throws(PackedError) {
        self = try PackedReader.read(packed[...]) { reader throws(PackedError) in
            try MirrorRecord(unpacking: &reader)
        }
    }
}
