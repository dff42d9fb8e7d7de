import BillingModel
import CutoverGate
import ParityReport
import ReportPages
import Testing

/// The pictures of `gate.html`: bars against limits, and the way to enough clean episodes.
struct GateChartTests {
    private static let from = Instant(rfc3339: "2026-03-01T00:00:00Z")
    private static let horizon = Instant(rfc3339: "2026-03-11T00:00:00Z")

    private func end(_ clean: [Int], needed: Int?) throws -> String? {
        let horizon = try #require(Self.horizon)
        let first: Int64 = 20_513
        let points = clean.enumerated().map { (day: first + Int64($0), clean: $1) }
        return BurnUp.end(points, needed: needed, from: Self.from, horizon: horizon)
            .map { String($0.description.prefix(10)) }
    }

    @Test("a hundred in ten days are two hundred in ten days more")
    func projected() throws {
        #expect(try end([40, 100], needed: 200) == "2026-03-21")
        #expect(try end([40, 100], needed: 150) == "2026-03-16")
    }

    @Test("what is reached was reached on the day on which it was")
    func reached() throws {
        #expect(try end([40, 100, 200], needed: 100) == "2026-03-02")
        #expect(try end([40, 100, 200], needed: 0) == "2026-03-01")
    }

    @Test("without a rate there is no date")
    func noRate() throws {
        #expect(try end([], needed: 100) == nil)
        #expect(try end([0, 0], needed: 100) == nil)
        #expect(try end([1], needed: nil) == nil)
        #expect(try end([1], needed: .max) == nil)
        let horizon = try #require(Self.horizon)
        #expect(BurnUp.end([(1, 5)], needed: 9, from: horizon, horizon: horizon) == nil)
        #expect(BurnUp.end([(1, 5)], needed: 9, from: nil, horizon: horizon) == nil)
        #expect(BurnUp.end([(.max, 5)], needed: 5, from: nil, horizon: horizon) == nil)
    }

    @Test("the page says what is missing, and by when")
    func words() throws {
        let question = try SmallQuestion.clean().with { $0.configuration = GateConfiguration() }
        let burnUp = BurnUp(GateDecision(question))
        let missing = try #require(burnUp.missing)
        #expect(missing > 0)
        #expect(burnUp.caption.contains("\(Figures.grouped(missing)) more, by 20"))
        let html = try GatePage(GateDecision(question)).html
        #expect(html.contains("<figcaption>\(burnUp.caption).</figcaption>"))
        #expect(burnUp.svg.contains("class=\"ahead\""))
        let none = question.with { $0.observation.days = [] }
        #expect(BurnUp(GateDecision(none)).caption.contains("no rate yet"))
    }

    @Test(
        "the limit stands at 100 of 150",
        arguments: [
            (0, 10, 0), (5, 10, 50), (10, 10, 100), (14, 10, 140), (99, 10, 150), (0, 0, 0),
            (1, 0, 150), (Int.max, Int.max, 100), (Int.max, 3, 150), (-4, 10, 0),
        ]
    )
    func bars(value: Int, limit: Int, expected: Int) throws {
        let criterion = Criterion(
            .fidelity,
            .go,
            value: "\(value)",
            limit: "\(limit)",
            meter: .init(value: value, limit: limit, mustReach: true)
        )
        let bar = try #require(LimitBar(criterion))
        #expect(bar.length == expected)
        #expect(bar.svg.contains("found \(value), must reach \(limit)"))
    }

    @Test("a criterion without a measure has no bar")
    func noBar() {
        #expect(LimitBar(Criterion(.noise, .go, value: "", limit: "")) == nil)
    }

    @Test("recorded verdicts stand in the page, the latest first and marked")
    func history() throws {
        let decision = GateDecision(try SmallQuestion.clean())
        #expect(try GatePage(decision).html.contains("No record is kept"))
        let records = try ChainExamples.five().records
        let html = try GatePage(decision, history: records).html
        #expect(!html.contains("No record is kept"))
        #expect(html.ranges(of: "(this one)").count == 1)
        for record in records {
            #expect(html.contains("<code>\(record.digest.prefix(12))</code>"))
        }
    }
}
