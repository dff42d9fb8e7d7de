// Part of the hot path of reading, see `RecordReader+Packing.swift`: what shows an account, an
// invoice or a subscription as it is.
import BillingModel

/// Appends what would be gathered of an account, where nothing of it is missing and each list is in
/// order already.
func packBaseline(
    _ json: JSONValue,
    at: Instant,
    into writer: inout PackedWriter
) throws(RecordError) -> RecordGist {
    var gist: RecordGist?
    try json.fields(StateField.self) { state throws(RecordError) in
        try packAccount(state.requiredObject(.account), into: &writer)
        let stripe = try state.requiredObject(.stripe)
        let customer = try packCustomer(state.requiredObject(.customer), into: &writer)
        try packList(state[.probations], into: &writer, packProbation)
        try packList(state[.mandates], into: &writer, packMandate)
        writer.write(try readCredit(state.optionalObject(.credit)))
        writer.write(try readOverride(state.optionalObject(.override)))
        try stripe.fields(StripeField.self) { stripe throws(RecordError) in
            let object = try stripe.requiredObject(.customer)
            writer.write(
                try object.fields(StripeCustomerField.self) { object throws(RecordError) in
                    try readCustomerMetadata(object[.metadata])
                }
            )
            try packList(stripe[.subscriptions], into: &writer) {
                element,
                writer throws(RecordError) in
                try packSubscription(element, seen: at, isOfHome: false, into: &writer)
            }
            try packList(stripe[.invoices], into: &writer) { element, writer throws(RecordError) in
                try packInvoice(element, seen: at, closed: .void, isOfHome: false, into: &writer)
            }
        }
        writer.write(varint: 0)  // Nothing is missing.
        gist = .baseline(customer: CustomerID(String(decoding: customer, as: UTF8.self)))
    }
    guard let gist else { throw .unusual }
    return gist
}

private func packAccount(
    _ json: JSONValue,
    into writer: inout PackedWriter
) throws(RecordError) {
    try json.fields(AccountField.self) { fields throws(RecordError) in
        guard let type = fields[.type].bytes, let flags = try fields.integer(.flags), flags >= 0
        else { throw .unusual }
        writer.write(true)
        writer.write(wordUTF8: type)
        writer.write(UInt64(flags))
        writer.write(try readBan(fields.string(.ban)))
    }
}

private func packCustomer(
    _ json: JSONValue,
    into writer: inout PackedWriter
) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    try json.fields(CustomerField.self) { fields throws(RecordError) in
        guard let customer = fields[.stripeCustomer].bytes else { throw .unusual }
        writer.write(utf8: customer)
        writer.write(instant: try fields.time(.badDebtAt))
        writer.write(wordUTF8: try fields.text(.legalEntity))
        return customer
    }
}

private func packProbation(
    _ json: JSONValue,
    into writer: inout PackedWriter
) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    try json.fields(ProbationField.self) { fields throws(RecordError) in
        guard let product = fields[.product].bytes, let failed = try fields.bool(.failed) else {
            throw .unusual
        }
        writer.write(utf8: product)
        writer.write(failed)
        return product
    }
}

private func packMandate(
    _ json: JSONValue,
    into writer: inout PackedWriter
) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    try json.fields(MandateField.self) { fields throws(RecordError) in
        guard let id = fields[.id].bytes, let method = fields[.paymentMethod].bytes,
            let status = fields[.status].bytes
        else { throw .unusual }
        writer.write(utf8: id)
        writer.write(wordUTF8: method)
        writer.write(wordUTF8: status)
        return id
    }
}

/// Appends a list with its count before it.
///
/// - Parameters:
///   - json: An array, or a Stripe list without further pages.
///   - writer: What is written to.
///   - pack: Appends an element and returns its key.
/// - Throws: ``RecordError`` for any other list, and where its keys don't ascend.
private func packList(
    _ json: JSONValue,
    into writer: inout PackedWriter,
    _ pack: (JSONValue, inout PackedWriter) throws(RecordError) -> UnsafeBufferPointer<UInt8>
) throws(RecordError) {
    let list = json.isArray ? json : try wholeList(json)
    var count: UInt64 = 0
    try list.forEach { _ in count += 1 }
    writer.write(varint: count)
    var last: UnsafeBufferPointer<UInt8>?
    try list.forEach { element throws(RecordError) in
        let key = try pack(element, &writer)
        guard last.map({ $0.precedes(key) ?? false }) ?? true else { throw .unusual }
        last = key
    }
}

/// The elements of a Stripe list that holds none back.
private func wholeList(_ json: JSONValue) throws(RecordError) -> JSONValue {
    try json.fields(ListField.self) { fields throws(RecordError) in
        guard fields[.data].isArray, try fields.bool(.hasMore) ?? false == false else {
            throw .unusual
        }
        return fields[.data]
    }
}

/// Appends a subscription, and returns its id.
func packSubscription(
    _ json: JSONValue,
    seen: Instant,
    isOfHome: Bool,
    into writer: inout PackedWriter
) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    try json.fields(SubscriptionField.self) { fields throws(RecordError) in
        guard let id = fields[.id].bytes, !id.isEmpty,
            let status = try fields.named(.status, in: subscriptionStatuses, "status")
        else { throw .unusual }
        let comment = try fields[.cancellationDetails].fields(CancellationField.self) {
            details throws(RecordError) in
            try details.text(.comment)
        }
        let canceledAt = try fields.seconds(.canceledAt, or: .endedAt)
        writer.write(utf8: id)
        writer.write(status)
        try packList(fields[.items], into: &writer, packItem)
        writer.write(varint: 0)  // What was taken no snapshot says.
        writer.write(wordUTF8: status == .canceled ? comment : nil)
        writer.write(instant: status == .canceled ? canceledAt ?? seen : nil)
        let rank: UInt8 = status.isTerminal ? 1 : 0
        writer.writeVersion(ofHomeAt: isOfHome ? seen : nil, rank: rank)
        return id
    }
}

private func packItem(
    _ json: JSONValue,
    into writer: inout PackedWriter
) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    try json.fields(ItemField.self) { fields throws(RecordError) in
        guard let id = fields[.id].bytes else { throw .unusual }
        let price = fields[.price].isObject ? fields[.price] : fields[.plan]
        let product = try price.fields(PriceField.self) { price throws(RecordError) in
            try readReference(price[.product], "product")
        }
        writer.write(utf8: id)
        writer.write(utf8: product.bytes)
        return id
    }
}

/// Appends an invoice, and returns its id.
func packInvoice(
    _ json: JSONValue,
    seen: Instant,
    closed: InvoiceStatus,
    isOfHome: Bool,
    into writer: inout PackedWriter
) throws(RecordError) -> UnsafeBufferPointer<UInt8> {
    try json.fields(InvoiceField.self) { fields throws(RecordError) in
        let parts = try readParts(fields, seen: seen, closed: closed)
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
        writer.write(varint: 0)  // Payments no snapshot says: executions make them.
        writer.write(byte: parts.isPaidOutOfBand ? 1 : 0)
        writer.writeVersion(ofHomeAt: isOfHome ? seen : nil, rank: parts.status.rank)
        return id
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
