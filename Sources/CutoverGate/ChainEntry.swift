package import BillingModel
package import MirrorLog
import ParityReport
package import ShadowRun

/// What is to be kept for good: a verdict, or that a phase was rolled back.
///
/// The initializer lets through only what can be written, read back and shown, so every value of
/// this type has one text and one digest.
package struct ChainEntry: Hashable, Sendable {
    /// When it was decided.
    package let at: Instant
    /// What was decided.
    package let kind: Kind
    /// The name of the brain.
    package let brain: String
    /// The digest of the policy.
    package let policy: String
    /// The program's name and version.
    package let program: String
    /// All that was read, in the order of roles, names and digests.
    package let inputs: [ChainInput]

    /// What was decided.
    package enum Kind: Hashable, Sendable {
        /// The gate's answer for a phase, with all that `gate.json` says, in canonical order.
        case verdict(Phase, GateVerdict, body: JSONTree)
        /// A phase was taken back, which ends its GO and that of every phase above it.
        case rollback(Phase, reason: String, by: String)
    }

    /// An entry.
    ///
    /// - Parameters:
    ///   - at: When it was decided; never before the entry before it.
    ///   - kind: What was decided.
    ///   - brain: The name of the brain.
    ///   - policy: The digest of the policy.
    ///   - program: The program's name and version.
    ///   - inputs: All that was read, in any order.
    /// - Throws: ``RecordError`` where a text or a digest is none, an input stands twice, a GO rests
    ///   on no report, or a body says something else than the verdict.
    package init(
        at: Instant,
        kind: Kind,
        brain: String,
        policy: String,
        program: String,
        inputs: [ChainInput]
    ) throws(RecordError) {
        // Beyond the years that RFC 3339 can write, an instant could not be read back.
        guard Instant(rfc3339: at.description) == at else {
            throw RecordError("`at` is outside the years 1 to 9999")
        }
        try Self.check(brain, "brain")
        try Self.check(program, "program")
        guard FirmText.isDigest(policy) else { throw RecordError("`policy` is no digest") }
        for input in inputs {
            try Self.check(input.name, "name")
            guard FirmText.isDigest(input.digest) else {
                throw RecordError("the digest of `\(input.name)` is none")
            }
        }
        let sorted = inputs.sorted(by: ChainInput.precedes)
        for (first, second) in zip(sorted, sorted.dropFirst())
        where first.role == second.role && first.name.utf8.elementsEqual(second.name.utf8) {
            throw RecordError(
                "the \(first.role.rawValue) `\(first.name)` stands among the inputs twice"
            )
        }
        self.at = at
        self.kind = try kind.checked(sorted)
        self.brain = brain
        self.policy = policy
        self.program = program
        self.inputs = sorted
        try checkBody()
    }

    /// The phase that it is about.
    package var phase: Phase {
        switch kind {
        case .verdict(let phase, _, _), .rollback(let phase, _, _): phase
        }
    }

    /// The gate's answer; `nil` for a rollback.
    package var verdict: GateVerdict? {
        if case .verdict(_, let verdict, _) = kind { verdict } else { nil }
    }

    /// What `gate.json` says, in canonical order; `nil` for a rollback.
    package var body: JSONTree? {
        if case .verdict(_, _, let body) = kind { body } else { nil }
    }

    static func check(_ text: String, _ name: String) throws(RecordError) {
        if let flaw = FirmText.flaw(in: text) { throw RecordError("`\(name)` \(flaw)") }
    }
}

extension ChainEntry.Kind {
    /// The same in canonical order, if it may be kept.
    fileprivate func checked(_ inputs: [ChainInput]) throws(RecordError) -> Self {
        switch self {
        case .rollback(_, let reason, let by):
            try ChainEntry.check(reason, "reason")
            try ChainEntry.check(by, "by")
            return self
        case .verdict(let phase, let verdict, let body):
            guard verdict != .go || inputs.contains(where: { $0.role == .report }) else {
                throw RecordError("a GO without any report among its inputs rests on nothing")
            }
            do throws(RecordError) {
                return .verdict(phase, verdict, body: try body.canonical())
            } catch {
                throw error.inside("body")
            }
        }
    }
}

/// One file that a verdict rests on.
package struct ChainInput: Hashable, Sendable {
    /// What it is to the gate.
    package let role: Role
    /// What it was called.
    package let name: String
    /// Its digest: SHA-256 of its bytes, or of what it means where its kind has such a digest.
    package let digest: String

    /// What a file is to the gate.
    package enum Role: String, CaseIterable, Sendable {
        case report, log, episodes, corpus, waivers, configuration, policy
    }

    /// An input.
    ///
    /// - Parameters:
    ///   - role: What it is to the gate.
    ///   - name: What it is called.
    ///   - digest: Its digest.
    package init(_ role: Role, name: String, digest: String) {
        self.role = role
        self.name = name
        self.digest = digest
    }

    /// Orders by role, name and digest.
    static func precedes(_ first: Self, _ second: Self) -> Bool {
        let order = Role.allCases
        guard first.role == second.role else {
            return order.firstIndex(of: first.role) ?? 0 < order.firstIndex(of: second.role) ?? 0
        }
        guard first.name.utf8.elementsEqual(second.name.utf8) else {
            return FirmText.precedes(first.name, second.name)
        }
        return FirmText.precedes(first.digest, second.digest)
    }
}
