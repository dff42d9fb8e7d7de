/// The cases of an enumeration by their names, compared as bytes.
///
/// A log has a few such names in every record; making a `String` of each only to compare it costs
/// more than the comparison.
struct NameTable<Value: CaseIterable & RawRepresentable & Sendable>: Sendable
where Value.RawValue == String {
    private let entries: [(name: [UInt8], value: Value)]

    init(_: Value.Type) {
        entries = Value.allCases.map { (Array($0.rawValue.utf8), $0) }
    }

    /// The case of that name.
    func value(of name: UnsafeBufferPointer<UInt8>) -> Value? {
        for index in entries.indices
        where entries[index].name.count == name.count
            && entries[index].name.elementsEqual(name)
        {
            return entries[index].value
        }
        return nil
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
