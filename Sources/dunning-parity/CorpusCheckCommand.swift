import ArgumentParser
import RegressionCorpus

struct CorpusCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judges every case and compares what comes with what is expected.",
        discussion: """
            It writes nothing but the files it is asked for. Exit codes: 0 all cases hold, 1 some \
            don't, 65 there is no case or no corpus.yaml, 66 no such folder.
            """
    )

    @Argument(help: ArgumentHelp("The corpus.", valueName: "folder"))
    var corpus = CorpusFolder.defaultPath

    @Option(help: ArgumentHelp("Write the results as JUnit's XML.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("Write the results for a pull request.", valueName: "file"))
    var markdown: String?

    func run() throws {
        do {
            let folder = try CorpusFolder(corpus)
            let check = CorpusCheck(folder.cases(), in: folder.region)
            if let junit { try OutputFile.write(check.junit, to: junit) }
            if let markdown { try OutputFile.write(check.markdown, to: markdown) }
            print(check.text, terminator: "")
            guard !check.checks.isEmpty else {
                throw CommandFailure(code: .data, message: "`\(corpus)` holds no case")
            }
            if !check.holds { throw ExitCode(1) }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }
}
