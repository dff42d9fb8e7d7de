import ArgumentParser

@main
struct DunningParity: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "dunning-parity",
        abstract: "Tells whether it is safe to let the dunning brain decide.",
        discussion: """
            Mirrored production events go in. Beside what the legacy Paths A-E were recorded to \
            do, the brain decides in shadow; every difference comes out with its cause proved and \
            its money counted.

            Start here:
              dunning-parity replay mirror.ndjson --out reports/today

            Exit codes: 0 all differences are explained, 1 some are not or the brain has a defect,
            2 the gate has not seen enough, 64 wrong usage, 65 bad data, 66 no such input, 74 an input or
            output error, 77 refused because it would be dangerous.
            """,
        version: version,
        subcommands: [
            ReplayCommand.self, PackCommand.self, ExplainCommand.self, ExploreCommand.self,
            ReportCommand.self, CorpusCommand.self, GateCommand.self, CalibrateCommand.self,
            WatchCommand.self, StoreCommand.self, DoctorCommand.self, SimulateCommand.self,
        ]
    )
}
