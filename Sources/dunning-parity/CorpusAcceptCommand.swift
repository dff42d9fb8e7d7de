import ArgumentParser
import MirrorLog
import ParityReport
import RegressionCorpus

struct CorpusAcceptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Rewrites the expectation of cases, and says what changed.",
        discussion: """
            What changed is what a reviewer must agree with. Of a case without an expect.json \
            everything is new. Exit code 1: a case can't be read, or what came of it can't be right \
            whatever is expected, and nothing was written for it.

            Examples:
              dunning-parity corpus accept void-after-a-dispute
              dunning-parity corpus accept --all
            """
    )

    @Argument(help: ArgumentHelp("The names of the cases.", valueName: "case"))
    var names: [String] = []

    @Flag(help: "All cases of the corpus; only those that changed are told of.")
    var all = false

    @OptionGroup var option: CorpusOption

    @Option(help: ArgumentHelp("The ticket that the cases come from.", valueName: "ticket"))
    var ticket: String?

    func validate() throws {
        guard names.isEmpty == all else {
            throw ValidationError(
                all
                    ? "`--all` are all cases; name none beside it"
                    : "name a case to accept, or say --all"
            )
        }
        if all, ticket != nil {
            throw ValidationError("not all cases come from one ticket; name those that do")
        }
    }

    func run() throws {
        do {
            let folder = try CorpusFolder(option.corpus)
            let cases = all ? folder.cases() : try names.map { try folder[$0] }
            // Judged side by side, and written one after the other.
            let acceptances = CaseAcceptance.all(of: cases, in: folder.region, ticket: ticket)
            var tally = (changed: 0, refused: 0)
            for (subject, acceptance) in zip(cases, acceptances) {
                try accept(subject, acceptance, into: folder, &tally)
            }
            if all {
                print(
                    "\(Figures.grouped(cases.count)) cases, \(tally.changed) changed, "
                        + "\(tally.refused) refused"
                )
            }
            if cases.isEmpty {
                throw CommandFailure(code: .data, message: "`\(folder.path)` holds no case")
            }
            if tally.refused > 0 { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    private func accept(
        _ subject: CorpusCase,
        _ result: Result<CaseAcceptance, any Error>,
        into folder: CorpusFolder,
        _ tally: inout (changed: Int, refused: Int)
    ) throws {
        let name = subject.name
        let acceptance: CaseAcceptance
        do {
            acceptance = try result.get()
        } catch let error as RecordError {
            Terminal.say("\(name): \(error.reason)")
            tally.refused += 1
            return
        }
        guard acceptance.problems.isEmpty else {
            for problem in acceptance.problems { Terminal.say("\(name): \(problem)") }
            tally.refused += 1
            return
        }
        // What is as it was keeps its time, too.
        if acceptance.text != subject.expectation {
            try OutputFolder("\(folder.path)/\(name)").write("expect.json", acceptance.text)
        }
        let changes = acceptance.changes
        if !changes.isEmpty { tally.changed += 1 }
        if !all || !changes.isEmpty {
            print("\(name): \(changes.isEmpty ? "nothing changed" : "\(changes.count) changed")")
        }
        for change in changes { print("  \(change)") }
    }
}
