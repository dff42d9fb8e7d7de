import ArgumentParser
import BillingModel
import MirrorLog
import ParityReport
import RegressionCorpus

struct CorpusAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Makes a divergence of a report into a case: cut out, redacted, judged.",
        discussion: """
            The divergence's smallest reproducer is cut out of its log and redacted: ids become \
            pseudonyms keyed with the secret, and whatever is not known to be harmless goes. \
            The case must give the same verdict as the report, and tell a story that the corpus \
            does not tell yet. An account of the legal entity cn is refused but by a corpus of its \
            region.

            Make a secret once, and keep it where the logs are kept:
              head -c 32 /dev/urandom > corpus.key

            Exit codes: 65 refused, with the reason; 66 an input is not there.
            """
    )

    @Argument(help: ArgumentHelp("report.json, or the folder that it is in.", valueName: "report"))
    var report: String

    @Argument(help: ArgumentHelp("The divergence's id.", valueName: "divergence"))
    var divergence: String

    @Option(
        help: ArgumentHelp("A log that the report was made from; all of them.", valueName: "file")
    )
    var log: [String]

    @Option(help: ArgumentHelp("What the case proves, as a-name-with-dashes.", valueName: "name"))
    var name: String

    @Option(help: ArgumentHelp("What the case proves, as a sentence.", valueName: "sentence"))
    var claim: String?

    @Option(help: ArgumentHelp("The ticket that it comes from.", valueName: "ticket"))
    var ticket: String?

    @Option(
        help: ArgumentHelp("The key of the pseudonyms, of 16 bytes or more.", valueName: "file")
    )
    var secret: String

    @Option(help: ArgumentHelp("Multiply amounts by a whole number.", valueName: "number"))
    var scale: Int64?

    @OptionGroup var option: CorpusOption

    func run() throws {
        do {
            try add()
        } catch let failure as CommandFailure {
            throw failure.exit
        } catch let error as RecordError {
            throw CommandFailure(code: .data, message: "\(divergence): \(error.reason)").exit
        } catch let error as LogSourceError {
            throw CommandFailure(code: .noInput, message: error.description).exit
        }
    }

    private func add() throws {
        let folder = try CorpusFolder(option.corpus)
        let document = try ReportFile.read(report)
        guard let entry = document.divergences.first(where: { $0.id == divergence }) else {
            throw RecordError("`\(report)` has no such divergence")
        }
        guard let reproducer = entry.reproducer, !reproducer.isEmpty else {
            throw RecordError("`\(report)` has no reproducer of it; make the report anew")
        }
        var cut = LogCut(reproducer, of: entry.account)
        for path in log { try cut.read(.file(path)) }
        if cut.digest.hex != document.input.log {
            Terminal.say(
                "dunning-parity: these are not exactly the logs of the report; going on with them"
            )
        }
        let request = CasePromotion.Request(
            name: name,
            claim: claim,
            ticket: ticket,
            secret: try TextFile.bytes(secret),
            amounts: scale.map { .multiplied(by: $0) } ?? .kept
        )
        let made = try CasePromotion(
            entry,
            document.input,
            cut,
            request,
            into: folder.cases(),
            of: folder.region
        ).promoted
        try folder.write(made)
        print("\(folder.path)/\(made.name): \(made.claim ?? "")")
        print("read its README.md, say in it what is right and why, and commit it")
    }
}
