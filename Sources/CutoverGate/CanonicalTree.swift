import Crypto
package import MirrorLog
import ParityReport

extension JSONTree {
    /// This value with the members of every object in the order of their names' bytes.
    ///
    /// Two values that say the same in another order become one, and so do their digests.
    /// - Returns: The value, sorted.
    /// - Throws: ``RecordError`` where an object has a member twice, and for a number that is no
    ///   64-bit integer: such a number is not kept, so no digest would hold it.
    package func canonical() throws(RecordError) -> JSONTree {
        switch self {
        case .null, .bool, .integer, .string: return self
        case .number: throw RecordError("it has a number that is no 64-bit integer")
        case .array(let elements):
            var result: [JSONTree] = []
            for (index, element) in elements.enumerated() {
                do throws(RecordError) {
                    result.append(try element.canonical())
                } catch {
                    throw error.inside("[\(index)]")
                }
            }
            return .array(result)
        case .object(let members):
            var result: [Member] = []
            for member in members.sorted(by: { FirmText.precedes($0.key, $1.key) }) {
                if let last = result.last, last.key.utf8.elementsEqual(member.key.utf8) {
                    throw RecordError("`\(member.key)` stands there twice")
                }
                do throws(RecordError) {
                    result.append(Member(member.key, try member.value.canonical()))
                } catch {
                    throw error.inside(member.key)
                }
            }
            return .object(result)
        }
    }

    /// The value as JSON without any space.
    var compactText: [UInt8] {
        var text = JSONText()
        text.value(self)
        return text.bytes
    }
}

/// SHA-256 of bytes, as the chain writes digests.
package enum Digest {
    /// The digest in 64 hexadecimal digits.
    package static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).hexadecimal
    }

    /// What stands in the place of a digest where there is nothing: 64 zeros.
    package static let none = String(repeating: "0", count: 64)
}
