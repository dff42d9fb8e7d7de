import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A log whose names are hostile, through every command that tells of it.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct HostileLogTests {
    private static let names = [
        "</script><script>hostile=1</script>", "]]><x a=\"", "<\u{301}img onerror=x>",
        "\u{1B}[31m\u{1B}]0;title\u{7}\u{9B}5n", "\u{202E}backwards\u{200F}\u{2028}",
        "`|**@all**<!--",
    ]

    /// A name as it stands within a JSON string.
    private static func escaped(_ name: String) throws -> String {
        let text = String(decoding: try JSONEncoder().encode([name]), as: UTF8.self)
        return String(text.dropFirst(2).dropLast(2))
    }

    private static func lines(_ name: String) throws -> [String] {
        let name = try escaped(name)
        return LogLines.wrongly(name) + LogLines.mysteriously(name + "2") + LogLines.complete
    }

    /// The scalars of a text that a terminal or a page would obey.
    private static func obeyed(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control: scalar != "\n" && scalar != "\t"
            case .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    @Test("nothing that is printed or written is obeyed by whoever shows it", arguments: names)
    func everyOutput(name: String) throws {
        let folder = try Folder()
        let log = try folder.write("log.ndjson", Self.lines(name))
        let out = folder.path("out")
        let replay = try Tool.run(["replay", log, "--out", out])
        #expect(replay.status == 1, "one divergence is unexplained")
        let gate = try Tool.run(["gate", "--phase", "1", out, "--out", out])
        let report = try folder.report(in: "out")
        let found = try #require(report["divergences"] as? [[String: Any]])
        #expect(found.count == 2)
        var texts = [replay.output, replay.errors, gate.output, gate.errors]
        for entry in found {
            let id = try #require(entry["id"] as? String)
            let told = try Tool.run(["explain", id, "--log", log, "--lanes", "always"])
            #expect(told.status == 0)
            texts += [told.output, told.errors]
        }
        for name in ["report.html", "report.md", "gate.html", "gate.md", "junit.xml"] {
            texts.append(String(decoding: try folder.read("out/\(name)"), as: UTF8.self))
        }
        for text in texts { #expect(Self.obeyed(text) == [], "\(text.prefix(200))") }
        #expect(XMLParser(data: try folder.read("out/junit.xml")).parse())
    }

    @Test("names of a megabyte are cut wherever people read them")
    func longNames() throws {
        let folder = try Folder()
        let long = String(repeating: "<a\u{301}>", count: 200_000)
        let log = try folder.write("log.ndjson", Self.lines(long))
        let out = folder.path("out")
        let replay = try Tool.run(["replay", log, "--out", out])
        _ = try Tool.run(["gate", "--phase", "1", out, "--out", out])
        #expect(replay.output.utf8.count < 10_000)
        for (name, most) in [
            ("report.html", 150_000), ("report.md", 65_536), ("gate.html", 100_000),
            ("gate.md", 65_536),
        ] {
            let size = try folder.read("out/\(name)").count
            #expect(size < most, "\(name)")
        }
    }
}
