package import BillingModel
package import DivergenceAnalysis
package import ParityReport
package import ShadowRun

/// What the gate is asked, with all that the answer may rest on.
package struct GateQuestion: Sendable {
    /// The phase that is to cut over.
    package var phase: Phase
    /// As of when: waivers expire, and evidence grows stale.
    package var at: Instant
    /// What is asked for.
    package var configuration: GateConfiguration
    /// What was observed.
    package var observation: Observation
    /// What the regression corpus says; `nil` where it was not checked.
    package var corpus: CorpusEvidence?
    /// Whether the phase before has a GO that stands; `nil` where nobody looked.
    package var hasStandingGo: Bool?
    /// What the waivers come to.
    package var excuses: Excuses
    /// The sign-offs that are missing, in words; `nil` where nobody looked.
    package var missingSignOffs: [String]?

    /// A question.
    package init(
        phase: Phase,
        at: Instant,
        configuration: GateConfiguration,
        observation: Observation,
        corpus: CorpusEvidence?,
        hasStandingGo: Bool?,
        excuses: Excuses,
        missingSignOffs: [String]?
    ) {
        self.phase = phase
        self.at = at
        self.configuration = configuration
        self.observation = observation
        self.corpus = corpus
        self.hasStandingGo = hasStandingGo
        self.excuses = excuses
        self.missingSignOffs = missingSignOffs
    }

    /// The divergences in the phase's scope.
    package var divergences: [ReportDocument.Entry] {
        observation.divergences.filter { $0.phase <= phase }
    }

    /// The kinds of episode in the phase's scope, over all phases up to it.
    package var cells: [ReportDocument.Cell] { observation.cells.filter { $0.cell.phase <= phase } }

    /// The episodes in the phase's scope.
    package var tally: EpisodeTally {
        cells.reduce(into: EpisodeTally()) { $0.add($1.tally) }
    }
}

/// What the regression corpus says of the brain.
package struct CorpusEvidence: Hashable, Sendable {
    /// How many cases there are.
    package var cases: Int
    /// The names of those that don't hold, sorted.
    package var failing: [String]
    /// The classes that some case holds.
    package var classes: Set<DivergenceClass>
    /// Whether a brain that does nothing is caught: whether the alarm works.
    package var catchesIdleBrain: Bool
    /// The digest of the cases.
    package var digest: String

    /// What a check of the corpus said.
    package init(
        cases: Int,
        failing: [String],
        classes: Set<DivergenceClass>,
        catchesIdleBrain: Bool,
        digest: String
    ) {
        self.cases = cases
        self.failing = failing
        self.classes = classes
        self.catchesIdleBrain = catchesIdleBrain
        self.digest = digest
    }
}

/// Which classes of divergence waivers let pass.
package struct Excuses: Hashable, Sendable {
    /// The classes whose waiver is in force and within its caps.
    package var classes: Set<DivergenceClass>
    /// What is to be said of the waivers, a line each.
    package var lines: [String]

    /// No waivers, unless given.
    package init(classes: Set<DivergenceClass> = [], lines: [String] = []) {
        self.classes = classes
        self.lines = lines
    }

    /// Whether all classes of a divergence are excused.
    package func cover(_ entry: ReportDocument.Entry) -> Bool {
        !entry.classes.isEmpty && entry.classes.allSatisfy(classes.contains)
    }
}
