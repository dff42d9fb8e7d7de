import Foundation
import MirrorLog
import RegressionCorpus

/// The corpus that is kept with the project.
enum KeptCorpus {
    /// Its cases, by name.
    static func cases() throws -> [CorpusCase] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.filter { $0 != manifest && !$0.hasPrefix(".") }.map { try named($0) }
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

    private static let manifest = "corpus.yaml"
    private static let folder = packageRoot.appending(path: "corpora/cases")
}
