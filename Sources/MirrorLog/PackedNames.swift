import BillingModel

/// Values met so often that one byte stands for each; any other is written out behind an escape.
///
/// What is unpacked is the table's own value, so equal names share one storage.
struct PackedNames<Value: Hashable & Sendable>: Sendable {
    /// The values in the order of their codes.
    let values: [Value]
    private let codes: [Value: UInt8]
    private let index: NameIndex

    private static var none: UInt8 { 0 }
    private static var escape: UInt8 { 1 }
    private static var firstCode: UInt8 { 2 }

    /// A table in the order of its codes, of 254 names at most, each of which makes a value.
    init(_ names: [String], _ make: (String) -> Value?) {
        values = names.compactMap(make)
        codes = Dictionary(zip(values, Self.firstCode...)) { first, _ in first }
        index = NameIndex(names)
    }

    /// Writes the code of a value, or the escape and its text.
    func write(_ value: Value?, text: (Value) -> String, into writer: inout PackedWriter) {
        guard let value else { return writer.write(byte: Self.none) }
        if let code = codes[value] { return writer.write(byte: code) }
        writer.write(byte: Self.escape)
        writer.write(text: text(value))
    }

    /// The code of a name; `nil` where it has none.
    func code(of name: UnsafeBufferPointer<UInt8>) -> UInt8? {
        index.place(of: name).map { Self.firstCode + UInt8($0) }
    }

    /// Writes the code of a name, or the escape and the name.
    func write(utf8 name: UnsafeBufferPointer<UInt8>?, into writer: inout PackedWriter) {
        guard let name else { return writer.write(byte: Self.none) }
        if let code = code(of: name) { return writer.write(byte: code) }
        writer.write(byte: Self.escape)
        writer.write(utf8: name)
    }

    /// Reads a value; `make` turns a text that has no code into one.
    func read(
        from reader: inout PackedReader,
        make: (String) -> Value?
    ) throws(PackedError) -> Value? {
        let code = try reader.byte()
        if code == Self.none { return nil }
        if code == Self.escape {
            guard let value = make(try reader.text()) else {
                throw reader.malformed("a name is not of its kind")
            }
            return value
        }
        let index = Int(code - Self.firstCode)
        guard index < values.count else { throw reader.malformed("name \(code) is not known") }
        return values[index]
    }
}

/// The types of Stripe events that a mirror of billing sees.
let packedEventTypes = PackedNames(
    [
        "invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded",
        "invoice.payment_failed", "invoice.marked_uncollectible", "invoice.voided",
        "invoice.updated", "invoice.sent", "invoice.deleted", "invoice.upcoming",
        "invoice.payment_action_required", "invoice.finalization_failed", "invoice.overdue",
        "invoice.will_be_due", "invoice.overpaid", "invoice_payment.paid",
        "customer.created", "customer.updated", "customer.deleted",
        "customer.subscription.created", "customer.subscription.updated",
        "customer.subscription.deleted", "customer.subscription.paused",
        "customer.subscription.resumed", "customer.subscription.trial_will_end",
        "charge.succeeded", "charge.failed", "charge.refunded", "charge.updated",
        "charge.dispute.created", "charge.dispute.closed", "payment_intent.created",
        "payment_intent.succeeded", "payment_intent.payment_failed",
        "payment_intent.requires_action", "payment_method.attached", "payment_method.detached",
        "payment_method.updated", "customer.source.created", "customer.source.updated",
        "customer.source.deleted", "credit_note.created",
    ]
) { StripeEventType($0) }

/// The currencies that most invoices are in.
let packedCurrencies = PackedNames(
    [
        "usd", "eur", "gbp", "jpy", "cny", "aud", "cad", "brl", "inr", "krw", "mxn", "sgd", "chf",
        "sek", "nok", "dkk", "pln", "nzd", "hkd", "czk",
    ]
) { Currency($0) }

/// Words that stand where any text may: reasons, actors, methods, entities, metadata keys.
let packedWords = PackedNames(
    [
        "bad_debt", "cron", "customer", "global", "cn", "card", "alipay", "active", "inactive",
        "pending", "true", "false", "bad_debt_amount", "bad_debt_paid", "account_type", "covers",
        "replaces", "pay_go", "cancellation_requested", "payment_failed",
    ] + AccountType.Known.allCases.map(\.rawValue).filter { $0 != "pay_go" }
) { $0 }

extension PackedWriter {
    /// Writes a text that is often one of ``packedWords``.
    mutating func write(word: String?) {
        packedWords.write(word, text: { $0 }, into: &self)
    }

    /// Writes a text that is often one of ``packedWords``, from its UTF-8.
    mutating func write(wordUTF8 word: UnsafeBufferPointer<UInt8>?) {
        packedWords.write(utf8: word, into: &self)
    }
}

extension PackedReader {
    /// Reads a text that is often one of ``packedWords``, or its absence.
    mutating func optionalWord() throws(PackedError) -> String? {
        try packedWords.read(from: &self) { $0 }
    }

    /// Reads a text that is often one of ``packedWords``.
    mutating func word() throws(PackedError) -> String {
        guard let word = try optionalWord() else { throw malformed("a word is missing") }
        return word
    }
}

extension StripeEventType: Packable {
    package func pack(into writer: inout PackedWriter) {
        packedEventTypes.write(self, text: \.name, into: &writer)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let type = try packedEventTypes.read(from: &reader) { StripeEventType($0) }
        guard let type else { throw reader.malformed("an event has no type") }
        self = type
    }
}

extension Currency: Packable {
    package func pack(into writer: inout PackedWriter) {
        packedCurrencies.write(self, text: \.code, into: &writer)
    }

    package init(unpacking reader: inout PackedReader) throws(PackedError) {
        let currency = try packedCurrencies.read(from: &reader) { Currency($0) }
        guard let currency else { throw reader.malformed("a currency is missing") }
        self = currency
    }
}
