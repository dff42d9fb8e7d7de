import BillingModel
import CutoverGate
import MirrorLog
import ShadowRun

/// Chains made up for tests.
enum ChainExamples {
    /// Noon of 31 March 2026.
    static let noon = Instant(microseconds: 1_774_958_400_000_000)
    static let policy = String(repeating: "a", count: 64)
    static let otherPolicy = String(repeating: "b", count: 64)

    static func at(_ minutes: Int64) -> Instant { noon.advanced(by: .minutes(minutes)) }

    /// What `gate.json` might say.
    static func body(
        _ phase: Phase,
        _ verdict: GateVerdict,
        brain: String = "binary",
        policy: String = policy,
        limits: GateConfiguration = GateConfiguration(),
        asking names: [Criterion.Name] = Criterion.Name.allCases,
        inputs: [ChainInput] = inputs
    ) -> JSONTree {
        let criteria = names.map { name in
            object([
                ("criterion", .string(name.rawValue)),
                ("verdict", .string((name == .harm ? verdict : .go).rawValue)),
            ])
        }
        let inputs = inputs.map { input in
            object([
                ("role", .string(input.role.rawValue)), ("name", .string(input.name)),
                ("digest", .string(input.digest)),
            ])
        }
        return object([
            ("verdict", .string(verdict.rawValue)), ("phase", .integer(Int64(phase.rawValue))),
            ("brain", .string(brain)), ("policy", .string(policy)),
            ("configuration", .string(limits.digest)), ("limits", .string(limits.canonicalText)),
            ("inputs", .array(inputs)), ("criteria", .array(criteria)),
        ])
    }

    private static func object(_ members: [(String, JSONTree)]) -> JSONTree {
        .object(members.map { JSONTree.Member($0.0, $0.1) })
    }

    /// What a GO must have been given on to count.
    static func grounds(
        brain: String = "binary",
        limits: GateConfiguration = GateConfiguration()
    ) -> ChainGrounds {
        ChainGrounds(brain: brain, policy: policy, limits: limits.digest)
    }

    static let inputs = [
        ChainInput(.policy, name: "policy.yaml", digest: policy),
        ChainInput(.report, name: "march.json", digest: String(repeating: "c", count: 64)),
        ChainInput(.log, name: "march.ndjson", digest: String(repeating: "d", count: 64)),
    ]

    static func verdict(
        _ verdict: GateVerdict,
        _ phase: Phase = .webhooks,
        brain: String = "binary",
        policy: String = policy,
        limits: GateConfiguration = GateConfiguration(),
        at minutes: Int64 = 0
    ) throws -> ChainEntry {
        let body = body(phase, verdict, brain: brain, policy: policy, limits: limits)
        return try ChainEntry(
            at: at(minutes),
            kind: .verdict(phase, verdict, body: body),
            brain: brain,
            policy: policy,
            program: "dunning-parity 1.0",
            inputs: inputs
        )
    }

    static func rollback(
        _ phase: Phase,
        reason: String = "cohort 3 was flagged twice",
        at minutes: Int64 = 0
    ) throws -> ChainEntry {
        try ChainEntry(
            at: at(minutes),
            kind: .rollback(phase, reason: reason, by: "billing-oncall"),
            brain: "binary",
            policy: policy,
            program: "dunning-parity 1.0",
            inputs: []
        )
    }

    static func chain(_ entries: [ChainEntry]) throws -> Chain {
        var chain = Chain()
        for entry in entries { _ = try chain.append(entry) }
        return chain
    }

    /// The files of a folder that holds a chain.
    static func files(_ chain: Chain) -> [ChainFile] {
        chain.records.map(\.file) + [chain.head?.file].compactMap { $0 }
    }

    /// Five records of every kind.
    static func five() throws -> Chain {
        try chain([
            verdict(.insufficient, at: 0), verdict(.go, at: 1), verdict(.go, .payments, at: 2),
            rollback(.payments, at: 2), verdict(.noGo, .payments, brain: "binary ⁊ 2", at: 3),
        ])
    }

    /// A chain that a seed determines, of 1 to 6 records.
    static func random(_ random: inout SeededRandom) throws -> Chain {
        var minutes: Int64 = 0
        var entries: [ChainEntry] = []
        for _ in 0..<random.number(1...6) {
            minutes += Int64(random.number(0...3))
            let phase = random.pick(Phase.allCases)
            entries.append(
                random.chance(20)
                    ? try rollback(phase, at: minutes)
                    : try verdict(
                        random.pick(GateVerdict.allCases),
                        phase,
                        brain: random.pick(["binary", "graduated \"1\""]),
                        policy: random.pick([policy, otherPolicy]),
                        at: minutes
                    )
            )
        }
        return try chain(entries)
    }
}
