import ArgumentParser
import MirrorLog
import ParityReport
import RegressionCorpus

struct CorpusListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the cases: ticket, outcome, account types, shapes; and what none covers.",
        discussion: """
            Each case's name stands on a line of its own and the rest in columns beneath, so that \
            it fits 100 columns. With --wide each case is one line, for grep and the like.

            Example:
              dunning-parity corpus list --wide | grep BILLACCT-288
            """
    )

    @Argument(help: ArgumentHelp("The corpus.", valueName: "folder"))
    var corpus = CorpusFolder.defaultPath

    @Flag(help: "One line a case, however long.")
    var wide = false

    func run() throws {
        do {
            let folder = try CorpusFolder(corpus)
            do {
                let list = try CorpusList(folder.cases())
                print(wide ? list.table.text : list.text)
                print(list.gaps, terminator: "")
            } catch let error as RecordError {
                throw CommandFailure(code: .data, message: "`\(corpus)`: \(error.reason)")
            }
        } catch let failure as CommandFailure {
            throw failure.exit
        }
    }
}
