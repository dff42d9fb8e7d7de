import BillingModel
package import MirrorLog
import ParityReport
package import RegressionCorpus
import ShadowRun

/// One link of the chain: an entry, its place, and the digest of the record before it.
package struct ChainRecord: Hashable, Sendable {
    /// Its place, from 1.
    package let sequence: Int
    /// The digest of the record before it; ``Digest/none`` for the first.
    package let previous: String
    /// What it keeps.
    package let entry: ChainEntry
    /// The digest that it states: SHA-256 of ``canonicalText`` where nobody changed it.
    package let digest: String

    /// The places that a record may have.
    ///
    /// More than a verdict a second for thirty years; beyond that a number is a mistake.
    static let places = 1...999_999_999

    /// A record behind another.
    init(_ entry: ChainEntry, after last: ChainRecord?) {
        sequence = (last?.sequence ?? 0) + 1
        previous = last?.digest ?? Digest.none
        self.entry = entry
        digest = Digest.sha256(Self.tree(entry, sequence, previous, digest: nil).compactText)
    }

    init(stating digest: String, sequence: Int, previous: String, entry: ChainEntry) {
        self.sequence = sequence
        self.previous = previous
        self.entry = entry
        self.digest = digest
    }

    /// What ``digest`` is over: the record without it, sorted by name and without any space.
    package var canonicalText: [UInt8] {
        Self.tree(entry, sequence, previous, digest: nil).compactText
    }

    /// Whether the record says what its digest is of.
    package var isWhole: Bool { Digest.sha256(canonicalText) == digest }

    /// The name of its file: `0003-phase1-no-go.json`.
    package var fileName: String {
        let word = entry.verdict?.rawValue.lowercased() ?? "rollback"
        return "\(Self.number(sequence))-phase\(entry.phase.rawValue)-\(word).json"
    }

    /// Its file, sorted by name, each member on a line, so that two of them can be compared.
    package var file: ChainFile {
        var text = JSONText(brokenLevels: 4)
        text.value(Self.tree(entry, sequence, previous, digest: digest))
        text.endLine()
        return ChainFile(name: fileName, bytes: text.bytes)
    }

    /// Whether the gate's answer of today is the one that was recorded.
    ///
    /// Two answers are the same where they say the same, in whatever order.
    ///
    /// - Parameter body: What `gate.json` says when it is computed from the same inputs again.
    /// - Returns: Whether the verdict is confirmed; no answer confirms a rollback.
    /// - Throws: ``RecordError`` where the answer could not be recorded.
    package func isConfirmed(byRecomputed body: JSONTree) throws(RecordError) -> Bool {
        try entry.body?.compactText == body.canonical().compactText
    }

    /// Where the gate's answer of today differs from the one that was recorded, for people.
    ///
    /// - Parameter body: What `gate.json` says when it is computed from the same inputs again.
    /// - Returns: The differences; none for a rollback.
    /// - Throws: ``RecordError`` where the answer could not be recorded.
    package func differences(
        fromRecomputed body: JSONTree
    ) throws(RecordError) -> [TreeDifference] {
        guard let recorded = entry.body else { return [] }
        return TreeDifference.between(expected: recorded, actual: try body.canonical())
    }

    /// A place in four digits or more.
    static func number(_ sequence: Int) -> String {
        let digits = String(sequence)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

/// A file of a chain's folder.
package struct ChainFile: Hashable, Sendable {
    /// Its name in the folder.
    package var name: String
    /// What it holds.
    package var bytes: [UInt8]

    /// A file.
    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// The end of a chain: what shows that nothing was cut off there.
package struct ChainHead: Hashable, Sendable {
    /// The name of its file.
    package static let fileName = "HEAD"

    /// The place of the last record.
    package let sequence: Int
    /// Its digest.
    package let digest: String

    /// The head of a chain that ends in a record.
    package init(_ record: ChainRecord) {
        sequence = record.sequence
        digest = record.digest
    }

    /// Reads a head, which has one form only.
    ///
    /// - Parameter bytes: The file's bytes.
    /// - Throws: ``RecordError`` where it has another.
    package init(reading bytes: [UInt8]) throws(RecordError) {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let sequence = Int(parts[0]),
            ChainRecord.places.contains(sequence), FirmText.isDigest(String(parts[1].dropLast()))
        else { throw RecordError("it is not a place and a digest on one line") }
        self.sequence = sequence
        digest = String(parts[1].dropLast())
        guard bytes == file.bytes else { throw RecordError("it is not written as a head is") }
    }

    /// The head's file: the last place, a space and its digest.
    package var file: ChainFile {
        ChainFile(name: Self.fileName, bytes: Array("\(sequence) \(digest)\n".utf8))
    }
}
