import BillingModel

/// The lots that a fleet is drawn by.
extension SplitMix64 {
    /// A generator for one purpose among many, independent of the others.
    init(seed: UInt64, account: Int, chapter: Int) {
        let purpose = Self.scramble(UInt64(account) << 16 | UInt64(chapter) &+ Self.step)
        self.init(seed: Self.scramble(seed ^ purpose))
    }

    /// A number of a range, both ends included.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// Whether an event of so many in a thousand happens.
    mutating func chance(perThousand share: Int) -> Bool {
        below(1000) < share
    }

    /// One of several by weight; `nil` where no weight is positive.
    mutating func pick<Value>(_ choices: [Weighted<Value>]) -> Value? {
        var rest = below(choices.reduce(0) { $0 + $1.weight })
        for choice in choices {
            if rest < choice.weight { return choice.value }
            rest -= choice.weight
        }
        return nil
    }

    /// A span between two lengths, to the microsecond: two things of one account hardly ever fall
    /// on one instant, where their order would be anybody's guess.
    mutating func span(_ range: Milliseconds) -> TimeSpan {
        TimeSpan(microseconds: Int64(within(range.least * 1000...range.most * 1000)))
    }

    /// Puts elements in random order (Fisher and Yates).
    mutating func shuffle<Element>(_ elements: inout [Element]) {
        for index in elements.indices.dropFirst() { elements.swapAt(index, below(index + 1)) }
    }
}
