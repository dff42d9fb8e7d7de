import ArgumentParser
import BillingModel
import CutoverGate
import MirrorLog
import ShadowRun

struct GateVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Finds any change, loss, reordering or truncation of recorded verdicts.",
        discussion: """
            Each verdict whose inputs are at hand, under the names that it was recorded with, is \
            computed again. Whoever can rewrite the whole folder can rewrite its head too: publish \
            the digests that `history` shows elsewhere, and give them with --published.

            Exit codes: 0 all is as it was, 1 it is not, 65 there is no record, 66 no such folder.
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
            for problem in chain.problems { print(problem) }
            var isSound = chain.isSound
            var left = 0
            for record in chain.records where record.entry.body != nil {
                switch recompute(record, chain) {
                case .same: break
                case .notAtHand: left += 1
                case .different: isSound = false
                }
            }
            guard !chain.records.isEmpty || !chain.isSound else {
                throw CommandFailure(code: .data, message: "`\(folder)` holds no record")
            }
            let count = chain.records.count
            print(isSound ? "\(count) records, all as they were" : "the chain is not as it was")
            if left > 0 { print("\(left) of them not computed again: what they rest on is gone") }
            if !isSound { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    /// What came of computing a verdict again.
    private enum Recomputed {
        case same, different, notAtHand
    }

    /// Computes a verdict again where all its inputs are at hand, as they were.
    private func recompute(_ record: ChainRecord, _ chain: Chain) -> Recomputed {
        do {
            guard let body = try GateRecomputation(record, of: chain).body else {
                print(
                    "\(record.fileName): not computed again, an input is gone or another one by now"
                )
                return .notAtHand
            }
            guard try record.isConfirmed(byRecomputed: body) else {
                print("\(record.fileName): computed again, it says something else")
                for difference in try record.differences(fromRecomputed: body).prefix(5) {
                    print("  \(difference)")
                }
                return .different
            }
            print("\(record.fileName): computed again, the same")
            return .same
        } catch {
            print("\(record.fileName): can't be computed again: \(error)")
            return .different
        }
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
