import BillingModel
import ParityReport
import Testing

/// What is quick in making text plain, against the plain way of the same.
struct PlainTextTests {
    /// The text scalar by scalar.
    private static func line(_ text: String, most: Int) -> String {
        let shown = text.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        var result = String.UnicodeScalarView(shown.prefix(most))
        if shown.count > most {
            result.removeLast()
            result.append("…")
        }
        return String(result)
    }

    @Test(
        "what is not shown is dropped, and what is too long is cut",
        arguments: 0..<20 as Range<UInt64>
    )
    func line(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let scalars =
            (0..<0x100).compactMap { Unicode.Scalar($0) }
            + ["…", "😀", "\u{2028}", "\u{2029}", "\u{202E}", "\u{301}", "\u{FEFF}", "\u{200D}"]
        for length in 0..<100 {
            let share = random.below(4)
            var text = ""
            for _ in 0..<length {
                let isAny = random.below(4) < share
                text.unicodeScalars.append(isAny ? random.pick(scalars) ?? "a" : "a")
            }
            for most in [1, 12, length, max(1, length - 1), 200, .max] where most > 0 {
                let found = PlainText.line(text, most: most)
                #expect(Array(found.utf8) == Array(Self.line(text, most: most).utf8))
            }
        }
    }
}
