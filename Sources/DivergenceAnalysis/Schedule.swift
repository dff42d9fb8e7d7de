/// One order in which things could have happened: whose step comes next, until nobody has one left.
///
/// The world's steps are what happened whatever the schedule; the others are those of actors, each
/// of which takes its own steps in its own order.
package struct Schedule: Hashable, Comparable, Sendable {
    /// Whose step each is: ``world``, or an actor by its place in ``ScheduleSpace/actors``.
    package var steps: [Int]

    /// Stands for the world among the steps.
    package static let world = -1

    /// A schedule of steps.
    package init(_ steps: [Int]) {
        self.steps = steps
    }

    /// Orders by the first step that differs, the world before actors.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.steps.lexicographicallyPrecedes(rhs.steps)
    }
}

/// Draws lots as a seed determines (Steele, Lea and Flood's SplitMix64).
package struct Lots: Sendable {
    private var state: UInt64

    /// Lots of a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// Lots of a seed for one purpose among many, independent of the others.
    package init(seed: UInt64, for purpose: String) {
        var mixed = Self.scramble(seed)
        for byte in purpose.utf8 { mixed = Self.scramble(mixed ^ UInt64(byte)) }
        state = mixed
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.scramble(state)
    }

    /// A number from 0 to below `bound`; 0 where the bound is not positive.
    package mutating func below(_ bound: Int) -> Int {
        guard bound > 0 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    private static func scramble(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
