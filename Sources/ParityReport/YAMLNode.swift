package import BillingModel
package import MirrorLog
import Yams

/// A value of a YAML file with its place, read strictly: what is not asked for is an error.
package struct YAMLNode {
    private let node: Node
    private let place: String

    /// The root of a text; `nil` where the text is empty.
    package static func root(_ yaml: String) throws(RecordError) -> YAMLNode? {
        do {
            guard let node = try Yams.compose(yaml: yaml) else { return nil }
            let root = YAMLNode(node, at: "")
            return root.isNull ? nil : root
        } catch let error as YamlError {
            throw error.onOneLine
        } catch {
            throw RecordError("it is no YAML")
        }
    }

    private init(_ node: Node, at place: String) {
        self.node = node
        self.place = place
    }

    /// The values of a mapping that has no other keys than these, and none of them twice.
    package func fields<Key: RawRepresentable & CaseIterable & Hashable>(
        _ keys: Key.Type
    ) throws(RecordError) -> YAMLFields<Key> where Key.RawValue == String {
        var fields: [Key: YAMLNode] = [:]
        for (name, value) in try entries() {
            guard let key = Key(rawValue: name) else {
                let known = Key.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw value.error("is no key here; the keys are \(known)")
            }
            fields[key] = value
        }
        return YAMLFields(fields, of: self)
    }

    /// Whether it is a mapping, where something else may stand as well.
    package var isMapping: Bool { node.mapping != nil }

    /// The entries of a mapping in order, each key once.
    package func entries() throws(RecordError) -> [(name: String, value: YAMLNode)] {
        guard let mapping = node.mapping else { throw error("is not a mapping") }
        var entries: [(name: String, value: YAMLNode)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw error("has a key that is no text") }
            let shown = PlainText.line(name, most: 60)
            let child = YAMLNode(value, at: place.isEmpty ? shown : "\(place).\(shown)")
            guard !entries.contains(where: { $0.name == name }) else {
                throw child.error("stands twice")
            }
            entries.append((name, child))
        }
        return entries
    }

    /// The elements of a list.
    package func elements() throws(RecordError) -> [YAMLNode] {
        guard let sequence = node.sequence else {
            throw error("is not a list; an empty one is `[]`")
        }
        return sequence.enumerated().map { YAMLNode($1, at: "\(place)[\($0)]") }
    }

    /// A text, its lines joined by spaces.
    package func text() throws(RecordError) -> String {
        guard let scalar = node.scalar else { throw error("is not a text") }
        let words = isNull ? [] : scalar.string.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { throw error("is empty") }
        let text = words.joined(separator: " ")
        if let flaw = FirmText.flaw(in: text) { throw error(flaw) }
        return text
    }

    /// A whole number in a range.
    package func number(_ range: ClosedRange<Int64>) throws(RecordError) -> Int64 {
        let text = try text()
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(text),
            range.contains(number)
        else {
            let ends =
                "from \(Figures.grouped(range.lowerBound)) to \(Figures.grouped(range.upperBound))"
            throw unfit(text, "a whole number \(ends), written in digits alone")
        }
        return number
    }

    /// A length of time in a range.
    package func span(_ range: ClosedRange<TimeSpan>) throws(RecordError) -> TimeSpan {
        let text = try text()
        guard let span = TimeSpan(text), range.contains(span) else {
            throw unfit(
                text,
                "a time such as 1h or 14d, from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return span
    }

    /// One of a list of words.
    package func word(_ words: [String]) throws(RecordError) -> String {
        let text = try text()
        guard words.contains(text) else {
            throw unfit(text, words.map { "`\($0)`" }.joined(separator: " or "))
        }
        return text
    }

    /// An RFC 3339 time.
    package func instant() throws(RecordError) -> Instant {
        let text = try text()
        guard let instant = Instant(rfc3339: text) else {
            throw unfit(text, "an RFC 3339 time such as `2026-03-31T12:00:00Z`")
        }
        return instant
    }

    /// A digest of 64 hexadecimal digits.
    package func digest() throws(RecordError) -> String {
        let text = try text()
        guard FirmText.isDigest(text) else {
            throw unfit(text, "a digest of 64 hexadecimal digits in lower case")
        }
        return text
    }

    /// That a text is not what is asked for.
    package func unfit(_ text: String, _ wanted: String) -> RecordError {
        error("is `\(PlainText.line(text, most: 60))`, not \(wanted)")
    }

    /// What is wrong with this value, and where it stands.
    package func error(_ problem: String) -> RecordError {
        let line = node.mark.map { "line \($0.line): " } ?? ""
        return RecordError(line + (place.isEmpty ? "the file" : "`\(place)`") + " " + problem)
    }

    /// Whether nothing was written, or one of the words that stand for nothing.
    private var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
            return false
        }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

/// The values of a mapping by key.
package struct YAMLFields<Key: RawRepresentable & CaseIterable & Hashable>
where Key.RawValue == String {
    private let nodes: [Key: YAMLNode]
    private let parent: YAMLNode

    init(_ nodes: [Key: YAMLNode], of parent: YAMLNode) {
        self.nodes = nodes
        self.parent = parent
    }

    /// A value; `nil` where it is absent.
    package subscript(_ key: Key) -> YAMLNode? { nodes[key] }

    /// A value that must be there.
    package func required(_ key: Key) throws(RecordError) -> YAMLNode {
        guard let node = nodes[key] else { throw parent.error("lacks `\(key.rawValue)`") }
        return node
    }
}

extension YamlError {
    /// The problem with its line, without the excerpt that the parser adds.
    fileprivate var onOneLine: RecordError {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            RecordError("line \(mark.line): it is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            RecordError(
                "line \(context.mark.line): "
                    + keys.sorted().map { "`\(PlainText.line($0, most: 60))`" }
                    .joined(separator: ", ") + " stands twice"
            )
        case .reader(let problem, _, _, _): RecordError("it is no YAML: \(problem)")
        default: RecordError("it is no YAML")
        }
    }
}
