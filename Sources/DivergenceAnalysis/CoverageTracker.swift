import BillingModel
import MirrorLog

/// What the records met so far show of the log as a whole.
struct CoverageTracker: Sendable {
    /// What the log shows so far, its horizon aside.
    var shown = LogCoverage(horizon: Instant(microseconds: .min))
    /// Up to when each source is complete, as its marks say.
    var through: [Mark.Source: Instant] = [:]
    /// The latest event time.
    var latest = Instant(microseconds: .min)
    /// Whether an event of live mode was met, and one of test mode.
    var modes = (live: false, test: false)

    /// Notes that a record was delivered, for the first time or again.
    mutating func noteDelivery(_ record: PackedArrival) {
        latest = max(latest, record.at)
        guard case .stripe(_, let livemode?) = record.gist else { return }
        if livemode { modes.live = true } else { modes.test = true }
    }

    /// Notes what a record says that was not delivered before.
    mutating func note(_ record: PackedArrival) {
        shown.note(record.gist)
        guard case .mark(let mark) = record.gist, record.account == nil else { return }
        switch mark.says {
        case .through(let instant):
            through[mark.source] = max(through[mark.source] ?? instant, instant)
        case .gap(let from, let to):
            let gap = Gap(from: from, to: to)
            let place = shown.gaps.firstIndex { (gap.from, gap.to) <= ($0.from, $0.to) }
            shown.gaps.insert(gap, at: place ?? shown.gaps.count)
        }
    }

    /// What the log shows, up to its horizon.
    ///
    /// The horizon is the earliest time through which some source says it is complete; of a log
    /// without such marks it is the latest event time.
    var coverage: LogCoverage {
        var coverage = shown
        coverage.horizon = through.values.min() ?? latest
        coverage.leavesOutTestMode = mixesModes
        return coverage
    }

    /// Whether events of both modes were met.
    var mixesModes: Bool { modes.live && modes.test }
}
