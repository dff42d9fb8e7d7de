import CutoverGate
import MirrorLog
import RegressionCorpus

/// A recorded verdict computed again from what it rests on, where that is at hand.
struct GateRecomputation {
    /// What came of it.
    let outcome: Outcome
    /// What to say of it, the record's file first.
    let lines: [String]

    /// What came of computing a verdict again.
    enum Outcome {
        /// It says the same.
        case same
        /// Something that it rests on is not there any more.
        case gone
        /// Something that it rests on is there and was changed since.
        case changed
        /// From the same inputs it says something else, or nothing.
        case different
    }

    /// Computes a record's verdict again.
    init(_ record: ChainRecord, of chain: Chain) {
        let name = record.fileName
        do {
            let (outcome, lines) = try Self.compute(record, chain)
            self.outcome = outcome
            self.lines = ["\(name): \(lines.first ?? "")"] + lines.dropFirst().map { "  \($0)" }
        } catch {
            outcome = .different
            lines = ["\(name): can't be computed again: \(error)"]
        }
    }

    private static func compute(
        _ record: ChainRecord,
        _ chain: Chain
    ) throws -> (Outcome, [String]) {
        var found = inputs(of: record)
        if let gone = found.gone { return (.gone, ["not computed again: `\(gone)` is gone"]) }
        if let changed = found.changed { return (.changed, ["`\(changed)` was changed since"]) }
        found.assembly.chain = chain.before(record)
        let (decision, made) = try found.assembly.decide()
        let known = Set(record.entry.inputs.map { "\($0.role.rawValue) \($0.digest)" })
        if let other = made.first(where: { !known.contains("\($0.role) \($0.digest)") }) {
            return (.changed, ["`\(other.name)` was changed since"])
        }
        let body = try JSONTree(decision.json(made))
        if try record.isConfirmed(byRecomputed: body) {
            return (.same, ["computed again, the same"])
        }
        let differences = try record.differences(fromRecomputed: body).prefix(5)
        return (
            .different, ["computed again, it says something else"] + differences.map(\.description)
        )
    }

    /// What a verdict rests on, as it is now.
    private struct Inputs {
        var assembly: GateAssembly
        /// What is not there.
        var gone: String?
        /// What is there and another one.
        var changed: String?
    }

    private static func inputs(of record: ChainRecord) -> Inputs {
        let inputs = record.entry.inputs
        var found = Inputs(
            assembly: GateAssembly(phase: record.entry.phase, at: record.entry.at, reports: [])
        )
        func take<File>(_ input: ChainInput, _ read: () throws -> File, _ digest: (File) -> String?)
            -> File?
        {
            guard FileStatus(input.name) != .nothing, let file = try? read() else {
                found.gone = found.gone ?? input.name
                return nil
            }
            if let digest = digest(file), digest != input.digest {
                found.changed = found.changed ?? input.name
            }
            return file
        }
        for input in inputs {
            switch input.role {
            case .report:
                guard
                    let files = take(
                        input,
                        { try GateFiles.report(input.name) },
                        { $0.report.digest }
                    )
                else { continue }
                let isListed = files.episodes.map { file in
                    inputs.contains { $0.role == .episodes && $0.digest == file.digest }
                }
                if isListed == false { found.changed = found.changed ?? files.episodes?.name }
                if isListed == nil { found.gone = found.gone ?? "\(input.name)'s episodes.ndjson" }
                found.assembly.reports.append(files)
            case .configuration:
                found.assembly.configuration = take(input, { try GateFiles.file(input.name) }) {
                    $0.digest
                }
            case .waivers:
                found.assembly.waivers = take(input, { try GateFiles.file(input.name) }) {
                    $0.digest
                }
            case .corpus:
                // Its digest is over what it means, and told when it is checked.
                if let folder = take(input, { try CorpusFolder(input.name) }, { _ in nil }) {
                    found.assembly.corpus = (input.name, folder.cases(), folder.region)
                }
            case .log, .episodes, .policy: continue
            }
        }
        return found
    }
}
