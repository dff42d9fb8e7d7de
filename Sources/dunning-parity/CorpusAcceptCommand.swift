import ArgumentParser
import MirrorLog
import RegressionCorpus

struct CorpusAcceptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Rewrites the expectation of cases, and says what changed.",
        discussion: """
            What changed is what a reviewer must agree with. Of a case without an expect.json \
            everything is new. Exit code 1: what came of a case can't be right whatever is \
            expected, and nothing was written for it.
            """
    )

    @Argument(help: ArgumentHelp("The names of the cases.", valueName: "case"))
    var names: [String]

    @OptionGroup var option: CorpusOption

    @Option(help: ArgumentHelp("The ticket that the cases come from.", valueName: "ticket"))
    var ticket: String?

    func run() throws {
        do {
            let folder = try CorpusFolder(option.corpus)
            var isWhole = true
            for name in names { isWhole = try accept(name, in: folder) && isWhole }
            if !isWhole { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    private func accept(_ name: String, in folder: CorpusFolder) throws -> Bool {
        let subject = try folder[name]
        let acceptance: CaseAcceptance
        do {
            acceptance = try CaseAcceptance(subject, in: folder.region, ticket: ticket)
        } catch let error as RecordError {
            throw CommandFailure(code: .data, message: "case `\(name)`: \(error.reason)")
        }
        guard acceptance.problems.isEmpty else {
            for problem in acceptance.problems { Terminal.say("\(name): \(problem)") }
            return false
        }
        try OutputFolder("\(folder.path)/\(name)").write("expect.json", acceptance.text)
        let changes = acceptance.changes
        print("\(name): \(changes.isEmpty ? "nothing changed" : "\(changes.count) changed")")
        for change in changes { print("  \(change)") }
        return true
    }
}
