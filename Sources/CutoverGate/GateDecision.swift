import BillingModel
import ParityReport
import ShadowRun

/// What the gate says of a phase, with all that it rests on.
package struct GateDecision: Sendable {
    /// What was asked.
    package let question: GateQuestion
    /// GO, NO-GO or INSUFFICIENT: the worst of the criteria.
    package let verdict: GateVerdict
    /// The criteria, in their order.
    package let criteria: [Criterion]
    /// What was done to customers, and would have been.
    package let harm: HarmTable

    /// Decides.
    ///
    /// Pure: the same question gives the same answer.
    package init(_ question: GateQuestion) {
        self.question = question
        criteria = [
            question.brainDefects(), question.unexplained(), question.harm(), question.explained(),
            question.completeness(), question.observedTime(), question.coverage(),
            question.noise(), question.fidelity(), question.corpusHolds(), question.rejected(),
            question.dependency(), question.earlierEvidence(), question.segments(),
            question.signOffs(),
        ]
        harm = HarmTable(question)
        verdict = GateVerdict.worst(of: criteria.map(\.verdict))
    }

    /// The answer in a sentence.
    package var headline: String {
        let failing = criteria.filter { $0.verdict == verdict && verdict != .go }
        let names = failing.map(\.name.words).joined(separator: ", ")
        let what = "phase \(question.phase.rawValue)"
        switch verdict {
        case .go: return "GO for \(what): everything that is asked for was shown"
        case .insufficient: return "INSUFFICIENT for \(what): not shown yet: \(names)"
        case .noGo: return "NO-GO for \(what): \(names)"
        }
    }

    /// The clean episodes in scope day by day, and how many there were in all by then: the way to
    /// what the bound on unexplained divergences needs.
    package var burnUp: [(day: String, clean: Int)] {
        var days: [String: Int] = [:]
        for day in question.observation.days where day.day.phase <= question.phase {
            days[day.day.day, default: 0] += day.tally.judged - day.tally.unexplained
        }
        var sum = 0
        return days.keys.sorted().map { day in
            sum += days[day] ?? 0
            return (day, sum)
        }
    }

    /// How many clean episodes the bound needs where there was no unexplained one.
    package var cleanNeeded: Int? {
        let configuration = question.configuration
        let limit = configuration.unexplained
        let unexplained = question.tally.unexplained
        return configuration.bound.bound(at: configuration.level)
            .cleanEpisodesNeeded(Tally(events: unexplained, of: unexplained), within: limit)
    }
}
