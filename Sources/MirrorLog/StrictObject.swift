/// Reads an object of which every member must be known, for files that people write or keep.
///
/// A misspelt member of such a file would otherwise be passed over, and what it was meant to say
/// with it. Errors name the place: `divergences[2].facets[0]: `legacy` is missing`.
package struct StrictObject {
    /// Where the object stands in its file; empty for the whole.
    package let place: String
    private let members: [JSONTree.Member]

    /// An object whose members are all among the known ones, none of them twice.
    ///
    /// - Parameters:
    ///   - tree: The value.
    ///   - place: Where it stands in its file; empty for the whole.
    ///   - known: The members that it may have.
    /// - Throws: ``RecordError`` for anything that is no object, and for an unknown or second member.
    package init(
        _ tree: JSONTree,
        at place: String = "",
        known: [String]
    ) throws(RecordError) {
        self.place = place
        guard case .object(let members) = tree else {
            throw Self.error("it is \(tree.kindInWords), not an object", at: place)
        }
        self.members = members
        var met: Set<String> = []
        for member in members {
            guard known.contains(member.key) else {
                let list = known.map { "`\($0)`" }.joined(separator: ", ")
                throw error("`\(member.key)` is not known; there are \(list)")
            }
            guard met.insert(member.key).inserted else {
                throw error("`\(member.key)` stands there twice")
            }
        }
    }

    /// A member; `nil` where it is absent.
    package subscript(_ key: String) -> JSONTree? { members.first { $0.key == key }?.value }

    /// A member that must be there.
    package func required(_ key: String) throws(RecordError) -> JSONTree {
        guard let value = self[key] else { throw error("`\(key)` is missing") }
        return value
    }

    /// A string that must be there.
    package func string(_ key: String) throws(RecordError) -> String {
        let value = try required(key)
        guard let text = value.string else { throw mismatch(key, value, "a string") }
        return text
    }

    /// A string, or `nil` where it is absent or null.
    package func optionalString(_ key: String) throws(RecordError) -> String? {
        guard let value = self[key], value != .null else { return nil }
        guard let text = value.string else { throw mismatch(key, value, "a string") }
        return text
    }

    /// A whole number that must be there.
    package func integer(_ key: String) throws(RecordError) -> Int64 {
        let value = try required(key)
        guard let number = value.integer else { throw mismatch(key, value, "a whole number") }
        return number
    }

    /// A truth value that must be there.
    package func bool(_ key: String) throws(RecordError) -> Bool {
        let value = try required(key)
        guard case .bool(let truth) = value else { throw mismatch(key, value, "true or false") }
        return truth
    }

    /// The strings of an array that must be there.
    package func strings(_ key: String) throws(RecordError) -> [String] {
        try list(key) { element, place throws(RecordError) in
            guard let text = element.string else {
                throw Self.error("it is \(element.kindInWords), not a string", at: place)
            }
            return text
        }
    }

    /// The elements of an array that must be there, each read with its place.
    package func list<Element>(
        _ key: String,
        _ read: (_ element: JSONTree, _ place: String) throws(RecordError) -> Element
    ) throws(RecordError) -> [Element] {
        let value = try required(key)
        guard let elements = value.elements else { throw mismatch(key, value, "an array") }
        var result: [Element] = []
        for (index, element) in elements.enumerated() {
            result.append(try read(element, "\(placeOf(key))[\(index)]"))
        }
        return result
    }

    /// Where a member stands in the file.
    package func placeOf(_ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

    /// An error in this object.
    package func error(_ what: String) -> RecordError { Self.error(what, at: place) }

    private func mismatch(_ key: String, _ value: JSONTree, _ wanted: String) -> RecordError {
        error("`\(key)` is \(value.kindInWords), not \(wanted)")
    }

    private static func error(_ what: String, at place: String) -> RecordError {
        RecordError(place.isEmpty ? what : "\(place): \(what)")
    }
}
