import BillingModel
import DivergenceAnalysis
import Foundation
import ReportPages
import ShadowRun
import Testing

/// What the article on swimlanes says is so.
///
/// Arrows, what is bold and what would have been are held against stories made by hand, in the
/// tests of the drawing and of ``Swimlane``.
struct SwimlaneArticleTests {
    private static let article = Result {
        let path = "Sources/ReportPages/ReportPages.docc/Swimlanes.md"
        return try String(contentsOf: Fleet.root.appending(path: path), encoding: .utf8)
            .split(separator: "\n").joined(separator: " ")
    }

    private func says(_ words: String) throws -> Bool { try Self.article.get().contains(words) }

    private func swimlane(_ name: String) throws -> Swimlane {
        try #require(try Fleet.corpus(name).first)
    }

    /// A picture of some events and nothing else.
    private func picture(of events: [Swimlane.Event]) throws -> Picture {
        var swimlane = try swimlane("void-43-seconds-after-mark")
        swimlane.events = events
        swimlane.runs = []
        swimlane.decisions = []
        swimlane.staleReads = []
        swimlane.tracks = []
        swimlane.opened = events[0].at
        swimlane.closed = events[events.count - 1].at
        swimlane.end = swimlane.closed
        return try Picture(SwimlaneDrawing(swimlane).svg(standalone: true))
    }

    /// Events at a distance from noon each.
    private func events(at offsets: [TimeSpan]) throws -> [Swimlane.Event] {
        let event = try #require(try swimlane("void-43-seconds-after-mark").events.first)
        return offsets.enumerated().map { place, offset in
            var event = event
            event.at = Instant(microseconds: 1_772_452_800_000_000).advanced(by: offset)
            event.record = RecordID("evt_\(place)")
            return event
        }
    }

    @Test("close things stand equally far apart, gaps of 5 s or more have sign and length")
    func time() throws {
        #expect(try says("less than 5 s apart stand equally far from one another"))
        #expect(try says("A gap of 5 s or more is cut short"))
        let close = TimeSpan(microseconds: 1)
        let almost = TimeSpan(microseconds: 5_000_000)
        let ends = [TimeSpan.zero, close, almost]
        let near = try picture(of: try events(at: ends))
        let places = near.told.map(\.x)
        #expect(places[1] - places[0] == places[2] - places[1])
        #expect(near.of("sl-n").isEmpty)
        let gap = try picture(of: try events(at: [.zero, .seconds(5)]))
        #expect(gap.of("sl-n").map(\.text) == ["5 s"])
        #expect(gap.of("sl-g").count == 1)
    }

    @Test(
        "the length of a gap is in its two largest units",
        arguments: [
            (TimeSpan.seconds(43), "43 s"), (.seconds(856), "14 min 16 s"),
            (.minutes(15), "15 min"), (.minutes(51 * 60), "2 d 3 h"), (.minutes(61), "1 h 1 min"),
            (.days(400), "400 d"),
        ]
    )
    func lengths(gap: TimeSpan, words: String) throws {
        let picture = try picture(of: try events(at: [.zero, gap]))
        #expect(picture.of("sl-n").map(\.text) == [words])
    }

    @Test("times of day stand at the start and behind each gap, and the last is the close")
    func clocks() throws {
        let picture = try picture(of: try events(at: [.zero, .seconds(1), .seconds(60)]))
        #expect(picture.of("sl-d").map(\.text) == ["2026-03-02", "12:00:00", "12:01:00 closed"])
    }

    @Test("the article's lanes are those of the pictures")
    func lanes() throws {
        var seen: Set<Swimlane.Lane> = []
        for swimlane in try Fleet.seeds.get().flatMap(\.swimlanes) {
            let lanes = swimlane.events.map(\.lane) + swimlane.runs.map(\.lane)
            seen.formUnion(lanes + [.brain])
            let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: false))
            let names = picture.texts.filter { $0.number("x") == 8 }.map(\.text)
            for lane in [Swimlane.Lane.stripe, .requests, .path(.a), .path(.e), .database] {
                #expect(names.contains(lane.name) == lanes.contains(lane), "\(lane.name)")
            }
        }
        for lane in seen.sorted() {
            if case .path(let path) = lane, path != .a { continue }
            #expect(try says("| \(lane.name) |"))
        }
        #expect(try says("| Path B to Path E |"))
        #expect(seen.count >= 8)
    }

    @Test("what an unexplained divergence would have been is not drawn")
    func unexplained() throws {
        #expect(try says("A divergence that no known cause explains has no middle row."))
        let found = try Fleet.corpus("flag-out-of-nowhere-opens-an-episode")
        let swimlane = try #require(found.first)
        #expect(swimlane.classes == [.unexplained])
        #expect(swimlane.had == [])
        #expect(swimlane.tracks.allSatisfy { $0.whatIf == nil })
        let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: false))
        #expect(!picture.texts.contains { $0.text == "what if" })
    }

    @Test("no more is drawn than the article says, and what is missing is counted")
    func most() throws {
        #expect(try says("At most 60 events, 24 runs, 30 decisions and 10 facets"))
        #expect(try says("16 writes of a run"))
        for swimlane in try Fleet.seeds.get().flatMap(\.swimlanes) {
            #expect(swimlane.events.count <= 60)
            #expect(swimlane.runs.count <= 24)
            #expect(swimlane.decisions.count <= 30)
            #expect(swimlane.tracks.count <= 10)
            #expect(swimlane.runs.allSatisfy { $0.deeds.count <= 16 })
        }
        var full = try swimlane("void-43-seconds-after-mark")
        full.omitted = 7
        let svg = SwimlaneDrawing(full).svg(standalone: true)
        #expect(svg.contains("7 more events, deeds or facets are not drawn"))
    }

    @Test("a long name is cut in its middle, and whole where the pointer rests")
    func names() throws {
        var swimlane = try swimlane("void-43-seconds-after-mark")
        swimlane.events[0].record = RecordID(String(repeating: "r", count: 70))
        swimlane.events[0].says.name = "in_q7OB9uKEwT4dBLlXHd0SpG"
        let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: true))
        #expect(picture.texts.contains { $0.text == "in_q7O…d0SpG marked uncollectible" })
        let whole = String(repeating: "r", count: 59) + "…"
        #expect(picture.elements.contains { $0.name == "title" && $0.text.hasPrefix(whole) })
    }

    @Test("the signs of the text are those of the article")
    func signs() throws {
        let race = try swimlane("drift-clears-while-path-c-flags")
        let lines = SwimlaneText(race, width: 100).lines.map(\.text)
        let lane = try #require(lines.first { $0.hasPrefix("Path C") })
        for sign in ["-", "="] { #expect(lane.contains(sign)) }
        #expect(lines.contains { $0.hasPrefix("  what if") && $0.contains("~") })
        #expect(lines.contains { $0.hasPrefix("  legacy") && $0.contains("#") && $0.contains("%") })
        let failed = try swimlane("admin-flag-fails-half-way")
        let text = SwimlaneText(failed, width: 100).lines.map(\.text)
        #expect(text.contains { $0.hasPrefix("Path E") && $0.contains("x") })
    }
}
