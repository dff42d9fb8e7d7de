import BillingModel
import Foundation
import LiveMirror
import MirrorLog
import MirrorStore
import Testing

@Suite("a followed log")
struct TailSourceTests {
    private let scratch: Scratch
    private let store: SQLiteStore
    private let source: TailSource
    private let now = Instant(microseconds: 1_772_366_400_000_000)

    init() throws {
        scratch = try Scratch()
        store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        source = TailSource(name: "requests", path: scratch.file("log.ndjson"))
    }

    private func line(_ id: String) -> String {
        """
        {"v":1,"id":"\(id)","kind":"request","at":"2026-03-01T00:00:00Z","account":"acct_1",\
        "request":{"type":"drift_run","actor":"cron"}}
        """
    }

    private func append(_ text: String) throws {
        let path = scratch.file("log.ndjson")
        if !FileManager.default.fileExists(atPath: path) {
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    private func ids() throws -> [String] {
        let reader = try RecordReader()
        return try store.lines().map { try reader.read(copying: $0).id.rawValue }
    }

    @Test("is waited for while it is not there")
    func absence() throws {
        #expect(try !source.advance(into: store, now: now))
        #expect(try store.sources().isEmpty)
    }

    @Test("gives each line once it has ended, and once")
    func growth() throws {
        try append(line("a") + "\n" + line("b").prefix(20))
        #expect(try !source.advance(into: store, now: now))
        #expect(try ids() == ["a"])
        try append(String(line("b").dropFirst(20)) + "\r\n\n" + line("c") + "\n")
        #expect(try !source.advance(into: store, now: now))
        #expect(try !source.advance(into: store, now: now))
        #expect(try ids() == ["a", "b", "c"])
        #expect(try store.sources().map(\.redelivered) == [0])
    }

    @Test("tells where a line stands that is no record")
    func rejects() throws {
        try append(line("a") + "\nnonsense\n" + line("b") + "\n")
        _ = try source.advance(into: store, now: now)
        #expect(try ids() == ["a", "b"])
        var rejects: [StoredReject] = []
        try store.forEachReject { rejects.append($0) }
        #expect(rejects.map(\.reject.place) == ["byte \(line("a").utf8.count + 1)"])
        #expect(rejects.map(\.reject.content) == [Array("nonsense".utf8)])
    }

    @Test("is read from its beginning where it was replaced or cut short")
    func replacement() throws {
        try append(line("a") + "\n" + line("b") + "\n")
        _ = try source.advance(into: store, now: now)
        let path = scratch.file("log.ndjson")
        try FileManager.default.moveItem(atPath: path, toPath: scratch.file("old"))
        try append(line("c") + "\n")
        _ = try source.advance(into: store, now: now)
        #expect(try ids() == ["a", "b", "c"])
        try Data((line("d") + "\n").dropFirst(0).utf8).write(to: URL(filePath: path))
        _ = try source.advance(into: store, now: now)
        try append(line("e") + "\n")
        _ = try source.advance(into: store, now: now)
        #expect(try Set(ids()).isSuperset(of: ["a", "b", "c", "e"]))
    }

    @Test("says that it may have more where a piece was full")
    func pieces() throws {
        try append((0..<50).map { line("r\($0)") + "\n" }.joined())
        var pieces = 1
        while try source.advance(into: store, limit: 1000, now: now) { pieces += 1 }
        #expect(pieces > 5)
        #expect(try ids() == (0..<50).map { "r\($0)" })
    }

    @Test("complains of a line that is too long rather than pass over it")
    func tooLong() throws {
        try append(line("a") + "\n" + String(repeating: "x", count: 2000) + "\n")
        #expect(try source.advance(into: store, limit: 1000, now: now) == true)
        let error = #expect(throws: CaptureError.self) {
            try source.advance(into: store, limit: 1000, now: now)
        }
        #expect(error?.description.contains("a line longer than 1000 bytes") == true)
    }
}
