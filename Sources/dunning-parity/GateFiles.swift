import CutoverGate
import Glibc
import MirrorLog
import ParityReport

/// The files that the gate decides from, read whole.
enum GateFiles {
    static func file(_ path: String) throws(CommandFailure) -> GateFile {
        GateFile(name: path, bytes: try TextFile.bytes(path))
    }

    /// A report, with its listing of episodes where that stands beside it.
    static func report(
        _ path: String
    ) throws(CommandFailure) -> (report: GateFile, episodes: GateFile?) {
        let isFolder = FileStatus(path) == .folder
        let report = isFolder ? "\(path)/report.json" : path
        let folder =
            isFolder ? path : path.split(separator: "/").dropLast().joined(separator: "/")
        let root = path.hasPrefix("/") && !isFolder ? "/" : ""
        let listing = (folder.isEmpty ? "" : root + folder + "/") + "episodes.ndjson"
        return (
            try file(report), FileStatus(listing) == .other ? try file(listing) : nil
        )
    }
}

/// A folder of recorded verdicts.
///
/// From when one is opened to be added to until the program ends nobody else can open it so: two
/// verdicts that were recorded at the same time would take each other's place.
struct ChainFolder {
    let path: String
    let chain: Chain

    /// Opens a chain to be added to, once whoever has it open so is done.
    init(addingTo path: String, published: [String] = []) throws(CommandFailure) {
        let folder = try OutputFolder(path)
        let lock = open("\(folder.path)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard lock >= 0 else { throw OutputFolder.failure("can't lock `\(path)`") }
        while flock(lock, LOCK_EX) != 0 {
            guard errno == EINTR else { throw OutputFolder.failure("can't lock `\(path)`") }
        }
        chain = try Self.read(path, published: published)
        self.path = path
    }

    /// Reads a chain; a folder that is not there is one without a record yet.
    init(_ path: String, published: [String] = []) throws(CommandFailure) {
        chain = try Self.read(path, published: published)
        self.path = path
    }

    private static func read(
        _ path: String,
        published: [String]
    ) throws(CommandFailure) -> Chain {
        guard FileStatus(path) != .nothing else { return Chain() }
        var files: [ChainFile] = []
        for name in try CorpusFolder.entries(of: path) {
            // Whatever it is, if it is no file it is no record.
            let isFile = FileStatus("\(path)/\(name)") == .other
            let bytes = isFile ? try TextFile.bytes("\(path)/\(name)") : []
            files.append(ChainFile(name: name, bytes: bytes))
        }
        return Chain(files: files, published: published)
    }

    /// Appends a decision.
    ///
    /// - Returns: The name of the record's file.
    func append(
        _ decision: GateDecision,
        _ inputs: [GateInput],
        _ json: [UInt8]
    ) throws -> String {
        let kind = ChainEntry.Kind.verdict(
            decision.question.phase,
            decision.verdict,
            body: try JSONTree(json)
        )
        return try append(
            ChainEntry(
                at: decision.question.at,
                kind: kind,
                brain: decision.question.observation.brain,
                policy: decision.question.observation.policy,
                program: "dunning-parity \(DunningParity.version)",
                inputs: inputs.compactMap { input in
                    ChainInput.Role(rawValue: input.role).map {
                        ChainInput($0, name: input.name, digest: input.digest)
                    }
                }
            )
        )
    }

    /// Appends an entry: first its file, then the head.
    func append(_ entry: ChainEntry) throws -> String {
        var chain = chain
        let record = try chain.append(entry)
        let folder = try OutputFolder(path)
        try folder.write(record.file.name, record.file.bytes)
        if let head = chain.head { try folder.write(head.file.name, head.file.bytes) }
        return record.file.name
    }
}
