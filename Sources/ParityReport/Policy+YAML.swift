import BillingModel
package import DunningBrain
package import MirrorLog
import Yams

extension Policy {
    /// Reads a policy in YAML: `confirmation`, `threshold`, `reactivation`, `override`, each optional.
    ///
    /// - Parameter yaml: The file's text.
    /// - Throws: ``RecordError`` where it is no mapping, or says what is not known or makes no sense.
    package init(yaml: String) throws(RecordError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch {
            throw RecordError("\(error)")
        }
        self.init()
        guard let node else { return }
        guard let mapping = node.mapping else { throw RecordError("it is no mapping") }
        for (key, value) in mapping {
            let name = key.string ?? ""
            let text = value.scalar?.string ?? ""
            switch name {
            case "confirmation": confirmation = try Self.span(text, name)
            case "reactivation": reactivation = try Self.span(text, name)
            case "override": override = try Self.span(text, name)
            case "threshold":
                guard let amount = Int64(text), amount >= 0 else {
                    throw RecordError("`threshold` is `\(text)`, not a number of minor units")
                }
                threshold = amount
            default:
                throw RecordError(
                    "`\(name)` is not known; there are `confirmation`, `threshold`, `reactivation` and "
                        + "`override`"
                )
            }
        }
    }

    private static func span(_ text: String, _ name: String) throws(RecordError) -> TimeSpan {
        guard let span = TimeSpan(text) else {
            throw RecordError("`\(name)` is `\(text)`, not a time such as 15m or 90d")
        }
        return span
    }
}
