import BillingModel
import MirrorLog
import ShadowRun

extension ChainEntry {
    /// Holds what the gate said at length against what the record says in short.
    ///
    /// What people see in a table must be what the gate said, and a body that leaves its reasons out
    /// is none: nobody could compute it again, and nothing could be built on it.
    ///
    /// - Throws: ``RecordError`` with the member that says something else.
    func checkBody() throws(RecordError) {
        guard case .verdict(let phase, let verdict, let body) = kind else { return }
        guard case .object = body else { throw RecordError("`body` is not an object") }
        for (name, said) in [
            ("verdict", JSONTree.string(verdict.rawValue)), ("brain", .string(brain)),
            ("phase", .integer(Int64(phase.rawValue))), ("policy", .string(policy)),
        ] where body[name] != said {
            throw RecordError("`body.\(name)` is not the record's")
        }
        guard Set(try Self.inputs(body)) == Set(inputs) else {
            throw RecordError("`body.inputs` are not the record's")
        }
        let criteria = try Self.criteria(body)
        guard !criteria.isEmpty, GateVerdict.worst(of: criteria.map(\.verdict)) == verdict else {
            throw RecordError("`body.criteria` don't come to \(verdict.rawValue)")
        }
        let configuration: GateConfiguration
        do throws(RecordError) {
            configuration = try GateConfiguration(yaml: body["limits"]?.string ?? "")
        } catch {
            throw error.inside("body.limits")
        }
        guard body["configuration"]?.string == configuration.digest else {
            throw RecordError("`body.configuration` is not the digest of `body.limits`")
        }
    }

    /// What a GO rests on; `nil` of whatever else, and of a GO by a gate that asked for less.
    package var grounds: ChainGrounds? {
        guard verdict == .go, let body, let limits = body["configuration"]?.string,
            let criteria = try? Self.criteria(body),
            Criterion.Name.allCases.allSatisfy({ name in
                criteria.contains { $0.name == name.rawValue && $0.verdict == .go }
            })
        else { return nil }
        return ChainGrounds(brain: brain, policy: policy, limits: limits)
    }

    private static func criteria(
        _ body: JSONTree
    ) throws(RecordError) -> [(name: String, verdict: GateVerdict)] {
        var criteria: [(name: String, verdict: GateVerdict)] = []
        for element in body["criteria"]?.elements ?? [] {
            guard let name = element["criterion"]?.string,
                let verdict = element["verdict"]?.string.flatMap(GateVerdict.init(rawValue:))
            else { throw RecordError("`body.criteria` holds what is no criterion") }
            criteria.append((name, verdict))
        }
        return criteria
    }

    private static func inputs(_ body: JSONTree) throws(RecordError) -> [ChainInput] {
        var inputs: [ChainInput] = []
        for element in body["inputs"]?.elements ?? [] {
            guard let role = element["role"]?.string.flatMap(ChainInput.Role.init(rawValue:)),
                let name = element["name"]?.string, let digest = element["digest"]?.string
            else { throw RecordError("`body.inputs` holds what is no input") }
            inputs.append(ChainInput(role, name: name, digest: digest))
        }
        return inputs
    }
}
