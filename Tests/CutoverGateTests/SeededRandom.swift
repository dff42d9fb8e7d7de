/// Random numbers that a seed determines, on every machine and in every run.
///
/// A Weyl sequence through a mixing function with a full period of 2^64.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    /// A sequence of its own for every seed.
    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// Whether something that is so `percent` times in a hundred is so now.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// One of several values, each as likely as it is often listed.
    mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &self)]
    }

    /// A part of several values in their order, each with the same chance.
    mutating func part<Value>(of values: [Value], _ percent: Int) -> [Value] {
        values.filter { _ in chance(percent) }
    }

    /// A number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
