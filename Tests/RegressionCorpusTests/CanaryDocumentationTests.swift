import Foundation
import Testing

/// The table of canaries, and of what caught each, is the documentation's.
struct CanaryDocumentationTests {
    @Test("the tables in the documentation are what is found")
    func tables() async throws {
        let page = packageRoot.appending(
            path: "Sources/RegressionCorpus/RegressionCorpus.docc/Canaries.md"
        )
        let kept = try String(contentsOf: page, encoding: .utf8)
        var found = kept
        let hunt = try await CanaryHunt.kept
        for table in [CanaryTables.brains(hunt), try CanaryTables.classes()] {
            found = try #require(replacing(table, in: found))
        }
        guard found != kept else { return }
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try Data(found.utf8).write(to: page)
            Issue.record("recorded Canaries.md: read what changed, then run again")
        } else {
            let new = found.split(separator: "\n").filter { !kept.contains($0) }
            Issue.record(
                """
                Canaries.md does not say what is found, which is
                \(new.joined(separator: "\n"))
                Where that is right, RECORD_SNAPSHOTS=1 writes it.
                """
            )
        }
    }

    /// A page with the table that has the same header replaced; `nil` where it has none.
    private func replacing(_ table: String, in page: String) -> String? {
        let header = table.prefix { $0 != "\n" } + "\n"
        guard let start = page.range(of: header) else { return nil }
        let rows = page[start.lowerBound...].split(
            separator: "\n",
            omittingEmptySubsequences: false
        ).prefix { $0.hasPrefix("|") }
        let old = rows.joined(separator: "\n") + "\n"
        return page.replacingOccurrences(of: old, with: table)
    }

    @Test("a table is replaced by its header, and what stands around it stays")
    func replacement() {
        let page = "# A\n\n| a | b |\n| --- |\n| 1 | 2 |\n\nText.\n"
        #expect(replacing("| a | b |\n| 3 |\n", in: page) == "# A\n\n| a | b |\n| 3 |\n\nText.\n")
        #expect(replacing("| c |\n", in: page) == nil)
    }
}
