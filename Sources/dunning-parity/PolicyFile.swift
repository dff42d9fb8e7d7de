import BillingModel
import DunningBrain
import Yams

/// A policy in YAML: `confirmation`, `threshold`, `reactivation`, `override`, each optional.
enum PolicyFile {
    static func read(_ path: String) throws(CommandFailure) -> Policy {
        let text = try TextFile.read(path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw CommandFailure(code: .data, message: "policy `\(path)`: \(error)")
        }
        var policy = Policy()
        guard let node else { return policy }
        guard let mapping = node.mapping else { throw bad(path, "it is no mapping") }
        for (key, value) in mapping {
            let name = key.string ?? ""
            let text = value.scalar?.string ?? ""
            switch name {
            case "confirmation": policy.confirmation = try span(text, name, path)
            case "reactivation": policy.reactivation = try span(text, name, path)
            case "override": policy.override = try span(text, name, path)
            case "threshold":
                guard let amount = Int64(text), amount >= 0 else {
                    throw bad(path, "`threshold` is `\(text)`, not a number of minor units")
                }
                policy.threshold = amount
            default: throw bad(path, "`\(name)` is not known")
            }
        }
        return policy
    }

    private static func span(
        _ text: String,
        _ name: String,
        _ path: String
    ) throws(CommandFailure) -> TimeSpan {
        guard let span = TimeSpan(text) else {
            throw bad(path, "`\(name)` is `\(text)`, not a time such as 15m or 90d")
        }
        return span
    }

    private static func bad(_ path: String, _ what: String) -> CommandFailure {
        CommandFailure(code: .data, message: "policy `\(path)`: \(what)")
    }
}
