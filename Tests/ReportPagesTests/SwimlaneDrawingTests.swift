import BillingModel
import DivergenceAnalysis
import Foundation
import ReportPages
import Testing

/// A swimlane as SVG: what is drawn, and where.
struct SwimlaneDrawingTests {
    private static let race = "drift-clears-while-path-c-flags"
    private static let void = "void-43-seconds-after-mark"

    private func drawing(_ name: String) throws -> (Swimlane, Picture) {
        let swimlane = try #require(try Fleet.corpus(name).first)
        return (swimlane, try Picture(SwimlaneDrawing(swimlane).svg(standalone: true)))
    }

    // MARK: - What is drawn

    @Test(
        "a race: lanes by name, a stale read as an arrow from read to write, what would have been"
    )
    func race() throws {
        let (swimlane, picture) = try drawing(Self.race)
        let names = picture.texts.filter { $0.number("x") == 8 }.map(\.text)
        for name in ["Stripe", "Requests", "Path B", "Path C", "Brain"] {
            #expect(names.contains(name))
        }
        let stale = try #require(swimlane.staleReads.first)
        let places = Dictionary(picture.told.map { ($0.at, $0.x) }) { first, _ in first }
        let arrows = picture.elements.filter { $0.name == "path" }
            .map { Pen($0.attributes["d"] ?? "").points }
            .filter { $0.count == 5 && $0[0].x == places[stale.read] }
        let arrow = try #require(arrows.first)
        // The bar's ticks are where its deeds are.
        let ticks = picture.of("sl-t").flatMap { Pen($0.attributes["d"] ?? "").points.map(\.x) }
        #expect(ticks.contains(arrow[1].x))
        #expect(arrow[1].x > arrow[0].x)
        #expect(picture.of("sl-a").count == 2, "and the legend's")
        #expect(picture.of("sl-c").count == 1)
        #expect(picture.texts.contains { $0.text == "would: flags, bans, dates, tags" })
    }

    @Test("a void after 43 s: no arrow, the gap in words, and stripes where the runs differ")
    func void() throws {
        let (swimlane, picture) = try drawing(Self.void)
        #expect(picture.of("sl-a").count == 1, "the legend's alone")
        #expect(picture.of("sl-n").map(\.text).contains("38 s"))
        #expect(picture.texts.contains { $0.text == "would do nothing" })
        #expect(picture.texts.contains { $0.text == "had it looked when the void was in" })
        let differing = swimlane.tracks.filter {
            !$0.differing(from: swimlane.opened, to: swimlane.closed).isEmpty
        }
        #expect(differing.count == 5)
        let stripes = try #require(picture.of("sl-x").first?.attributes["d"])
        #expect(stripes.count { $0 == "M" } == differing.count)
    }

    @Test("a payment that would have been left out is struck out")
    func duplicate() throws {
        let (swimlane, picture) = try drawing("paid-again-in-the-shape-of-basil")
        #expect(swimlane.events.count { $0.isLeftOut } == 1)
        #expect(picture.of("sl-o").count == 1)
    }

    @Test("what the smallest reproducer needs is bold, and nothing else")
    func bold() throws {
        let (swimlane, picture) = try drawing(Self.race)
        let keys =
            swimlane.events.count { $0.isKey } + swimlane.runs.count { $0.isKey && !$0.isWhatIf }
        let groups = picture.elements.filter { $0.name == "g" && $0.classes.contains("sl-k") }
        #expect(groups.count == keys + 1, "and the names of the facets")
        #expect(keys == 5)
    }

    @Test("a screen reader is told what it is")
    func readable() throws {
        for standalone in [true, false] {
            let swimlane = try #require(try Fleet.corpus(Self.void).first)
            let drawing = SwimlaneDrawing(swimlane).svg(standalone: standalone)
            let picture = try Picture(drawing)
            #expect(picture.elements.first?.attributes["role"] == "img")
            #expect(picture.elements.dropFirst().prefix(2).map(\.name) == ["title", "desc"])
            #expect(picture.elements[1].text == "voided_invoice_flag of account acct_1")
            #expect(picture.elements[2].text.hasPrefix("invoice in_1 was voided 43 s after"))
        }
    }

    @Test("a document has its style, in light and dark, and a part of a page has none")
    func style() throws {
        let swimlane = try #require(try Fleet.corpus(Self.void).first)
        let drawing = SwimlaneDrawing(swimlane)
        #expect(drawing.svg(standalone: true).contains("<style>" + SwimlaneDrawing.style))
        #expect(!drawing.svg(standalone: false).contains("<style"))
        #expect(!drawing.svg(standalone: false).contains("style="))
        #expect(SwimlaneDrawing.style.contains("@media (prefers-color-scheme:dark)"))
        #expect(try Picture(SwimlaneDrawing.legend).elements.count > 10)
    }

