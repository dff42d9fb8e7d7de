package import BillingModel
package import DivergenceAnalysis
package import DunningBrain
import MirrorLog
import ParityReport
package import ShadowRun

/// A case as its folder holds it: a log, what is expected of it, and why.
package struct CorpusCase: Sendable {
    /// The folder's name: what the case proves.
    package var name: String
    /// `log.ndjson`.
    package var log: [UInt8]
    /// `expect.json`; `nil` where nobody accepted one yet.
    package var expectation: [UInt8]?
    /// `README.md`.
    package var readme: String
    /// `policy.yaml`; `nil` for the default policy.
    package var policy: String?

    /// Why the folder is none of a case; `nil` where it is one.
    package var flaw: String?

    /// What stands for a folder that is none of a case, so that the others can be looked at all the
    /// same.
    package init(name: String, flaw: String) {
        self.init(name: name, log: [], expectation: nil, readme: "")
        self.flaw = flaw
    }

    /// A case from its files.
    package init(
        name: String,
        log: [UInt8],
        expectation: [UInt8]?,
        readme: String,
        policy: String? = nil
    ) {
        self.name = name
        self.log = log
        self.expectation = expectation
        self.readme = readme
        self.policy = policy
    }

    /// What the case proves: the heading of its README; `nil` where there is none.
    package var claim: String? {
        guard let line = readme.split(separator: "\n").first, line.hasPrefix("# ") else {
            return nil
        }
        let claim = line.dropFirst(2)
        return claim.allSatisfy(\.isWhitespace) ? nil : String(claim)
    }

    /// Cases of this prefix hold a log that must be refused.
    package static let refusedPrefix = "fail-"

    /// Whether its log must be refused.
    package var mustBeRefused: Bool { name.hasPrefix(Self.refusedPrefix) }

    /// Judges the log.
    ///
    /// - Parameters:
    ///   - settings: How the case is judged.
    ///   - rows: The rows of the table of causes.
    /// - Returns: What came of it.
    /// - Throws: ``RecordError`` when memory is short.
    package func outcome(
        _ settings: JudgeSettings,
        rows: [CauseRow] = CauseRow.table
    ) throws -> CaseOutcome {
        var replay = Replay(settings: settings, program: "", rows: rows)
        var outcome = CaseOutcome()
        try replay.read(whole: log) { outcome.refused.append($0) }
        let records = try replay.judge { account in
            outcome.episodes += account.episodes
        } reject: {
            outcome.refused.append($0)
        }
        outcome.read = records.records
        outcome.redelivered = records.redelivered
        outcome.unmapped = records.unmapped
        return outcome
    }
}

/// How a case is judged: its policy, and what `expect.json` says under `settings`.
package struct CaseSettings: Hashable, Sendable {
    /// The settle time; the default where it is `nil`.
    package var settle: TimeSpan?
    /// The phase; the last where it is `nil`.
    package var phase: Phase?

    /// The defaults.
    package init() {}

    /// The settings under a policy, for a brain.
    package func judging(_ policy: Policy, _ brain: Brain) -> JudgeSettings {
        JudgeSettings(
            settle: settle ?? JudgeSettings().settle,
            policy: policy,
            brain: brain,
            phase: phase ?? .retire
        )
    }
}
