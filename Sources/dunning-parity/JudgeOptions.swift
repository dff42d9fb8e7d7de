import ArgumentParser
import BillingModel
import DunningBrain
import ShadowRun

/// What verdicts depend on besides the log, and how many threads work them out: the options of
/// every command that judges.
struct JudgeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long an account must be quiet for an episode to close: 15m, 2h. "
                + "Never less than the policy's confirmation.",
            valueName: "time"
        ),
        transform: timeSpan
    )
    var settle = TimeSpan.minutes(15)

    @Option(
        help: ArgumentHelp("The policy that the brain decides under, in YAML.", valueName: "file")
    )
    var policy: String?

    @Option(
        help: ArgumentHelp(
            "How many threads read and judge; all cores unless given. The report is the same.",
            valueName: "number"
        )
    )
    var jobs: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("`\(jobs)` is no number of threads") }
    }

    /// How many threads to read and judge on.
    var threads: Int { jobs ?? Processors.count }

    /// The settings that the options come to, with the policy read from its file.
    func settings(phase: Phase = .retire) throws(CommandFailure) -> JudgeSettings {
        JudgeSettings(
            settle: settle,
            policy: try policy.map { path throws(CommandFailure) in try PolicyFile.read(path) }
                ?? Policy(),
            phase: phase
        )
    }
}

/// Reads a time such as 15m.
@Sendable
private func timeSpan(_ text: String) throws -> TimeSpan {
    guard let span = TimeSpan(text) else {
        throw ValidationError("`\(text)` is no time; give one such as 90s, 15m, 2h or 30d")
    }
    return span
}
