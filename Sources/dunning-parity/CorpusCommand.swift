import ArgumentParser

struct CorpusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Keeps divergences as small cases, and checks a brain against all of them.",
        discussion: """
            A corpus is a folder of cases, each a folder named after what it proves: log.ndjson, a \
            mirror log of a few records; expect.json, what must come of it; README.md, why; and \
            policy.yaml where the default policy is not meant. corpus.yaml says whose data the \
            corpus may hold: `region: global` or `region: cn`.

            Examples:
              dunning-parity corpus check
              dunning-parity corpus check --junit corpus.xml --markdown comment.md
              dunning-parity corpus add reports/today dv_0123456789abcdef --log mirror.ndjson \
            --name void-after-a-dispute --secret key.bin
              dunning-parity corpus accept void-after-a-dispute
            """,
        subcommands: [
            CorpusCheckCommand.self, CorpusListCommand.self, CorpusAddCommand.self,
            CorpusMinimizeCommand.self, CorpusAcceptCommand.self,
        ]
    )
}

/// The folder of a corpus: an option of every command that works on one.
struct CorpusOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The corpus.", valueName: "folder")
    )
    var corpus = CorpusFolder.defaultPath
}
