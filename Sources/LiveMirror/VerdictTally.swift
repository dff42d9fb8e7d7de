package import DivergenceAnalysis

/// How many episodes came to what, as the verdicts stand.
package struct VerdictTally: Sendable {
    /// Episodes by class, in the order of ``DivergenceClass``; one may be of several.
    private var counts = [Int](repeating: 0, count: DivergenceClass.allCases.count)
    /// Episodes that have settled.
    package private(set) var settled = 0
    /// Episodes that diverge.
    package private(set) var divergent = 0

    /// No episode.
    package init() {}

    /// How many episodes are of each class, in the order of the table.
    package var byClass: [(cause: DivergenceClass, episodes: Int)] {
        zip(DivergenceClass.allCases, counts).map { ($0, $1) }
    }

    /// Counts a verdict that is now there.
    ///
    /// - Parameter classes: The classes of a divergence; none where it agrees or could not be judged.
    mutating func add(_ classes: [DivergenceClass]) { count(classes, by: 1) }

    /// Counts a verdict no more that was counted.
    ///
    /// - Parameter classes: The classes that it was counted with.
    mutating func remove(_ classes: [DivergenceClass]) { count(classes, by: -1) }

    private mutating func count(_ found: [DivergenceClass], by change: Int) {
        settled += change
        if !found.isEmpty { divergent += change }
        for (place, cause) in DivergenceClass.allCases.enumerated() where found.contains(cause) {
            counts[place] += change
        }
    }
}
