import CutoverGate
import MirrorLog
import RegressionCorpus

/// A recorded verdict computed again from its inputs, where they are at hand.
struct GateRecomputation {
    /// What `gate.json` would say now; `nil` where an input is missing or another one by now.
    let body: JSONTree?

    init(_ record: ChainRecord, of chain: Chain) throws {
        let inputs = record.entry.inputs
        var reports: [(report: GateFile, episodes: GateFile?)] = []
        for input in inputs where input.role == .report {
            guard let found = try? GateFiles.report(input.name), found.report.digest == input.digest
            else {
                body = nil
                return
            }
            let listing = found.episodes.flatMap { file in
                inputs.contains { $0.role == .episodes && $0.digest == file.digest } ? file : nil
            }
            reports.append((found.report, listing))
        }
        var assembly = GateAssembly(
            phase: record.entry.phase,
            at: record.entry.at,
            reports: reports
        )
        assembly.chain = chain.before(record)
        for input in inputs {
            switch input.role {
            case .configuration, .waivers:
                guard let file = try? GateFiles.file(input.name), file.digest == input.digest else {
                    body = nil
                    return
                }
                if input.role == .waivers {
                    assembly.waivers = file
                } else {
                    assembly.configuration = file
                }
            case .corpus:
                guard let folder = try? CorpusFolder(input.name) else {
                    body = nil
                    return
                }
                assembly.corpus = (input.name, folder.cases(), folder.region)
            default: continue
            }
        }
        let (decision, made) = try assembly.decide()
        let isSame = made.allSatisfy { input in
            inputs.contains { $0.role.rawValue == input.role && $0.digest == input.digest }
        }
        body = isSame && made.count == inputs.count ? try JSONTree(decision.json(made)) : nil
    }
}
