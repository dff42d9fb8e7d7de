import BillingModel

/// How long to wait before trying again: twice as long each time, and by lot, so that many do not
/// come back at once.
package struct Backoff: Hashable, Sendable {
    private let least: Int
    private let most: Int
    private var random: SplitMix64
    private var ceiling: Int

    /// Waits of at least and at most so many milliseconds.
    ///
    /// - Parameters:
    ///   - least: The shortest wait, and half the first range that is drawn from.
    ///   - most: The longest wait.
    ///   - seed: What the lot begins from.
    package init(least: Int = 100, most: Int = 30_000, seed: UInt64) {
        self.least = max(1, least)
        self.most = max(self.least, most)
        random = SplitMix64(seed: seed)
        ceiling = self.least
    }

    /// The next wait in milliseconds.
    package mutating func next() -> Int {
        ceiling = min(most, ceiling.multipliedReportingOverflow(by: 2).partialValue)
        return least + random.below(max(1, ceiling - least + 1))
    }

    /// Begins anew: it worked.
    package mutating func reset() {
        ceiling = least
    }
}
