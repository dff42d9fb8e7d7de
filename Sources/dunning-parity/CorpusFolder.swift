import Glibc
import MirrorLog
import RegressionCorpus

/// A corpus on disk: `corpus.yaml`, and a folder for each case.
struct CorpusFolder {
    let path: String
    let region: CorpusRegion
    /// The folders' names, sorted.
    let names: [String]

    static let defaultPath = "corpora/cases"

    /// Opens a corpus.
    ///
    /// - Throws: ``CommandFailure`` where there is none.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        guard FileStatus(path) == .folder else {
            throw CommandFailure(code: .noInput, message: "there is no corpus at `\(path)`")
        }
        let manifest = "\(path)/corpus.yaml"
        do throws(RecordError) {
            region = try CorpusRegion(yaml: Self.read(manifest))
        } catch {
            throw CommandFailure(code: .data, message: "`\(manifest)`: \(error.reason)")
        }
        names = try Self.entries(of: path).filter { FileStatus("\(path)/\($0)") == .folder }
    }

    /// A text file's content, with what is wrong about it as a reason.
    private static func read(_ path: String) throws(RecordError) -> String {
        do {
            return try TextFile.read(path)
        } catch {
            throw RecordError(
                "it says whose data the corpus may hold, and can't be read: "
                    + error.message
            )
        }
    }

    /// All cases; a folder that is none of a case stands among them with its flaw.
    func cases() -> [CorpusCase] {
        names.map { name in
            do throws(CommandFailure) {
                return try self[name]
            } catch {
                return CorpusCase(name: name, flaw: error.message)
            }
        }
    }

    /// The case of a name.
    subscript(name: String) -> CorpusCase {
        get throws(CommandFailure) {
            let folder = "\(path)/\(name)"
            guard FileStatus(folder) == .folder else {
                throw CommandFailure(
                    code: .noInput,
                    message: "there is no case `\(name)` in `\(path)`"
                )
            }
            let known = ["README.md", "expect.json", "log.ndjson", "policy.yaml"]
            for entry in try Self.entries(of: folder) where !known.contains(entry) {
                throw CommandFailure(
                    code: .data,
                    message: "`\(folder)/\(entry)` is no part of a case: a case holds "
                        + known.map { "`\($0)`" }.joined(separator: ", ")
                )
            }
            return CorpusCase(
                name: name,
                log: try TextFile.bytes("\(folder)/log.ndjson"),
                expectation: try Self.optional("\(folder)/expect.json"),
                readme: try Self.optional("\(folder)/README.md").map {
                    String(decoding: $0, as: UTF8.self)
                } ?? "",
                policy: try Self.optional("\(folder)/policy.yaml").map {
                    String(decoding: $0, as: UTF8.self)
                }
            )
        }
    }

    /// Writes a new case's folder.
    func write(_ subject: CorpusCase) throws(CommandFailure) {
        let folder = try OutputFolder("\(path)/\(subject.name)")
        try folder.write("log.ndjson", subject.log)
        if let policy = subject.policy { try folder.write("policy.yaml", Array(policy.utf8)) }
        try folder.write("README.md", Array(subject.readme.utf8))
        if let expectation = subject.expectation { try folder.write("expect.json", expectation) }
    }

    private static func optional(_ path: String) throws(CommandFailure) -> [UInt8]? {
        FileStatus(path) == .nothing ? nil : try TextFile.bytes(path)
    }

    /// The names of a folder's entries, those that begin with a dot left out, sorted.
    static func entries(of folder: String) throws(CommandFailure) -> [String] {
        guard let stream = opendir(folder) else {
            throw OutputFolder.failure("can't read the folder `\(folder)`")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

/// What a path leads to.
enum FileStatus: Equatable {
    case nothing, folder, other

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .nothing
            return
        }
        self = status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
    }
}
