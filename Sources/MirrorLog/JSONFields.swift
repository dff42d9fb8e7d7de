import BillingModel
import CSimdJSON

/// The fields of one kind of object: each case is a field, its name in snake case is the key.
protocol JSONField: CaseIterable, RawRepresentable, Sendable where RawValue == Int {
    /// The table that the scanner picks by; one for each kind, made once.
    static var keys: JSONKeys { get }
}

extension JSONField {
    /// The key in the JSON object.
    var key: String {
        String(describing: self).reduce(into: "") { key, letter in
            key += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }
}

/// A table of names for the scanner to pick from an object in one pass.
///
/// Proof for `@unchecked Sendable`: the C table is filled before this value exists, both members are
/// constants, the only function that takes the table afterwards takes it as `const`
/// (`sj_pick(…, const sj_keys *, …)`), and nothing ever frees it. So threads only ever read it.
struct JSONKeys: @unchecked Sendable {
    fileprivate let table: OpaquePointer?
    fileprivate let count: Int

    init<Field: JSONField>(_ fields: Field.Type) {
        let names = Field.allCases.map(\.key)
        let copies = names.map { Array($0.utf8CString) }
        var pointers: [UnsafePointer<CChar>?] = []
        // Each name is copied into the table, so the pointers need to live for the call only.
        func collect(_ rest: ArraySlice<[CChar]>) -> OpaquePointer? {
            guard let first = rest.first else { return sj_keys_new(&pointers, pointers.count) }
            return first.withUnsafeBufferPointer { name in
                pointers.append(name.baseAddress)
                return collect(rest.dropFirst())
            }
        }
        table = collect(copies[...])
        count = names.count
    }
}

/// The picked fields of one object.
struct JSONFields<Field: JSONField> {
    fileprivate let values: UnsafeMutableBufferPointer<sj_value>

    subscript(_ field: Field) -> JSONValue {
        JSONValue(raw: values[field.rawValue])
    }

    /// A string; `nil` when absent or null.
    func string(_ field: Field) throws(RecordError) -> String? {
        try read(field, "a string", \.string)
    }

    /// The UTF-8 of a string; `nil` when absent or null.
    func text(_ field: Field) throws(RecordError) -> UnsafeBufferPointer<UInt8>? {
        try read(field, "a string", \.bytes)
    }

    /// A whole number; `nil` when absent or null.
    func integer(_ field: Field) throws(RecordError) -> Int64? {
        try read(field, "a 64-bit integer", \.integer)
    }

    /// A truth value; `nil` when absent or null.
    func bool(_ field: Field) throws(RecordError) -> Bool? {
        try read(field, "a boolean", \.bool)
    }

    /// An RFC 3339 time; `nil` when absent or null.
    func time(_ field: Field) throws(RecordError) -> Instant? {
        let value = self[field]
        guard value.isSomething else { return nil }
        guard let bytes = value.bytes else { throw mismatch(field, "an RFC 3339 time") }
        guard let instant = Instant.parse(bytes) else {
            throw RecordError("`\(field.key)` is no RFC 3339 time: `\(value.string ?? "")`")
        }
        return instant
    }

    /// A Stripe time, in seconds since 1970; `nil` when absent or null.
    func seconds(_ field: Field) throws(RecordError) -> Instant? {
        guard let value = try integer(field) else { return nil }
        guard let instant = Instant(unixSeconds: value) else {
            throw RecordError("`\(field.key)` is no time: \(value)")
        }
        return instant
    }

    /// The Stripe time of the first of two fields that has one.
    func seconds(_ field: Field, or other: Field) throws(RecordError) -> Instant? {
        if let instant = try seconds(field) { return instant }
        return try seconds(other)
    }

    /// The string of a field that must be there.
    func required(_ field: Field) throws(RecordError) -> String {
        guard let value = try string(field) else { throw mismatch(field, "a string") }
        return value
    }

    /// The object of a field that must be there.
    func requiredObject(_ field: Field) throws(RecordError) -> JSONValue {
        guard self[field].isObject else { throw mismatch(field, "an object") }
        return self[field]
    }

    /// An object, `null`, or nothing, but no value of another kind.
    func optionalObject(_ field: Field) throws(RecordError) -> JSONValue {
        let value = self[field]
        guard value.isObject || !value.isSomething else { throw mismatch(field, "an object") }
        return value
    }

    func mismatch(_ field: Field, _ wanted: String) -> RecordError {
        RecordError("`\(field.key)` is \(self[field].kindInWords), not \(wanted)")
    }

    private func read<Value>(
        _ field: Field,
        _ wanted: String,
        _ get: (JSONValue) -> Value?
    ) throws(RecordError) -> Value? {
        let value = self[field]
        guard value.isSomething else { return nil }
        guard let result = get(value) else { throw mismatch(field, wanted) }
        return result
    }
}

extension JSONValue {
    /// Picks the fields of an object and hands them to `body`.
    ///
    /// Of no object all are absent.
    func fields<Field: JSONField, Result>(
        _: Field.Type,
        _ body: (JSONFields<Field>) throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        let keys = Field.keys
        guard let table = keys.table else { throw RecordError("out of memory") }
        var outcome: Swift.Result<Result, RecordError>?
        withUnsafeTemporaryAllocation(of: sj_value.self, capacity: keys.count) { buffer in
            sj_pick(raw, table, buffer.baseAddress)
            do throws(RecordError) {
                outcome = .success(try body(JSONFields(values: buffer)))
            } catch {
                outcome = .failure(error)
            }
        }
        guard let outcome else { throw RecordError("out of memory") }
        return try outcome.get()
    }
}
