import BillingModel

/// A seeded source of numbers (Steele, Lea and Flood's SplitMix64).
///
/// Our own rather than the library's, so that one plan gives the same bytes with every version of
/// the toolchain and on every platform.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A generator for one purpose among many, independent of the others.
    init(seed: UInt64, account: Int, chapter: Int) {
        state = Self.scramble(
            seed ^ Self.scramble(UInt64(account) << 16 | UInt64(chapter) &+ Self.step)
        )
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// A one-to-one scrambling of 64 bits: different inputs never meet.
    static func scramble(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.scramble(state)
    }

    /// A number from 0 to below `bound`; 0 where the bound is not positive.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of a range, both ends included.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// Whether an event of so many in a thousand happens.
    mutating func chance(perThousand share: Int) -> Bool {
        below(1000) < share
    }

    /// One of several, each as likely; `nil` of none.
    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[below(elements.count)]
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
