import ArgumentParser
import BillingModel
import CutoverGate
import MirrorLog
import ParityReport
import ReportPages
import ShadowRun

struct GateDecideCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decide",
        abstract: "Decides on a phase from reports.",
        discussion: """
            Exit codes: 0 GO, 1 NO-GO, 2 INSUFFICIENT; 64 wrong usage, 65 bad data, 66 an input is \
            not there, 74 an output error. The same files and the same --at give the same answer, \
            byte for byte.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A folder that `replay --out` wrote, or its report.json.",
            valueName: "report"
        )
    )
    var reports: [String]

    @Option(
        help: ArgumentHelp(
            "The phase: 1 webhooks, 2 payments, 3 segments, 4 retire.",
            valueName: "number"
        ),
        transform: phaseNumber
    )
    var phase: Phase

    @Option(help: ArgumentHelp("The limits, in YAML.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Waivers and sign-offs, in YAML.", valueName: "file"))
    var waivers: String?

    @Option(
        help: ArgumentHelp("The regression corpus to check the brain with.", valueName: "folder")
    )
    var corpus: String?

    @Option(
        help: ArgumentHelp(
            "As of when, RFC 3339: waivers expire, watermarks grow stale. Unless given, the end of "
                + "what was observed.",
            valueName: "time"
        ),
        transform: instant
    )
    var at: Instant?

    @Option(
        help: ArgumentHelp(
            "Write gate.json, gate.md and gate.html into this folder.",
            valueName: "folder"
        )
    )
    var out: String?

    @Option(
        help: ArgumentHelp(
            "The chain of recorded verdicts: what depends on it is read, and this one is appended.",
            valueName: "folder"
        )
    )
    var record: String?

    @Option(
        help: ArgumentHelp(
            "The digest of a record, as it was published: it must be in the chain.",
            valueName: "digest"
        )
    )
    var published: [String] = []

    func validate() throws {
        guard published.isEmpty || record != nil else {
            throw ValidationError("--published asks about a chain: give it with --record.")
        }
        guard out == nil || out != record else {
            throw ValidationError(
                "nothing but records belongs into a chain: --out is another folder."
            )
        }
    }

    func run() throws {
        do {
            let verdict = try decide()
            if let code = verdict.exitCode { throw ExitCode(code) }
        } catch let failure as CommandFailure {
            throw failure.exit
        } catch let error as RecordError {
            throw CommandFailure(code: .data, message: error.reason).exit
        }
    }

    private func decide() throws -> GateVerdict {
        var assembly = GateAssembly(
            phase: phase,
            at: at,
            reports: try reports.map { path throws(CommandFailure) in try GateFiles.report(path) }
        )
        assembly.configuration = try config.map(GateFiles.file)
        assembly.waivers = try waivers.map(GateFiles.file)
        if let corpus {
            let folder = try CorpusFolder(corpus)
            assembly.corpus = (corpus, folder.cases(), folder.region)
        }
        let chain = try record.map { path throws(CommandFailure) in
            try ChainFolder(addingTo: path, published: published)
        }
        assembly.chain = chain?.chain
        let (decision, inputs) = try assembly.decide()
        if let chain { try refuseForged(chain.chain, before: decision) }
        let json = decision.json(inputs)
        // What could not be recorded must not be seen to have been decided.
        let kept = try chain.map { try $0.append(decision, inputs, json) }
        if let out {
            let folder = try OutputFolder(out)
            try folder.write("gate.json", json)
            let markdown = Markdown.fitted(decision.markdown, rest: "gate.html and gate.json")
            try folder.write("gate.md", Array(markdown.utf8))
            let history = try chain.map { try ChainFolder($0.path).chain.records } ?? []
            let page = GatePage(decision, history: history)
            try folder.write("gate.html") { () throws(PageError) in Array(try page.html.utf8) }
        }
        print(decision.text, terminator: "")
        if let chain, let kept {
            print("recorded: \(chain.path)/\(kept)")
        }
        return decision.verdict
    }
}

extension GateDecideCommand {
    /// Refuses to build on a GO that does not come out of what it says it rests on.
    ///
    /// One whose inputs are gone by now is believed, since reports are not kept for ever; `verify`
    /// says so.
    private func refuseForged(
        _ chain: Chain,
        before decision: GateDecision
    ) throws(CommandFailure) {
        let question = decision.question
        guard let before = Phase(rawValue: phase.rawValue - 1),
            let go = chain.standing(before, on: question.grounds)
        else { return }
        let recomputed = GateRecomputation(go, of: chain)
        switch recomputed.outcome {
        case .same, .gone: return
        case .changed, .different:
            throw CommandFailure(
                code: .data,
                message: "the GO of phase \(before.rawValue) can't be built on: "
                    + recomputed.lines.joined(separator: "; ")
            )
        }
    }
}

extension GateVerdict {
    /// The exit code that a script tells it by; `nil` for success.
    fileprivate var exitCode: Int32? {
        switch self {
        case .go: nil
        case .noGo: 1
        case .insufficient: 2
        }
    }
}

/// Reads a phase by its number.
@Sendable
func phaseNumber(_ text: String) throws -> Phase {
    guard let phase = Int(text).flatMap(Phase.init(rawValue:)) else {
        throw ValidationError("`\(text)` is no phase; give 1, 2, 3 or 4")
    }
    return phase
}

/// Reads a time.
@Sendable
func instant(_ text: String) throws -> Instant {
    guard let instant = Instant(rfc3339: text) else {
        throw ValidationError("`\(text)` is no time; give one such as 2026-04-01T00:00:00Z")
    }
    return instant
}
