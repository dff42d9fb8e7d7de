import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import Testing

/// How well a report finds what was planted, on reports made up for it.
struct TruthScoreTests {
    private func truth(_ account: String, _ classes: [String], at minutes: Int64) throws -> Truth {
        let names = classes.map { "\"\($0)\"" }.joined(separator: ",")
        let time = MadeUp.at(minutes)
        let line = #"{"account":"\#(account)","classes":[\#(names)],"at":"\#(time)"}"#
        return try Truth(line: Array(line.utf8), JSONScanner())
    }

    /// One unexplained divergence at noon in each account.
    private func report(_ accounts: String...) throws -> ParityReport {
        try MadeUp.report(on: accounts.flatMap { MadeUp.flagged($0) })
    }

    private func score(_ report: ParityReport, _ truths: [Truth]) throws -> TruthScore.Row {
        let score = try TruthScore(report, truths)
        return try #require(score.rows.first { $0.name == "unexplained" })
    }

    @Test("what was planted and found, and found where it was planted, is perfect")
    func perfect() throws {
        let truths = [
            try truth("a", ["unexplained"], at: 0), try truth("b", ["unexplained"], at: 10),
        ]
        let score = try TruthScore(report("a", "b"), truths)
        #expect(score.isPerfect)
        #expect(score.rows.map(\.name) == ["unexplained"])
        #expect(score.rows.map(\.found) == [2])
        #expect(score.rows.map(\.backed) == [2])
    }

    @Test("what was planted and not found costs recall")
    func missed() throws {
        let truths = [
            try truth("a", ["unexplained"], at: 0), try truth("c", ["unexplained"], at: 0),
        ]
        let report = try report("a")
        let row = try score(report, truths)
        #expect((row.truths, row.found) == (2, 1))
        #expect((row.divergences, row.backed) == (1, 1))
        #expect(try !TruthScore(report, truths).isPerfect)
    }

    @Test("what was found and not planted costs precision")
    func invented() throws {
        let report = try report("a", "b")
        let truths = [try truth("a", ["unexplained"], at: 0)]
        let row = try score(report, truths)
        #expect((row.truths, row.found) == (1, 1))
        #expect((row.divergences, row.backed) == (2, 1))
        #expect(try !TruthScore(report, truths).isPerfect)
    }

    @Test(
        "a truth is found only inside the episode, both ends included",
        arguments: [(Int64(-1), 0), (0, 1), (15, 1), (16, 0)]
    )
    func outsideEpisode(minutes: Int64, found: Int) throws {
        let row = try score(try report("a"), [try truth("a", ["unexplained"], at: minutes)])
        #expect(row.found == found)
        #expect(row.backed == found)
    }

    @Test("a truth of another class or another account is not found")
    func elsewhere() throws {
        let report = try report("a")
        let other = try TruthScore(report, [try truth("a", ["race"], at: 0)])
        #expect(other.rows.map(\.name) == ["race", "unexplained"])
        #expect(other.rows.map(\.found) == [0, 0])
        #expect(other.rows.map(\.backed) == [0, 0])
        let row = try score(report, [try truth("b", ["unexplained"], at: 0)])
        #expect((row.found, row.backed) == (0, 0))
    }

    @Test("a truth of several classes counts in each")
    func several() throws {
        let score = try TruthScore(report("a"), [try truth("a", ["race", "unexplained"], at: 0)])
        #expect(score.rows.map(\.truths) == [1, 1])
        #expect(score.rows.map(\.found) == [0, 1])
    }

    @Test(
        "a line that is no truth is refused",
        arguments: [
            "", "{}", "[]", #"{"account":"a","classes":[],"at":"2026-03-02T12:00:00Z"}"#,
            #"{"account":"a","classes":["race"],"at":"noon"}"#,
            #"{"classes":["race"],"at":"2026-03-02T12:00:00Z"}"#,
        ]
    )
    func badLine(line: String) throws {
        let scanner = try JSONScanner()
        #expect(throws: RecordError.self) { try Truth(line: Array(line.utf8), scanner) }
    }
}
