import DunningBrain
import MirrorLog
import ParityReport

/// A file that holds a policy in YAML.
enum PolicyFile {
    static func read(_ path: String) throws(CommandFailure) -> Policy {
        let text = try TextFile.read(path)
        do {
            return try Policy(yaml: text)
        } catch {
            throw CommandFailure(code: .data, message: "policy `\(path)`: \(error.reason)")
        }
    }
}
