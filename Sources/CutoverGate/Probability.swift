/// A chance and its complement, each exact to its last bit.
///
/// One minus a small number forgets most of its digits, and the lower bounds need them.
package struct Probability: Sendable {
    let value: Double
    let complement: Double

    /// The chance that the event does not happen.
    var mirrored: Probability { Probability(value: complement, complement: value) }

    /// The logarithm of the complement.
    var logComplement: Double {
        value < 0.25 ? PortableMath.log1p(-value) : PortableMath.log(complement)
    }
}
