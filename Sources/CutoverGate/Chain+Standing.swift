package import ShadowRun

extension Chain {
    /// What became of a phase's GO.
    package enum Standing: Hashable, Sendable {
        /// It stands.
        case stands(ChainRecord)
        /// It stood until a record ended it.
        case ended(ChainRecord, by: ChainRecord)
        /// The last GO is for another brain or another policy.
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
    ///   - brain: The name of the brain that it must be for.
    ///   - policy: The digest of the policy that it must be for.
    /// - Returns: The latest such record, unless ``standingInFull(_:brain:policy:)`` says that it
    ///   was ended.
    package func standing(_ phase: Phase, brain: String, policy: String) -> ChainRecord? {
        guard case .stands(let record) = standingInFull(phase, brain: brain, policy: policy) else {
            return nil
        }
        return record
    }

    /// What became of a phase's GO, for whoever has to say why none stands.
    ///
    /// A GO is ended by a later verdict of its phase, or of one below, that is worse, for whatever
    /// brain or policy: most of what speaks against a phase, such as a log with gaps or models that
    /// don't fit, does not depend on them, and a doubt is not laid to rest by asking about something
    /// else. It is ended by a rollback of its phase or of one below, on which it rested. A later GO
    /// for another brain or policy does not end it, because nothing spoke against it.
    ///
    /// - Parameters:
    ///   - phase: The phase.
    ///   - brain: The name of the brain that it must be for.
    ///   - policy: The digest of the policy that it must be for.
    /// - Returns: The GO with what became of it.
    package func standingInFull(_ phase: Phase, brain: String, policy: String) -> Standing {
        if let problem = problems.first { return .unsound(problem) }
        var own = Standing.none
        var elsewhere: ChainRecord?
        for record in records {
            if record.ends(phase) {
                if case .stands(let go) = own { own = .ended(go, by: record) }
            } else if record.entry.phase == phase, record.entry.verdict == .go {
                if record.entry.brain == brain, record.entry.policy == policy {
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
                + go.entry.policy.prefix(12)
        case .none: "there is no GO"
        case .unsound(let problem): "the chain is not as it was written: \(problem)"
        }
    }
}
