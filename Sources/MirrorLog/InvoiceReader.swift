import BillingModel

enum InvoiceField: Int, JSONField {
    case id, status, paid, closed, forgiven, currency, amountDue, amountPaid, amountRemaining
    case created, date, statusTransitions, parent, subscription, nextPaymentAttempt, metadata
    case paidOutOfBand
    static let keys = JSONKeys(InvoiceField.self)
}

private enum TransitionField: Int, JSONField {
    case markedUncollectibleAt
    static let keys = JSONKeys(TransitionField.self)
}

private enum ParentField: Int, JSONField {
    case subscriptionDetails
    static let keys = JSONKeys(ParentField.self)
}

private enum SubscriptionDetailsField: Int, JSONField {
    case subscription
    static let keys = JSONKeys(SubscriptionDetailsField.self)
}

enum InvoiceMetadataField: Int, JSONField {
    case badDebtAmount, badDebtPaid, covers, replaces
    static let keys = JSONKeys(InvoiceMetadataField.self)
}

/// Reads an invoice of any API version.
///
/// - Parameters:
///   - json: The invoice.
///   - seen: When it was seen like this; stands in for an unsaid `marked_uncollectible_at`.
///   - closed: What `closed` by itself means, of versions without a `status`.
/// - Returns: What dunning reads of it.
/// - Throws: ``RecordError`` that names the invoice and the field.
func readInvoice(
    _ json: JSONValue,
    seen: Instant,
    closed: InvoiceStatus = .void
) throws(RecordError) -> Invoice {
    try json.fields(InvoiceField.self) { fields throws(RecordError) in
        guard let id = try fields.string(.id), !id.isEmpty else {
            throw RecordError("the invoice has no `id`")
        }
        do throws(RecordError) {
            return try readInvoice(fields, id: InvoiceID(id), seen: seen, closed: closed)
        } catch {
            throw error.inside("invoice \(id)")
        }
    }
}

private func readInvoice(
    _ fields: JSONFields<InvoiceField>,
    id: InvoiceID,
    seen: Instant,
    closed: InvoiceStatus
) throws(RecordError) -> Invoice {
    let parts = try readParts(fields, seen: seen, closed: closed)
    var invoice = Invoice(
        id: id,
        status: parts.status,
        currency: parts.currency,
        amountDue: parts.amountDue,
        amountPaid: parts.amountPaid,
        amountRemaining: parts.amountRemaining,
        created: parts.created,
        markedUncollectibleAt: parts.markedUncollectibleAt,
        subscription: parts.subscription.string.map { SubscriptionID($0) },
        nextPaymentAttempt: parts.nextPaymentAttempt
    )
    invoice.isPaidOutOfBand = parts.isPaidOutOfBand
    try readMetadata(fields[.metadata], into: &invoice)
    return invoice
}

/// What an invoice says, but for its id and its metadata.
struct InvoiceParts {
    var status: InvoiceStatus
    var currency: Currency
    var amountDue: Int64
    var amountPaid: Int64
    var amountRemaining: Int64
    var created: Instant?
    var markedUncollectibleAt: Instant?
    /// A string or nothing, good until the next line is parsed.
    var subscription: JSONValue
    var nextPaymentAttempt: Instant?
    var isPaidOutOfBand: Bool
}

/// Reads the parts of an invoice of any API version, without making values of its texts.
func readParts(
    _ fields: JSONFields<InvoiceField>,
    seen: Instant,
    closed: InvoiceStatus
) throws(RecordError) -> InvoiceParts {
    let status = try readStatus(fields, closed: closed)
    guard let currency = Currency(try fields.required(.currency)) else {
        throw RecordError("`currency` is no code of three letters")
    }
    guard let due = try fields.integer(.amountDue) else {
        throw fields.mismatch(.amountDue, "an integer of minor units")
    }
    let paid = try fields.integer(.amountPaid) ?? (status == .paid ? due : 0)
    let (rest, overflow) = due.subtractingReportingOverflow(paid)
    guard let remaining = try fields.integer(.amountRemaining) ?? (overflow ? nil : rest) else {
        throw RecordError("`amount_due` less `amount_paid` does not fit 64 bits")
    }
    let unsaid = status == .uncollectible ? seen : nil
    let isPaid = status == .paid
    return InvoiceParts(
        status: status,
        currency: currency,
        amountDue: due,
        amountPaid: paid,
        amountRemaining: remaining,
        created: try fields.seconds(.created, or: .date),
        markedUncollectibleAt: try readMarkedUncollectible(fields) ?? unsaid,
        subscription: try readSubscriptionReference(fields),
        nextPaymentAttempt: try fields.seconds(.nextPaymentAttempt),
        isPaidOutOfBand: try fields.bool(.paidOutOfBand) ?? false && isPaid
    )
}

private let invoiceStatuses = NameTable(InvoiceStatus.self)

/// The status, or what `paid`, `forgiven` and `closed` say together before 2018-11-08.
private func readStatus(
    _ fields: JSONFields<InvoiceField>,
    closed closedStatus: InvoiceStatus
) throws(RecordError) -> InvoiceStatus {
    if let status = try fields.named(.status, in: invoiceStatuses, "status") { return status }
    let paid = try fields.bool(.paid)
    let closed = try fields.bool(.closed)
    let forgiven = try fields.bool(.forgiven)
    guard paid != nil || closed != nil || forgiven != nil else {
        throw RecordError("there is no `status`, and no `paid`, `closed` or `forgiven` either")
    }
    if paid == true { return .paid }
    if forgiven == true { return .uncollectible }
    return closed == true ? closedStatus : .open
}

private func readMarkedUncollectible(
    _ fields: JSONFields<InvoiceField>
) throws(RecordError) -> Instant? {
    try fields[.statusTransitions].fields(TransitionField.self) { times throws(RecordError) in
        try times.seconds(.markedUncollectibleAt)
    }
}

/// `parent.subscription_details.subscription` since 2025-03-31, `subscription` before.
///
/// Some versions carry both; the newer place wins.
///
/// - Returns: The id, a string, or nothing.
func readSubscriptionReference(
    _ fields: JSONFields<InvoiceField>
) throws(RecordError) -> JSONValue {
    let newer = try fields[.parent].fields(ParentField.self) { parent throws(RecordError) in
        try parent[.subscriptionDetails].fields(SubscriptionDetailsField.self) {
            details throws(RecordError) in
            try readReference(details[.subscription], "subscription")
        }
    }
    return newer.isSomething ? newer : try readReference(fields[.subscription], "subscription")
}

private func readMetadata(
    _ json: JSONValue,
    into invoice: inout Invoice
) throws(RecordError) {
    guard json.isObject else { return }
    try json.fields(InvoiceMetadataField.self) { fields throws(RecordError) in
        invoice.badDebtAmount = try fields.string(.badDebtAmount)
        invoice.badDebtPaid = try fields.string(.badDebtPaid)
        invoice.covers = Invoice.ids(in: try fields.string(.covers) ?? "")
        invoice.replaces = Invoice.ids(in: try fields.string(.replaces) ?? "")
    }
}
