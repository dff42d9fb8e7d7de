/// Something about the database that is not as the mirror needs it, and how to mend it.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// How much it matters.
    package var severity: Severity
    /// What is wrong.
    package var what: String
    /// What to do about it: SQL, where SQL does it.
    package var remedy: String

    /// A finding from its parts.
    package init(_ severity: Severity, _ what: String, remedy: String) {
        self.severity = severity
        self.what = what
        self.remedy = remedy
    }

    /// How much a finding matters.
    package enum Severity: String, Comparable, Sendable {
        /// The mirror works, and sees less than it could.
        case warning
        /// The mirror would not work.
        case broken
        /// The mirror's role could change what it watches.
        case dangerous

        private var weight: Int {
            switch self {
            case .warning: 0
            case .broken: 1
            case .dangerous: 2
            }
        }

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.weight < rhs.weight }
    }

    /// On one line, the remedy behind it.
    package var description: String { "\(severity.rawValue): \(what); \(remedy)" }
}
