import CutoverGate
import Foundation
import RegressionCorpus
import Testing

/// A corpus is believed only while it notices what is planted.
@Suite("the alarms of the corpus")
struct CorpusAlarmTests {
    private static let cases = Result {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "corpora/cases")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return names.compactMap { name -> CorpusCase? in
            let files = folder.appending(path: name)
            func text(_ file: String) -> String? {
                try? String(contentsOf: files.appending(path: file), encoding: .utf8)
            }
            guard let log = text("log.ndjson") else { return nil }
            return CorpusCase(
                name: name,
                log: Array(log.utf8),
                expectation: text("expect.json").map { Array($0.utf8) },
                readme: text("README.md") ?? "",
                policy: text("policy.yaml")
            )
        }
    }

    @Test("the project's own corpus catches every defect that is planted")
    func caught() throws {
        let cases = try Self.cases.get()
        #expect(cases.count > 400)
        let evidence = CorpusEvidence(cases, CorpusRegion(legalEntity: nil))
        #expect(evidence.failing == [])
        #expect(evidence.silentAlarms == [])
    }

    @Test("a corpus that holds nothing of a kind lets that kind of defect pass, and it is named")
    func silent() throws {
        let restricted = try Self.cases.get().filter { $0.name.hasPrefix("unsupported-type-pays") }
            .prefix(1)
        #expect(!restricted.isEmpty)
        let evidence = CorpusEvidence(Array(restricted), CorpusRegion(legalEntity: nil))
        #expect(evidence.failing == [])
        #expect(evidence.silentAlarms.contains("a brain that holds no one's override"))
    }
}
