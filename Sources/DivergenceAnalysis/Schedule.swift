package import BillingModel

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

extension SplitMix64 {
    /// The lots of a seed for one purpose among many, independent of the others.
    package init(seed: UInt64, for purpose: String) {
        var mixed = Self.scramble(seed)
        for byte in purpose.utf8 { mixed = Self.scramble(mixed ^ UInt64(byte)) }
        self.init(seed: mixed)
    }
}
