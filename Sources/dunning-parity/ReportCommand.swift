import ArgumentParser

/// What is done with reports that were written before.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Works with reports that were written before.",
        subcommands: [ReportDiffCommand.self]
    )
}
