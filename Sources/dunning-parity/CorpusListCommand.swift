import ArgumentParser
import MirrorLog
import ParityReport
import RegressionCorpus

struct CorpusListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the cases: ticket, outcome, account types, shapes; and what none covers."
    )

    @Argument(help: ArgumentHelp("The corpus.", valueName: "folder"))
    var corpus = CorpusFolder.defaultPath

    func run() throws {
        do {
            let folder = try CorpusFolder(corpus)
            do {
                let list = try CorpusList(try folder.cases())
                print(list.table.text)
                print(list.gaps)
            } catch let error as RecordError {
                throw CommandFailure(code: .data, message: "`\(corpus)`: \(error.reason)")
            }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }
}
