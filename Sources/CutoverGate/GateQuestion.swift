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
    /// What earlier verdicts rested on and this one does not; `nil` where nobody looked.
    package var earlier: EarlierEvidence?
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
        earlier: EarlierEvidence?,
        excuses: Excuses,
        missingSignOffs: [String]?
    ) {
        self.phase = phase
        self.at = at
        self.configuration = configuration
        self.observation = observation
        self.corpus = corpus
        self.hasStandingGo = hasStandingGo
        self.earlier = earlier
        self.excuses = excuses
        self.missingSignOffs = missingSignOffs
    }

    /// What the phase before must have been decided on as well.
    package var grounds: ChainGrounds { ChainGrounds(observation, configuration) }

    /// The places of the divergences in the phase's scope.
    ///
    /// By place, as going through the divergences themselves would copy each of them.
    var places: [Int] {
        let entries = observation.divergences
        return entries.indices.filter { entries[$0].phase <= phase }
    }

    /// The divergences in the phase's scope.
    package var divergences: [ReportDocument.Entry] {
        observation.divergences.filter { $0.phase <= phase }
    }

    /// The divergences that speak against a GO: those in scope that no waiver covers, and defects of
    /// the brain wherever they are.
    package var against: [ReportDocument.Entry] {
        observation.divergences.filter { entry in
            entry.classes.contains(.brainDefect) || entry.phase <= phase && !excuses.cover(entry)
        }
    }

    /// How many episodes of each day were judged, in whatever scope, in order.
    package var judgedByDay: [(day: String, judged: Int)] {
        var days: [String: Int] = [:]
        for day in observation.days { days[day.day.day, default: 0] += day.tally.judged }
        return days.keys.sorted().map { ($0, days[$0] ?? 0) }
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
    /// The alarms that did not go off: brains broken on purpose that no case refuses, and classes
    /// whose row of the table of causes could be lost without any case noticing.
    package var silentAlarms: [String]
    /// The digest of the cases.
    package var digest: String
    /// The log of each case, by a digest, in the order of the names.
    package var logs: [CaseLog]

    /// A case's log, which stays what it is for as long as the case is kept.
    package struct CaseLog: Hashable, Sendable {
        /// The case's name.
        package var name: String
        /// The beginning of SHA-256 of its log.
        package var digest: String

        /// A log.
        package init(name: String, digest: String) {
            self.name = name
            self.digest = digest
        }

        /// Both in a text.
        package var words: String { "\(name) \(digest)" }
    }

    /// What a check of the corpus said.
    package init(
        cases: Int,
        failing: [String],
        classes: Set<DivergenceClass>,
        silentAlarms: [String],
        digest: String,
        logs: [CaseLog] = []
    ) {
        self.cases = cases
        self.failing = failing
        self.classes = classes
        self.silentAlarms = silentAlarms
        self.digest = digest
        self.logs = logs
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
    package func cover(_ entry: ReportDocument.Entry) -> Bool { cover(entry.classes) }

    /// Whether all of some classes are excused, there being any.
    func cover(_ causes: [DivergenceClass]) -> Bool {
        !causes.isEmpty && causes.allSatisfy(classes.contains)
    }
}
