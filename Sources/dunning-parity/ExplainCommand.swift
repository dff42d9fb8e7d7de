import ArgumentParser
import BillingModel
import DivergenceAnalysis
import Glibc
import MirrorLog
import ParityReport
import ReportPages
import ShadowRun

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tells one divergence: what happened, what would have, and a picture of it.",
        discussion: """
            The story in words: its cause, what legacy did and what would have had to be different, \
            what that meant to the customer, the facets that differ, the money at stake, and the \
            few records that show it. On a terminal a swimlane follows: who did what when, time \
            running right. With --svg the same as a picture for a browser or a ticket.

            Ids of divergences stand in report.json. Give the logs and the judging options that the \
            report was made with; another policy or settle time gives other divergences.

            Examples:
              dunning-parity explain dv_0123456789abcdef --log mirror.ndjson
              dunning-parity explain dv_0123456789abcdef --log a.ndjson --log b.ndjson
              dunning-parity explain dv_0123456789abcdef --log a.ndjson --svg story.svg

            Exit codes: 65 the log shows no such divergence; 66 a log is not there.
            """
    )

    /// When the swimlane is printed.
    enum Lanes: String, CaseIterable, ExpressibleByArgument {
        case auto, always, never
    }

    @Argument(help: ArgumentHelp("The divergence's id.", valueName: "divergence"))
    var divergence: String

    @Option(
        help: ArgumentHelp(
            "A log that the report was made from; all of them. - is standard input.",
            valueName: "file"
        )
    )
    var log: [String]

    @Option(
        help: ArgumentHelp(
            "Write the picture into this file; - prints it in place of the words.",
            valueName: "file"
        )
    )
    var svg: String?

    @Option(
        help: ArgumentHelp(
            "Whether to print the swimlane: auto does where standard output is a terminal.",
            valueName: "when"
        )
    )
    var lanes = Lanes.auto

    @OptionGroup var judging: JudgeOptions

    @OptionGroup var memory: MemoryOptions

    func run() throws {
        do {
            try explain()
        } catch {
            throw CommandFailure.ending(error)
        }
    }

    private func explain() throws {
        let (verdict, divergence) = try found()
        if svg == "-", let swimlane = divergence.swimlane {
            return print(SwimlaneDrawing(swimlane).svg(standalone: true), terminator: "")
        }
        let story = DivergenceText(verdict, divergence)
        let screen = Screen()
        print(story.text, terminator: "")
        guard let swimlane = divergence.swimlane else { return }
        if lanes == .always || (lanes == .auto && screen.isTerminal) {
            let text = SwimlaneText(swimlane, width: screen.width)
            print()
            for line in text.lines {
                print(line.isKey && screen.showsBold ? "\u{1B}[1m\(line.text)\u{1B}[0m" : line.text)
            }
        }
        if let svg {
            try OutputFile.write(SwimlaneDrawing(swimlane).svg(standalone: true), to: svg)
        }
    }

    /// Looks for the divergence in all accounts, and judges the one that has it once more, with all
    /// that a picture needs.
    private func found() throws -> (EpisodeVerdict, Divergence) {
        var replay = Replay(
            settings: try judging.settings(),
            program: "dunning-parity \(DunningParity.version)",
            spilling: memory.spilling
        )
        var rejects = try Rejects(nil)
        let progress = try LogFiles.read(log, into: &replay, &rejects, jobs: judging.threads)
        progress.note("judging")
        defer { progress.finish() }
        let engine = replay.engine
        var account: AccountID?
        var ids: [String] = []
        try engine.judgeAll(jobs: judging.threads) { verdicts in
            let theirs = verdicts.episodes.compactMap(\.divergenceID)
            if account == nil, theirs.contains(divergence) { account = verdicts.account }
            ids += theirs
        }
        guard let account else {
            throw CommandFailure(code: .data, message: unknown(among: ids))
        }
        var judge = engine.judge
        judge.findsReproducers = true
        judge.drawsSwimlanes = true
        for episode in judge.judge(account, try engine.records(of: account)).episodes {
            if case .divergent(let found) = episode.outcome, found.id == divergence {
                return (episode, found)
            }
        }
        throw CommandFailure(code: .data, message: unknown(among: ids))
    }

    /// What is wrong with the id, and what may be right.
    private func unknown(among ids: [String]) -> String {
        let asked = PlainText.line(divergence, most: 60)
        guard !ids.isEmpty else { return "the log shows no divergence, so none is `\(asked)`" }
        let nearest = ids.min { lhs, rhs in
            let (left, right) = (distance(to: lhs), distance(to: rhs))
            return left == right ? lhs < rhs : left < right
        }
        let others = ids.count == 1 ? "one other" : "\(ids.count) others"
        var message = "the log shows no divergence `\(asked)`, but \(others)"
        if let nearest, ids.count == 1 || distance(to: nearest) <= 6 {
            message += "; is it `\(nearest)`?"
        } else {
            message += "; `replay --out` lists them in report.json."
        }
        return message + " Another policy or settle time gives other ids."
    }

    /// How many characters of an id are not those that were asked for.
    private func distance(to id: String) -> Int {
        let differing = zip(id, divergence).count { $0 != $1 }
        return differing + abs(id.count - divergence.count)
    }
}

/// Standard output, as far as a picture in text must know it.
private struct Screen {
    /// Whether it is a terminal.
    let isTerminal = isatty(STDOUT_FILENO) == 1

    /// How many columns there are, 100 at most: as the terminal says, else the environment.
    var width: Int {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let columns = isKnown ? Int(size.ws_col) : Self.variable("COLUMNS").flatMap { Int($0) }
        return min(100, max(60, columns ?? 100))
    }

    /// Whether bold is welcome.
    var showsBold: Bool {
        let isRefused = Self.variable("NO_COLOR").map { !$0.isEmpty } ?? false
        return isTerminal && !isRefused && Self.variable("TERM") != "dumb"
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}
