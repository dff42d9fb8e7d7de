package import BillingModel

/// How far the mirror has come, as it is kept beside what it has kept.
package struct StreamPosition: Hashable, Sendable, CustomStringConvertible {
    /// What is there.
    package var phase: Phase
    /// Up to where in the server's log all is kept.
    package var position: LogPosition
    /// Up to when, by the server's clock.
    package var time: Instant
    /// The server's history: ``RecordNames/tag``.
    package var tag: String

    /// What is there.
    package enum Phase: String, Sendable {
        /// A slot is about to be made; nothing is kept of it yet.
        case creating
        /// A slot was made, and its baselines are being taken.
        case baseline
        /// All up to the position is kept.
        case streaming
        /// All up to the position is kept, and a table was emptied there: baselines are to be taken anew.
        case emptied
    }

    /// A position from its parts.
    package init(_ phase: Phase, _ position: LogPosition, _ time: Instant, tag: String) {
        self.phase = phase
        self.position = position
        self.time = time
        self.tag = tag
    }

    /// Reads what ``description`` wrote.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, let phase = Phase(rawValue: String(parts[0])),
            let position = LogPosition(parts[1]), let time = Instant(rfc3339: parts[2]),
            !parts[3].isEmpty
        else { return nil }
        self.init(phase, position, time, tag: String(parts[3]))
    }

    /// Phase, place, time and history on one line.
    package var description: String { "\(phase.rawValue) \(position) \(time) \(tag)" }
}
