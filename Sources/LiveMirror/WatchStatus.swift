package import BillingModel
package import MirrorStore
import Synchronization

/// What a running mirror knows of itself, for metrics and health, by whatever thread asks.
package final class WatchStatus: Sendable {
    private let state = Mutex(Facts())

    /// What is known at a moment.
    package struct Facts: Sendable {
        /// Records by source and kind that were kept since the start, in order.
        package var records: [RecordCount] = []
        /// What each source has delivered in all, as the store counts it.
        package var sources: [SourceCounts] = []
        /// The latest event time that each source delivered.
        package var latest: [SourceTime] = []
        /// Up to when all is delivered.
        package var horizon: Instant?
        /// How many episodes came to what.
        package var tally = VerdictTally()
        /// Accounts something of which has not settled.
        package var unsettled = 0
        /// Stripe records that no account could be found for.
        package var unmapped = 0
        /// Accounts in transactions of the database that nothing ascribed to a path, since the start.
        package var unattributed = 0
        /// Bytes that the database holds back for the mirror's slot; `nil` without a database.
        package var slotBytes: Int64?
        /// How soon verdicts were committed after their episodes had settled.
        package var delays = Delays()
        /// When verdicts were last up to date.
        package var judgedAt: Instant?
        /// What is wrong by now, in words without customer data; empty where nothing is.
        package var troubles: [Trouble] = []
    }

    /// Lengths of time, counted by how long they are at most.
    package struct Delays: Sendable {
        /// The bounds, in milliseconds; what is longer than all of them is counted apart.
        package static let bounds: [Int64] = [100, 250, 500, 750, 1000, 1500, 2000, 5000, 60_000]
        /// How many are within each bound and no shorter one, and then how many are within none.
        package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
        /// The sum of all.
        package private(set) var sum = TimeSpan.zero

        /// Counts one.
        package mutating func note(_ delay: TimeSpan) {
            let delay = max(delay, .zero)
            let place = Self.bounds.firstIndex { delay <= TimeSpan(microseconds: $0 * 1000) }
            counts[place ?? Self.bounds.count] += 1
            let (total, isTooLong) = sum.microseconds.addingReportingOverflow(delay.microseconds)
            sum = TimeSpan(microseconds: isTooLong ? .max : total)
        }
    }

    /// A count of records.
    package struct RecordCount: Sendable {
        /// Who delivered them.
        package var source: String
        /// Their kind.
        package var kind: String
        /// How many.
        package var count: Int
    }

    /// When the latest of a source's records happened.
    package struct SourceTime: Sendable {
        /// The source.
        package var source: String
        /// The event time.
        package var at: Instant
    }

    /// Something that is wrong.
    package struct Trouble: Sendable {
        /// What it is about.
        package var part: String
        /// What is wrong.
        package var words: String
    }

    /// A mirror that has just started.
    package init() {}

    /// What is known now.
    package var facts: Facts { state.withLock { $0 } }

    /// Changes what is known.
    package func update(_ change: (inout Facts) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Counts a record.
    package func count(_ source: String, _ kind: String, at instant: Instant) {
        state.withLock { facts in
            let place = facts.records.firstIndex { $0.source == source && $0.kind == kind }
            if let place {
                facts.records[place].count += 1
            } else {
                facts.records.append(RecordCount(source: source, kind: kind, count: 1))
            }
            guard let known = facts.latest.firstIndex(where: { $0.source == source }) else {
                return facts.latest.append(SourceTime(source: source, at: instant))
            }
            facts.latest[known].at = max(facts.latest[known].at, instant)
        }
    }

    /// Notes what is wrong with a part, or, with `nil`, that it is well again.
    package func note(_ words: String?, of part: String) {
        state.withLock { facts in
            facts.troubles.removeAll { $0.part == part }
            if let words { facts.troubles.append(Trouble(part: part, words: words)) }
        }
    }
}
