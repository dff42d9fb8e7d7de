import ArgumentParser
import BillingModel
import DivergenceAnalysis
import MirrorLog
import PackedLog
import ParityReport
import RegressionCorpus
import ShadowRun

struct CorpusMinimizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimize",
        abstract: "Cuts a log down to the smallest one that shows a divergence.",
        discussion: """
            The lines come out as they stand in the log, not redacted, and closed by marks, so that \
            `replay` gives the same divergence: the same account, classes, extent and facets. Its \
            id is another where the episode opens later without what was left out. Where the log \
            shows several, say which.

            Example:
              dunning-parity corpus minimize mirror.ndjson --divergence dv_0123456789abcdef
            """
    )

    @OptionGroup var input: LogInput
    @OptionGroup var judge: JudgeOptions

    @OptionGroup var memory: MemoryOptions

    @Option(help: ArgumentHelp("The divergence's id.", valueName: "divergence"))
    var divergence: String?

    @Option(help: ArgumentHelp("Write the log into a file.", valueName: "file"))
    var out: String?

    func validate() throws {
        if input.logs.contains("-") {
            throw ValidationError("a log is read twice, so it can't be standard input")
        }
        if let packed = input.logs.first(where: { PackedLog.isOne($0) }) {
            throw ValidationError(
                "`\(packed)` is a packed log, without the lines to cut from; give the log itself"
            )
        }
    }

    func run() throws {
        do {
            try minimize()
        } catch let error as RecordError {
            throw CommandFailure(code: .data, message: error.reason).exit
        } catch {
            throw CommandFailure.ending(error)
        }
    }

    private func minimize() throws {
        let settings = try judge.settings()
        var rejects = try Rejects(nil)
        var replay = Replay(settings: settings, program: "", spilling: memory.spilling)
        let progress = try input.read(into: &replay, &rejects, jobs: judge.threads)
        progress.note("judging")
        let report = try replay.report(
            scope: nil,
            jobs: judge.threads,
            keepsSettled: false
        ) { _ in }
        progress.finish()
        let entry = try chosen(from: report)
        var cut = LogCut(entry.divergence.reproducer, of: entry.episode.account)
        for path in input.logs { try cut.read(.file(path)) }
        let end = entry.episode.closed.advanced(by: settings.longerSettle)
        let lines =
            try cut.lines.map { $0 + [UInt8(ascii: "\n")] }
            + MirrorRecord.closing(end).map { RecordWriter().line($0) }
        let text = String(decoding: lines.flatMap { $0 }, as: UTF8.self)
        if let out { try OutputFile.write(text, to: out) } else { print(text, terminator: "") }
        let count = entry.divergence.reproducer.count
        Terminal.say("\(entry.divergence.id): \(count) records; not redacted")
    }

    private func chosen(from report: ParityReport) throws(CommandFailure) -> ParityReport.Entry {
        let entries = report.divergences
        if let divergence {
            guard let entry = entries.first(where: { $0.divergence.id == divergence }) else {
                throw CommandFailure(
                    code: .data,
                    message: "the log shows no divergence `\(divergence)`, but "
                        + "\(entries.count) others"
                )
            }
            return entry
        }
        guard let only = entries.first, entries.count == 1 else {
            for entry in entries.prefix(20) {
                let classes = entry.divergence.classes.map(\.rawValue).joined(separator: " ")
                let account = PlainText.line(entry.episode.account.rawValue, most: 30)
                Terminal.say("\(entry.divergence.id)  \(account)  \(classes)")
            }
            if entries.count > 20 { Terminal.say("and \(entries.count - 20) more") }
            throw CommandFailure(
                code: .data,
                message: entries.isEmpty
                    ? "the log shows no divergence"
                    : "the log shows \(entries.count) divergences; choose one with --divergence"
            )
        }
        return only
    }
}
