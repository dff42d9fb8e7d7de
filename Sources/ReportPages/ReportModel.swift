import BillingModel
import CutoverGate
import DivergenceAnalysis
import ParityReport
import ShadowRun

/// The values of `report.mustache`, by the names that stand in it.
struct ReportModel: Sendable {
    var policy: HTML
    var style: HTML
    var script: HTML
    var title: HTML
    var headline: HTML
    var period: HTML
    var isBlocked: Bool
    var tiles: [Tile]
    var steps: [HTML]
    var phases: [PhaseCard]
    var classes: [ClassRow]
    var absent: HTML
    var calendar: HTML
    var matrices: [Matrix]
    var fidelity: [FidelityRow]
    var ledger: [LedgerLine]
    var isBalanced: Bool
    var overview: [Figure]
    var sources: [Figure]
    var table: TableModel
    var legend: HTML

    /// A number with what it counts.
    struct Tile: Sendable {
        var number: HTML
        var name: HTML
        var note: HTML
        var kind: HTML
    }

    /// What the gate says of a phase.
    struct PhaseCard: Sendable {
        var number: Int
        var title: HTML
        var meaning: HTML
        var mark: HTML
        var shape: HTML
        var verdict: HTML
        var failing: [CriterionLine]
        var missing: [CriterionLine]
        var passed: HTML
    }

    /// A criterion that holds a phase back.
    struct CriterionLine: Sendable {
        var name: HTML
        var value: HTML
        var limit: HTML
        var next: HTML
    }

    /// A class with its counts.
    struct ClassRow: Sendable {
        var id: HTML
        var name: HTML
        var meaning: HTML
        var severity: HTML
        var word: HTML
        var mark: HTML
        var count: HTML
        var customers: HTML
        var lasting: HTML
        var subscriptions: HTML
        var money: HTML
        var chart: HTML
        var isEmpty: Bool
    }

    /// Counts by two kinds of thing.
    struct Matrix: Sendable {
        var title: HTML
        var note: HTML
        var corner: HTML
        var columns: [Heading]
        var rows: [MatrixRow]
    }

    /// The head of a matrix's column.
    struct Heading: Sendable {
        var name: HTML
        var id: HTML
    }

    /// A row of a matrix.
    struct MatrixRow: Sendable {
        var name: HTML
        var cells: [Cell]
        var total: HTML
    }

    /// A cell of a matrix.
    struct Cell: Sendable {
        var count: HTML
        var shade: Int
        var link: HTML
        var label: HTML
    }

    /// How faithful a path's model is.
    struct FidelityRow: Sendable {
        var path: HTML
        var meaning: HTML
        var executions: HTML
        var exact: HTML
        var share: HTML
        var bar: HTML
    }

    /// What became of the records of one kind.
    struct LedgerLine: Sendable {
        var kind: HTML
        var counts: [HTML]
        var isOff: Bool
    }

    /// A name with a figure.
    struct Figure: Sendable {
        var name: HTML
        var value: HTML
    }

    /// The table of divergences, packed.
    struct TableModel: Sendable {
        var count: HTML
        var classes: [Choice]
        var types: [Choice]
        var paths: [Choice]
        var currencies: [Choice]
        var rows: HTML
        var blocks: [Block]
        var isCut: Bool
        var shown: HTML
    }

    /// One thing to choose in a filter.
    struct Choice: Sendable {
        var value: HTML
        var name: HTML
    }

    /// A packed block with its name.
    struct Block: Sendable {
        var name: HTML
        var text: HTML
    }
}
