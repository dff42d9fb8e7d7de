package import MirrorLog
import Yams

/// Whose data a corpus may hold, as its `corpus.yaml` says.
///
/// Accounts of the legal entity `cn` must stay in their region: their cases live in a corpus of
/// `region: cn`, and in no other.
package enum CorpusRegion: String, CaseIterable, Sendable {
    /// Every account but those of the legal entity `cn`.
    case global
    /// Accounts of the legal entity `cn`, and any other.
    case cn

    /// The region of an account's legal entity.
    package init(legalEntity: String?) {
        self = legalEntity?.lowercased() == Self.cn.rawValue ? .cn : .global
    }

    /// Whether data of a region may be kept here.
    package func admits(_ other: CorpusRegion) -> Bool { self == other || self == .cn }

    /// Why data of another region may not be kept here.
    package func refusal(of other: CorpusRegion) -> String {
        "the log holds an account of the legal entity `\(other.rawValue)`, which may not be kept in a "
            + "corpus of `region: \(rawValue)`"
    }

    /// Reads `corpus.yaml`: one member, `region`.
    ///
    /// - Parameter yaml: The file's text.
    /// - Throws: ``RecordError`` where it says anything else.
    package init(yaml: String) throws(RecordError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw RecordError("corpus.yaml is no YAML: \(error)")
        }
        let names = Self.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or ")
        guard let mapping = node?.mapping, mapping.count == 1,
            let text = mapping["region"]?.string, let region = Self(rawValue: text)
        else { throw RecordError("corpus.yaml says one thing only: `region`, which is \(names)") }
        self = region
    }
}
