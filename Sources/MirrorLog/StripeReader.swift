import BillingModel

enum EventField: Int, JSONField {
    case object, id, type, created, livemode, data, detail
    static let keys = JSONKeys(EventField.self)
}

enum DataField: Int, JSONField {
    case object
    static let keys = JSONKeys(DataField.self)
}

enum ObjectField: Int, JSONField {
    case object, id, customer, customerAccount, metadata
    static let keys = JSONKeys(ObjectField.self)
}

/// Reads a Stripe event of any API version, in its own shape or in an envelope.
///
/// What moved between versions is read where it is found, never by the version string.
/// - Parameters:
///   - json: The value of the record's `event`.
///   - at: The record's event time, which stands in where the event has no `created`.
///   - id: The record's id, which stands in where the event has none.
/// - Returns: The event, with its object as far as dunning reads it.
/// - Throws: ``RecordError`` that says what can't be read, and where.
func readStripeEvent(
    _ json: JSONValue,
    at: Instant,
    id: RecordID
) throws(RecordError) -> StripeEvent {
    try json.fields(EventField.self) { fields throws(RecordError) in
        // EventBridge puts the event under `detail`, Event Grid under `data`.
        if fields[.detail].isObject {
            return try readStripeEvent(fields[.detail], at: at, id: id)
        }
        let kind = try fields.string(.object)
        if kind == nil, fields[.data].isObject, isEvent(fields[.data]) {
            return try readStripeEvent(fields[.data], at: at, id: id)
        }
        if let kind, kind != "event" {
            throw RecordError("event: the object is a `\(kind)`, which carries no snapshot")
        }
        let type = StripeEventType(try fields.required(.type))
        let created = try fields.seconds(.created) ?? second(of: at)
        let data = try fields.requiredObject(.data)
        var event = StripeEvent(
            id: try readID(fields, orThatOf: id),
            type: type,
            created: created,
            livemode: try fields.bool(.livemode),
            object: .other
        )
        try data.fields(DataField.self) { data throws(RecordError) in
            let object = try data.requiredObject(.object)
            do throws(RecordError) {
                try readObject(object, into: &event, at: at, record: id)
            } catch {
                throw error.inside("event \(type)")
            }
        }
        return event
    }
}

/// The event's own id.
///
/// Mostly it is the record's too, and then they share one string.
private func readID(
    _ fields: JSONFields<EventField>,
    orThatOf record: RecordID
) throws(RecordError) -> String {
    guard let bytes = fields[.id].bytes else {
        return try fields.string(.id) ?? record.rawValue
    }
    var text = record.rawValue
    let isSame = text.withUTF8 { utf8 in
        utf8.count == bytes.count && utf8.elementsEqual(bytes)
    }
    return isSame ? record.rawValue : String(decoding: bytes, as: UTF8.self)
}

private func second(of instant: Instant) -> Instant {
    Instant(unixSeconds: instant.unixSeconds) ?? instant
}

func isEvent(_ json: JSONValue) -> Bool {
    let kind = try? json.fields(ObjectField.self) { fields throws(RecordError) in
        try fields.string(.object)
    }
    return kind == "event"
}

private func readObject(
    _ json: JSONValue,
    into event: inout StripeEvent,
    at: Instant,
    record: RecordID
) throws(RecordError) {
    let (kind, metadata) = try json.fields(ObjectField.self) { fields throws(RecordError) in
        let kind = try fields.string(.object) ?? implied(by: event.type)
        let customer =
            kind == "customer" ? try fields.string(.id) : try readCustomerReference(fields).string
        event.customer = customer.map { CustomerID($0) }
        return (kind, fields[.metadata])
    }
    switch kind {
    case "invoice" where event.type == .upcoming:
        event.object = .other  // A preview: there is no invoice yet, and it has no id.
    case "invoice":
        // Stripe closed an invoice that it gave up trying to charge, too: a failed payment is none of
        // an invoice that was voided.
        let closed = event.type == .paymentFailed ? InvoiceStatus.open : .void
        var invoice = try readInvoice(json, seen: event.created, closed: closed)
        invoice.version = SnapshotVersion(
            created: event.created,
            rank: invoice.status.rank,
            at: at,
            record: record
        )
        event.object =
            event.type.name == "invoice.deleted" ? .deletedInvoice(invoice.id) : .invoice(invoice)
    case "subscription":
        var missing: [String] = []
        var subscription = try readSubscription(json, seen: event.created, missing: &missing)
        if let first = missing.first {
            throw RecordError("\(first): a snapshot can't be folded in part")
        }
        subscription.version = SnapshotVersion(
            created: event.created,
            rank: subscription.status.isTerminal ? 1 : 0,
            at: at,
            record: record
        )
        event.object = .subscription(subscription)
    case "customer" where event.type.name != "customer.deleted":
        event.object = .customer(try readCustomerMetadata(metadata))
    default:
        event.object = .other
    }
}

/// The customer that an object is about, a string or nothing; `customer_account` since 2025-12.
func readCustomerReference(
    _ fields: JSONFields<ObjectField>
) throws(RecordError) -> JSONValue {
    let id = try readReference(fields[.customer], "customer")
    return id.isSomething ? id : try readReference(fields[.customerAccount], "customer_account")
}

/// Objects before 2013 or so carry no `object`; the event's type then says what it is.
private func implied(by type: StripeEventType) -> String? {
    if type.isInvoice { return "invoice" }
    if type.name.hasPrefix("customer.subscription.") { return "subscription" }
    return nil
}

/// Reads a reference: an id, or the expanded object that has one.
///
/// - Parameters:
///   - json: The value.
///   - name: Its key, for the message.
/// - Returns: The id, a string, or nothing.
/// - Throws: ``RecordError`` where it is of another kind.
func readReference(_ json: JSONValue, _ name: String) throws(RecordError) -> JSONValue {
    if json.bytes != nil || !json.isSomething { return json }
    guard json.isObject else {
        throw RecordError("`\(name)` is \(json.kindInWords), not an id or an object")
    }
    return try json.fields(ObjectField.self) { fields throws(RecordError) in
        _ = try fields.text(.id)  // A string or nothing, or it throws.
        return fields[.id]
    }
}

private enum CustomerMetadataField: Int, JSONField {
    case accountType, badDebt, badDebtAmount
    static let keys = JSONKeys(CustomerMetadataField.self)
}

func readCustomerMetadata(_ json: JSONValue) throws(RecordError) -> CustomerMetadata {
    try json.fields(CustomerMetadataField.self) { fields throws(RecordError) in
        var metadata = CustomerMetadata()
        metadata.write(
            set: [
                MetadataEntry("account_type", try fields.string(.accountType) ?? ""),
                MetadataEntry("bad_debt", try fields.string(.badDebt) ?? ""),
                MetadataEntry("bad_debt_amount", try fields.string(.badDebtAmount) ?? ""),
            ],
            unset: []
        )
        return metadata
    }
}
