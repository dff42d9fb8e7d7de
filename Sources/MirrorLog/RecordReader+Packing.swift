// The hot path of reading: most of a log goes through here, and its texts are copied once.
//
// The plain way makes values of a record and writes those out again: some ten strings a record,
// each allocated, counted and freed, took longer than the parse. Here the texts go from the parser's
// memory into the packed form. What comes out must be, byte for byte, what the plain way gives; the
// tests hold every kind of record, in every shape, and every kept log against it. Only the two kinds
// that most of a log is made of are read here, invoices' events and Path A's executions, and only
// where nothing is odd about them: anything else is thrown back as `RecordError.unusual`, and so is
// every error, to be read the plain way, which says what is wrong.
import BillingModel

extension RecordError {
    /// The record is to be read the plain way.
    fileprivate static let unusual = RecordError("")
}

/// What the parts of a record need to know of it.
private struct RecordHead {
    let id: UnsafeBufferPointer<UInt8>
    let at: Instant
    let isOfAccount: Bool
    let cause: UnsafeBufferPointer<UInt8>?
}

extension RecordReader {
    /// Appends a record's packed form straight from the parse.
    ///
    /// - Parameters:
    ///   - json: The line's value.
    ///   - line: The line's number.
    ///   - writer: What is written to; where it throws, what was written is to be taken back.
    /// - Returns: What is to be known of the record.
    /// - Throws: ``RecordError`` for everything that is to be read the plain way.
    func packDirectly(
        _ json: JSONValue,
        line: Int,
        into writer: inout PackedWriter
    ) throws(RecordError) -> PackedArrival {
        var arrival: PackedArrival?
        try json.fields(Field.self) { fields throws(RecordError) in
            guard let id = fields[.id].bytes, !id.isEmpty, try fields.integer(.v) == 1,
                let at = try fields.time(.at), let kind = try fields.named(.kind, in: kinds, "kind")
            else { throw .unusual }
            let account = try fields.text(.account)
            let head = RecordHead(
                id: id,
                at: at,
                isOfAccount: account != nil,
                cause: try fields.text(.cause)
            )
            let start = writer.bytes.count
            writer.write(utf8: id)
            writer.write(at)
            writer.write(kind)
            writer.write(text: nil)  // The account is left out, or there is none.
            writer.home = PackedHome(id: RecordID(""), at: at)
            let gist: RecordGist
            switch kind {
            case .stripe:
                gist = try packEvent(fields.requiredObject(.event), of: head, into: &writer)
            case .execution where head.isOfAccount:
                let execution = try fields.requiredObject(.execution)
                gist = try packExecution(execution, at: at, into: &writer)
            case .baseline, .request, .execution, .change, .mark: throw .unusual
            }
            arrival = PackedArrival(
                line: line,
                at: at,
                seen: try fields.time(.seen),
                account: account.map { AccountID(String(decoding: $0, as: UTF8.self)) },
                idHash: PackedArrival.hash(ofID: id),
                gist: gist,
                range: start..<writer.bytes.count
            )
        }
        guard let arrival else { throw .unusual }
        return arrival
    }
}

// MARK: - Events

private func packEvent(
    _ json: JSONValue,
    of head: RecordHead,
    into writer: inout PackedWriter
) throws(RecordError) -> RecordGist {
    var gist: RecordGist?
    try json.fields(EventField.self) { fields throws(RecordError) in
        let name = try fields.text(.object)
        if fields[.detail].isObject {
            gist = try packEvent(fields[.detail], of: head, into: &writer)
            return
        }
        if name == nil, fields[.data].isObject, isEvent(fields[.data]) {
            gist = try packEvent(fields[.data], of: head, into: &writer)
            return
        }
        guard name?.elementsEqual("event".utf8) ?? true, let typeName = fields[.type].bytes,
            let (code, type) = packedEventTypes.entry(of: typeName),
            let created = try fields.seconds(.created)
        else { throw .unusual }
        let livemode = try fields.bool(.livemode)
        let object = try fields.requiredObject(.data).fields(DataField.self) {
            data throws(RecordError) in
            try data.requiredObject(.object)
        }
        let (kind, customer) = try object.fields(ObjectField.self) { object throws(RecordError) in
            guard let kind = EventObject(try object.text(.object)) else { throw .unusual }
            return (kind, try readCustomerReference(object))
        }
        try writer.write(id: fields.text(.id), unlessThatOf: head)
        writer.write(byte: code)
        writer.write(created)
        writer.write(livemode)
        writer.write(utf8: head.isOfAccount ? nil : customer.bytes)
        writer.write(utf8: head.cause)
        try packObject(object, kind, of: type, created, into: &writer)
        let stray = head.isOfAccount ? nil : customer.string
        gist = .stripe(customer: stray.map { CustomerID($0) }, livemode: livemode)
    }
    guard let gist else { throw .unusual }
    return gist
}

