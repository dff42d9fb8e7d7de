import ArgumentParser
import CutoverGate
import MirrorLog
import ShadowRun

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Holds legacy against itself: the noise below which no comparison can see.",
        discussion: """
            The same situation (account type, trigger, where the customer stood, what the facts told) \
            should always end alike. For each facet it is told how often it did not.

            Example:
              dunning-parity calibrate reports/today
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A folder that `replay --out` wrote, or its report.json.",
            valueName: "report"
        )
    )
    var reports: [String]

    func run() throws {
        do {
            let files = try reports.map { path throws(CommandFailure) in
                try GateFiles.report(path)
            }
            let assembly = GateAssembly(phase: .retire, at: nil, reports: files)
            let floor = NoiseFloor(try assembly.observation())
            print(floor.text, terminator: "")
            guard floor.episodes > 0 else {
                throw CommandFailure(code: .data, message: "the reports judged no episode")
            }
        } catch let failure as CommandFailure {
            throw failure.exit
        } catch let error as RecordError {
            throw CommandFailure(code: .data, message: error.reason).exit
        }
    }
}
