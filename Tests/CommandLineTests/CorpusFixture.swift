import Foundation
import Testing

/// A corpus of a few committed cases in a folder of its own, for commands to work on.
struct CorpusFixture {
    /// The package's root.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The committed corpus.
    static let committed = root.appending(path: "corpora/cases").path

    /// The cases that it begins with.
    static let names = ["fail-path-f", "paid-three-times", "void-43-seconds-after-mark"]

    let folder: Folder

    /// Where the corpus is.
    var path: String { folder.path("corpus") }

    init(region: String = "global", cases: [String] = names) throws {
        folder = try Folder()
        let manager = FileManager.default
        try manager.createDirectory(
            at: folder.url("corpus"),
            withIntermediateDirectories: true
        )
        try folder.write("corpus/corpus.yaml", ["region: \(region)"])
        for name in cases {
            try manager.copyItem(
                at: URL(filePath: Self.committed).appending(path: name),
                to: folder.url("corpus/\(name)")
            )
        }
    }

    /// Runs a command of `corpus`.
    func run(_ command: String, _ arguments: String...) throws -> Tool.Run {
        try Tool.run(["corpus", command] + arguments)
    }

    /// A case's file as text.
    func text(_ name: String, _ file: String = "expect.json") throws -> String {
        String(decoding: try folder.read("corpus/\(name)/\(file)"), as: UTF8.self)
    }

    /// Puts another text in place of one in a case's file.
    func replace(_ old: String, with new: String, in name: String, _ file: String = "expect.json")
        throws
    {
        let text = try text(name, file)
        let changed = text.replacing(old, with: new)
        try #require(changed != text)
        try folder.write("corpus/\(name)/\(file)", Data(changed.utf8))
    }

    /// Everything in the folder: each path with its time and bytes.
    func state() throws -> [String: [String]] {
        let manager = FileManager.default
        let found = manager.enumerator(atPath: folder.path(""))
        var state: [String: [String]] = [:]
        for case let name as String in found?.allObjects ?? [] {
            let attributes = try manager.attributesOfItem(atPath: folder.path(name))
            let time = try #require(attributes[.modificationDate] as? Date)
            let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
            let bytes = isFolder ? "folder" : try folder.read(name).base64EncodedString()
            state[name] = ["\(time.timeIntervalSinceReferenceDate)", bytes]
        }
        return state
    }
}
