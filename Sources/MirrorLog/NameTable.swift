/// The cases of an enumeration by their names, compared as bytes.
///
/// A class for the same reason as ``NameIndex``.
final class NameTable<Value: CaseIterable & RawRepresentable & Sendable>: Sendable
where Value.RawValue == String {
    private let values: [Value]
    private let index: NameIndex

    init(_: Value.Type) {
        values = Array(Value.allCases)
        index = NameIndex(values.map(\.rawValue))
    }

    /// The case of that name.
    func value(of name: UnsafeBufferPointer<UInt8>) -> Value? {
        index.place(of: name).map { values[$0] }
    }
}

extension JSONFields {
    /// The case that a field names; `nil` when absent or null.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - table: The names.
    ///   - what: What is named, for the message: "status".
    /// - Returns: The case.
    /// - Throws: ``RecordError`` for a name that is not in the table, and for no string.
    func named<Value>(
        _ field: Field,
        in table: NameTable<Value>,
        _ what: String
    ) throws(RecordError) -> Value? {
        guard self[field].isSomething else { return nil }
        guard let bytes = self[field].bytes else { throw mismatch(field, "a string") }
        guard let value = table.value(of: bytes) else {
            throw RecordError("\(what) `\(self[field].string ?? "")` is not known")
        }
        return value
    }
}
