import DivergenceAnalysis
import ParityReport
import Testing

/// `junit.xml` of a replay.
struct ReportJUnitTests {
    private static let clean = [MadeUp.charge("acct_1", at: 0)]

    @Test("a replay without anything unexplained passes all of its tests")
    func clean() throws {
        let records = MadeUp.flagged("acct_1").dropLast() + Self.clean
        let xml = try MadeUp.report(on: Array(records)).junit
        #expect(xml.contains("tests=\"3\" failures=\"0\""))
        #expect(!xml.contains("<failure"))
    }

    @Test("what nothing explains is a failure that names the divergence and its account")
    func unexplained() throws {
        let report = try MadeUp.report(on: MadeUp.flagged("acct_<1>"))
        let id = try #require(report.divergences.first).divergence.id
        #expect(report.blockingCount == 1)
        #expect(report.junit.contains("tests=\"3\" failures=\"1\""))
        #expect(report.junit.contains("name=\"no unexplained\""))
        #expect(report.junit.contains("\(id): account acct_&lt;1&gt;"))
    }

    @Test("having judged nothing is a failure")
    func nothing() throws {
        let report = try MadeUp.report(on: Self.clean)
        #expect(report.episodes.judged == 0)
        #expect(report.junit.contains("failures=\"1\""))
        #expect(report.junit.contains("no episode settled"))
    }
}
