import BillingModel
import DivergenceAnalysis
import MirrorLog
package import ParityReport
import ShadowRun

/// Divergences that a known defect explains, counted: all that the gate asks of them where nobody
/// waives any.
package struct ExplainedDivergences: Sendable {
    /// What they come to in each phase's scope, in the order of the phases.
    private var scopes = Phase.allCases.map { _ in Scope() }

    /// What they come to in one phase's scope.
    struct Scope {
        /// How many there are.
        var count = 0
        /// How many of each class, in the order of the classes.
        var classes = DivergenceClass.allCases.map { _ in 0 }
        /// What was done wrongly to customers.
        var harm = HarmCount()
    }

    /// None.
    package init() {}

    /// What those come to that are in a phase's scope.
    subscript(phase: Phase) -> Scope { scopes[phase.rawValue - 1] }

    /// Counts a divergence; those of an account come one after the other.
    mutating func add(_ entry: ReportDocument.Entry, until horizon: Instant) {
        for phase in Phase.allCases where entry.phase <= phase {
            scopes[phase.rawValue - 1].count += 1
            for cause in entry.classes { scopes[phase.rawValue - 1].classes[cause.place] += 1 }
            scopes[phase.rawValue - 1].harm.add(entry, until: horizon)
        }
    }
}

extension Observation {
    /// Reads a report that was just made, holding of its divergences only those that block.
    ///
    /// It says what the report's files say, but that no waiver can be weighed by it.
    /// - Parameter report: The report.
    /// - Throws: ``RecordError`` where the report's text would be refused, and where divergences
    ///   can't be read back from disk.
    package init(made report: ParityReport) throws {
        var blocking: [ReportDocument.Entry] = []
        var explained = ExplainedDivergences()
        try report.found.forEachByAccount { entry in
            let entry = ReportDocument.Entry(entry)
            if entry.isBlocking {
                blocking.append(entry)
            } else {
                explained.add(entry, until: report.episodes.horizon)
            }
        }
        let document = try ReportDocument(report, holding: blocking)
        let made = GateReport(name: "report.json", document: document, episodes: nil)
        try made.check()
        try self.init(checked: [made], document)
        self.explained = explained
    }
}
