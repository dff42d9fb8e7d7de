import BillingModel
import MirrorLog

/// A value of a mapped column, as the log says it.
enum ColumnValue: Hashable, Sendable {
    /// The row does not carry the column: nothing is said of it.
    case absent
    case null
    case text(String)
    case integer(Int64)
    case boolean(Bool)
    case time(Instant)
    case list([String])
    case json(JSONTree)

    /// Reads a column's text.
    ///
    /// - Parameters:
    ///   - bytes: The text that the server sent.
    ///   - column: The log's column.
    /// - Throws: ``RecordError`` that names the column and never the value.
    init(_ bytes: [UInt8], _ column: MirrorTable.Column) throws(RecordError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecordError("column `\(column.name)` is no UTF-8")
        }
        guard let value = Self.read(text, column.form) else {
            throw RecordError("column `\(column.name)` is \(column.form.wanted)")
        }
        self = value
    }

    private static func read(_ text: String, _ form: MirrorTable.Form) -> ColumnValue? {
        switch form {
        case .text: .text(text)
        case .integer: Int64(text).map { .integer($0) }
        case .boolean: truths[text.lowercased()].map { .boolean($0) }
        case .time: ServerTime.parse(text).map { .time($0) }
        case .list: TextArray.read(text).map { .list($0) }
        case .json: (try? JSONTree(Array(text.utf8))).map { $0 == .null ? .null : .json($0) }
        }
    }

    /// Looked up by name, never walked.
    private static let truths = [
        "t": true, "true": true, "1": true, "f": false, "false": false, "0": false,
    ]

    /// The text of a text; `nil` for anything else.
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The instant of a time; `nil` for anything else.
    var time: Instant? { if case .time(let instant) = self { instant } else { nil } }

    /// Whether the row carries the column.
    var isPresent: Bool { self != .absent }

    /// Writes the value; nothing of an absent one, whose key must not be written either.
    func write(into json: inout JSONText) {
        switch self {
        case .absent, .null: json.null()
        case .text(let text): json.string(text)
        case .integer(let number): json.integer(number)
        case .boolean(let truth): json.bool(truth)
        case .time(let instant): json.instant(instant)
        case .list(let texts): json.array { json in for text in texts { json.string(text) } }
        case .json(let tree): json.value(tree)
        }
    }
}

extension MirrorTable.Form {
    fileprivate var wanted: String {
        switch self {
        case .text: "no text"
        case .integer: "no whole number of 64 bits"
        case .boolean: "neither true nor false"
        case .time: "no time of the years 1 to 9999"
        case .list: "no list of texts"
        case .json: "no JSON"
        }
    }
}

/// Lists as databases hold them: `{a,"b c"}`, or a JSON array of strings.
enum TextArray {
    /// Reads a list.
    ///
    /// - Parameter text: The column's text.
    /// - Returns: `nil` where it is no list of one dimension, or has a null in it.
    static func read(_ text: String) -> [String]? {
        if text.utf8.first == UInt8(ascii: "[") {
            guard let elements = (try? JSONTree(Array(text.utf8)))?.elements else { return nil }
            let texts = elements.compactMap(\.string)
            return texts.count == elements.count ? texts : nil
        }
        return readBraces(Array(text.utf8))
    }

    private static func readBraces(_ utf8: [UInt8]) -> [String]? {
        guard utf8.count >= 2, utf8.first == UInt8(ascii: "{"), utf8.last == UInt8(ascii: "}")
        else { return nil }
        let body = utf8[1..<utf8.count - 1]
        guard !body.isEmpty else { return [] }
        var texts: [String] = []
        var place = body.startIndex
        while true {
            guard let element = readElement(body, &place) else { return nil }
            texts.append(element)
            guard place < body.endIndex else { return texts }
            guard body[place] == UInt8(ascii: ",") else { return nil }
            place += 1
        }
    }

    private static func readElement(_ body: ArraySlice<UInt8>, _ place: inout Int) -> String? {
        let isQuoted = place < body.endIndex && body[place] == UInt8(ascii: "\"")
        if isQuoted { place += 1 }
        var element: [UInt8] = []
        var isClosed = false
        while place < body.endIndex {
            let byte = body[place]
            if isQuoted ? byte == UInt8(ascii: "\"") : byte == UInt8(ascii: ",") {
                isClosed = true
                break
            }
            if !isQuoted, [UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\"")].contains(byte)
            {
                return nil
            }
            if byte == UInt8(ascii: "\\") { place += 1 }
            guard place < body.endIndex else { return nil }
            element.append(body[place])
            place += 1
        }
        if isQuoted {
            guard isClosed else { return nil }
            place += 1
        } else if element.isEmpty || element.elementsEqual("NULL".utf8) {
            return nil
        }
        return String(validating: element, as: UTF8.self)
    }
}
