import DivergenceAnalysis
import ParityReport
import ReportPages

/// The files of a report, but for those that are written while it is judged.
enum ReportFiles {
    /// The files of a report that don't wait for one another.
    private enum Part: CaseIterable {
        /// The longest first, so that no thread is left with it at the end.
        case json, answers, words
    }

    /// Writes all of them.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - listing: Its episodes, kept as values.
    ///   - folder: Where to.
    ///   - jobs: How many threads may work at once; the files are the same.
    /// - Throws: ``CommandFailure`` where a file can't be made or written.
    static func write(
        _ report: ParityReport,
        _ listing: EpisodeListing,
        into folder: OutputFolder,
        jobs: Int
    ) throws {
        var answers: [PhaseAnswer] = []
        try inOrder(Part.allCases, jobs: jobs) { part throws in
            switch part {
            case .json:
                var json = try folder.open("report.json")
                try report.writeJSON { bytes in try json.write(bytes) }
                try json.close()
            case .answers: return PhaseAnswer.all(of: report, listing: listing)
            case .words:
                try folder.write("report.md", Array(report.markdown().utf8))
                try folder.write("junit.xml", Array(report.junit.utf8))
            }
            return []
        } _: { part in
            answers += part
        }
        let page = ReportPage(report, answers)
        try folder.write(
            "report.html",
            page: { () throws(PageError) in try page.html(jobs: jobs) }
        )
    }
}
