import CutoverGate
import Foundation
import MirrorLog
import ShadowRun
import Testing

/// The examples of the documents are what the program reads and writes.
@Suite("the gate's documents")
struct GateDocumentsTests {
    /// The indented blocks of a document, without their indentation.
    private static func examples(in document: String) throws -> [String] {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/CutoverGate/CutoverGate.docc")
        let text = try String(contentsOf: folder.appending(path: document), encoding: .utf8)
        var examples: [String] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("    ") {
                if !isInside { examples.append("") }
                examples[examples.count - 1] += line.dropFirst(4) + "\n"
                isInside = true
            } else if line.isEmpty, isInside {
                examples[examples.count - 1] += "\n"
            } else {
                isInside = false
            }
        }
        return examples.map { example in
            var lines = example
            while lines.hasSuffix("\n\n") { lines.removeLast() }
            return lines
        }
    }

    @Test("the example of a configuration is the default")
    func configuration() throws {
        let example = try #require(try Self.examples(in: "Configuration.md").first)
        #expect(try GateConfiguration(yaml: example) == GateConfiguration())
    }

    @Test("the example of waivers is the one that the tests read")
    func waivers() throws {
        #expect(try Self.examples(in: "Waivers.md") == [WaiverFile.example + "\n"])
    }

    @Test("the example of a chain is what is written, to the byte")
    func chain() throws {
        let go = try ChainEntry(
            at: ChainExamples.noon,
            kind: .verdict(
                .webhooks,
                .go,
                body: ChainExamples.body(
                    .webhooks,
                    .go,
                    asking: [.harm],
                    inputs: [ChainExamples.inputs[1]]
                )
            ),
            brain: "binary",
            policy: ChainExamples.policy,
            program: "dunning-parity 1.0",
            inputs: [ChainExamples.inputs[1]]
        )
        var chain = try ChainExamples.chain([go])
        let examples = try Self.examples(in: "Chain.md")
        let names = ChainExamples.files(try ChainExamples.five()).map(\.name)
        #expect(examples.count == 5)
        #expect(examples[0] == names.map { $0 + "\n" }.joined())
        #expect(examples[1] == String(decoding: chain.records[0].file.bytes, as: UTF8.self))
        let head = try #require(chain.head).file
        #expect(examples[3] == String(decoding: head.bytes, as: UTF8.self))
        _ = try chain.append(ChainExamples.rollback(.webhooks, at: 1))
        #expect(examples[4] == chain.history)
    }
}
