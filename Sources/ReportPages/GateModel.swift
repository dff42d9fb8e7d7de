import CutoverGate

/// The values of `gate.mustache`, by the names that stand in it.
struct GateModel: Sendable {
    var policy: HTML
    var style: HTML
    var title: HTML
    var mark: HTML
    var shape: HTML
    var verdict: HTML
    var phase: HTML
    var headline: HTML
    var at: HTML
    var tally: HTML
    var steps: [Step]
    var criteria: [Row]
    var conditions: [Conditions]
    var burnUp: HTML
    var caption: HTML
    var firstDay: HTML
    var lastDay: HTML
    var slowest: HTML
    var harm: [HarmRow]
    var hasHistory: Bool
    var history: [Record]
    var sources: [ReportModel.Figure]

    /// A criterion that does not pass, and what to do about it.
    struct Step: Sendable {
        var mark: HTML
        var shape: HTML
        var verdict: HTML
        var name: HTML
        var next: HTML
        var details: [HTML]
        var hasRest: Bool
        var rest: [HTML]
        var more: HTML
        var evidence: [HTML]
        var moreEvidence: HTML
    }

    /// What somebody let pass: limits that ask for less, or waivers.
    struct Conditions: Sendable {
        var name: HTML
        var lines: [HTML]
    }

    /// A criterion.
    struct Row: Sendable {
        var name: HTML
        var mark: HTML
        var shape: HTML
        var verdict: HTML
        var value: HTML
        var limit: HTML
        var bar: HTML
    }

    /// What one of the two did to customers.
    struct HarmRow: Sendable {
        var who: HTML
        var figures: [HTML]
        var money: HTML
    }

    /// A recorded verdict.
    struct Record: Sendable {
        var sequence: Int
        var at: HTML
        var phase: Int
        var mark: HTML
        var shape: HTML
        var verdict: HTML
        var brain: HTML
        var policy: HTML
        var digest: HTML
        var isThis: Bool
    }
}
