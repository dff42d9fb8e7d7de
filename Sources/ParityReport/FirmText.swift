/// Rules for texts that records and waivers keep for good.
package enum FirmText {
    /// The most Unicode scalars that a text may have.
    package static let most = 2000

    /// What is wrong with a text; `nil` where nothing is.
    ///
    /// What is kept is shown to people years later, so it must be there, on one line, and hold
    /// nothing that a terminal or a page would obey.
    package static func flaw(in text: String) -> String? {
        guard text.contains(where: { !$0.isWhitespace }) else { return "is empty" }
        guard text.unicodeScalars.count <= most else { return "is longer than \(most) characters" }
        guard PlainText.line(text, most: most).utf8.elementsEqual(text.utf8) else {
            return "has characters that can't be shown on a line"
        }
        return nil
    }

    /// Whether a text is a digest of 64 hexadecimal digits in lower case.
    package static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Orders texts by their bytes, which is a total order where equivalent spellings differ.
    package static func precedes(_ first: String, _ second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}
