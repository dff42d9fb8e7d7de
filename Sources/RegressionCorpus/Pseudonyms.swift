import Crypto
import MirrorLog

/// The names that stand for the ids of one case.
///
/// A pseudonym is `<rank>_<kind>_<digest>`: `007_in_qcfrbmtdkhsn`. The digest comes from HMAC-SHA256
/// with the secret, so it is the same wherever the id and the secret are, and nobody can tell the
/// id from it. The rank is the id's place among all ids of the case: ties are broken by ids
/// everywhere in the harness, so another order could give another verdict. It leads, because then
/// the order holds whatever the kinds are. Digests are written in sixteen consonants: no word and
/// no number can come about in them by chance.
package struct Pseudonyms: Sendable {
    /// Looked up by id, never walked.
    private let names: [String: String]
    /// The digests, which are all that comes from the ids themselves.
    let digests: Set<String>

    /// The fewest bytes that a secret may have.
    package static let secretBytesMin = 16
    /// How many bytes of an HMAC are kept.
    private static let digestBytes = 6

    /// Names for some ids.
    ///
    /// - Parameters:
    ///   - originals: The ids, each once.
    ///   - secret: The key of the digests.
    /// - Throws: ``RecordError`` for a short secret, and where the order is not kept.
    init(of originals: some Sequence<String>, secret: [UInt8]) throws(RecordError) {
        try Self.check(secret)
        let key = SymmetricKey(data: secret)
        let sorted = originals.sorted()
        let width = String(max(0, sorted.count - 1)).utf8.count
        var names: [String: String] = [:]
        var digests: Set<String> = []
        var last: String?
        for (rank, original) in sorted.enumerated() {
            let digest = Self.digest(original, key)
            let place = String(rank)
            let zeros = String(repeating: "0", count: width - place.utf8.count)
            let name = "\(zeros)\(place)_\(Self.kind(of: original))_\(digest)"
            guard last.map({ $0 < name }) ?? true else {
                throw RecordError("the pseudonyms would not keep the order of the ids")
            }
            last = name
            names[original] = name
            digests.insert(digest)
        }
        self.names = names
        self.digests = digests
    }

    /// The name that stands for an id; `nil` for an id that the case does not have.
    ///
    /// Nothing stands for the empty id, which is nobody's: it stays empty.
    package subscript(original: String) -> String? { original.isEmpty ? "" : names[original] }

    /// Every name that was given.
    var issued: Set<String> { Set(names.values) }

    /// Refuses a secret that could be guessed.
    ///
    /// - Throws: ``RecordError`` that says how long it must be.
    static func check(_ secret: [UInt8]) throws(RecordError) {
        guard secret.count >= secretBytesMin else {
            throw RecordError(
                "the secret has \(secret.count) bytes; it needs \(secretBytesMin) or more"
            )
        }
    }

    /// The kind of an id, as its own beginning tells: `in` of `in_1`.
    ///
    /// It is `id` for any beginning that is not listed.
    private static func kind(of original: String) -> String {
        kinds.first { original.hasPrefix($0 + "_") } ?? "id"
    }

    /// The beginnings of ids that say what they are of, and nothing of whose they are.
    static let kinds = [
        "acct", "ch", "cus", "evt", "ex", "in", "mandate", "pay", "pi", "prod", "py", "req", "si",
        "sub",
    ]

    /// The first 48 bits of the HMAC, four to a letter.
    private static func digest(_ original: String, _ key: SymmetricKey) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(original.utf8), using: key)
        let text = code.prefix(digestBytes).flatMap {
            [letters[Int($0 >> 4)], letters[Int($0 & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a text could lie inside a digest.
    static func couldHold(_ text: String) -> Bool {
        text.utf8.count <= 2 * digestBytes && text.utf8.allSatisfy { letters.contains($0) }
    }

    private static let letters = Array("bcdfghjklmnpqrst".utf8)
}
