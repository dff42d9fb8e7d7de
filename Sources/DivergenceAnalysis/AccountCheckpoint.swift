package import BillingModel
import MirrorLog
import ShadowRun

/// Where judging an account may begin anew: behind a settled episode whose verdict nothing but a late
/// record can change any more.
///
/// What lies before comes to a state and a few facts. It stands only as long as no record comes that
/// belongs before it, none of a known id, and none that says otherwise whose a customer is; and what
/// refers to a record from before it needs all records.
package struct AccountCheckpoint: Sendable {
    /// What the records before it come to.
    let fold: AccountFold
    /// The event time of the last record before it: those behind it all happened later.
    package let since: Instant
    /// Behind which instant a record changes no verdict of an episode before it.
    let quiet: Instant

    /// How many things it holds, each of some hundred bytes.
    package var size: Int { fold.size }

    /// The checkpoint behind an episode; `nil` where late records must still be reckoned with, and
    /// where records before it and behind it have one time.
    ///
    /// - Parameters:
    ///   - episode: The episode.
    ///   - records: The account's records, in event-time order.
    ///   - fold: What they come to up to the episode's last.
    ///   - judge: The judge, who knows how far the log is complete.
    init?(
        behind episode: Episode,
        of records: [MirrorRecord],
        _ fold: AccountFold,
        _ judge: AccountJudge
    ) {
        let end = episode.range.upperBound
        let quiet = judge.settings.quiet(behind: episode.closesAt)
        guard quiet <= judge.coverage.horizon, let last = records[..<end].last else { return nil }
        if end < records.count, records[end].at == last.at { return nil }
        (self.fold, since, self.quiet) = (fold, last.at, quiet)
    }
}

extension JudgeSettings {
    /// Behind which instant a record does not change the verdict of an episode.
    ///
    /// An episode may have closed well before a record and still look ahead to it, for its cause.
    ///
    /// - Parameter closing: When the episode closed.
    /// - Returns: The instant.
    func quiet(behind closing: Instant) -> Instant {
        closing.advanced(by: settle.times(-1)).advanced(by: longerSettle)
    }
}

extension [MirrorRecord] {
    /// Whether an execution among these, in event-time order, reacted to something that is not among
    /// those before it.
    var referBack: Bool {
        var names: Set<String> = []
        for record in self {
            switch record.body {
            case .stripe(let event): names.formUnion([record.id.rawValue, event.id])
            case .request: names.insert(record.id.rawValue)
            case .execution(let execution):
                guard let trigger = execution.trigger else { continue }
                if !names.contains(trigger.rawValue) { return true }
            case .baseline, .change, .mark: break
            }
        }
        return false
    }
}
