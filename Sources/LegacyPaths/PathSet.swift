package import BillingModel

/// Some of the legacy paths.
///
/// One bit a path: what every trigger of every episode is asked has to cost next to nothing, and a
/// `Set` would hash the paths' names.
package struct PathSet: Hashable, Sendable, ExpressibleByArrayLiteral {
    private var bits: UInt8 = 0

    /// The paths of a sequence.
    package init(_ paths: some Sequence<LegacyPath>) {
        for path in paths { insert(path) }
    }

    /// The paths named.
    package init(arrayLiteral paths: LegacyPath...) {
        self.init(paths)
    }

    /// Whether there are none.
    package var isEmpty: Bool { bits == 0 }

    /// The paths, in order.
    package var paths: [LegacyPath] { isEmpty ? [] : LegacyPath.allCases.filter(contains) }

    /// Whether a path is among them.
    package func contains(_ path: LegacyPath) -> Bool { bits & Self.bit(path) != 0 }

    /// Adds a path.
    package mutating func insert(_ path: LegacyPath) { bits |= Self.bit(path) }

    /// Removes a path.
    package mutating func remove(_ path: LegacyPath) { bits &= ~Self.bit(path) }

    /// Those that are in another set as well.
    package func intersection(_ other: PathSet) -> PathSet {
        var both = self
        both.bits &= other.bits
        return both
    }

    private static func bit(_ path: LegacyPath) -> UInt8 { 1 << UInt8(path.place) }
}