/// The objects of events, as far as their packing differs.
private enum EventObject {
    case invoice, other

    /// `nil` for what is read the plain way.
    init?(_ name: UnsafeBufferPointer<UInt8>?) {
        guard let name else { return nil }
        if name.elementsEqual("invoice".utf8) {
            self = .invoice
        } else if name.elementsEqual("subscription".utf8) || name.elementsEqual("customer".utf8) {
            return nil
        } else {
            self = .other
        }
    }
}

private func packObject(
    _ json: JSONValue,
    _ kind: EventObject,
    of type: StripeEventType,
    _ created: Instant,
    into writer: inout PackedWriter
) throws(RecordError) {
    // A preview has no invoice yet, see ``readStripeEvent(_:at:id:)``.
    guard kind == .invoice, type != .upcoming else { return writer.write(byte: 0) }
    guard type.name != "invoice.deleted" else { throw .unusual }
    writer.write(byte: 1)
    try json.fields(InvoiceField.self) { fields throws(RecordError) in
        let closed = type == .paymentFailed ? InvoiceStatus.open : .void
        let parts = try readParts(fields, seen: created, closed: closed)
        guard let id = fields[.id].bytes, !id.isEmpty else { throw .unusual }
        writer.write(utf8: id)
        writer.write(parts.status)
        writer.write(parts.currency)
        writer.write(parts.amountDue)
        writer.write(parts.amountPaid)
        writer.write(parts.amountRemaining)
        writer.write(instant: parts.created)
        writer.write(instant: parts.markedUncollectibleAt)
        writer.write(utf8: parts.subscription.bytes)
        writer.write(instant: parts.nextPaymentAttempt)
        try packMetadata(fields[.metadata], into: &writer)
        writer.write(varint: 0)  // No log names payments: executions make them.
        writer.write(byte: parts.isPaidOutOfBand ? 1 : 0)
        writer.writeVersionOfHome(created: created, rank: parts.status.rank)
    }
}

private func packMetadata(
    _ json: JSONValue,
    into writer: inout PackedWriter
) throws(RecordError) {
    // Of no object all are absent.
    try json.fields(InvoiceMetadataField.self) { fields throws(RecordError) in
        writer.write(utf8: try fields.text(.badDebtAmount))
        writer.write(wordUTF8: try fields.text(.badDebtPaid))
        guard try fields.text(.covers)?.isEmpty ?? true, try fields.text(.replaces)?.isEmpty ?? true
        else { throw .unusual }
        writer.write(varint: 0)
        writer.write(varint: 0)
    }
}

// MARK: - Executions

private func packExecution(
    _ json: JSONValue,
    at: Instant,
    into writer: inout PackedWriter
) throws(RecordError) -> RecordGist {
    var path: LegacyPath?
    try json.fields(ExecutionField.self) { fields throws(RecordError) in
        path = try fields.named(.path, in: executionPaths, "path")
        let outcome = try fields.named(.outcome, in: executionOutcomes, "outcome")
        guard let path, let outcome, fields[.effects].isArray else { throw .unusual }
        writer.write(path)
        writer.write(utf8: try fields.text(.trigger))
        writer.write(instant: try fields.time(.finished))
        writer.write(outcome)
        writer.write(utf8: try fields.text(.error))
        var count = 0
        try fields[.effects].forEach { _ in count += 1 }
        writer.write(varint: UInt64(count))
        var last = at
        try fields[.effects].forEach { effect throws(RecordError) in
            last = try packEffect(effect, after: last, into: &writer)
        }
    }
    guard let path else { throw .unusual }
    return .execution(path)
}

/// Appends what Path A does, and throws everything else back.
private func packEffect(
    _ json: JSONValue,
    after last: Instant,
    into writer: inout PackedWriter
) throws(RecordError) -> Instant {
    try json.fields(EffectField.self) { fields throws(RecordError) in
        guard let ok = try fields.bool(.ok), let name = fields[.do].bytes,
            name.elementsEqual("record_dunning".utf8), let event = fields[.event].bytes
        else { throw .unusual }
        let at = try fields.time(.at) ?? last
        writer.write(at)
        writer.write(byte: 12)
        writer.write(utf8: event)
        writer.write(ok)
        return at
    }
}

extension PackedWriter {
    /// Writes an event's id, or that it is its record's.
    fileprivate mutating func write(
        id: UnsafeBufferPointer<UInt8>?,
        unlessThatOf record: RecordHead
    ) throws(RecordError) {
        guard let id, !id.elementsEqual(record.id) else { return write(text: nil) }
        // Texts of other letters may be the same text in other bytes.
        guard id.allSatisfy({ $0 < 0x80 }), record.id.allSatisfy({ $0 < 0x80 }) else {
            throw .unusual
        }
        write(utf8: id)
    }
}
