import MirrorLog
import Yams

/// A value of a mapping file with its place, read strictly: what is not asked for is an error.
struct MappingNode {
    private let node: Node
    private let place: String

    /// The root of a YAML text.
    init(yaml: String) throws(RecordError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            let lines = "\(error)".split(separator: "\n")
            throw RecordError("it is no YAML: \(lines.first ?? "it can't be read")")
        }
        guard let root else { throw RecordError("it is empty") }
        node = root
        place = ""
    }

    private init(_ node: Node, at place: String) {
        self.node = node
        self.place = place
    }

    /// Whether nothing was written, or `~` or `null`.
    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
            return false
        }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The entries of a mapping in order, each key once and among the known ones, if those are given.
    func entries(
        known: [String]? = nil
    ) throws(RecordError) -> [(name: String, value: MappingNode)] {
        guard let mapping = node.mapping else { throw error("is no mapping") }
        var entries: [(name: String, value: MappingNode)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw error("has a key that is no text") }
            let child = MappingNode(value, at: place.isEmpty ? name : "\(place).\(name)")
            if let known, !known.contains(name) {
                throw child.error("is not known\(Spelling.hint(name, among: known))")
            }
            guard !entries.contains(where: { $0.name == name }) else {
                throw child.error("stands twice")
            }
            entries.append((name, child))
        }
        return entries
    }

    /// The elements of a list.
    func elements() throws(RecordError) -> [MappingNode] {
        guard let sequence = node.sequence else {
            throw error("is no list; an empty one is `[]`")
        }
        return sequence.enumerated().map { MappingNode($1, at: "\(place)[\($0)]") }
    }

    /// A text that is not empty.
    func text() throws(RecordError) -> String {
        guard let scalar = node.scalar, !isNull, !scalar.string.isEmpty else {
            throw error("is no text")
        }
        return scalar.string
    }

    /// What is wrong with this value, and where it stands.
    func error(_ problem: String) -> RecordError {
        let line = node.mark.map { "line \($0.line): " } ?? ""
        return RecordError(line + (place.isEmpty ? "the file" : "`\(place)`") + " " + problem)
    }
}

/// Finds what somebody may have meant.
enum Spelling {
    /// `; did you mean …?` with the nearest known word, or the list of them where none is near.
    static func hint(_ word: String, among known: [String]) -> String {
        let nearest = known.map { (distance: distance(word, $0), word: $0) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        if let nearest, nearest.distance <= max(2, word.count / 3) {
            return "; did you mean `\(nearest.word)`?"
        }
        return "; there are " + known.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// How many letters must be put in, taken out or replaced to make one word the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
