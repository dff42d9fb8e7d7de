import BillingModel
import Crypto
import Foundation
import MirrorLog
import Testing

/// Feeds bytes in chunks of one size, each followed by rubbish that must not be taken for text.
private func inChunks(
    of size: Int,
    _ bytes: [UInt8],
    _ feed: (UnsafeRawBufferPointer) throws -> Void
) rethrows {
    for start in stride(from: 0, to: bytes.count, by: size) {
        let chunk = Array(bytes[start..<min(start + size, bytes.count)])
        let padded = chunk + [UInt8](repeating: UInt8(ascii: "\""), count: JSONScanner.padding)
        try padded.withUnsafeBytes { try feed(.init(rebasing: $0.prefix(chunk.count))) }
    }
}

@Suite("lines out of chunks")
struct LineSplitterTests {
    private struct Seen: Equatable {
        var number: Int
        var text: String
        var size: Int
        var isTerminated = true
        var isTooLong = false
    }

    private func lines(_ bytes: [UInt8], chunk: Int, limit: Int = 1000) -> [Seen] {
        var splitter = LineSplitter(limit: limit)
        var seen: [Seen] = []
        let note = { (line: LineSplitter.Line) in
            seen.append(
                Seen(
                    number: line.number,
                    text: String(decoding: line.bytes, as: UTF8.self),
                    size: line.size,
                    isTerminated: line.isTerminated,
                    isTooLong: line.hash != nil
                )
            )
        }
        inChunks(of: chunk, bytes) { splitter.feed($0, note) }
        splitter.finish(note)
        return seen
    }

    @Test("the same lines come out whatever the chunks are", arguments: 1...40)
    func chunks(size: Int) {
        let text = "\u{FEFF}first\nsecond\r\n\n   \t\r\n\r\nzażółć\r\n\nlast"
        #expect(
            lines(Array(text.utf8), chunk: size) == [
                Seen(number: 1, text: "first", size: 5),
                Seen(number: 2, text: "second", size: 6),
                Seen(number: 6, text: "zażółć", size: 10),
                Seen(number: 8, text: "last", size: 4, isTerminated: false),
            ]
        )
    }

    @Test("an empty log and one of blank lines have no lines", arguments: ["", "\n", "\r\n \n\t"])
    func blank(text: String) {
        #expect(lines(Array(text.utf8), chunk: 1).isEmpty)
    }

    @Test("half a byte order mark is text", arguments: 1...3)
    func halfMark(size: Int) {
        #expect(lines([0xef, 0xbb], chunk: size).map(\.size) == [2])
        #expect(lines([0xef, 0x41, 0x0a], chunk: size).map(\.size) == [2])
    }

    @Test("a line beyond the limit is skipped, and those around it are read", arguments: 1...70)
    func limit(size: Int) {
        let long = String(repeating: "x", count: 51)
        let text = "a\n\(long)\nb\r\n\(long)\r\n\(long.dropLast())\r\n\(long)"
        let seen = lines(Array(text.utf8), chunk: size, limit: 50)
        #expect(seen.map(\.size) == [1, 51, 1, 51, 50, 51])
        #expect(seen.map(\.isTooLong) == [false, true, false, true, false, true])
        #expect(seen[1].text.hasPrefix("xxxx"))
        #expect(seen.last?.isTerminated == false)
    }
}

@Suite("the log reader")
struct LogReaderTests {
    private static let mark =
        #"{"v":1,"id":"m","kind":"mark","at":"2026-03-01T00:00:00Z","source":"stripe","#
        + #""through":"2026-03-01T00:00:00Z"}"#

    private func read(
        _ text: String,
        chunk: Int = 7,
        limit: Int = 1000
    ) throws -> (records: [Int], rejects: [Reject], digest: String) {
        var reader = try LogReader(limit: limit)
        var records: [Int] = []
        var rejects: [Reject] = []
        let note = { (outcome: LogReader.Outcome) in
            switch outcome {
            case .record(_, let line): records.append(line)
            case .reject(let reject): rejects.append(reject)
            }
        }
        inChunks(of: chunk, Array(text.utf8)) { reader.feed($0, note) }
        reader.finish(note)
        return (records, rejects, reader.digest.hex)
    }

    @Test("records and rejects come with their line numbers", arguments: [1, 100, 10_000])
    func outcomes(chunk: Int) throws {
        let log = "\(Self.mark)\n\nnonsense\n[1]\n\(Self.mark)\r\n\(Self.mark)"
        let (records, rejects, _) = try read(log, chunk: chunk)
        #expect(records == [1, 5, 6])
        #expect(rejects.map(\.line) == [3, 4])
        #expect(rejects[0].reason.hasPrefix("not JSON: "))
        #expect(rejects[0].excerpt == "nonsense")
        #expect(rejects[1].reason == "the line is an array, not an object")
    }

