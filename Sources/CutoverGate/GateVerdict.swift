/// What the gate says of a phase, or one criterion of it.
///
/// Ordered from the best to the worst. A failure is never hidden by what is missing besides.
package enum GateVerdict: String, CaseIterable, Comparable, Sendable {
    /// Everything that is asked for was shown.
    case go = "GO"
    /// Something that is asked for was not shown, and nothing speaks against it.
    case insufficient = "INSUFFICIENT"
    /// Something speaks against it.
    case noGo = "NO-GO"

    /// Orders from the best to the worst.
    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.order < rhs.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

    /// The worst of some; of none, nothing was shown.
    package static func worst(of verdicts: some Sequence<GateVerdict>) -> GateVerdict {
        verdicts.max() ?? .insufficient
    }
}
