package import MirrorLog

/// One place in which what came differs from what was expected.
package struct TreeDifference: Hashable, Sendable {
    /// The place: `divergences[0].classes[1]`.
    package var place: String
    /// What was expected, as JSON on one line; `nil` where nothing was.
    package var expected: String?
    /// What came; `nil` where nothing did.
    package var actual: String?

    /// All differences between two values, in the order in which they are read.
    package static func between(expected: JSONTree, actual: JSONTree) -> [TreeDifference] {
        var differences: [TreeDifference] = []
        compare(expected, actual, at: "", into: &differences)
        return differences
    }

    private static func compare(
        _ expected: JSONTree?,
        _ actual: JSONTree?,
        at place: String,
        into differences: inout [TreeDifference]
    ) {
        guard expected != actual else { return }
        // What is there on one side only is told bit by bit too, so that each line can be read.
        switch (expected ?? actual?.emptied, actual ?? expected?.emptied) {
        case (.object(let old), .object(let new)) where old != new:
            let keys =
                old.map(\.key)
                + new.map(\.key).filter { key in
                    !old.contains { $0.key == key }
                }
            for key in keys {
                compare(
                    expected?[key],
                    actual?[key],
                    at: place.isEmpty ? key : "\(place).\(key)",
                    into: &differences
                )
            }
        case (.array(let old), .array(let new)) where old != new:
            for index in 0..<max(old.count, new.count) {
                compare(
                    old.indices.contains(index) ? old[index] : nil,
                    new.indices.contains(index) ? new[index] : nil,
                    at: "\(place)[\(index)]",
                    into: &differences
                )
            }
        default:
            differences.append(
                TreeDifference(place: place, expected: expected?.text, actual: actual?.text)
            )
        }
    }
}

extension TreeDifference: CustomStringConvertible {
    /// The difference on one line.
    package var description: String {
        "\(place): expected \(expected ?? "nothing"), came \(actual ?? "nothing")"
    }
}

extension JSONTree {
    /// An empty value of the same kind, of one that can hold others.
    fileprivate var emptied: JSONTree? {
        switch self {
        case .object: .object([])
        case .array: .array([])
        case .null, .bool, .integer, .number, .string: nil
        }
    }

    /// The value on one line.
    fileprivate var text: String {
        if case .number = self { return kindInWords }
        var text = JSONText()
        text.value(self)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
