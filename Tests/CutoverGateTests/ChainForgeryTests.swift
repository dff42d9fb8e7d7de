import CutoverGate
import ShadowRun
import Testing

/// Damage by somebody who computes digests anew.
@Suite("a forged chain")
struct ChainForgeryTests {
    private static func five() throws -> [ChainRecord] { try ChainExamples.five().records }

    /// The five records with another second one, whose digest is right.
    private static func replaced() throws -> (forged: ChainFile, files: [ChainFile]) {
        let five = try ChainExamples.five()
        let other = try ChainExamples.chain([
            five.records[0].entry, ChainExamples.verdict(.go, brain: "another", at: 1),
        ])
        return (other.records[1].file, ChainExamples.files(five))
    }

    /// A record with something else in its text, and the digest that it then needs.
    private static func forge(
        _ record: ChainRecord,
        _ old: String,
        _ new: String
    ) throws -> ChainRecord {
        let text = String(decoding: record.file.bytes, as: UTF8.self)
        #expect(text.contains(old))
        let changed = text.replacing(old, with: new)
        let digest = Digest.sha256(try ChainRecord(reading: Array(changed.utf8)).canonicalText)
        let whole = changed.replacing(record.digest, with: digest)
        let forged = try ChainRecord(reading: Array(whole.utf8))
        #expect(forged.isWhole)
        return forged
    }

    @Test("a record written anew does not fit the one behind it")
    func replacedInside() throws {
        var (forged, files) = try Self.replaced()
        files[1] = forged
        let problems = Chain(files: files).problems
        #expect(problems.map(\.kind) == [.changed])
        #expect(problems.first?.file == "0003-phase2-go.json")
        #expect(problems.first?.meaning.contains("made after another record than") == true)
    }

    @Test("of two records of one place the one is kept that the next one knows")
    func besides() throws {
        var (forged, files) = try Self.replaced()
        forged.name = "0002-phase1-go-2.json"
        files.append(forged)
        let chain = Chain(files: files)
        #expect(Set(chain.problems.map(\.file)) == ["0002-phase1-go-2.json"])
        #expect(try chain.records == ChainExamples.five().records)
    }

    @Test("a last record written anew does not fit the head, and one put behind it shows")
    func replacedAtEnd() throws {
        let five = try ChainExamples.five()
        let four = Array(five.records.dropLast().map(\.entry))
        let other = try ChainExamples.chain(four + [ChainExamples.verdict(.go, .payments, at: 3)])
        let head = try #require(five.head).file
        let replaced = Chain(files: other.records.map(\.file) + [head]).problems
        #expect(replaced.map { "\($0.file) \($0.kind.rawValue)" } == ["HEAD changed"])

        var six = five
        let last = try six.append(ChainExamples.verdict(.go, at: 9))
        let behind = Chain(files: ChainExamples.files(five) + [last.file]).problems
        #expect(behind.map { "\($0.file) \($0.kind.rawValue)" } == ["\(last.fileName) inserted"])
    }

    @Test("a record that was made after another one than it stands behind is named, and so is that")
    func movedBack() throws {
        let (first, second) = (try Self.five()[0], try Self.five()[1])
        let third = try Self.forge(try Self.five()[2], second.digest, first.digest)
        let files = [first.file, second.file, third.file, ChainHead(third).file]
        #expect(
            Chain(files: files).problems.map(\.description) == [
                "0003-phase2-go.json: reordered: it was made after "
                    + "`0001-phase1-insufficient.json` and stands after `0002-phase1-go.json`"
            ]
        )
    }

    @Test("a record that is dated back behind a later one is named")
    func datedBack() throws {
        let (first, second) = (try Self.five()[0], try Self.five()[1])
        let forged = try Self.forge(second, "2026-03-31T12:01:00Z", "2026-03-31T11:59:59Z")
        let files = [first.file, forged.file, ChainHead(forged).file]
        #expect(
            Chain(files: files).problems.map(\.description) == [
                "0002-phase1-go.json: reordered: it is of 2026-03-31T11:59:59Z, before the record "
                    + "before it, of 2026-03-31T12:00:00Z"
            ]
        )
    }

    @Test("a beginning that was cut off shows even where places are counted anew")
    func cutAtStart() throws {
        let second = try ChainExamples.five().records[1]
        let forged = try Self.forge(second, "\"sequence\": 2", "\"sequence\": 1")
        let problems = Chain(files: [forged.file, ChainHead(forged).file]).problems
        #expect(problems.map(\.kind) == [.changed])
        #expect(problems.first?.meaning.hasPrefix("it is the first record and was made") == true)
    }

    @Test("a chain written anew from end to end shows by a digest that was published, and only so")
    func publishedHead() throws {
        let five = try ChainExamples.five()
        let files = ChainExamples.files(try ChainExamples.chain([ChainExamples.verdict(.go)]))
        let known = try five.records.map(\.digest) + [#require(five.head).digest]
        #expect(Chain(files: files).isSound)
        #expect(Chain(files: [], published: known).problems.count == known.count)
        #expect(Chain(files: files, published: [known[1]]).problems.map(\.kind) == [.missing])
        #expect(Chain(files: ChainExamples.files(five), published: known).isSound)
    }
}
