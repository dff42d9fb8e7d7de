/// How many of some episodes showed an event, such as an unexplained divergence.
package struct Tally: Hashable, Sendable {
    /// The episodes that showed it, 0 or more.
    package let events: Int
    /// All of them, no fewer than the events.
    package let episodes: Int

    /// Counts that make no sense are read against the brain.
    ///
    /// Fewer than no events are none, and more events than episodes mean that all had one.
    ///
    /// - Parameters:
    ///   - events: The episodes that showed the event.
    ///   - episodes: All episodes.
    package init(events: Int, of episodes: Int) {
        self.events = max(0, events)
        self.episodes = max(self.events, episodes)
    }

    /// Both counts together, as of two logs or two cells.
    package static func + (lhs: Self, rhs: Self) -> Self {
        Tally(events: lhs.events + rhs.events, of: lhs.episodes + rhs.episodes)
    }

    /// The count of the episodes without the event.
    var mirrored: Tally { Tally(events: episodes - events, of: episodes) }

    /// The count after so many more clean episodes.
    func adding(clean: Int) -> Tally { Tally(events: events, of: episodes + clean) }
}
