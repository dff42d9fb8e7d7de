import BillingModel
package import DivergenceAnalysis

/// How many episodes came to what, as the verdicts stand.
package struct VerdictTally: Sendable {
    /// The classes of each settled episode; none where it agrees or could not be judged.
    private var classes: [VerdictKey: [DivergenceClass]] = [:]
    /// Episodes by class, in the order of ``DivergenceClass``; one may be of several.
    private var counts = [Int](repeating: 0, count: DivergenceClass.allCases.count)
    /// Episodes that diverge.
    package private(set) var divergent = 0

    /// No episode.
    package init() {}

    /// Episodes that have settled.
    package var settled: Int { classes.count }

    /// How many episodes are of each class, in the order of the table.
    package var byClass: [(cause: DivergenceClass, episodes: Int)] {
        zip(DivergenceClass.allCases, counts).map { ($0, $1) }
    }

    /// Notes a change.
    mutating func note(_ change: VerdictChange) {
        switch change {
        case .issued(let verdict):
            var found: [DivergenceClass] = []
            if case .divergent(let divergence) = verdict.outcome { found = divergence.classes }
            let key = VerdictKey(verdict.account, verdict.opened)
            count(classes.updateValue(found, forKey: key) ?? [], by: -1)
            count(found, by: 1)
        case .withdrawn(let account, let opened):
            let key = VerdictKey(account, opened)
            count(classes.removeValue(forKey: key) ?? [], by: -1)
        }
    }

    private mutating func count(_ found: [DivergenceClass], by change: Int) {
        if !found.isEmpty { divergent += change }
        for (place, cause) in DivergenceClass.allCases.enumerated() where found.contains(cause) {
            counts[place] += change
        }
    }
}
