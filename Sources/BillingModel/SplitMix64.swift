/// A seeded source of numbers (Steele, Lea and Flood's SplitMix64).
///
/// Our own rather than the library's, so that one seed gives the same numbers with every version of
/// the toolchain and on every platform.
package struct SplitMix64: Hashable, Sendable {
    private var state: UInt64

    /// The numbers of a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// What is added to the state for each number.
    package static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// A one-to-one scrambling of 64 bits: different inputs never meet.
    package static func scramble(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.scramble(state)
    }

    /// A number from 0 to below `bound`; 0 where the bound is not positive.
    package mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// One of several, each as likely; `nil` of none.
    package mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.isEmpty ? nil : elements[below(elements.count)]
    }
}
