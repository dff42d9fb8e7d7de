import ArgumentParser
import FleetSimulation
import ParityReport

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Makes the log of a fleet of accounts, and beside it what was done wrong where.",
        discussion: """
            Writes log.ndjson and truth.ndjson into a folder. The same FLEET gives the same bytes. \
            The truth is for `replay --truth`, which measures a report against it; it never enters \
            a replay.

            Example:
              dunning-parity simulate corpora/fleets/small.yaml --out /tmp/small
              dunning-parity replay /tmp/small/log.ndjson --truth /tmp/small/truth.ndjson
            """
    )

    @Argument(help: ArgumentHelp("What the fleet is made of, in YAML.", valueName: "fleet"))
    var fleet: String

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "folder"))
    var out: String

    func run() throws {
        do {
            try simulate()
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }

    private func simulate() throws {
        let text = try TextFile.read(fleet)
        let plan: FleetPlan
        do {
            plan = try FleetPlan(yaml: text)
        } catch {
            throw CommandFailure(code: .data, message: "fleet `\(fleet)`: \(error)")
        }
        let folder = try OutputFolder(out)
        var log = try folder.open("log.ndjson")
        var truth = try folder.open("truth.ndjson")
        var progress = Progress(total: nil)
        var records = 0
        let summary = try FleetSimulation.run(plan: plan) { line in
            records += 1
            progress.advance(by: line.count, records: records)
            try log.write(line)
        } writeTruth: { line in
            try truth.write(line)
        }
        try log.close()
        try truth.close()
        progress.finish()
        print(
            "\(Figures.grouped(summary.accounts)) accounts, \(Figures.grouped(summary.records)) "
                + "records, \(Figures.grouped(summary.unreadable)) unreadable lines, "
                + "\(Figures.grouped(summary.bytes)) bytes"
        )
        print("log: \(out)/log.ndjson, truth: \(out)/truth.ndjson")
    }
}
