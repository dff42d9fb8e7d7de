import ArgumentParser
import DivergenceAnalysis
import PackedLog
import ParityReport
import ShadowRun

struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Keeps a log as it was read, so that it need not be read again.",
        discussion: """
            The records are written sorted by account into an SQLite file, which replay, explain and \
            explore take in place of the log: the report is the same, byte for byte, under any \
            policy and settle time. Logs that came after it may be given behind it.

            Examples:
              dunning-parity pack march-*.ndjson --out march.packed
              dunning-parity replay march.packed --policy changed.yaml --out reports/changed
              dunning-parity replay march.packed april.ndjson

            A file that another build packed is refused, exit 65: pack the log again.
            """
    )

    @OptionGroup var input: LogInput

    @Option(help: ArgumentHelp("Write this file.", valueName: "file"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "How many threads read; all cores unless given. The file holds the same.",
            valueName: "number"
        )
    )
    var jobs: Int?

    @OptionGroup var memory: MemoryOptions

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("`\(jobs)` is no number of threads") }
    }

    func run() throws {
        do {
            try pack()
        } catch {
            throw CommandFailure.ending(error)
        }
    }

    private func pack() throws {
        let program = "dunning-parity \(DunningParity.version)"
        var replay = Replay(
            settings: JudgeSettings(),
            program: program,
            spilling: memory.spilling
        )
        var writer = try PackedLogWriter(at: out)
        var rejects = Rejects(packed: writer.rejects)
        let progress = try input.read(into: &replay, &rejects, jobs: jobs ?? Processors.count)
        progress.note("packing")
        defer { progress.finish() }
        let header = try replay.pack { entry, section in try writer.add(entry, to: section) }
        try writer.finish(
            header: header,
            digest: replay.digestText,
            records: replay.counts.records,
            program: program
        )
        print("\(Figures.grouped(replay.counts.records)) records: \(out)")
    }
}
