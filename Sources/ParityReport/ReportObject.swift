import BillingModel
import MirrorLog
import ShadowRun

/// What is wrong in a report, and where.
///
/// The place grows from the inside out while the error is on its way, so that reading what is right
/// costs nothing for it.
struct Misreading: Error, Equatable {
    /// Where: `divergences[12].facets[0]`; empty for the whole.
    var place = ""
    /// What is wrong there.
    var what: String

    init(_ what: String) {
        self.what = what
    }

    /// The same, found inside a part.
    func inside(_ part: String) -> Misreading {
        var result = self
        result.place =
            place.isEmpty ? part : place.hasPrefix("[") ? part + place : "\(part).\(place)"
        return result
    }

    /// The place and what is wrong there, as one sentence.
    var error: RecordError { RecordError(place.isEmpty ? what : "\(place): \(what)") }
}

/// An object of a report: what is relied on must be there once and be of its kind.
///
/// Members that are not asked for are passed over: a newer program may have added them. It borrows
/// the scanner's memory.
struct ReportObject {
    /// How one value is read.
    typealias Read<Value> = (JSONValue) throws(Misreading) -> Value

    /// The members in the order in which they stand.
    let members: [(key: String, value: JSONValue)]

    init(_ value: JSONValue) throws(Misreading) {
        guard value.isObject else { throw ReportValue.mismatch(value, "an object") }
        var members: [(key: String, value: JSONValue)] = []
        do throws(RecordError) {
            try value.forEachMember { key, member in members.append((key, member)) }
        } catch {
            throw Misreading(error.reason)
        }
        self.members = members
    }

    /// A member that may be absent.
    private func member(_ key: String) throws(Misreading) -> JSONValue? {
        var found: JSONValue?
        for member in members where member.key == key {
            guard found == nil else { throw Misreading("`\(key)` stands there twice") }
            found = member.value
        }
        return found
    }

    /// A member that must be there.
    func read<Value>(_ key: String, _ body: Read<Value>) throws(Misreading) -> Value {
        guard let value = try optional(key, body) else { throw Misreading("`\(key)` is missing") }
        return value
    }

    /// A member that must be there and may be `null`.
    func nullable<Value>(_ key: String, _ body: Read<Value>) throws(Misreading) -> Value? {
        guard let value = try member(key) else { throw Misreading("`\(key)` is missing") }
        guard !value.isNull else { return nil }
        return try Self.inside(key, value, body)
    }

    /// A member that may be absent.
    func optional<Value>(_ key: String, _ body: Read<Value>) throws(Misreading) -> Value? {
        guard let value = try member(key) else { return nil }
        return try Self.inside(key, value, body)
    }

    /// An array that must be there.
    func list<Value>(_ key: String, _ body: Read<Value>) throws(Misreading) -> [Value] {
        guard let elements = try optionalList(key, body) else {
            throw Misreading("`\(key)` is missing")
        }
        return elements
    }

    /// An array that may be absent.
    func optionalList<Value>(_ key: String, _ body: Read<Value>) throws(Misreading) -> [Value]? {
        try optional(key) { value throws(Misreading) in try ReportValue.elements(value, body) }
    }

    /// Reads each member, whatever they are called.
    func each<Value>(
        _ body: (_ key: String, _ value: JSONValue) throws(Misreading) -> Value
    ) throws(Misreading) -> [Value] {
        var met: Set<String> = []
        var values: [Value] = []
        for member in members {
            let name = PlainText.line(member.key, most: 60)
            guard met.insert(member.key).inserted else {
                throw Misreading("`\(name)` stands there twice")
            }
            do throws(Misreading) {
                values.append(try body(member.key, member.value))
            } catch {
                throw error.inside(name)
            }
        }
        return values
    }

    private static func inside<Value>(
        _ key: String,
        _ value: JSONValue,
        _ body: Read<Value>
    ) throws(Misreading) -> Value {
        do throws(Misreading) {
            return try body(value)
        } catch {
            throw error.inside(key)
        }
    }
}

/// Reads the values that reports are made of.
enum ReportValue {
    /// The most that anything is counted to, so that no sum of counts leaves the range.
    static let most: Int64 = 1 << 40

    static func text(_ value: JSONValue) throws(Misreading) -> String {
        guard let text = value.string else { throw mismatch(value, "a string") }
        return text
    }

    static func integer(_ value: JSONValue) throws(Misreading) -> Int64 {
        guard let number = value.integer else { throw mismatch(value, "a whole number") }
        return number
    }

    static func count(_ value: JSONValue) throws(Misreading) -> Int {
        let number = try integer(value)
        guard (0...most).contains(number) else { throw Misreading("\(number) is no count") }
        return Int(number)
    }

    static func bool(_ value: JSONValue) throws(Misreading) -> Bool {
        guard let truth = value.bool else { throw mismatch(value, "true or false") }
        return truth
    }

    static func instant(_ value: JSONValue) throws(Misreading) -> Instant {
        let text = try text(value)
        guard let instant = Instant(rfc3339: text) else { throw unknown(text, "time") }
        return instant
    }

    static func span(_ value: JSONValue) throws(Misreading) -> TimeSpan {
        let text = try text(value)
        guard let span = TimeSpan(text) else { throw unknown(text, "length of time") }
        return span
    }

    static func phase(_ value: JSONValue) throws(Misreading) -> Phase {
        let number = try integer(value)
        guard let phase = Int(exactly: number).flatMap(Phase.init(rawValue:)) else {
            throw Misreading("\(number) is no phase")
        }
        return phase
    }

    static func id<Kind>(_ value: JSONValue) throws(Misreading) -> Identifier<Kind> {
        Identifier(try text(value))
    }

    /// SHA-256 or the like: 64 hexadecimal digits.
    static func digest(_ value: JSONValue) throws(Misreading) -> String {
        let text = try text(value)
        guard isDigest(text) else { throw unknown(text, "digest of 64 hexadecimal digits") }
        return text
    }

    /// Whether a text is a digest.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// A word that stands for a value.
    static func word<Value: RawRepresentable>(
        _ value: JSONValue,
        _ what: String
    ) throws(Misreading) -> Value where Value.RawValue == String {
        let text = try text(value)
        guard let word = Value(rawValue: text) else { throw unknown(text, what) }
        return word
    }

    static func elements<Value>(
        _ value: JSONValue,
        _ body: ReportObject.Read<Value>
    ) throws(Misreading) -> [Value] {
        guard value.isArray else { throw mismatch(value, "an array") }
        var elements: [JSONValue] = []
        do throws(RecordError) {
            try value.forEach { element in elements.append(element) }
        } catch {
            throw Misreading(error.reason)
        }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            do throws(Misreading) {
                values.append(try body(element))
            } catch {
                throw error.inside("[\(index)]")
            }
        }
        return values
    }

    static func mismatch(_ value: JSONValue, _ wanted: String) -> Misreading {
        Misreading("it is \(value.kindInWords), not \(wanted)")
    }

    static func unknown(_ text: String, _ what: String) -> Misreading {
        Misreading("`\(PlainText.line(text, most: 60))` is no \(what)")
    }
}
