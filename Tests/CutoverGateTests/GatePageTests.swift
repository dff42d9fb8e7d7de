import BillingModel
import CutoverGate
import DivergenceAnalysis
import Foundation
import ParityReport
import ReportPages
import ShadowRun
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// `gate.html` is one well-formed page, whatever names a report holds.
struct GatePageTests {
    private static let hostile = [
        "</td><script>alert(1)</script>", "\" onload=\"x", "a & b < c > d", "'); drop --",
        "<!-- ", "]]>", "\u{202E}backwards", "\u{0}\u{7}\u{1B}[31m", "&#x3c;script>", "ünïcödé",
    ]

    /// A question whose every name is hostile.
    private static func question(_ name: String) throws -> GateQuestion {
        let bad = try SmallQuestion.about(SmallFleet.bad.get().report())
        return bad.with { question in
            question.phase = .segments
            for place in question.observation.cells.indices {
                question.observation.cells[place].cell.trigger += name
                question.observation.cells[place].cell.accountType = name
            }
            for place in question.observation.days.indices {
                question.observation.days[place].day.day = name
            }
            for place in question.observation.divergences.indices {
                question.observation.divergences[place].id = name
                question.observation.divergences[place].account = AccountID(name)
                question.observation.divergences[place].classes = [.unexplained]
                question.observation.divergences[place].brainOnly = [.flag]
            }
            question.observation.unknownTypes = [name]
            question.corpus?.failing = [name]
            question.missingSignOffs = [name]
            question.excuses.lines = [name]
        }
    }

    /// The page as XML: what HTML leaves open is closed.
    private static func xml(_ html: String) -> Data {
        var text = html.replacing("<!doctype html>", with: "")
        for line in html.split(separator: "<meta").dropFirst() {
            let tag = "<meta" + line.prefix { $0 != ">" }
            text = text.replacing(tag + ">", with: tag + "/>")
        }
        return Data(text.utf8)
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [String: Int] = [:]

        func parser(
            _ parser: XMLParser,
            didStartElement elementName: String,
            namespaceURI: String?,
            qualifiedName qName: String?,
            attributes attributeDict: [String: String] = [:]
        ) {
            elements[elementName, default: 0] += 1
        }
    }

    private static func elements(_ html: String) throws -> [String: Int] {
        let parser = XMLParser(data: xml(html))
        let reader = Reader()
        parser.delegate = reader
        let isWhole = parser.parse()
        try #require(
            isWhole,
            "line \(parser.lineNumber): \(String(describing: parser.parserError))"
        )
        return reader.elements
    }

    @Test("the page of each verdict is well-formed, and shows every criterion")
    func wellFormed() throws {
        let go = try SmallQuestion.clean()
        for question in [go, go.with { $0.corpus = nil }, go.with { $0.observation.days = [] }] {
            let html = try GatePage(GateDecision(question)).html
            let elements = try Self.elements(html)
            for name in Criterion.Name.allCases {
                #expect(html.contains("<th scope=\"row\">\(name.words)</th>"))
            }
            #expect(elements["h1"] == 1)
            #expect(elements["script"] == nil)
        }
    }

    @Test("what was let pass stands on the page, on a GO too: weaker limits, and every waiver")
    func conditions() throws {
        let clean = try SmallQuestion.clean().with { question in
            question.excuses = Excuses(lines: ["waiver `W-1` (race, …): expired", "waiver `W-2`"])
        }
        let decision = GateDecision(clean)
        #expect(decision.verdict == .go)
        let texts = [try GatePage(decision).html, decision.markdown, decision.text]
        for text in texts {
            #expect(text.contains("unexplained_ppm: 200000 (the default is 1000)"))
            #expect(text.contains("W-1"))
            #expect(text.contains("expired"))
            #expect(text.contains("W-2"))
        }
        var strict = GateDecision(clean.with { $0.excuses = Excuses() }).question
        strict.configuration = GateConfiguration()
        let without = try GatePage(GateDecision(strict)).html
        #expect(!without.contains("<h3>Waivers"))
        #expect(!without.contains("<h3>Limits"))
    }

    @Test("hostile names stay text", arguments: hostile)
    func hostileNames(name: String) throws {
        let plain = try Self.elements(GatePage(GateDecision(Self.question("plain"))).html)
        let decision = GateDecision(try Self.question(name))
        #expect(decision.verdict == .noGo)
        let html = try GatePage(decision).html
        #expect(try Self.elements(html) == plain)
        for scalar in html.unicodeScalars where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control)
            #expect(scalar.properties.generalCategory != .format)
        }
    }

    @Test("a terminal of 100 columns is neither overrun by hostile names nor obeys them")
    func terminal() throws {
        for name in Self.hostile + [String(repeating: "x", count: 400)] {
            let text = GateDecision(try Self.question(name)).text
            for line in text.split(separator: "\n") { #expect(line.count <= 100) }
            for scalar in text.unicodeScalars where scalar != "\n" {
                #expect(scalar.properties.generalCategory != .control)
                #expect(scalar.properties.generalCategory != .format)
            }
        }
    }
}
