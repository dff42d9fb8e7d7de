import BillingModel
import MirrorLog
import StripeMirror
import Synchronization
import Testing

struct StripeSourceTests {
    private static let begin: Int64 = 1_772_323_200
    private static let date = "Sun, 01 Mar 2026 00:00:00 GMT"

    private static func page(_ ids: [String], hasMore: Bool = false) -> StripeAnswer {
        let events = ids.map { MadeUpEvent.json($0, created: begin - 10) }.joined(separator: ",")
        let body = #"{"object":"list","data":[\#(events)],"has_more":\#(hasMore)}"#
        return StripeAnswer(status: 200, head: ["date": date], body: body.bytes)
    }

    private static let forgotten = StripeAnswer(
        status: 404,
        body: #"{"error":{"code":"resource_missing","param":"starting_after"}}"#.bytes
    )

    /// Runs a source over some answers, until all were given.
    private func run(
        _ answers: [StripeAnswer],
        from position: BackfillPosition,
        into sink: MemorySink
    ) throws -> [StripeSource.Report] {
        let time = MadeUpTime(Self.begin)
        let transport = ListedAnswers(answers.map { .success($0) })
        let client = try StripeClient(transport, clock: time.clock, seed: 1)
        sink.setPosition(position.text, of: StripeSource.name)
        var reports: [StripeSource.Report] = []
        let source = try StripeSource(client: client, sink: sink, clock: time.clock) {
            reports.append($0)
        }
        try source.run(shouldStop: { transport.count >= answers.count })
        return reports
    }

    private static func at(_ second: Int64) -> Instant {
        Instant(microseconds: second * 1_000_000)
    }

    @Test("where Stripe forgot the event to go on behind, the window is read from its top")
    func forgotten() throws {
        let sink = MemorySink()
        let position = BackfillPosition(
            complete: Self.at(Self.begin - 600),
            window: .init(upper: nil, through: Self.at(Self.begin - 120), cursor: "evt_3")
        )
        let answers = [
            Self.forgotten, Self.page(["evt_3"], hasMore: true), Self.page(["evt_2", "evt_1"]),
            Self.page([]),
        ]
        let reports = try run(answers, from: position, into: sink)
        let ids = sink.kept.records.filter { $0.kind == .stripe }.map(\.id.rawValue)
        #expect(ids == ["evt_3", "evt_2", "evt_1"])
        #expect(
            reports.first == .failure(.refused(status: 404, code: "resource_missing"))
        )
        #expect(reports.contains(.complete(through: Self.at(Self.begin - 120))))
    }

    @Test("a gap is kept as a mark beside the events, and reported")
    func gap() throws {
        let sink = MemorySink()
        let away = Self.at(Self.begin - 40 * 86_400)
        let end = Self.at(Self.begin - 30 * 86_400 + 3600)
        let answers = [Self.page([]), Self.page(["evt_1"])]
        let position = BackfillPosition(complete: away)
        let reports = try run(answers, from: position, into: sink)
        #expect(reports.contains(.gap(from: away, to: end)))
        let mark = Mark(source: .stripe, says: .gap(from: away, to: end))
        #expect(sink.kept.records.contains { $0.body == .mark(mark) })
        let text = try #require(sink.position(of: StripeSource.name))
        #expect(BackfillPosition(text)?.complete == end)
    }

    @Test("a key that is refused is reported again and again, and ends nothing")
    func refusedKey() throws {
        let sink = MemorySink()
        let refused = StripeAnswer(status: 401)
        let position = BackfillPosition(complete: Self.at(Self.begin - 600))
        let answers = [refused, refused, refused, Self.page([]), Self.page([])]
        let reports = try run(answers, from: position, into: sink)
        #expect(reports.count { $0 == .failure(.refused(status: 401, code: nil)) } == 3)
    }
}
