import BillingModel
import MirrorLog
import Testing

/// What is quick in writing JSON, against the plain way of the same.
struct JSONTextRandomTests {
    /// A text as a JSON string, scalar by scalar.
    private static func quoted(_ text: String) -> String {
        let short: [Unicode.Scalar: String] = [
            "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{8}": "\\b",
            "\u{C}": "\\f",
        ]
        var result = "\""
        for scalar in text.unicodeScalars {
            if let escape = short[scalar] {
                result += escape
            } else if scalar.value < 0x20 {
                let digits = String(scalar.value, radix: 16, uppercase: false)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    @Test(
        "a string is escaped where it must be, and nowhere else",
        arguments: 0..<20 as Range<UInt64>
    )
    func strings(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scalars = (0..<0x80).compactMap { Unicode.Scalar($0) } + ["é", "…", "😀", "\u{2028}"]
        for length in 0..<100 {
            // From texts of plain letters to texts of nothing but what must be escaped.
            let share = random.below(4)
            var text = ""
            for _ in 0..<length {
                let isAny = random.below(4) < share
                text.unicodeScalars.append(isAny ? random.pick(scalars) ?? "a" : "a")
            }
            var json = JSONText()
            json.string(text)
            #expect(json.bytes == Array(Self.quoted(text).utf8))
        }
    }

    @Test("a whole number is written with all its digits")
    func integers() {
        var random = SplitMix64(seed: 1)
        let numbers =
            [0, 1, -1, 9, 10, -10, .min, .max]
            + (0..<64).map { Int64(bitPattern: random.next()) >> $0 }
        for number in numbers {
            var json = JSONText()
            json.integer(number)
            #expect(json.bytes == Array("\(number)".utf8))
        }
        var json = JSONText()
        json.integer(UInt64.max)
        #expect(json.bytes == Array("\(UInt64.max)".utf8))
    }
}
