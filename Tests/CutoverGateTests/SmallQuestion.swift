import BillingModel
import CutoverGate
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

/// Questions about a small fleet, under limits that a small fleet can keep.
enum SmallQuestion {
    /// Limits under which some dozens of clean episodes of each kind are enough.
    static let configuration: GateConfiguration = {
        var configuration = GateConfiguration()
        configuration.unexplained = Rate(partsPerMillion: 200_000)
        configuration.cellEpisodes = 10
        return configuration
    }()

    /// A corpus that holds every class, and whose cases all hold.
    static let corpus = CorpusEvidence(
        cases: 3,
        failing: [],
        classes: Set(DivergenceClass.allCases),
        silentAlarms: [],
        digest: String(repeating: "c", count: 64)
    )

    /// A question that is answered GO.
    static func clean() throws -> GateQuestion {
        try about(SmallFleet.clean.get().report())
    }

    /// A question about a report, with a corpus that holds.
    static func about(_ reports: ReplayedLog...) throws -> GateQuestion {
        let observation = try Observation(reports.map { try $0.gateReport })
        return GateQuestion(
            phase: .webhooks,
            at: observation.horizon,
            configuration: configuration,
            observation: observation,
            corpus: corpus,
            hasStandingGo: nil,
            earlier: nil,
            excuses: Excuses(),
            missingSignOffs: nil
        )
    }
}

extension GateQuestion {
    /// What the gate answers.
    var verdict: GateVerdict { GateDecision(self).verdict }

    /// What one criterion says.
    func verdict(of name: Criterion.Name) -> GateVerdict? {
        GateDecision(self).criteria.first { $0.name == name }?.verdict
    }

    /// This question, changed.
    func with(_ change: (inout GateQuestion) -> Void) -> GateQuestion {
        var question = self
        change(&question)
        return question
    }

    /// The question with its waivers weighed anew.
    func weighing(_ waivers: Waivers) -> GateQuestion {
        let totals = DivergenceClass.allCases.map { cause in
            let entries = divergences.filter { $0.classes.contains(cause) }
            var money = Amounts()
            for entry in entries { money.add(entry.amounts) }
            return ClassTotal(cause, count: entries.count, money: money)
        }
        let uses = waivers.weigh(
            totals,
            phase: phase,
            at: at,
            term: configuration.waiverTerm
        )
        return with { $0.excuses = Excuses(classes: Set(uses.excused)) }
    }
}
