import ArgumentParser
import MirrorLog
import ParityReport

struct ReportDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tells what a change fixes, introduces and reclassifies.",
        discussion: """
            Replay the same log twice, before and after a change of the brain or of its policy, and \
            compare the two reports. OLD and NEW are each a report.json, or the folder that holds \
            one. Divergences are matched by account and opening of the episode.

            Introduced is what only NEW has. A reclassified divergence counts as introduced too \
            where it is unexplained or a brain defect now and was not, lasts and did not, or \
            differs in a facet that agreed; and so does a standing difference out of nowhere. What is \
            not judged any more, or stands when its episode opens now, is not called fixed.

            Examples:
              dunning-parity replay mirror.ndjson --out old
              dunning-parity replay mirror.ndjson --out new --policy changed.yaml
              dunning-parity report diff old new
              dunning-parity report diff old new --markdown comment.md --json diff.json

            Exit codes: 0 nothing was introduced, 1 something was, or NEW judged fewer episodes of \
            the same log; 64 wrong usage, 65 a report is broken or the two don't belong together, \
            66 no such report, 74 an output error.
            """
    )

    @Argument(help: ArgumentHelp("The report before the change.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The report after it.", valueName: "new"))
    var new: String

    @Option(
        help: ArgumentHelp(
            "Write the comparison in Markdown, short enough for a pull request's comment.",
            valueName: "file"
        )
    )
    var markdown: String?

    @Option(help: ArgumentHelp("Write the comparison with every id in JSON.", valueName: "file"))
    var json: String?

    @Flag(
        help: """
            Compare reports on different logs; what one log alone tells of then counts as fixed or \
            introduced.
            """
    )
    var acrossLogs = false

    func run() throws {
        do {
            let diff = try compare()
            if let markdown { try write(Array(diff.markdown().utf8), to: markdown) }
            if let json { try write(diff.json(), to: json) }
            print(diff.text(), terminator: "")
            if !diff.isClean { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    private func compare() throws(CommandFailure) -> ReportDiff {
        let before = try ReportFile.read(old)
        let after = try ReportFile.read(new)
        do throws(ReportDiff.Refusal) {
            return try ReportDiff(from: before, to: after, acrossLogs: acrossLogs)
        } catch {
            throw CommandFailure(code: .data, message: words(error))
        }
    }

    private func words(_ refusal: ReportDiff.Refusal) -> String {
        switch refusal {
        case .differentLogs:
            "`\(old)` and `\(new)` are reports on different logs, and what one log does not tell "
                + "of is not fixed; replay one log twice, or say --across-logs"
        case .nothingJudged:
            "`\(new)` judged no episode, so it shows nothing"
        }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        var file = try OutputFile(at: path)
        try file.write(bytes)
        try file.close()
    }
}
