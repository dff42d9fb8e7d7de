package import BillingModel
package import DunningBrain
package import ShadowRun

/// What a picture of one divergence shows: who did what when, and what would have been.
///
/// No picture itself: that is drawn from it where it is looked at. Names are as the log has them,
/// however long and however hostile; whoever draws them makes them fit.
package struct Swimlane: Hashable, Sendable {
    /// The divergence.
    package var id: String
    /// The account.
    package var account: AccountID
    /// The causes.
    package var classes: [DivergenceClass]
    /// What happened and what would have had to be different, in one sentence.
    package var story: String
    /// What would have had to be different, a clause for each intervention.
    package var had: [String]
    /// Whether it is the brain that something would have had to be different for.
    package var isWhatIfOfBrain = false
    /// When the episode opened.
    package var opened: Instant
    /// When it had been quiet for the settle time.
    package var closed: Instant
    /// The last instant that anything is shown of: the close, or later.
    package var end: Instant
    /// What is but an instant: events, requests, row images and what Path A wrote, in order.
    package var events: [Event] = []
    /// What the paths did, in order of start, and after that what they would have done.
    package var runs: [Run] = []
    /// What the brain decided, in order.
    package var decisions: [Decision] = []
    /// Runs that wrote what was no longer so.
    package var staleReads: [StaleRead] = []
    /// The facets that differ, those of the verdict first.
    package var tracks: [Track] = []
    /// How many events, runs, deeds, decisions and facets are left out because there are too many.
    package var omitted = 0

    /// Where something happens.
    package enum Lane: Hashable, Comparable, Sendable {
        /// At Stripe.
        case stripe
        /// Among people and schedules.
        case requests
        /// In one of the legacy paths.
        case path(LegacyPath)
        /// In the database.
        case database
        /// Nowhere that it was recorded: what the intervention puts in by itself.
        case whatIf
        /// In the brain.
        case brain
    }

    /// A few words around a name from the log.
    package struct Phrase: Hashable, Sendable {
        /// What stands before the name.
        package var before: String
        /// The name, where there is one.
        package var name: String?
        /// What stands behind it.
        package var after: String

        /// Words around a name.
        package init(_ before: String, _ name: String? = nil, _ after: String = "") {
            self.before = before
            self.name = name
            self.after = after
        }
    }

    /// Something that happened at an instant.
    package struct Event: Hashable, Sendable {
        /// Where.
        package var lane: Lane
        /// When.
        package var at: Instant
        /// The record that says so.
        package var record: RecordID
        /// What it says.
        package var says: Phrase
        /// Whether it is legacy's own doing, seen from outside.
        package var isEcho = false
        /// Whether the intervention leaves it out.
        package var isLeftOut = false
        /// Whether the smallest reproducer needs it.
        package var isKey = false
    }

    /// What a path did, or would have done.
    package struct Run: Hashable, Sendable {
        /// The record; `nil` of a run that the intervention puts in.
        package var record: RecordID?
        /// Where.
        package var lane: Lane
        /// When it read.
        package var start: Instant
        /// When it was through.
        package var end: Instant
        /// What it did.
        package var deeds: [Deed]
        /// Whether this is what would have been.
        package var isWhatIf = false
        /// Whether it did not come to its end.
        package var isBroken = false
        /// Whether the smallest reproducer needs it.
        package var isKey = false
    }

    /// One thing that a path did.
    package struct Deed: Hashable, Sendable {
        /// When.
        package var at: Instant
        /// What.
        package var says: Phrase
        /// Whether it took place.
        package var isDone = true
        /// Whether the intervention leaves it out.
        package var isLeftOut = false
    }

    /// One decision of the brain.
    package struct Decision: Hashable, Sendable {
        /// When.
        package var at: Instant
        /// Whether it came before the first trigger, for what was already wrong.
        package var isStanding = false
        /// The rule that determined it.
        package var rule: Rule
        /// What it would have changed.
        package var plan: [Phrase]
        /// When it wants to decide again.
        package var until: Instant?
        /// Whether this is what would have been.
        package var isWhatIf = false
    }

    /// A run that wrote after something that it had read was no longer so.
    package struct StaleRead: Hashable, Sendable {
        /// The run, by its place among ``Swimlane/runs``.
        package var run: Int
        /// Where it had it from: its own reading, or the event that it believed.
        package var from: Lane
        /// When that was.
        package var read: Instant
        /// When something of it changed.
        package var changed: Instant
        /// The record that changed it, where it is known.
        package var by: RecordID?
        /// When the run first wrote after that.
        package var wrote: Instant
    }

    /// How one facet went in the runs.
    package struct Track: Hashable, Sendable {
        /// The facet.
        package var facet: Facet
        /// Whether the verdict names it; else the runs differed for a while only.
        package var isReported: Bool
        /// As legacy had it.
        package var legacy: [Stretch]
        /// As it would have been, had things been different; `nil` where no cause was found.
        package var whatIf: [Stretch]?
        /// As the brain would have it.
        package var brain: [Stretch]
    }

    /// A value that holds from an instant on.
    package struct Stretch: Hashable, Sendable {
        /// From when on.
        package var from: Instant
        /// The value.
        package var value: FacetValue
    }
}

