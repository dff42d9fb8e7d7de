package import MirrorLog

/// Cuts values out of a JSON text without changing a byte of them.
///
/// What it is given has been read whole by the scanner, so it is known to be JSON; here it is only
/// found out where values begin and end. A member whose name is written with escapes is not found.
package enum RawJSON {
    /// A part of a text.
    package typealias Slice = ArraySlice<UInt8>

    /// A text that the scanner could read, without the white space around it.
    ///
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - scanner: A scanner of the calling thread.
    /// - Returns: The text as it is, from its first token to its last.
    /// - Throws: ``RecordError`` where it is no JSON.
    package static func checked(
        _ text: [UInt8],
        _ scanner: JSONScanner
    ) throws(RecordError) -> Slice {
        try scanner.parse(copying: text) { _ throws(RecordError) in }
        return trimmed(text[...])
    }

    /// The value of an object's last member of a name, which is the one that readers take; `nil`
    /// where there is none, and of no object.
    package static func member(_ name: String, of object: Slice) -> Slice? {
        guard object.first == UInt8(ascii: "{") else { return nil }
        var found: Slice?
        var cursor = object.startIndex + 1
        while let key = value(in: object, at: &cursor), key.first == UInt8(ascii: "\"") {
            guard let value = value(in: object, at: &cursor) else { return found }
            if key.dropFirst().dropLast().elementsEqual(name.utf8) { found = value }
        }
        return found
    }

    /// The elements of an array; `nil` of anything else.
    package static func elements(of array: Slice) -> [Slice]? {
        guard array.first == UInt8(ascii: "[") else { return nil }
        var elements: [Slice] = []
        var cursor = array.startIndex + 1
        while let element = value(in: array, at: &cursor) { elements.append(element) }
        return elements
    }

    /// Whether an object or array holds nothing.
    static func isEmpty(_ container: Slice) -> Bool {
        var cursor = container.startIndex + 1
        return value(in: container, at: &cursor) == nil
    }

    /// The text of a string that is written without escapes; `nil` of anything else.
    package static func string(_ value: Slice?) -> String? {
        guard let value, value.count >= 2, value.first == UInt8(ascii: "\"") else { return nil }
        let text = value.dropFirst().dropLast()
        guard !text.contains(UInt8(ascii: "\\")) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// A whole number of 64 bits; `nil` of anything else.
    package static func integer(_ value: Slice?) -> Int64? {
        value.flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    /// The text on one line: line breaks stand between tokens alone, for inside of a string JSON
    /// has them escaped.
    package static func onOneLine(_ text: Slice) -> [UInt8] {
        guard text.contains(lineFeed) else { return Array(text) }
        return text.filter { $0 != lineFeed }
    }

    private static let lineFeed = UInt8(ascii: "\n")

    /// The value, or member's name, that comes next; `nil` where the container ends.
    private static func value(in text: Slice, at cursor: inout Int) -> Slice? {
        while cursor < text.endIndex, isBetween(text[cursor]) { cursor += 1 }
        guard cursor < text.endIndex, !isClosing(text[cursor]) else { return nil }
        let start = cursor
        skip(text, &cursor)
        return text[start..<cursor]
    }

    /// Goes behind the value that begins at the cursor.
    private static func skip(_ text: Slice, _ cursor: inout Int) {
        var depth = 0
        repeat {
            let byte = text[cursor]
            if byte == UInt8(ascii: "\"") {
                skipString(text, &cursor)
            } else if isOpening(byte) || isClosing(byte) {
                depth += isOpening(byte) ? 1 : -1
                cursor += 1
            } else if isBetween(byte) {
                cursor += 1
            } else {
                skipWord(text, &cursor)
            }
        } while depth > 0 && cursor < text.endIndex
    }

    private static func skipString(_ text: Slice, _ cursor: inout Int) {
        cursor += 1
        while cursor < text.endIndex, text[cursor] != UInt8(ascii: "\"") {
            cursor += text[cursor] == UInt8(ascii: "\\") ? 2 : 1
        }
        cursor = min(cursor + 1, text.endIndex)
    }

    private static func skipWord(_ text: Slice, _ cursor: inout Int) {
        while cursor < text.endIndex, !isBetween(text[cursor]), !isClosing(text[cursor]) {
            cursor += 1
        }
    }

    private static func trimmed(_ text: Slice) -> Slice {
        var text = text
        while let first = text.first, isSpace(first) { text = text.dropFirst() }
        while let last = text.last, isSpace(last) { text = text.dropLast() }
        return text
    }

    private static func isOpening(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
    }

    private static func isClosing(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func isBetween(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":")
    }
}

/// What Stripe says in the body of a refusal, as far as it may be shown.
enum StripeErrorBody {
    /// Stripe's own short name for what is wrong: its `code`, else its `type`.
    ///
    /// Its message is left out, for it can hold customers' data; a name that is no plain word is too.
    static func code(of body: [UInt8]) -> String? {
        guard let scanner = try? JSONScanner(), let root = try? RawJSON.checked(body, scanner),
            let error = RawJSON.member("error", of: root)
        else { return nil }
        let names = ["code", "type"].compactMap { RawJSON.string(RawJSON.member($0, of: error)) }
        return names.first { isPlainWord($0) }
    }

    private static func isPlainWord(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "_") }
    }
}
