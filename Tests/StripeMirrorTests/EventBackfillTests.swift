import BillingModel
import MirrorLog
import ScriptedStripe
import StripeMirror
import Testing

struct EventBackfillTests {
    private static let day: Int64 = 86_400
    private static let start: Int64 = 1_772_323_200

    private static func at(_ second: Int64) -> Instant {
        Instant(microseconds: second * 1_000_000)
    }

    private static func page(_ ids: [String], hasMore: Bool = false) -> ListPage {
        let elements = ids.map { id in
            ListPage.Element(Array(#"{"id":"\#(id)","created":\#(start)}"#.utf8)[...])
        }
        return ListPage(elements: elements, hasMore: hasMore)
    }

    private static func query(_ step: EventBackfill.Step) -> [String: String] {
        guard case .ask(let request) = step else { return [:] }
        return ListedObjects.query(of: request.target)
    }

    @Test("at first it learns the time, then reads slices of the past, then the tail, then rests")
    func course() throws {
        let settings = EventBackfill.Settings(
            lag: .seconds(100),
            slice: .days(10),
            types: ["invoice.paid"]
        )
        var backfill = EventBackfill(settings: settings)
        let now = Self.at(Self.start)
        #expect(Self.query(backfill.next(at: now)) == ["limit": "1"])
        let newest = Self.page(["evt_9"], hasMore: true)
        #expect(try backfill.take(newest, told: now, now: now) == .init())
        var lower = Self.start - 30 * Self.day + 3600
        for _ in 0..<2 {
            let query = Self.query(backfill.next(at: now))
            #expect(query["created[gte]"] == "\(lower)")
            #expect(query["created[lte]"] == "\(lower + 10 * Self.day)")
            #expect(query["types[]"] == "invoice.paid")
            let progress = try backfill.take(Self.page([]), told: now, now: now)
            lower += 10 * Self.day
            #expect(progress.says == [.through(Self.at(lower))])
            #expect(progress.position == BackfillPosition(complete: Self.at(lower)))
            #expect(!progress.isCaughtUp)
        }
        let query = Self.query(backfill.next(at: now))
        #expect(query["created[gte]"] == "\(lower)" && query["created[lte]"] == nil)
        let progress = try backfill.take(Self.page(["evt_9"]), told: now, now: now)
        #expect(progress.says == [.through(Self.at(Self.start - 100))])
        #expect(progress.isCaughtUp)
        #expect(backfill.next(at: now) == .rest)
        let next = Self.query(backfill.next(at: now))
        #expect(next["created[gte]"] == "\(Self.start - 100)")
    }

    @Test("from a position in mid-window it goes on behind the last event that was kept")
    func resumes() throws {
        let position = BackfillPosition(
            complete: Self.at(Self.start - 500),
            window: .init(upper: nil, through: Self.at(Self.start - 120), cursor: "evt_5")
        )
        var backfill = EventBackfill(from: position)
        let now = Self.at(Self.start)
        let query = Self.query(backfill.next(at: now))
        #expect(query["starting_after"] == "evt_5")
        #expect(query["created[gte]"] == "\(Self.start - 500)")
        let half = try backfill.take(Self.page(["evt_4"], hasMore: true), told: now, now: now)
        var behind = position
        behind.window?.cursor = "evt_4"
        #expect(half.position == behind)
        #expect(half.says == [])
        // What was complete when the window was opened counts, not what is so now.
        let rest = try backfill.take(Self.page([]), told: now, now: now)
        #expect(rest.says == [.through(Self.at(Self.start - 120))])
    }

    @Test("what is complete lies behind both clocks", arguments: [-9000, 0, 9000])
    func clocks(skew: Int64) throws {
        let (told, now) = (Self.at(Self.start), Self.at(Self.start + skew))
        let settings = EventBackfill.Settings(lag: .seconds(120), slice: .days(40))
        let position = BackfillPosition(complete: Self.at(Self.start - 20_000))
        var backfill = EventBackfill(settings: settings, from: position)
        _ = backfill.next(at: now)
        _ = try backfill.take(Self.page([]), told: told, now: now)
        _ = backfill.next(at: now)
        let progress = try backfill.take(Self.page([]), told: told, now: now)
        #expect(progress.says == [.through(Self.at(Self.start + min(skew, 0) - 120))])
    }

    @Test("without a time from Stripe the newest event tells it; without one nothing is complete")
    func noTime() throws {
        let now = Self.at(Self.start + 50_000)
        var backfill = EventBackfill()
        _ = backfill.next(at: now)
        #expect(try backfill.take(Self.page([]), told: nil, now: now) == .init())
        #expect(backfill.next(at: now) == .rest)
        #expect(Self.query(backfill.next(at: now)) == ["limit": "1"])
        _ = try backfill.take(Self.page(["evt_1"]), told: nil, now: now)
        let query = Self.query(backfill.next(at: now))
        #expect(query["created[gte]"] == "\(Self.start - 30 * Self.day + 3600)")
    }

    @Test("where the mirror was away for longer than Stripe keeps events, a gap is told")
    func gap() throws {
        let now = Self.at(Self.start)
        let away = Self.at(Self.start - 40 * Self.day)
        let end = Self.at(Self.start - 30 * Self.day + 3600)
        var backfill = EventBackfill(from: BackfillPosition(complete: away))
        _ = backfill.next(at: now)
        _ = try backfill.take(Self.page([]), told: now, now: now)
        _ = backfill.next(at: now)
        let progress = try backfill.take(Self.page([]), told: now, now: now)
        #expect(progress.says.first == .gap(from: away, to: end))
        #expect(progress.position == BackfillPosition(complete: end))
        #expect(Self.query(backfill.next(at: now))["created[gte]"] == "\(end.unixSeconds)")
    }

    @Test("a gap is told of a window that was half read, too, and once")
    func gapInWindow() throws {
        let now = Self.at(Self.start)
        let away = Self.at(Self.start - 40 * Self.day)
        let position = BackfillPosition(
            complete: away,
            window: .init(upper: nil, through: Self.at(Self.start - 39 * Self.day), cursor: "evt_5")
        )
        var backfill = EventBackfill(from: position)
        _ = backfill.next(at: now)
        let page = Self.page(["evt_4"], hasMore: true)
        let half = try backfill.take(page, told: now, now: now)
        #expect(half.says.count == 1)
        #expect(try backfill.take(Self.page([]), told: now, now: now).says == [])
    }

    @Test("an hour less than Stripe keeps is no gap")
    func noGap() throws {
        let now = Self.at(Self.start)
        let position = BackfillPosition(complete: Self.at(Self.start - 30 * Self.day + 3600))
        var backfill = EventBackfill(from: position)
        _ = backfill.next(at: now)
        _ = try backfill.take(Self.page([]), told: now, now: now)
        _ = backfill.next(at: now)
        let progress = try backfill.take(Self.page([]), told: now, now: now)
        #expect(progress.says == [.through(Self.at(Self.start - 30 * Self.day + 7200))])
    }

    @Test("a page that leads nowhere is refused, and nothing has changed")
    func noProgress() throws {
        let now = Self.at(Self.start)
        let position = BackfillPosition(
            complete: Self.at(Self.start - 500),
            window: .init(upper: nil, through: Self.at(Self.start - 120), cursor: "evt_5")
        )
        var backfill = EventBackfill(from: position)
        let before = backfill
        #expect(throws: RecordError.self) {
            try backfill.take(Self.page(["evt_5"], hasMore: true), told: now, now: now)
        }
        #expect(backfill == before)
    }

    @Test("where Stripe no longer knows the cursor the window is read again")
    func lostCursor() {
        let position = BackfillPosition(
            complete: Self.at(Self.start - 500),
            window: .init(upper: nil, through: Self.at(Self.start - 120), cursor: "evt_5")
        )
        var backfill = EventBackfill(from: position)
        let hasRestarted = backfill.restartWindow()
        #expect(hasRestarted)
        let query = Self.query(backfill.next(at: Self.at(Self.start)))
        #expect(query["starting_after"] == nil)
        #expect(query["created[gte]"] == "\(Self.start - 500)")
        let restartsAgain = backfill.restartWindow()
        #expect(!restartsAgain)
    }

    @Test("the types that are asked for are as many as Stripe takes, and no more")
    func types() {
        #expect(EventBackfill.dunningTypes.count == 20)
        #expect(Set(EventBackfill.dunningTypes).count == 20)
        #expect(EventBackfill.Settings(types: (0..<30).map { "t\($0)" }).types.count == 20)
        #expect(EventBackfill.Settings(pageSize: 1000).pageSize == 100)
        #expect(EventBackfill.Settings(pageSize: 0).pageSize == 1)
    }
}
