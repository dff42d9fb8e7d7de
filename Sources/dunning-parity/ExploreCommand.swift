import ArgumentParser
import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport

struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Tells what could have gone wrong, had things come in another order.",
        discussion: """
            For an account or a divergence: every order of delivery of its triggers and every \
            interleaving of the reads and effects of its executions, how many of them diverge, and \
            the worst step by step; and whether the brain comes to one end however its wake-ups are \
            delivered. For a whole LOG: a table of that by class, over episodes drawn by lot.

            Examples:
              dunning-parity explore mirror.ndjson --sample 200 --seed 7
              dunning-parity explore mirror.ndjson --divergence dv_0123456789abcdef
              dunning-parity explore mirror.ndjson --account acct_1 --reproducer bad.ndjson

            Exit code 1: some delivery makes a difference to the brain.
            """
    )

    @OptionGroup var input: LogInput

    @Option(help: ArgumentHelp("Explore the episodes of this account.", valueName: "id"))
    var account: String?

    @Option(help: ArgumentHelp("Explore the episode of this divergence.", valueName: "id"))
    var divergence: String?

    @Option(
        help: ArgumentHelp(
            "Of a whole log, how many episodes to draw for each class, and of those that "
                + "matched; 100 unless given.",
            valueName: "number"
        )
    )
    var sample: Int?

    @Option(
        help: ArgumentHelp(
            "What the lots depend on: the same seed draws the same.",
            valueName: "number"
        )
    )
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "How many schedules of an episode to run at most; of more, as many are drawn.",
            valueName: "number"
        )
    )
    var bound = ScheduleExplorer.usualBound

    @Option(
        help: ArgumentHelp(
            "Write the worst schedule into this file, as a log for `replay`.",
            valueName: "file"
        )
    )
    var reproducer: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var judging: JudgeOptions

    @OptionGroup var memory: MemoryOptions

    /// How many episodes of each class are sampled unless something else is asked for.
    private static let usualSample = 100

    func validate() throws {
        if bound < 1 { throw ValidationError("`\(bound)` is no number of schedules") }
        if let sample, sample < 1 {
            throw ValidationError("`\(sample)` is no number of episodes")
        }
        if sample != nil, account != nil || divergence != nil {
            throw ValidationError(
                "--sample is for a whole log; leave out --account and --divergence"
            )
        }
        if account != nil, divergence != nil {
            throw ValidationError("give --account or --divergence, not both")
        }
        if reproducer != nil, account == nil, divergence == nil {
            throw ValidationError("--reproducer needs --account or --divergence")
        }
    }

    func run() throws {
        do {
            guard try explore() else { throw ExitCode(1) }
        } catch {
            throw CommandFailure.ending(error)
        }
    }

    /// Explores, and says whether the brain comes to one end in all that was explored.
    private func explore() throws -> Bool {
        var replay = Replay(
            settings: try judging.settings(),
            program: "dunning-parity \(DunningParity.version)",
            spilling: memory.spilling
        )
        var rejects = try Rejects(nil)
        let progress = try input.read(into: &replay, &rejects, jobs: judging.threads)
        progress.note("exploring")
        let engine = replay.engine
        guard let account = try wanted(engine) else {
            let study = try ExposureStudy(
                engine,
                sample: sample ?? Self.usualSample,
                seed: seed,
                bound: bound,
                jobs: judging.threads
            )
            progress.finish()
            try refuse(study.rows.isEmpty, horizon: engine.coverage.horizon)
            show(study.text) { study.write(into: &$0) }
            return study.brain.diverging == 0
        }
        let records = try engine.records(of: account)
        let explorer = ScheduleExplorer(judge: engine.judge, bound: bound, seed: seed)
        let exposures = explorer.explore(account, records) { verdict in
            divergence.map { $0 == verdict.divergenceID } ?? true
        }
        progress.finish()
        try refuse(exposures.isEmpty, horizon: engine.coverage.horizon)
        if let reproducer { try write(exposures, records, engine.judge, to: reproducer) }
        show(exposures.map(\.text).joined(separator: "\n")) { text in
            text.array { text in for exposure in exposures { exposure.write(into: &text) } }
        }
        return exposures.allSatisfy { $0.brain.counterexample == nil }
    }

    /// The account to explore; `nil` where it is the whole log.
    private func wanted(_ engine: ParityEngine) throws -> AccountID? {
        if let divergence {
            let found = try engine.account(ofDivergence: divergence, jobs: judging.threads)
            guard let found else {
                throw CommandFailure(code: .data, message: "no divergence `\(divergence)` here")
            }
            return found
        }
        guard let account = account.map({ AccountID($0) }) else { return nil }
        guard try !engine.records(of: account).isEmpty else {
            throw CommandFailure(code: .data, message: "no record of an account `\(account)` here")
        }
        return account
    }

    private func refuse(_ isNothing: Bool, horizon: Instant) throws(CommandFailure) {
        guard isNothing else { return }
        throw CommandFailure(
            code: .data,
            message: "nothing was explored: no such episode settled with its facts complete by "
                + "\(horizon), which is as far as the log goes"
        )
    }

    private func show(_ text: String, _ write: (inout JSONText) -> Void) {
        guard json else { return print(text, terminator: "") }
        var document = JSONText(brokenLevels: 2)
        write(&document)
        print(String(decoding: document.bytes, as: UTF8.self))
    }

    /// Writes the worst schedule of some episodes as a log.
    private func write(
        _ exposures: [EpisodeExposure],
        _ records: [MirrorRecord],
        _ judge: AccountJudge,
        to path: String
    ) throws(CommandFailure) {
        let logs = exposures.compactMap { ScheduleReproducer($0, records) }
        guard let worst = logs.max(by: { $0.isLess(bad: $1) }) else {
            throw CommandFailure(code: .data, message: "no schedule diverges, so none is the worst")
        }
        var file = try OutputFile(at: path)
        let writer = RecordWriter()
        for record in worst.log { try file.write(writer.line(record)) }
        try file.close()
        if !worst.isShown(by: judge) {
            Terminal.say(
                "dunning-parity: `\(path)` by itself does not show the difference in full: "
                    + "some of it rests on the rest of the log"
            )
        }
    }
}