extension Swimlane.Lane {
    private var order: (Int, LegacyPath) {
        switch self {
        case .stripe: (0, .a)
        case .requests: (1, .a)
        case .path(let path): (2, path)
        case .database: (3, .a)
        case .whatIf: (4, .a)
        case .brain: (5, .a)
        }
    }

    /// Orders from the top of a picture to its bottom.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.order < rhs.order }

    /// The lane's name.
    package var name: String {
        switch self {
        case .stripe: "Stripe"
        case .requests: "Requests"
        case .path(let path): "Path \(path.rawValue)"
        case .database: "Database"
        case .whatIf: "What if"
        case .brain: "Brain"
        }
    }
}

extension Swimlane.Track {
    /// When the runs differed, from the opening of an episode to its close.
    ///
    /// - Parameters:
    ///   - opened: The opening.
    ///   - closed: The close.
    /// - Returns: Spans of time that do not touch, in order.
    package func differing(
        from opened: Instant,
        to closed: Instant
    ) -> [(from: Instant, to: Instant)] {
        var result: [(from: Instant, to: Instant)] = []
        let instants = Set((legacy + brain).map { max(opened, $0.from) }).sorted()
        for (place, from) in instants.enumerated() where from < closed {
            let to = place + 1 < instants.count ? min(instants[place + 1], closed) : closed
            guard legacy.value(at: from) != brain.value(at: from) else { continue }
            if let last = result.last, last.to == from {
                result[result.count - 1].to = to
            } else {
                result.append((from, to))
            }
        }
        return result
    }
}

extension Swimlane {
    /// Up to when the brain waits after a decision, before another one changes its mind.
    ///
    /// - Parameter place: The decision's place among ``decisions``.
    /// - Returns: The end of its hold, or the next decision with another one; `nil` where it does
    ///   not wait, waits already, or waits for longer than is shown.
    package func wait(after place: Int) -> Instant? {
        let decision = decisions[place]
        guard let until = decision.until else { return nil }
        let others = decisions.indices.filter { decisions[$0].isWhatIf == decision.isWhatIf }
        if let before = others.last(where: { $0 < place }), decisions[before].until == until {
            return nil
        }
        let next = others.first { $0 > place && decisions[$0].until != until }
        let end = next.map { min(until, decisions[$0].at) } ?? until
        return end <= self.end ? end : nil
    }
}

extension [Swimlane.Stretch] {
    /// The value at an instant; `nil` before the first.
    package func value(at instant: Instant) -> FacetValue? {
        last { $0.from <= instant }?.value
    }
}