    @Test("every class of a drawing has a rule, all of them under one prefix")
    func classes() throws {
        var used: Set<String> = []
        for swimlane in try Fleet.seeds.get().flatMap(\.swimlanes) {
            let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: false))
            used.formUnion(picture.elements.flatMap(\.classes))
        }
        for name in used.sorted() where name != "sl" {
            #expect(name.hasPrefix("sl-"))
            #expect(SwimlaneDrawing.style.contains("." + name), "no rule for \(name)")
        }
        #expect(used.count > 15)
    }

    // MARK: - Where it stands

    @Test("all that is drawn is within the picture, in whole numbers", arguments: 0..<3)
    func within(seed: Int) throws {
        for swimlane in try Fleet.seeds.get()[seed].swimlanes {
            for standalone in [true, false] {
                let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: standalone))
                let (width, height) = picture.size
                for point in picture.points {
                    #expect((0...width).contains(point.x), "\(swimlane.id)")
                    #expect((0...height).contains(point.y), "\(swimlane.id)")
                }
            }
        }
    }

    @Test("time runs right", arguments: 0..<3)
    func monotone(seed: Int) throws {
        for swimlane in try Fleet.seeds.get()[seed].swimlanes {
            let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: true))
            let told = picture.told.sorted { $0.at < $1.at }
            #expect(told.count >= swimlane.events.count)
            for (one, next) in zip(told, told.dropFirst()) {
                #expect(one.at == next.at ? one.x == next.x : one.x < next.x, "\(swimlane.id)")
            }
        }
    }

    @Test("a gap of five seconds or more has its sign and its length", arguments: 0..<3)
    func gaps(seed: Int) throws {
        for swimlane in try Fleet.seeds.get()[seed].swimlanes {
            let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: true))
            let told = picture.told.sorted { $0.at < $1.at }
            let signs = picture.of("sl-n").compactMap { $0.number("x") }
            for (one, next) in zip(told, told.dropFirst())
            where next.at.since(one.at) >= .seconds(10) {
                #expect(signs.contains { one.x < $0 && $0 < next.x }, "\(swimlane.id)")
            }
        }
    }

    @Test("labels of one row do not run into one another", arguments: 0..<3)
    func labels(seed: Int) throws {
        for swimlane in try Fleet.seeds.get()[seed].swimlanes {
            let picture = try Picture(SwimlaneDrawing(swimlane).svg(standalone: false))
            // Names of rows end where they stand, and lengths of gaps have it in their middle.
            let plain = picture.texts.filter {
                !$0.groups.contains("sl-r") && !$0.classes.contains("sl-n")
            }
            let rows = Dictionary(grouping: plain) { $0.number("y") ?? 0 }
            for row in rows.values {
                let sorted = row.sorted { ($0.number("x") ?? 0) < ($1.number("x") ?? 0) }
                for (one, next) in zip(sorted, sorted.dropFirst()) {
                    let end = (one.number("x") ?? 0) + Self.width(of: one.text)
                    #expect(end <= next.number("x") ?? 0, "\(one.text) | \(next.text)")
                }
            }
        }
    }

    private static func width(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 6 : 12) }
    }

    @Test("a drawing for a page is small", arguments: 0..<3)
    func size(seed: Int) throws {
        let sizes = try Fleet.seeds.get()[seed].swimlanes
            .map { SwimlaneDrawing($0).svg(standalone: false).utf8.count }.sorted()
        try #require(!sizes.isEmpty)
        #expect(sizes[sizes.count / 2] < 5000)
        #expect(sizes[sizes.count - 1] < 12_000)
    }

    @Test("the same divergence is drawn the same, byte for byte")
    func determined() throws {
        let (one, other) = (try Fleet(seed: 1).swimlanes, try Fleet.seeds.get()[0].swimlanes)
        #expect(one == other)
        for (left, right) in zip(one, other) {
            let drawn = SwimlaneDrawing(left).svg(standalone: true)
            #expect(drawn == SwimlaneDrawing(right).svg(standalone: true))
        }
    }

    @Test("every class of divergence that the fleet has is drawn")
    func classesDrawn() throws {
        let drawn = try Fleet.seeds.get().flatMap(\.verdicts)
        #expect(drawn.allSatisfy { $0.swimlane != nil })
        #expect(Set(drawn.compactMap(\.divergence).flatMap(\.classes)).count >= 10)
    }
}
