import BillingModel
package import MirrorLog
import ParityReport
import ShadowRun

extension ChainRecord {
    /// The form of the files that this program writes and reads.
    private static let format: Int64 = 1

    /// The record as JSON, in canonical order; without its digest for what that is over.
    static func tree(
        _ entry: ChainEntry,
        _ sequence: Int,
        _ previous: String,
        digest: String?
    ) -> JSONTree {
        var members = [
            JSONTree.Member("format", .integer(format)),
            JSONTree.Member("sequence", .integer(Int64(sequence))),
            JSONTree.Member("previous", .string(previous)),
            JSONTree.Member("at", .string(entry.at.description)),
            JSONTree.Member("phase", .integer(Int64(entry.phase.rawValue))),
            JSONTree.Member("brain", .string(entry.brain)),
            JSONTree.Member("policy", .string(entry.policy)),
            JSONTree.Member("program", .string(entry.program)),
            JSONTree.Member("inputs", .array(entry.inputs.map(\.tree))),
        ]
        switch entry.kind {
        case .verdict(_, let verdict, let body):
            members.append(JSONTree.Member("kind", .string("verdict")))
            members.append(JSONTree.Member("verdict", .string(verdict.rawValue)))
            members.append(JSONTree.Member("body", body))
        case .rollback(_, let reason, let by):
            members.append(JSONTree.Member("kind", .string("rollback")))
            members.append(JSONTree.Member("reason", .string(reason)))
            members.append(JSONTree.Member("by", .string(by)))
        }
        if let digest { members.append(JSONTree.Member("digest", .string(digest))) }
        return .object(members.sorted { FirmText.precedes($0.key, $1.key) })
    }

    /// Reads a record strictly; whether its digest is right is for ``isWhole`` to say.
    ///
    /// - Parameter bytes: The file's bytes.
    /// - Throws: ``RecordError`` with the place of what is unknown, missing or impossible.
    package init(reading bytes: [UInt8]) throws(RecordError) {
        let tree = try JSONTree(bytes)
        let common = [
            "at", "brain", "digest", "format", "inputs", "kind", "phase", "policy", "previous",
            "program", "sequence",
        ]
        let isRollback = tree["kind"] == .string("rollback")
        let own = isRollback ? ["reason", "by"] : ["verdict", "body"]
        let object = try StrictObject(tree, known: (common + own).sorted())
        guard try object.integer("format") == Self.format else {
            throw object.error("`format` is not \(Self.format), the only one that is known")
        }
        let number = try object.integer("sequence")
        guard let sequence = Int(exactly: number), Self.places.contains(sequence) else {
            throw object.error("`sequence` is \(number), not a place from 1")
        }
        try self.init(
            stating: Self.digest("digest", in: object),
            sequence: sequence,
            previous: Self.digest("previous", in: object),
            entry: ChainEntry(
                at: Self.instant("at", in: object),
                kind: Self.kind(in: object),
                brain: object.string("brain"),
                policy: object.string("policy"),
                program: object.string("program"),
                inputs: object.list("inputs", ChainInput.init(reading:at:))
            )
        )
    }

    private static func kind(in object: StrictObject) throws(RecordError) -> ChainEntry.Kind {
        let number = try object.integer("phase")
        guard let phase = Int(exactly: number).flatMap(Phase.init(rawValue:)) else {
            throw object.error("`phase` is \(number), not one from 1 to \(Phase.allCases.count)")
        }
        let kind = try object.string("kind")
        switch kind {
        case "rollback":
            return try .rollback(phase, reason: object.string("reason"), by: object.string("by"))
        case "verdict":
            let word = try object.string("verdict")
            guard let verdict = GateVerdict(rawValue: word) else {
                throw object.error("`verdict` is not GO, INSUFFICIENT or NO-GO")
            }
            return .verdict(phase, verdict, body: try object.required("body"))
        default: throw object.error("`kind` is not `verdict` or `rollback`")
        }
    }

    private static func instant(
        _ key: String,
        in object: StrictObject
    ) throws(RecordError) -> Instant {
        guard let instant = Instant(rfc3339: try object.string(key)) else {
            throw object.error("`\(key)` is no RFC 3339 time")
        }
        return instant
    }

    private static func digest(
        _ key: String,
        in object: StrictObject
    ) throws(RecordError) -> String {
        let text = try object.string(key)
        guard FirmText.isDigest(text) else { throw object.error("`\(key)` is no digest") }
        return text
    }
}

extension ChainInput {
    fileprivate var tree: JSONTree {
        .object([
            JSONTree.Member("digest", .string(digest)), JSONTree.Member("name", .string(name)),
            JSONTree.Member("role", .string(role.rawValue)),
        ])
    }

    fileprivate init(reading tree: JSONTree, at place: String) throws(RecordError) {
        let object = try StrictObject(tree, at: place, known: ["digest", "name", "role"])
        guard let role = Role(rawValue: try object.string("role")) else {
            let known = Role.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw object.error("`role` is none of \(known)")
        }
        self.init(role, name: try object.string("name"), digest: try object.string("digest"))
    }
}
