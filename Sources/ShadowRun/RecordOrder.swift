import BillingModel
package import MirrorLog

extension MirrorRecord {
    /// Whether this record comes before another when both are put in event-time order.
    ///
    /// At one instant a baseline comes first, then facts before what was done about them, so that
    /// a decision of that instant rests on all facts of it; the id settles the rest.
    package static func inEventTimeOrder(_ lhs: MirrorRecord, _ rhs: MirrorRecord) -> Bool {
        if lhs.at != rhs.at { return lhs.at < rhs.at }
        let (left, right) = (lhs.body.rank, rhs.body.rank)
        if left != right { return left < right }
        return lhs.id < rhs.id
    }
}

extension MirrorRecord.Body {
    /// The place among records of one instant.
    var rank: Int {
        switch self {
        case .baseline: 0
        case .stripe(let event): event.cause == nil ? 1 : 4
        case .request: 2
        case .execution: 3
        case .change: 5
        case .mark: 6
        }
    }
}

extension [MirrorRecord] {
    /// These records in event-time order.
    ///
    /// Most logs come in it, and need no sorting.
    package func inEventTimeOrder() -> [MirrorRecord] {
        let isOrdered = indices.dropFirst().allSatisfy { index in
            !MirrorRecord.inEventTimeOrder(self[index], self[index - 1])
        }
        guard !isOrdered else { return self }
        // Places are sorted rather than records, which are many words wide.
        let order = indices.sorted { MirrorRecord.inEventTimeOrder(self[$0], self[$1]) }
        return order.map { self[$0] }
    }
}