    @Test("a log that was cut off says so, with the parser's reason")
    func cutOff() throws {
        let (records, rejects, _) = try read(Self.mark + "\n" + Self.mark.dropLast(5))
        #expect(records == [1])
        #expect(rejects.map(\.line) == [2])
        #expect(rejects[0].reason.hasPrefix("the log was cut off in mid-line: not JSON: "))
    }

    @Test("a line beyond the limit is rejected with its size")
    func tooLong() throws {
        let log = Self.mark + "\n" + String(repeating: "y", count: 300) + "\n" + Self.mark
        let (records, rejects, _) = try read(log, limit: 200)
        #expect(records == [1, 3])
        #expect(rejects.map(\.reason) == ["the line has 300 bytes; the limit is 200"])
        #expect(rejects[0].excerpt == String(repeating: "y", count: 60))
    }

    @Test("an excerpt has 60 characters at most, none of which moves the cursor")
    func excerpt() throws {
        let odd = "\u{1B}[31mred\u{202E}\u{7F}\tżółw 🐢"
        let (_, rejects, _) = try read(odd + "\n" + String(repeating: "🐢", count: 100))
        #expect(rejects[0].excerpt == "�[31mred���żółw 🐢")
        #expect(rejects[1].excerpt == String(repeating: "🐢", count: 60))
    }

    @Test("the digest is the one that Python computes", arguments: [1, 64, 500])
    func digest(chunk: Int) throws {
        let expected = "1062771596a0d9bf105aa3cc9c6f41537f0683ba39c44fe1af7ccc5a8d1ee3fc"
        let long = String(repeating: "x", count: 300)
        let log = "\u{FEFF}{\"v\":1}\r\n  two \n\n \t\r\nzł\n{\"v\":1}\n\(long)"
        #expect(try read(log, chunk: chunk).digest == expected)
        #expect(try read(log, chunk: chunk, limit: 100).digest == expected)
        let shuffled = "zł\n\(long)\r\n{\"v\":1}\n{\"v\":1}\r\n  two \n"
        #expect(try read(shuffled, chunk: chunk).digest == expected)
        #expect(try read("", chunk: chunk).digest == String(repeating: "0", count: 64))
    }

    @Test("a digest is saved and restored")
    func savedDigest() throws {
        var digest = LogDigest()
        Array("line".utf8).withUnsafeBytes { digest.add(line: $0) }
        var writer = PackedWriter()
        writer.write(digest)
        let restored = try PackedReader.read(writer.bytes[...]) { reader throws(PackedError) in
            try LogDigest(unpacking: &reader)
        }
        #expect(restored == digest)
        #expect(restored.hex.count == 64)
    }
}

@Suite("where a log comes from")
struct LogSourceTests {
    private func temporaryFile(_ bytes: Data) throws -> String {
        let name = "log-source-\(UInt64.random(in: 0 ... .max)).ndjson"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test("a file is read whole, in order", arguments: [0, 1, 1 << 20, 3_000_000])
    func file(size: Int) throws {
        let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let path = try temporaryFile(bytes)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var read = Data()
        let count = try LogSource.file(path).readChunks { read.append(contentsOf: $0) }
        #expect(count == size)
        #expect(read == bytes)
        #expect(LogSource.file(path).size == size)
    }

    @Test(
        "what can't be read says why",
        arguments: [
            ("/no/such/log.ndjson", "`/no/such/log.ndjson` can't be opened: there is no such file"),
            ("/", "`/` can't be read: it is a directory"),
        ]
    )
    func errors(path: String, message: String) {
        #expect(LogSource.file(path).size == nil)
        #expect(throws: LogSourceError(description: message)) {
            try LogSource.file(path).readChunks { _ in }
        }
    }

    @Test(
        "a file that may not be read says so",
        .enabled(if: geteuid() != 0, "the superuser may read every file")
    )
    func permission() throws {
        let path = try temporaryFile(Data())
        defer { try? FileManager.default.removeItem(atPath: path) }
        chmod(path, 0)
        let message = "`\(path)` can't be opened: permission denied"
        #expect(throws: LogSourceError(description: message)) {
            try LogSource.file(path).readChunks { _ in }
        }
    }

    @Test(
        "a read that fails half-way says what the system says",
        .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/mem"), "needs /proc")
    )
    func readError() {
        let message = "`/proc/self/mem` can't be read: input/output error"
        #expect(throws: LogSourceError(description: message)) {
            try LogSource.file("/proc/self/mem").readChunks { _ in }
        }
    }

    @Test("what the caller throws comes through")
    func callerError() throws {
        let path = try temporaryFile(Data([1]))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: CancellationError.self) {
            try LogSource.file(path).readChunks { _ in throw CancellationError() }
        }
    }
}
