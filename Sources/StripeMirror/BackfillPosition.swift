package import BillingModel

/// How far the back-fill has come, as it is kept with the records.
package struct BackfillPosition: Hashable, Sendable {
    /// Every event created up to and including this second was handed on, or a gap was told.
    package var complete: Instant
    /// The window that is half read; `nil` between two.
    package var window: Window?

    /// A position from its parts.
    package init(complete: Instant, window: Window? = nil) {
        self.complete = complete
        self.window = window
    }

    /// A window of which some pages were handed on.
    package struct Window: Hashable, Sendable {
        /// The last second in it; `nil` where it reaches up to the newest event.
        package var upper: Instant?
        /// What will be complete once it is read.
        package var through: Instant
        /// The last event that was handed on: the older ones are still to come.
        package var cursor: String

        /// A window from its parts.
        package init(upper: Instant?, through: Instant, cursor: String) {
            self.upper = upper
            self.through = through
            self.cursor = cursor
        }
    }

    /// The position as text: `v1 complete=… through=… upper=… after=…`, times in seconds.
    package var text: String {
        let head = "v1 complete=\(complete.unixSeconds)"
        guard let window else { return head }
        let upper = window.upper.map { "\($0.unixSeconds)" } ?? "-"
        return "\(head) through=\(window.through.unixSeconds) upper=\(upper) after=\(window.cursor)"
    }

    /// Reads a position that ``text`` wrote; `nil` where it is none.
    package init?(_ text: String) {
        // An id stands last, and may hold what it likes.
        let words = text.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard words.first == "v1", let complete = Self.time(words, 1, "complete") else {
            return nil
        }
        guard words.count > 2 else {
            self.init(complete: complete)
            return
        }
        guard words.count == 5, let through = Self.time(words, 2, "through"),
            words[3].hasPrefix("upper="), words[4].hasPrefix("after="), words[4].count > 6
        else { return nil }
        let upper = Self.time(words, 3, "upper")
        guard upper != nil || words[3] == "upper=-" else { return nil }
        let cursor = String(words[4].dropFirst(6))
        let window = Window(upper: upper, through: through, cursor: cursor)
        self.init(complete: complete, window: window)
    }

    private static func time(_ words: [Substring], _ place: Int, _ name: String) -> Instant? {
        guard words.indices.contains(place), words[place].hasPrefix(name + "=") else { return nil }
        return Int64(words[place].dropFirst(name.utf8.count + 1))
            .flatMap { Instant(unixSeconds: $0) }
    }
}
