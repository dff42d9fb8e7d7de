import CutoverGate
import Testing

struct StrataTests {
    private static let limit = Rate(partsPerMillion: 1000)

    private func cell(_ name: String, _ events: Int, _ episodes: Int) -> Stratum {
        Stratum(name: name, tally: Tally(events: events, of: episodes), limit: Self.limit)
    }

    private func judge(_ strata: [Stratum], family: Int = 0) -> StrataFinding {
        let bound = BoundMethod.anytime.bound(at: .standard)
        return StrataJudge(bound: bound, family: family).judge(strata)
    }

    @Test("GO takes each stratum, and a good overall does not carry a cell that is not shown")
    func everyCell() {
        let cells = [cell("card charge", 0, 90_000), cell("drift run", 0, 3000)]
        let finding = judge(cells + [.overall(of: cells, limit: Self.limit)])
        #expect(finding.verdict == .insufficient)
        #expect(finding.findings.map(\.stratum.name) == ["card charge", "drift run", "overall"])
        #expect(finding.findings.map(\.standing) == [.shown, .notShownYet, .shown])
        #expect(finding.findings.map(\.cleanEpisodesNeeded) == [0, 448, 0])
        #expect(
            finding.findings.map(\.upperBound.description) == ["0.0039 %", "0.115 %", "0.0038 %"]
        )
    }

    @Test("GO where every stratum is shown")
    func allShown() {
        let cells = [cell("a", 0, 3448), cell("b", 1, 9000)]
        let finding = judge(cells + [.overall(of: cells, limit: Self.limit)])
        #expect(finding.verdict == .go)
        #expect(finding.findings.allSatisfy { $0.upperBound <= Self.limit })
    }

    @Test("one stratum that is surely above is a NO-GO, whatever is missing elsewhere")
    func above() throws {
        let finding = judge([cell("a", 0, 10), cell("b", 30, 3000), cell("c", 0, 90_000)])
        #expect(finding.verdict == .noGo)
        #expect(finding.findings.map(\.standing) == [.notShownYet, .surelyAbove, .shown])
        #expect(finding.findings.map(\.verdict) == [.insufficient, .noGo, .go])
        #expect(finding.findings[1].lowerBound >= Self.limit)
    }

    @Test("nothing is shown of no strata, and of a stratum without episodes")
    func nothing() {
        #expect(judge([]).verdict == .insufficient)
        let finding = judge([cell("a", 0, 0)])
        #expect(finding.verdict == .insufficient)
        #expect(finding.findings.map(\.cleanEpisodesNeeded) == [3448])
    }

    @Test("the more cells there can be, the more it takes to say that one is surely above")
    func family() {
        let suspicious = cell("a", 9, 2000)
        #expect(judge([suspicious]).findings.map(\.standing) == [.surelyAbove])
        #expect(judge([suspicious], family: 100).findings.map(\.standing) == [.notShownYet])
    }

    @Test("a stratum that is surely above leaves its share of the level to the others")
    func stepDown() {
        let (plain, doubtful) = (cell("a", 100, 2000), cell("b", 9, 2000))
        let needsShare = (2...60).filter { family in
            judge([doubtful], family: family).verdict != .noGo
                && judge([plain, doubtful], family: family).findings[1].standing == .surelyAbove
        }
        // At just one size of family the share that is set free decides.
        #expect(needsShare.count == 1)
    }

    @Test("the order of the strata makes no difference", arguments: 0..<10)
    func order(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let strata = (0..<8).map { _ in
            cell(random.pick(["a", "b", "c"]), random.number(0...12), random.number(12...6000))
        }
        let finding = judge(strata, family: 12)
        #expect(judge(strata.shuffled(using: &random), family: 12) == finding)
        #expect(judge(strata.reversed(), family: 12) == finding)
    }
}
