/// Random numbers that a seed determines: George Marsaglia's 64-bit xorshift of 2003, multiplied.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = (seed &+ 1) &* 0x9e37_79b9_7f4a_7c15 | 1
        for _ in 0..<4 { _ = next() }
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    /// Whether something with so many chances in a hundred comes about.
    mutating func chance(_ percent: Int) -> Bool { number(0...99) < percent }

    /// A number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of some values; `nil` of none.
    mutating func pick<Values: Collection>(_ values: Values) -> Values.Element? {
        values.randomElement(using: &self)
    }
}
