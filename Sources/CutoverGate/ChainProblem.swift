/// Something about a chain's folder that is not as it was written.
package struct ChainProblem: Hashable, Sendable, CustomStringConvertible {
    /// The file that it is found in, or that is missing.
    package let file: String
    /// What kind of thing it is.
    package let kind: Kind
    /// What it means.
    package let meaning: String

    /// What kind of thing happened to a file.
    package enum Kind: String, CaseIterable, Sendable {
        /// It says something else than when it was written.
        case changed
        /// It is not there.
        case missing
        /// It stands in another place than the one that it was made for.
        case reordered
        /// It does not belong here.
        case inserted
        /// It has another name than the one that it was given.
        case renamed
        /// It can't be read.
        case unreadable
    }

    /// The problem on one line.
    package var description: String { "\(file): \(kind.rawValue): \(meaning)" }
}
