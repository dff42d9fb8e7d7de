import BillingModel
import MirrorLog

/// Looks at what came out of a redaction, knowing nothing of how it was made.
///
/// It refuses what it can't account for: every text must be a word of the allow-list, a pseudonym
/// of the case, a time, a version, or an amount, each in the one form in which it is written. And
/// no original text may lie inside what is left, which is the digests.
struct RedactionCheck {
    private let issued: Set<String>
    private let digests: Set<String>
    /// Texts of the originals that could lie inside a digest.
    private var originals: Set<String> = []

    /// The shortest original text that is sought inside others.
    static let soughtBytesMin = 4

    init(_ pseudonyms: Pseudonyms) {
        issued = pseudonyms.issued
        digests = pseudonyms.digests
    }

    /// Notes the texts of an original record, names of members included.
    mutating func note(original tree: JSONTree) {
        tree.forEachText { text in
            let isSought = text.utf8.count >= Self.soughtBytesMin
            if isSought, Pseudonyms.couldHold(text) { originals.insert(text) }
        }
    }

    /// Passes a redacted record.
    ///
    /// - Throws: ``RecordError`` for a text that it can't account for.
    func pass(_ tree: JSONTree) throws(RecordError) {
        var problem: RecordError?
        tree.forEachText { text in
            if !isAccountedFor(text) {
                problem = RecordError("a text came through that nothing accounts for")
            }
        }
        if let problem { throw problem }
    }

    /// Passes the digests.
    ///
    /// - Throws: ``RecordError`` where one holds an original text.
    func passDigests() throws(RecordError) {
        for original in originals where digests.contains(where: { $0.contains(original) }) {
            throw RecordError(
                "a pseudonym holds a text of the original by chance; use another secret"
            )
        }
    }

    private func isAccountedFor(_ text: String) -> Bool {
        if text.isEmpty || RedactionTable.words.contains(text) || issued.contains(text) {
            return true
        }
        if Instant(rfc3339: text)?.description == text || VersionText(text)?.text == text
            || AmountText(text) != nil || Currency(text)?.code == text
        {
            return true
        }
        let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
        if halves.count == 2, RedactionTable.actors.contains(halves[0]) {
            return issued.contains(halves[1])
        }
        return text.split(separator: ",", omittingEmptySubsequences: false)
            .allSatisfy { issued.contains(String($0)) }
    }
}

extension JSONTree {
    /// Visits every text in it, the names of members included.
    fileprivate func forEachText(_ visit: (String) -> Void) {
        switch self {
        case .string(let text): visit(text)
        case .array(let elements): for element in elements { element.forEachText(visit) }
        case .object(let members):
            for member in members {
                visit(member.key)
                member.value.forEachText(visit)
            }
        case .null, .bool, .integer, .number: break
        }
    }
}
