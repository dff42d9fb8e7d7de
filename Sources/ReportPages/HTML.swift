import Mustache
import ParityReport

/// A piece of HTML that may go into a page as it is: text from outside, escaped, or markup that this
/// program wrote.
///
/// The templates escape nothing themselves. The library would escape by whole characters, and so
/// let a `<` pass that a combining mark follows; browsers read scalar by scalar.
struct HTML: Hashable, Sendable, MustacheCustomRenderable {
    /// The markup.
    let markup: String

    /// Text from anywhere: marks escaped, characters that would change the text around dropped, cut
    /// where it is long.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - most: How many scalars of it to keep.
    init(_ text: String, most: Int = 600) {
        var result = ""
        for scalar in PlainText.line(text, most: most).unicodeScalars {
            switch scalar {
            case "'": result += "&#39;"
            default:
                if let reference = Markup.reference(to: scalar) {
                    result += reference
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        markup = result
    }

    /// Markup that this program wrote.
    init(markup: String) {
        self.markup = markup
    }

    /// The markup, for the template.
    var renderText: String { markup }

    /// Whether a section about it is left out.
    var isNull: Bool { markup.isEmpty }
}
