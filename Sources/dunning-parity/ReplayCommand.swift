import ArgumentParser
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ReportPages
import ShadowRun

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Judges a mirrored log and reports what differs, why, and for how much.",
        discussion: """
            A LOG is NDJSON in the mirror log's format, one record a line; several are read as one. \
            With --out, report.html, report.json, report.md, junit.xml, episodes.ndjson and \
            rejects.ndjson are written into that folder; open report.html in a browser. \
            The same records give the same report.json, byte for byte, in whatever order they \
            stand.

            Examples:
              dunning-parity replay mirror.ndjson
              zcat march-*.gz | dunning-parity replay - --out reports/march
              dunning-parity replay mirror.ndjson --phase 1 --settle 30m
            """
    )

    @OptionGroup var input: LogInput

    @Option(help: ArgumentHelp("Write the report into this folder.", valueName: "folder"))
    var out: String?

    @Flag(help: "Add each account's last settled state in both runs to report.json.")
    var settled = false

    @OptionGroup var judging: JudgeOptions

    @OptionGroup var memory: MemoryOptions

    @Option(
        help: ArgumentHelp(
            "Report only the scope of a phase: 1 webhooks, 2 payments, 3 segments, 4 all.",
            valueName: "number"
        ),
        transform: phaseNumber
    )
    var phase: Phase?

    @Option(
        help: ArgumentHelp(
            "Afterwards, measure the report against a simulation's truth.ndjson.",
            valueName: "file"
        )
    )
    var truth: String?

    func run() throws {
        do {
            let report = try replay()
            if report.episodes.judged == 0 {
                throw CommandFailure(
                    code: .data,
                    message: "nothing was judged: no episode settled with its facts complete by "
                        + "\(report.episodes.horizon), which is as far as the log goes"
                )
            }
            if report.blockingCount > 0 { throw ExitCode(1) }
        } catch {
            throw CommandFailure.ending(error)
        }
    }

    private func replay() throws -> ParityReport {
        let settings = try judging.settings(phase: phase ?? .retire)
        let truths = try truth.map { path throws(CommandFailure) in try TruthFile.read(path) }
        let folder = try out.map { path throws(CommandFailure) in try OutputFolder(path) }
        var rejects = try Rejects(folder)
        var replay = Replay(
            settings: settings,
            program: "dunning-parity \(DunningParity.version)",
            spilling: memory.spilling
        )
        let (report, listing) = try judge(&replay, &rejects, folder)
        try rejects.close()
        if let folder {
            try ReportFiles.write(report, listing, into: folder, jobs: judging.threads)
        }
        try show(report, replay, rejects, truths)
        return report
    }

    private func judge(
        _ replay: inout Replay,
        _ rejects: inout Rejects,
        _ folder: OutputFolder?
    ) throws -> (ParityReport, EpisodeListing) {
        let progress = try input.read(into: &replay, &rejects, jobs: judging.threads)
        progress.note("judging")
        defer { progress.finish() }
        var listing = EpisodeListing(keeping: folder == nil ? 0 : memory.mostEpisodes)
        var file = EpisodeFile()
        if let folder { try file.open(in: folder) }
        let report = try replay.report(
            scope: phase,
            jobs: judging.threads,
            keepsSettled: settled,
            drawsSwimlanes: folder != nil,
            each: { episode in
                guard file.isOpen else { return }
                listing.add(episode)
                if listing.waiting >= 1 << 16 { file.write(listing.drain()) }
            },
            reject: { reject in try rejects.take(reject, of: "") }
        )
        file.write(listing.drain())
        try file.close()
        return (report, listing)
    }

    private func show(
        _ report: ParityReport,
        _ replay: Replay,
        _ rejects: borrowing Rejects,
        _ truths: [Truth]?
    ) throws {
        print(report.headline.replacing("**", with: ""))
        print()
        print(report.overview.text)
        print(report.classTable(mostCurrencies: 2).text)
        print(report.fidelityTable.text)
        if replay.counts.late + replay.counts.outOfOrder > 0 {
            let late = Figures.grouped(replay.counts.late)
            let disorder = Figures.grouped(replay.counts.outOfOrder)
            print(
                "delivery: \(late) records came late, \(disorder) out of order; it changes nothing"
            )
            print()
        }
        if let reject = rejects.first {
            print("first rejected line: \(reject.line): \(reject.reason)")
            print()
        }
        if let truths {
            print("against the truth:")
            print(try TruthScore(report, truths).table.text)
            print(try report.incidentFigures().text)
        }
        if let out { print("report: \(out)/report.html, \(out)/report.json, \(out)/report.md") }
    }
}
