import ArgumentParser
import BillingModel
import CutoverGate
import MirrorLog
import ParityReport
import ShadowRun

struct GateVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Finds any change, loss, reordering or truncation of recorded verdicts.",
        discussion: """
            Each verdict whose inputs are at hand, under the names that it was recorded with, is \
            computed again. Whoever can rewrite the whole folder can rewrite its head too: publish \
            the digests that `history` shows elsewhere, and give them with --published.

            Exit codes: 0 all is as it was and comes out the same, 1 it is not, 2 all is as it was but \
            something that a verdict rests on is gone, so that it was not computed again; 65 there is \
            no record, 66 no such folder.
            """
    )

    @Argument(help: ArgumentHelp("The chain.", valueName: "folder"))
    var folder: String

    @Option(
        help: ArgumentHelp(
            "The digest of a record, as it was published: it must be in the chain.",
            valueName: "digest"
        )
    )
    var published: [String] = []

    func run() throws {
        do {
            guard FileStatus(folder) == .folder else {
                throw CommandFailure(code: .noInput, message: "there is no chain at `\(folder)`")
            }
            let chain = try ChainFolder(folder, published: published).chain
            for problem in chain.problems { Self.tell("\(problem)") }
            var isSound = chain.isSound
            var left = 0
            for record in chain.records where record.entry.body != nil {
                let recomputed = GateRecomputation(record, of: chain)
                for line in recomputed.lines { Self.tell(line) }
                switch recomputed.outcome {
                case .same: break
                case .gone: left += 1
                case .changed, .different: isSound = false
                }
            }
            guard !chain.records.isEmpty || !chain.isSound else {
                throw CommandFailure(code: .data, message: "`\(folder)` holds no record")
            }
            let count = chain.records.count
            Self.tell(
                isSound
                    ? "\(count) records, all as they were"
                    : "the chain, or what it rests on, was changed"
            )
            if left > 0 { Self.tell("\(left) not computed again: what they rest on is gone") }
            if !isSound { throw ExitCode(1) }
            if left > 0 { throw ExitCode(2) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    /// Prints what may hold names from outside, within a terminal's width.
    private static func tell(_ text: String) {
        let line = PlainText.line(text, most: 800)
        for part in PlainText.wrapped(line, at: 100, first: "", indent: "  ") { print(part) }
    }
}

struct GateHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows the recorded verdicts, one a line."
    )

    @Argument(help: ArgumentHelp("The chain.", valueName: "folder"))
    var folder: String

    func run() throws {
        do {
            guard FileStatus(folder) == .folder else {
                throw CommandFailure(code: .noInput, message: "there is no chain at `\(folder)`")
            }
            let chain = try ChainFolder(folder).chain
            print(chain.history, terminator: "")
            for problem in chain.problems { Terminal.say("\(problem)") }
            if !chain.isSound { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }
}

struct GateRollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Records that a phase was taken back, which ends its GO and those above it."
    )

    @Argument(help: ArgumentHelp("The chain.", valueName: "folder"))
    var folder: String

    @Option(help: ArgumentHelp("The phase.", valueName: "number"), transform: phaseNumber)
    var phase: Phase

    @Option(help: ArgumentHelp("When, RFC 3339.", valueName: "time"), transform: instant)
    var at: Instant

    @Option(help: ArgumentHelp("Why.", valueName: "reason"))
    var reason: String

    @Option(help: ArgumentHelp("Whose decision it was: a role.", valueName: "role"))
    var by: String

    func run() throws {
        do {
            let chain = try ChainFolder(addingTo: folder)
            guard let last = chain.chain.records.last else {
                throw CommandFailure(
                    code: .data,
                    message: "`\(folder)` holds no verdict that could be taken back"
                )
            }
            // An emergency does not wait for a verdict that was dated ahead: it stands right behind it.
            let entry = try ChainEntry(
                at: max(at, last.entry.at),
                kind: .rollback(phase, reason: reason, by: by),
                brain: last.entry.brain,
                policy: last.entry.policy,
                program: "dunning-parity \(DunningParity.version)",
                inputs: []
            )
            print("recorded: \(folder)/\(try chain.append(entry))")
        } catch let failure as CommandFailure {
            throw failure.exit
        } catch let error as RecordError {
            throw CommandFailure(code: .data, message: error.reason).exit
        }
    }
}
