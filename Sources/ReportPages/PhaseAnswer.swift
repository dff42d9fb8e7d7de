package import CutoverGate
import DivergenceAnalysis
import MirrorLog
package import ParityReport
package import ShadowRun

/// What the gate says of a phase on the strength of one report alone: with its default limits, and
/// with neither waivers nor a corpus nor recorded verdicts.
package struct PhaseAnswer: Sendable {
    /// The phase.
    package let phase: Phase
    /// The decision; `nil` where there is none.
    package let decision: GateDecision?
    /// Why there is none; empty where there is one.
    package let reason: String

    /// The answers for all phases, in order: what `gate` says of the same files.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - listing: `episodes.ndjson`, by which the gate counts again, where all of it was kept.
    /// - Returns: An answer for each phase; no decision where the gate refuses the report.
    package static func all(of report: ParityReport, listing: EpisodeListing) -> [PhaseAnswer] {
        let observation: Observation
        do throws(RecordError) {
            guard report.found.isHeld, listing.isWhole else {
                return try all(ofLong: report, listing)
            }
            let document = try ReportDocument(report)
            observation = try Observation([
                GateReport(
                    name: "report.json",
                    document: document,
                    episodes: try listing.episodes()
                )
            ])
        } catch {
            return Phase.allCases.map {
                PhaseAnswer(phase: $0, decision: nil, reason: error.reason)
            }
        }
        return Phase.allCases.map { PhaseAnswer($0, observation) }
    }

    /// The answers for a report of which not all is in memory.
    private static func all(
        ofLong report: ParityReport,
        _ listing: EpisodeListing
    ) throws(RecordError) -> [PhaseAnswer] {
        do {
            try listing.check()
            let observation = try Observation(made: report)
            return Phase.allCases.map { PhaseAnswer($0, observation) }
        } catch {
            throw error as? RecordError ?? RecordError("\(error)")
        }
    }

    private init(_ phase: Phase, _ observation: Observation) {
        self.phase = phase
        guard observation.scope >= phase else {
            decision = nil
            reason = "this report holds a smaller scope; replay without --phase"
            return
        }
        let question = GateQuestion(
            phase: phase,
            at: observation.end,
            configuration: GateConfiguration(),
            observation: observation,
            corpus: nil,
            hasStandingGo: nil,
            earlier: nil,
            excuses: Excuses(),
            missingSignOffs: nil
        )
        decision = GateDecision(question)
        reason = ""
    }

    private init(phase: Phase, decision: GateDecision?, reason: String) {
        self.phase = phase
        self.decision = decision
        self.reason = reason
    }
}

extension Phase {
    /// What the brain takes over in this phase, in a word or two.
    var title: String {
        switch self {
        case .webhooks: "Webhooks"
        case .payments: "Payments and admins"
        case .segments: "Segments"
        case .retire: "Retire legacy"
        }
    }

    /// What cutting over means.
    var meaning: String {
        switch self {
        case .webhooks: "the brain decides on Stripe events"
        case .payments: "it decides on payments and admin requests too"
        case .segments: "it decides under the graduated policy"
        case .retire: "the legacy code is deleted"
        }
    }
}

extension GateVerdict {
    /// What style and program know it by.
    var mark: String {
        switch self {
        case .go: "go"
        case .insufficient: "insufficient"
        case .noGo: "no-go"
        }
    }

    /// A shape for it, for those who see no colours.
    var shape: String {
        switch self {
        case .go: "✓"
        case .insufficient: "…"
        case .noGo: "✕"
        }
    }

    /// What it means.
    var meaning: String {
        switch self {
        case .go: "everything asked for was shown"
        case .insufficient: "nothing speaks against it, but not enough was shown"
        case .noGo: "something speaks against it"
        }
    }
}
