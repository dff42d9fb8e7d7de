package import ShadowRun

/// What a GO was given on, and must still be for it to count.
package struct ChainGrounds: Hashable, Sendable {
    /// What the brain is called, with the digest of what it does.
    package var brain: String
    /// The digest of the policy.
    package var policy: String
    /// The digest of the gate's limits.
    package var limits: String

    /// Grounds.
    package init(brain: String, policy: String, limits: String) {
        self.brain = brain
        self.policy = policy
        self.limits = limits
    }

    /// What a look is decided on.
    init(_ observation: Observation, _ configuration: GateConfiguration) {
        brain = observation.brain
        policy = observation.policy
        limits = configuration.digest
    }
}

extension Chain {
    /// What became of a phase's GO.
    package enum Standing: Hashable, Sendable {
        /// It stands.
        case stands(ChainRecord)
        /// It stood until a record ended it.
        case ended(ChainRecord, by: ChainRecord)
        /// The last GO is for another brain or policy, or was given under other limits.
        case elsewhere(ChainRecord)
        /// There was never any.
        case none
        /// The chain has problems, so nobody knows.
        case unsound(ChainProblem)
    }

    /// The GO of a phase that stands; `nil` where none does.
    ///
    /// - Parameters:
    ///   - phase: The phase.
    ///   - grounds: What it must have been given on.
    /// - Returns: The latest such record, unless ``standingInFull(_:on:)`` says that it was ended.
    package func standing(_ phase: Phase, on grounds: ChainGrounds) -> ChainRecord? {
        guard case .stands(let record) = standingInFull(phase, on: grounds) else { return nil }
        return record
    }

    /// What became of a phase's GO, for whoever has to say why none stands.
    ///
    /// A GO is ended by a later verdict of its phase, or of one below, that is worse, for whatever
    /// brain or policy: most of what speaks against a phase, such as a log with gaps or models that
    /// don't fit, does not depend on them, and a doubt is not laid to rest by asking about something
    /// else. It is ended by a rollback of its phase or of one below, on which it rested. A later GO
    /// for another brain or policy does not end it, because nothing spoke against it. Neither does
    /// one under other limits; whoever loosens them has no GO of theirs to build on yet.
    ///
    /// - Parameters:
    ///   - phase: The phase.
    ///   - grounds: What it must have been given on.
    /// - Returns: The GO with what became of it.
    package func standingInFull(_ phase: Phase, on grounds: ChainGrounds) -> Standing {
        if let problem = problems.first { return .unsound(problem) }
        var own = Standing.none
        var elsewhere: ChainRecord?
        for record in records {
            if record.ends(phase) {
                if case .stands(let go) = own { own = .ended(go, by: record) }
            } else if record.entry.phase == phase, record.entry.verdict == .go {
                if record.entry.grounds == grounds {
                    own = .stands(record)
                } else {
                    elsewhere = record
                }
            }
        }
        guard own == .none, let elsewhere else { return own }
        return .elsewhere(elsewhere)
    }
}

extension ChainRecord {
    /// Whether an earlier GO of a phase does not outlive this record.
    fileprivate func ends(_ phase: Phase) -> Bool {
        switch entry.kind {
        case .verdict(let own, let verdict, _): own <= phase && verdict != .go
        case .rollback(let own, _, _): own <= phase
        }
    }
}

extension Chain.Standing: CustomStringConvertible {
    /// What became of it, in words.
    package var description: String {
        switch self {
        case .stands(let go): "the GO of record \(go.sequence) stands"
        case .ended(let go, let record):
            "the GO of record \(go.sequence) was ended by record \(record.sequence), "
                + (record.entry.verdict.map { "a verdict of \($0.rawValue)" } ?? "a rollback")
        case .elsewhere(let go):
            "the last GO, record \(go.sequence), is for the brain \(go.entry.brain) and the policy "
                + "\(go.entry.policy.prefix(12)), under the limits "
                + (go.entry.grounds.map { "\($0.limits.prefix(12))" } ?? "of nobody knows what")
        case .none: "there is no GO"
        case .unsound(let problem): "the chain is not as it was written: \(problem)"
        }
    }
}
