import Foundation
import MirrorLog
import RegressionCorpus

/// The corpus that is kept with the project.
enum KeptCorpus {
    /// Its cases, by name.
    static func cases() throws -> [CorpusCase] { try names().map { try named($0) } }

    /// The names of the cases, sorted: of all folders, and of nothing else.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            var isFolder: ObjCBool = false
            let path = folder.appending(path: name).path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }

    /// The case of a name.
    static func named(_ name: String) throws -> CorpusCase {
        let home = folder.appending(path: name)
        let expectation = try? Data(contentsOf: home.appending(path: "expect.json"))
        return CorpusCase(
            name: name,
            log: Array(try Data(contentsOf: home.appending(path: "log.ndjson"))),
            expectation: expectation.map { Array($0) },
            readme: try String(contentsOf: home.appending(path: "README.md"), encoding: .utf8),
            policy: try? String(contentsOf: home.appending(path: "policy.yaml"), encoding: .utf8)
        )
    }

    /// Whose data it may hold.
    static func region() throws -> CorpusRegion {
        let file = folder.appending(path: manifest)
        return try CorpusRegion(yaml: String(contentsOf: file, encoding: .utf8))
    }

    /// A case that holds, for tests to break: an invoice voided after it was marked.
    static func sound() throws -> CorpusCase { try named("void-43-seconds-after-mark") }

    /// A case whose log is refused, as it should be.
    static func refused() throws -> CorpusCase { try named("fail-path-f") }

    private static let manifest = "corpus.yaml"
    /// Where it lies.
    static let folder = packageRoot.appending(path: "corpora/cases")
}

extension CorpusCase {
    /// The case with another text in place of all of one in its log, and its `expect.json` as it was.
    func replacing(_ old: String, with new: String) -> CorpusCase {
        var changed = self
        changed.log = Array(String(decoding: log, as: UTF8.self).replacing(old, with: new).utf8)
        return changed
    }

    /// The text of the log.
    var text: String { String(decoding: log, as: UTF8.self) }

    /// The case expecting what comes of it.
    func accepted() throws -> CorpusCase {
        var accepted = self
        accepted.expectation = try CaseAcceptance(self, in: .cn).text
        return accepted
    }
}
