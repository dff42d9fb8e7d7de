package import BillingModel

/// Writes one JSON text from front to back, into bytes.
///
/// Members and elements stand in the order in which they are written, so the same calls give the
/// same bytes. Nothing is checked twice: a key outside an object, or a second root, is the caller's
/// mistake and comes out as it was asked for.
package struct JSONText {
    /// The text so far, UTF-8, but for what was drained.
    package private(set) var bytes: [UInt8] = []
    private let brokenLevels: Int
    private var depth = 0
    private var needsComma = false
    private var followsKey = false

    /// An empty text.
    ///
    /// - Parameter brokenLevels: Down to which level members and elements stand on lines of their
    ///   own, indented by two spaces a level, for people to read. Below it, and everywhere with 0,
    ///   a value stands on one line.
    package init(brokenLevels: Int = 0) {
        self.brokenLevels = brokenLevels
    }

    /// Writes an object; `members` writes its keys and values in turn.
    package mutating func object(
        _ members: (inout JSONText) throws -> Void
    ) rethrows {
        try container("{", "}", members)
    }

    /// Writes an array; `elements` writes its values.
    package mutating func array(
        _ elements: (inout JSONText) throws -> Void
    ) rethrows {
        try container("[", "]", elements)
    }

    /// Writes a member's name; its value comes next.
    package mutating func key(_ name: String) {
        beginValue()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        if brokenLevels > 0 { bytes.append(UInt8(ascii: " ")) }
        followsKey = true
    }

    /// Writes a string, escaping what JSON does not allow inside one.
    package mutating func string(_ value: String) {
        beginValue()
        quote(value)
        needsComma = true
    }

    /// Writes an instant, as a string.
    package mutating func instant(_ value: Instant) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        value.write(into: &bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a whole number.
    package mutating func integer(_ value: some BinaryInteger) {
        beginValue()
        if let small = Int64(exactly: value) {
            write(small)
        } else {
            bytes.append(contentsOf: String(value).utf8)
        }
        needsComma = true
    }

    private mutating func write(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    /// Writes `null`.
    package mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// Hands over what was written since this was last called, so that a long text need not be held
    /// whole.
    package mutating func drain() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Ends the line: what an NDJSON record, or a file for people, closes with.
    package mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func container(
        _ opening: Unicode.Scalar,
        _ closing: Unicode.Scalar,
        _ body: (inout JSONText) throws -> Void
    ) rethrows {
        beginValue()
        bytes.append(UInt8(ascii: opening))
        depth += 1
        needsComma = false
        try body(&self)
        if needsComma { breakLine(indentation: depth - 1) }
        depth -= 1
        bytes.append(UInt8(ascii: closing))
        needsComma = true
    }

    private mutating func beginValue() {
        if followsKey {
            followsKey = false
            return
        }
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
        if depth > 0 { breakLine(indentation: depth) }
    }

    private mutating func breakLine(indentation: Int) {
        guard depth <= brokenLevels else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indentation))
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            // Without a way out, so that the compiler looks at many bytes at once.
            var isPlain = true
            for byte in utf8 { isPlain = isPlain && Self.isPlain(byte) }
            if isPlain {
                bytes.append(contentsOf: utf8)
            } else {
                escape(utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a byte stands for itself.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x22 && byte != 0x5C
    }

    /// Writes text of which some bytes must be escaped: those between them are copied together.
    private mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
        bytes.reserveCapacity(bytes.count + utf8.count + utf8.count / 8)
        var start = 0
        for place in utf8.indices where !Self.isPlain(utf8[place]) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<place]))
            escape(utf8[place])
            start = place + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
    }

    private mutating func escape(_ byte: UInt8) {
        if let letter = Self.shortEscape(of: byte) {
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(letter)
        } else {
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(Hexadecimal.digits[Int(byte >> 4)])
            bytes.append(Hexadecimal.digits[Int(byte & 15)])
        }
    }

    /// The letter that stands for a byte behind a backslash, where there is one.
    private static func shortEscape(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x22: UInt8(ascii: "\"")
        case 0x5C: UInt8(ascii: "\\")
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        case 0x08: UInt8(ascii: "b")
        case 0x0C: UInt8(ascii: "f")
        default: nil
        }
    }
}

extension JSONText {
    /// Writes a member that is a string, or `null`.
    package mutating func member(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a member that is an instant, or `null`.
    package mutating func member(_ name: String, _ value: Instant?) {
        key(name)
        if let value { instant(value) } else { null() }
    }

    /// Writes a member that is a whole number, or `null`.
    package mutating func member(_ name: String, _ value: Int64?) {
        key(name)
        if let value { integer(value) } else { null() }
    }

    /// Writes a member that is a truth value.
    package mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a member that is an array of strings.
    package mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array { array in
            for value in values { array.string(value) }
        }
    }

    /// Writes a member that is an object.
    package mutating func object(
        _ name: String,
        _ members: (inout JSONText) throws -> Void
    ) rethrows {
        key(name)
        try object(members)
    }

    /// Writes a member that is an array.
    package mutating func array(
        _ name: String,
        _ elements: (inout JSONText) throws -> Void
    ) rethrows {
        key(name)
        try array(elements)
    }
}
