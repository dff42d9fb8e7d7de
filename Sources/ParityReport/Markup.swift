/// What XML and HTML have in common.
package enum Markup {
    /// The reference that stands for a mark.
    ///
    /// - Parameter scalar: The character.
    /// - Returns: The reference, `nil` of a character that stands for itself.
    package static func reference(to scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        default: nil
        }
    }
}
