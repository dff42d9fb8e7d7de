// The hot path of reading: most of a log goes through here, and its texts are copied once.
//
// The plain way makes values of a record and writes those out again: some ten strings a record,
// each allocated, counted and freed, took longer than the parse. Here the texts go from the parser's
// memory into the packed form. What comes out must be, byte for byte, what the plain way gives; the
// tests hold every kind of record, in every shape, and every kept log against it. Only what most of
// a log is made of is read here, events, baselines and Path A's executions, and only where nothing is
// odd about them: anything else is thrown back as `RecordError.unusual`, and so is every error, to be
// read the plain way, which says what is wrong.
import BillingModel

extension RecordError {
    /// The record is to be read the plain way.
    static let unusual = RecordError("")
}

/// What the parts of a record need to know of it.
///
/// Its texts lie in the parser's memory, which holds them until the next line is parsed: after the
/// call that makes it.
private struct RecordHead {
    let id: UnsafeBufferPointer<UInt8>
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
            case .baseline where head.isOfAccount:
                gist = try packBaseline(fields.requiredObject(.state), at: at, into: &writer)
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
        guard name?.spells("event") ?? true, let type = fields[.type].bytes,
            let code = packedEventTypes.code(of: type),
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
    case invoice, subscription, other

    /// `nil` for what is read the plain way.
    init?(_ name: UnsafeBufferPointer<UInt8>?) {
        guard let name else { return nil }
        if name.spells("customer") { return nil }
        self =
            if name.spells("invoice") { .invoice } else if name.spells("subscription") {
                .subscription
            } else { .other }
    }
}

private func packObject(
    _ json: JSONValue,
    _ kind: EventObject,
    of type: UnsafeBufferPointer<UInt8>,
    _ created: Instant,
    into writer: inout PackedWriter
) throws(RecordError) {
    switch kind {
    case .invoice:
        // A preview has no invoice yet, see ``readStripeEvent(_:at:id:)``.
        if type.spells("invoice.upcoming") { return writer.write(byte: 0) }
        if type.spells("invoice.deleted") { throw .unusual }
        let closed = type.spells("invoice.payment_failed") ? InvoiceStatus.open : .void
        writer.write(byte: 1)
        _ = try packInvoice(json, seen: created, closed: closed, isOfHome: true, into: &writer)
    case .subscription:
        writer.write(byte: 3)
        _ = try packSubscription(json, seen: created, isOfHome: true, into: &writer)
    case .other: writer.write(byte: 0)
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
            name.spells("record_dunning"), let event = fields[.event].bytes
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
        guard let id, !id.isSame(as: record.id) else { return write(text: nil) }
        // Texts of other letters may be the same text in other bytes.
        guard id.isASCII, record.id.isASCII else { throw .unusual }
        write(utf8: id)
    }
}
