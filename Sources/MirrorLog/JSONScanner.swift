import CSimdJSON

/// Parses one JSON text at a time.
///
/// A class because it owns the C parser's memory, which every value read from it borrows.
package final class JSONScanner {
    private let parser: OpaquePointer

    /// Bytes that must be readable behind a text that is scanned.
    package static let padding = Int(SJ_PADDING)

    /// Makes a parser.
    ///
    /// - Throws: ``RecordError`` when memory is short.
    package init() throws(RecordError) {
        guard let parser = sj_parser_new() else { throw RecordError("out of memory") }
        self.parser = parser
    }

    deinit {
        sj_parser_free(parser)
    }

    /// Parses a text; its value is good until the next call.
    ///
    /// - Parameter text: UTF-8, with ``padding`` readable bytes behind it.
    /// - Returns: The text's value.
    /// - Throws: ``RecordError`` where the text is no JSON.
    package func parse(_ text: UnsafeRawBufferPointer) throws(RecordError) -> JSONValue {
        guard let base = text.baseAddress?.assumingMemoryBound(to: CChar.self) else {
            throw RecordError("empty text")
        }
        var root = sj_value()
        if let problem = sj_parse(parser, base, text.count, &root) {
            throw RecordError("not JSON: " + Self.plain(String(cString: problem)))
        }
        return JSONValue(raw: root)
    }

    /// Parses text held in an array, for callers that have no padded buffer.
    package func parse<Result>(
        copying text: [UInt8],
        _ body: (JSONValue) throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        var padded = text
        padded.append(contentsOf: repeatElement(0, count: Self.padding))
        let outcome = padded.withUnsafeBytes { bytes -> Swift.Result<Result, RecordError> in
            do throws(RecordError) {
                return .success(try body(parse(.init(rebasing: bytes.prefix(text.count)))))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Cuts the scanner's explanation down to its first sentence.
    private static func plain(_ problem: String) -> String {
        let sentence = problem.prefix { $0 != "." && $0 != "!" }
        return sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}

/// Why a record can't be read: a sentence without a capital or a full stop.
package struct RecordError: Error, Equatable {
    /// What is wrong, and where in the record.
    package var reason: String

    /// A reason in words.
    package init(_ reason: String) {
        self.reason = reason
    }

    /// The same reason, found inside a part of the record.
    package func inside(_ part: String) -> RecordError { RecordError("\(part): \(reason)") }
}

/// A value of the text that was parsed last.
///
/// It must not outlive the next parse.
package struct JSONValue {
    let raw: sj_value

    /// Whether the field is there, `null` included.
    package var isPresent: Bool { raw.place != 0 }
    /// Whether the field is there and `null`.
    package var isNull: Bool { sj_kind_of(raw) == SJ_NULL }
    /// Whether there is anything to read: neither absent nor `null`.
    package var isSomething: Bool { isPresent && !isNull }
    /// Whether it is an object.
    package var isObject: Bool { sj_kind_of(raw) == SJ_OBJECT }
    /// Whether it is an array.
    package var isArray: Bool { sj_kind_of(raw) == SJ_ARRAY }

    /// The text of a string; `nil` for anything else.
    package var string: String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The UTF-8 of a string; `nil` for anything else.
    package var bytes: UnsafeBufferPointer<UInt8>? {
        guard sj_kind_of(raw) == SJ_STRING else { return nil }
        return UnsafeBufferPointer(start: sj_bytes(raw), count: sj_count(raw))
    }

    /// A whole number of 64 bits; `nil` for anything else.
    package var integer: Int64? { sj_kind_of(raw) == SJ_INTEGER ? sj_integer(raw) : nil }

    /// A truth value; `nil` for anything else.
    package var bool: Bool? { sj_kind_of(raw) == SJ_BOOL ? sj_truth(raw) : nil }

    /// What it is, in words.
    package var kindInWords: String {
        switch sj_kind_of(raw) {
        case SJ_ABSENT: "missing"
        case SJ_NULL: "null"
        case SJ_BOOL: "a boolean"
        case SJ_INTEGER: "an integer"
        case SJ_NUMBER: "a number that is no 64-bit integer"
        case SJ_STRING: "a string"
        case SJ_ARRAY: "an array"
        default: "an object"
        }
    }

    /// Visits the elements of an array in order; nothing where this is none.
    package func forEach(
        _ body: (JSONValue) throws(RecordError) -> Void
    ) throws(RecordError) {
        guard isArray else { return }
        let end = sj_end(raw)
        var element = sj_first(raw)
        while element.place < end {
            try body(JSONValue(raw: element))
            element = sj_after(element)
        }
    }

    /// Visits the members of an object in order; nothing where this is none.
    package func forEachMember(
        _ body: (_ key: String, JSONValue) throws(RecordError) -> Void
    ) throws(RecordError) {
        guard isObject else { return }
        let end = sj_end(raw)
        var key = sj_first(raw)
        while key.place < end {
            let member = sj_after(key)
            try body(JSONValue(raw: key).string ?? "", JSONValue(raw: member))
            key = sj_after(member)
        }
    }
}
