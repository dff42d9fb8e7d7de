import Foundation
import ParityReport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// JUnit's XML, read by another reader than the one that wrote it.
struct JUnitTests {
    /// What a reader makes of the XML.
    private final class Reader: NSObject, XMLParserDelegate {
        private(set) var counts: [[String]] = []
        private(set) var names: [String] = []
        private(set) var messages: [String] = []
        private(set) var texts: [String] = []
        private(set) var passed = 0
        private var text: String?

        func parser(
            _ parser: XMLParser,
            didStartElement element: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            switch element {
            case "testsuites", "testsuite":
                counts.append([attributes["tests"] ?? "", attributes["failures"] ?? ""])
            case "testcase":
                names.append(attributes["name"] ?? "")
                passed += 1
            case "failure":
                messages.append(attributes["message"] ?? "")
                passed -= 1
                text = ""
            default: break
            }
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text? += string }

        func parser(
            _ parser: XMLParser,
            didEndElement element: String,
            namespaceURI: String?,
            qualifiedName: String?
        ) {
            if let text, element == "failure" { texts.append(text) }
            text = nil
        }
    }

    private func read(_ junit: JUnit) throws -> Reader {
        let parser = XMLParser(data: Data(junit.xml.utf8))
        let reader = Reader()
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        return reader
    }

    /// Texts that mean something in XML, in an attribute, or in its end of a section.
    private static let hostile = [
        "plain", "", " ", "a < b && c > d", "]]>", "<![CDATA[x]]>", "<!-- x -->", "&amp;", "&#0;",
        "\"quoted\" 'twice'", "</failure></testcase>", "<?xml?>", "tab\there", "two\nlines",
        "%s\\n", "ünï ☃ 𝕏 👩‍👩‍👧", "\u{85}\u{2028}", "e\u{301}",
    ]

    @Test("names and problems come out as they went in, whatever they hold", arguments: hostile)
    func hostileText(text: String) throws {
        let problems = [text, "the second of " + text]
        let junit = JUnit(suite: text, cases: [.init(name: text, problems: problems)])
        let reader = try read(junit)
        // U+0085 is a control character that XML allows and nobody should send.
        let shown = text.replacing("\u{85}", with: "\u{FFFD}")
        #expect(reader.names == [shown])
        #expect(reader.messages == [shown])
        #expect(reader.texts == [shown + "\n" + "the second of " + shown])
    }

    @Test("characters that XML can't hold are shown as one that it can")
    func controls() throws {
        let forbidden =
            (0..<0x20).filter { ![0x09, 0x0A].contains($0) } + [0x7F, 0x80, 0x9F, 0xFFFE, 0xFFFF]
        for code in forbidden {
            let scalar = try #require(UnicodeScalar(UInt32(code)))
            let text = "a\(scalar)b"
            let reader = try read(JUnit(suite: "s", cases: [.init(name: text, problems: [text])]))
            #expect(reader.names == ["a\u{FFFD}b"], "U+\(String(code, radix: 16))")
            #expect(reader.texts == ["a\u{FFFD}b"], "U+\(String(code, radix: 16))")
        }
    }

    @Test("tests and failures are counted, and one without a problem has passed")
    func counts() throws {
        let cases = [
            JUnit.Case(name: "a", problems: []), .init(name: "b", problems: ["x", "y"]),
            .init(name: "c", problems: []), .init(name: "d", problems: [""]),
        ]
        let reader = try read(JUnit(suite: "corpus", cases: cases))
        #expect(reader.counts == [["4", "2"], ["4", "2"]])
        #expect(reader.names == ["a", "b", "c", "d"])
        #expect(reader.passed == 2)
        #expect(reader.texts == ["x\ny", ""])
        #expect(try read(JUnit(suite: "none", cases: [])).counts == [["0", "0"], ["0", "0"]])
    }

    @Test("the same results give the same bytes, without a time or a host")
    func deterministic() {
        let cases = Self.hostile.map { JUnit.Case(name: $0, problems: [$0]) }
        let xml = JUnit(suite: "s", cases: cases).xml
        #expect(JUnit(suite: "s", cases: cases).xml.utf8.elementsEqual(xml.utf8))
        #expect(!xml.contains("time") && !xml.contains("hostname"))
        #expect(xml.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests="))
    }
}
