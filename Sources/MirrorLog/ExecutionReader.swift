import BillingModel

enum ExecutionField: Int, JSONField {
    case path, trigger, finished, outcome, error, effects
    static let keys = JSONKeys(ExecutionField.self)
}

enum EffectField: Int, JSONField {
    case at, ok, `do`, bit, to, subscription, reason, items, set, unset, invoice, covers, amount
    case currency, payment, event, stage
    static let keys = JSONKeys(EffectField.self)
}

let executionPaths = NameTable(LegacyPath.self)
let executionOutcomes = NameTable(Execution.Outcome.self)

/// Reads a recorded run of a legacy path.
func readExecution(_ json: JSONValue, at: Instant) throws(RecordError) -> Execution {
    try json.fields(ExecutionField.self) { fields throws(RecordError) in
        guard let path = try fields.named(.path, in: executionPaths, "execution: path") else {
            throw fields.mismatch(.path, "a string")
        }
        let outcome = try fields.named(.outcome, in: executionOutcomes, "execution: outcome")
        guard let outcome else {
            throw fields.mismatch(.outcome, "a string")
        }
        guard fields[.effects].isArray || !fields[.effects].isSomething else {
            throw fields.mismatch(.effects, "an array")
        }
        var effects: [TimedEffect] = []
        try fields[.effects].forEach { element throws(RecordError) in
            do throws(RecordError) {
                effects.append(try readEffect(element, at: effects.last?.at ?? at))
            } catch {
                throw error.inside("effect \(effects.count + 1)")
            }
        }
        return Execution(
            path: path,
            trigger: try fields.string(.trigger).map { RecordID($0) },
            finished: try fields.time(.finished),
            outcome: outcome,
            error: try fields.string(.error),
            effects: effects
        )
    }
}

private func readEffect(_ json: JSONValue, at: Instant) throws(RecordError) -> TimedEffect {
    try json.fields(EffectField.self) { fields throws(RecordError) in
        guard let ok = try fields.bool(.ok) else { throw fields.mismatch(.ok, "a boolean") }
        let name = try fields.required(.do)
        guard let read = effectReaders[name] else {
            throw RecordError("`do` is `\(name)`, which is not known")
        }
        return TimedEffect(at: try fields.time(.at) ?? at, effect: try read(fields), ok: ok)
    }
}

private typealias EffectReader =
    @Sendable (JSONFields<EffectField>) throws(RecordError) -> Effect

/// How each effect is read; looked up by name, never walked.
private let effectReaders: [String: EffectReader] = [
    "set_flag": { fields throws(RecordError) in
        guard let bit = try fields.integer(.bit), (0..<63).contains(bit) else {
            throw fields.mismatch(.bit, "a bit from 0 to 62")
        }
        guard let to = try fields.bool(.to) else { throw fields.mismatch(.to, "a boolean") }
        return .setFlag(bit: Int(bit), to: to)
    },
    "set_ban": { fields throws(RecordError) in
        guard fields[.to].isPresent else { throw fields.mismatch(.to, "null or a ban") }
        return .setBan(try readBan(fields.string(.to)))
    },
    "set_bad_debt_at": { fields throws(RecordError) in
        guard fields[.to].isPresent else { throw fields.mismatch(.to, "null or a time") }
        return .setBadDebtAt(try fields.time(.to))
    },
    "cancel_subscription": { fields throws(RecordError) in
        .cancelSubscription(try subscription(fields), reason: try fields.string(.reason))
    },
    "reactivate_subscription": { fields throws(RecordError) in
        .reactivateSubscription(try subscription(fields), reason: try fields.string(.reason))
    },
    "delete_items": { fields throws(RecordError) in
        .deleteItems(try subscription(fields), try strings(fields[.items]).map { ItemID($0) })
    },
    "restore_items": { fields throws(RecordError) in
        .restoreItems(try subscription(fields), try strings(fields[.items]).map { ItemID($0) })
    },
    "set_customer_metadata": { fields throws(RecordError) in
        .setCustomerMetadata(
            set: try entries(fields.optionalObject(.set)),
            unset: try strings(fields[.unset])
        )
    },
    "set_invoice_metadata": { fields throws(RecordError) in
        .setInvoiceMetadata(
            InvoiceID(try fields.required(.invoice)),
            set: try entries(fields.optionalObject(.set)),
            unset: try strings(fields[.unset])
        )
    },
    "void_invoice": { fields throws(RecordError) in
        .voidInvoice(InvoiceID(try fields.required(.invoice)))
    },
    "create_consolidated_invoice": { fields throws(RecordError) in
        guard let money = try money(fields) else {
            throw fields.mismatch(.amount, "an integer of minor units")
        }
        return .createConsolidatedInvoice(
            InvoiceID(try fields.required(.invoice)),
            covers: try strings(fields[.covers]).map { InvoiceID($0) },
            money
        )
    },
    "pay_invoice": { fields throws(RecordError) in
        .payInvoice(
            InvoiceID(try fields.required(.invoice)),
            try money(fields),
            payment: try fields.string(.payment)
        )
    },
    "record_dunning": { fields throws(RecordError) in
        .recordDunning(event: try fields.required(.event))
    },
    "notify": { fields throws(RecordError) in
        .notify(stage: try fields.required(.stage), to: try fields.string(.to))
    },
    "restrict": { fields throws(RecordError) in
        .restrict(stage: try fields.required(.stage), to: try fields.string(.to))
    },
    "escalate": { fields throws(RecordError) in
        .escalate(stage: try fields.required(.stage), to: try fields.string(.to))
    },
]

private func subscription(
    _ fields: JSONFields<EffectField>
) throws(RecordError) -> SubscriptionID {
    SubscriptionID(try fields.required(.subscription))
}

private func money(_ fields: JSONFields<EffectField>) throws(RecordError) -> Money? {
    guard let amount = try fields.integer(.amount) else { return nil }
    guard let currency = Currency(try fields.required(.currency)) else {
        throw RecordError("`currency` is no code of three letters")
    }
    return Money(minorUnits: amount, currency: currency)
}

/// The strings of an array; none where it is absent or null.
func strings(_ json: JSONValue) throws(RecordError) -> [String] {
    var result: [String] = []
    guard json.isSomething else { return [] }
    guard json.isArray else { throw RecordError("a list is \(json.kindInWords), not an array") }
    try json.forEach { element throws(RecordError) in
        guard let text = element.string else {
            throw RecordError("a list holds \(element.kindInWords), not only strings")
        }
        result.append(text)
    }
    return result
}

/// The entries of an object of strings, sorted by key; a value that is `null` deletes its key.
private func entries(_ json: JSONValue) throws(RecordError) -> [MetadataEntry] {
    var result: [MetadataEntry] = []
    try json.forEachMember { key, value throws(RecordError) in
        guard value.isNull || value.string != nil else {
            throw RecordError("metadata `\(key)` is \(value.kindInWords), not a string")
        }
        result.append(MetadataEntry(key, value.string ?? ""))
    }
    return result.sorted { $0.key < $1.key }
}
