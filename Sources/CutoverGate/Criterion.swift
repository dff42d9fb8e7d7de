/// One thing that the gate asks for, with what was found.
package struct Criterion: Hashable, Sendable {
    /// What is asked for.
    package var name: Name
    /// What was found, judged.
    package var verdict: GateVerdict
    /// What was found, in figures.
    package var value: String
    /// What is asked for, in figures.
    package var limit: String
    /// What it rests on, a line each: the parts that don't pass first.
    package var details: [String]
    /// The divergences, records or cases that speak against it, in order.
    package var evidence: [String]
    /// What to do about it; empty where it passes.
    package var next: String
    /// How far along it is, where it can be measured.
    package var meter: Meter?

    /// A criterion's finding.
    package init(
        _ name: Name,
        _ verdict: GateVerdict,
        value: String,
        limit: String,
        details: [String] = [],
        evidence: [String] = [],
        next: String = "",
        meter: Meter? = nil
    ) {
        self.name = name
        self.verdict = verdict
        self.value = value
        self.limit = limit
        self.details = details
        self.evidence = evidence
        self.next = verdict == .go ? "" : next
        self.meter = meter
    }

    /// A measure against its limit, both in one unit.
    package struct Meter: Hashable, Sendable {
        /// What was measured.
        package var value: Int
        /// The limit.
        package var limit: Int
        /// Whether the measure must reach the limit, rather than stay within it.
        package var mustReach: Bool

        /// A measure against its limit.
        package init(value: Int, limit: Int, mustReach: Bool) {
            self.value = value
            self.limit = limit
            self.mustReach = mustReach
        }
    }

    /// The criteria, in the order in which they are told.
    package enum Name: String, CaseIterable, Sendable {
        case brainDefects = "brain_defects"
        case unexplained
        case harm
        case explained
        case completeness
        case observedTime = "observed_time"
        case coverage
        case noise
        case fidelity
        case corpus
        case rejected
        case dependency
        case earlierEvidence = "earlier_evidence"
        case segments
        case signOffs = "sign_offs"

        /// The name for people.
        package var words: String {
            switch self {
            case .brainDefects: "brain defects"
            case .unexplained: "unexplained divergences"
            case .harm: "harm by the brain"
            case .explained: "explained divergences"
            case .completeness: "completeness"
            case .observedTime: "observed time"
            case .coverage: "coverage"
            case .noise: "noise floor"
            case .fidelity: "fidelity of the models"
            case .corpus: "regression corpus"
            case .rejected: "rejected records"
            case .dependency: "phase before"
            case .earlierEvidence: "earlier evidence"
            case .segments: "segments"
            case .signOffs: "sign-offs"
            }
        }
    }
}
