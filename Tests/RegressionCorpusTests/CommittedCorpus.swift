import Foundation
import MirrorLog
import RegressionCorpus

/// The corpus of this repository, as its files stand.
enum CommittedCorpus {
    static let folder = packageRoot.appending(path: "corpora/cases")

    /// The names of the cases, sorted.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { name in
            var isFolder: ObjCBool = false
            let path = folder.appending(path: name).path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }

    /// A case by its name.
    static func named(_ name: String) throws -> CorpusCase {
        let place = folder.appending(path: name)
        let policy = place.appending(path: "policy.yaml")
        return CorpusCase(
            name: name,
            log: Array(try Data(contentsOf: place.appending(path: "log.ndjson"))),
            expectation: Array(try Data(contentsOf: place.appending(path: "expect.json"))),
            readme: try String(contentsOf: place.appending(path: "README.md"), encoding: .utf8),
            policy: FileManager.default.fileExists(atPath: policy.path)
                ? try String(contentsOf: policy, encoding: .utf8) : nil
        )
    }

    /// All cases.
    static func cases() throws -> [CorpusCase] { try names().map { try named($0) } }

    /// A case that holds, for tests to break: an invoice voided after it was marked.
    static func sound() throws -> CorpusCase { try named("void-43-seconds-after-mark") }

    /// A case whose log is refused, as it should be.
    static func refused() throws -> CorpusCase { try named("fail-path-f") }
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
