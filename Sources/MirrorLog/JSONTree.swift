/// A JSON text as a value that outlives its scanner, its members in the order they stand in.
///
/// For texts that are read once and whole: reports, expectations, records to be redacted. Records
/// to be judged are read field by field and never become trees.
package indirect enum JSONTree: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number that is no 64-bit integer.
    case number
    case string(String)
    case array([JSONTree])
    case object([Member])

    /// One member of an object.
    package struct Member: Hashable, Sendable {
        /// Its name.
        package var key: String
        /// Its value.
        package var value: JSONTree

        /// A member of an object.
        package init(_ key: String, _ value: JSONTree) {
            self.key = key
            self.value = value
        }
    }

    /// Reads a text.
    ///
    /// - Parameter text: UTF-8.
    /// - Throws: ``RecordError`` where it is no JSON.
    package init(_ text: [UInt8]) throws(RecordError) {
        self = try JSONScanner().parse(copying: text) { value throws(RecordError) in
            try JSONTree(value)
        }
    }

    /// A copy of a scanned value.
    package init(_ value: JSONValue) throws(RecordError) {
        if value.isObject {
            var members: [Member] = []
            try value.forEachMember { key, member throws(RecordError) in
                members.append(Member(key, try JSONTree(member)))
            }
            self = .object(members)
        } else if value.isArray {
            var elements: [JSONTree] = []
            try value.forEach { element throws(RecordError) in
                elements.append(try JSONTree(element))
            }
            self = .array(elements)
        } else if let text = value.string {
            self = .string(text)
        } else if let number = value.integer {
            self = .integer(number)
        } else if let truth = value.bool {
            self = .bool(truth)
        } else {
            self = value.isSomething ? .number : .null
        }
    }

    /// The value of an object's first member of a name; `nil` where there is none.
    package subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text of a string; `nil` for anything else.
    package var string: String? { if case .string(let text) = self { text } else { nil } }

    /// A whole number of 64 bits; `nil` for anything else.
    package var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// The elements of an array; `nil` for anything else.
    package var elements: [JSONTree]? { if case .array(let values) = self { values } else { nil } }

    /// What it is, in words.
    package var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number that is no 64-bit integer"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONText {
    /// Writes a value; a number that is no 64-bit integer comes out as `null`.
    package mutating func value(_ tree: JSONTree) {
        switch tree {
        case .null, .number: null()
        case .bool(let truth): bool(truth)
        case .integer(let number): integer(number)
        case .string(let text): string(text)
        case .array(let elements): array { text in for element in elements { text.value(element) } }
        case .object(let members):
            object { text in
                for member in members {
                    text.key(member.key)
                    text.value(member.value)
                }
            }
        }
    }
}
