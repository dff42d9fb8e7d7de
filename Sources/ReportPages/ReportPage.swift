import CutoverGate
package import ParityReport

/// `report.html`: one file that needs nothing else, in light and dark, on a screen and on paper.
package struct ReportPage {
    private let report: ParityReport
    private let answers: [PhaseAnswer]
    private let budget: Int

    /// The most bytes of a page: beyond it browsers, mail and people grow slow.
    package static let budget = 15_000_000

    /// What a page takes besides its table, whatever a report holds.
    private static let frame = 500_000

    /// The page of a report.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - answers: What the gate says of each phase on the strength of this report alone.
    ///   - budget: The most bytes that the page may have. Where it would have more, drawings and
    ///     records of the least weighty divergences are left out first, and the page says so.
    package init(
        _ report: ParityReport,
        _ answers: [PhaseAnswer],
        budget: Int = ReportPage.budget
    ) {
        self.report = report
        self.answers = answers
        self.budget = budget
    }

    /// The page's bytes: the same report gives the same bytes.
    ///
    /// - Parameter jobs: How many threads may draw and pack at once; it makes no difference to the
    ///   bytes.
    /// - Returns: UTF-8.
    /// - Throws: ``PageError``.
    package func html(jobs: Int = 1) throws(PageError) -> [UInt8] {
        let summary = ReportSummary(report: report, answers: answers)
        let model = ReportModel(
            policy: PageFrame.policy(style: PageFrame.style, script: PageFrame.script),
            style: HTML(markup: PageFrame.style),
            script: HTML(markup: PageFrame.script),
            title: HTML("Dunning parity"),
            headline: HTML(summary.headline),
            period: HTML(summary.period),
            isBlocked: report.blockingCount > 0,
            tiles: summary.tiles,
            steps: summary.steps,
            phases: summary.phases,
            classes: summary.classes,
            absent: HTML(summary.absent),
            calendar: HTML(Self.words(summary.calendar)),
            matrices: summary.matrices,
            fidelity: summary.fidelity,
            ledger: summary.ledger,
            isBalanced: report.ledgerRows.allSatisfy(\.balances),
            overview: summary.overview,
            sources: summary.sources,
            table: try TablePacking(report, room: max(0, budget - Self.frame), jobs: jobs).model(),
            legend: HTML(markup: SwimlaneDrawing.legend)
        )
        return Array(try PageFrame.render(.report, model).utf8)
    }

    private static func words(_ calendar: [String]) -> String {
        guard let first = calendar.first, let last = calendar.last else { return "" }
        return "\(first) to \(last)"
    }
}
