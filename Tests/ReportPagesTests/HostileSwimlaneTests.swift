import BillingModel
import DivergenceAnalysis
import Foundation
import ReportPages
import ShadowRun
import Testing

/// Names that mean harm stay names: in SVG, in text and in words.
struct HostileSwimlaneTests {
    static let names = [
        "</text><script>alert(1)</script>", "]]>", "<!--", "\" onload=\"alert(1)", "' or '1",
        "&amp;&#x3c;script>", "\u{202E}gnp.exe", "a\u{2066}b\u{2069}", "line\nbreak\r\u{2028}end",
        "\u{0}\u{7}\u{1B}[31mred\u{1B}]0;title\u{7}", "\u{FFFE}\u{FFFF}", "\u{9B}31m", "日本語の名前",
        "e\u{301}\u{301}\u{301}", String(repeating: "x", count: 1 << 20),
        String(repeating: "\u{1F600}", count: 1 << 18),
    ]

    /// The pictures of some divergences, each name in them the same hostile one.
    private func renamed(_ name: String) throws -> [Swimlane] {
        let cases = ["drift-clears-while-path-c-flags", "paid-again-in-the-shape-of-basil"]
        return try cases.flatMap { try Fleet.corpus($0) }.map { swimlane in
            var swimlane = swimlane
            swimlane.account = AccountID(name)
            swimlane.story = "the \(name) did it"
            swimlane.had = ["had \(name) not been"]
            for place in swimlane.events.indices {
                swimlane.events[place].record = RecordID(name)
                swimlane.events[place].says = .init(name, name, name)
            }
            for place in swimlane.runs.indices {
                swimlane.runs[place].record = swimlane.runs[place].record.map { _ in RecordID(name)
                }
                for deed in swimlane.runs[place].deeds.indices {
                    swimlane.runs[place].deeds[deed].says = .init(name, name)
                }
            }
            for place in swimlane.decisions.indices {
                swimlane.decisions[place].plan = [.init(name, name), .init(name, name)]
            }
            for place in swimlane.tracks.indices {
                swimlane.tracks[place].facet = .subscription(.init(name))
                swimlane.tracks[place].legacy[0].value = .text(name)
                swimlane.tracks[place].brain[0].value = .list([name, name])
            }
            return swimlane
        }
    }

    @Test("a drawing stays well-formed, and the name stays text", arguments: names)
    func drawing(name: String) throws {
        for swimlane in try renamed(name) {
            for standalone in [true, false] {
                let svg = SwimlaneDrawing(swimlane).svg(standalone: standalone)
                let picture = try Picture(svg)
                let known: Set = [
                    "svg", "title", "desc", "style", "g", "rect", "circle", "path", "text",
                ]
                #expect(Set(picture.elements.map(\.name)).isSubset(of: known))
                #expect(picture.elements.allSatisfy { !$0.attributes.keys.contains("onload") })
                #expect(!svg.contains("]]>"))
                #expect(!svg.unicodeScalars.contains { Self.isObeyed($0) })
                #expect(svg.utf8.count < 60_000)
            }
        }
    }

    @Test("text stays within its columns, without anything that a terminal obeys", arguments: names)
    func text(name: String) throws {
        for swimlane in try renamed(name) {
            for line in SwimlaneText(swimlane, width: 100).lines {
                #expect(line.text.unicodeScalars.count <= 100)
                #expect(!line.text.unicodeScalars.contains { Self.isObeyed($0) })
            }
        }
    }

    @Test("words stay within their columns", arguments: names)
    func words(name: String) throws {
        let log = Fleet.root.appending(path: "corpora/cases/void-43-seconds-after-mark/log.ndjson")
        let verdict = try #require(try Fleet.drawn(Array(Data(contentsOf: log))).first)
        var renamed = verdict
        renamed.account = AccountID(name)
        var divergence = try #require(verdict.divergence)
        divergence.story = "the \(name) did it"
        divergence.reproducer = [RecordID(name), RecordID(name)]
        divergence.facets[0].facet = .subscription(.init(name))
        divergence.facets[0].legacy = .list([name])
        divergence.explanation?.interventions[0].happened = name
        divergence.explanation?.interventions[0].execution = RecordID(name)
        divergence.explanation?.interventions[0].invoice = InvoiceID(name)
        let text = DivergenceText(renamed, divergence).text
        for line in text.split(separator: "\n") {
            #expect(line.count <= 100)
            #expect(!line.unicodeScalars.contains { Self.isObeyed($0) })
        }
        #expect(text.utf8.count < 20_000)
    }

    /// Whether a terminal or a page would do something other than show it.
    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar != "\n"
        case .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
