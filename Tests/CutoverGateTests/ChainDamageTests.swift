import CutoverGate
import Testing

/// What is done to a folder, and that it shows.
@Suite("a damaged chain")
struct ChainDamageTests {
    private static func problems(_ files: [ChainFile]) -> [String] {
        Chain(files: files).problems.map(\.description)
    }

    /// A problem's file and kind, without what it means.
    private static func kinds(_ files: [ChainFile]) -> [String] {
        Chain(files: files).problems.map { "\($0.file) \($0.kind.rawValue)" }
    }

    @Test("a chain as it was written has no problem", arguments: 0..<50 as Range<UInt64>)
    func sound(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let chain = try ChainExamples.random(&random)
        let read = Chain(files: ChainExamples.files(chain).shuffled(using: &random))
        #expect(read.problems == [])
        #expect(read.records == chain.records)
    }

    @Test("every single byte that is changed is found, in its file", arguments: 0..<5)
    func everyByte(file index: Int) throws {
        let files = ChainExamples.files(try ChainExamples.five())
        for position in files[index].bytes.indices {
            // Another bit for each byte: all of them for all bytes would take a minute.
            let mask: UInt8 = 1 << (position % 8)
            var damaged = files
            damaged[index].bytes[position] ^= mask
            let problems = Chain(files: damaged).problems
            #expect(
                problems.contains { $0.file == files[index].name },
                "byte \(position) with \(mask)"
            )
        }
    }

    @Test("every single byte of the head that is changed is found")
    func everyByteOfHead() throws {
        let files = ChainExamples.files(try ChainExamples.five())
        for position in files[5].bytes.indices {
            for mask in (0..<8).map({ 1 << $0 }) as [UInt8] {
                var damaged = files
                damaged[5].bytes[position] ^= mask
                #expect(!Chain(files: damaged).isSound, "byte \(position) with \(mask)")
            }
        }
    }

    @Test("bytes changed, put in or taken out anywhere are found", arguments: 0..<300)
    func anyByte(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let files = ChainExamples.files(try ChainExamples.random(&random))
        var damaged = files
        let index = random.number(0...(files.count - 1))
        let position = random.number(0...(files[index].bytes.count - 1))
        let byte = UInt8(truncatingIfNeeded: random.next())
        switch random.number(0...3) {
        case 0: damaged[index].bytes[position] ^= max(1, byte)
        case 1: damaged[index].bytes.insert(random.pick([byte, 0x20, 0x0A]), at: position)
        case 2: damaged[index].bytes.remove(at: position)
        default: damaged[index].bytes.removeLast(files[index].bytes.count - position)
        }
        #expect(!Chain(files: damaged).isSound)
    }

    @Test("every file that is taken out is missed", arguments: 0..<50 as Range<UInt64>)
    func removed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let files = ChainExamples.files(try ChainExamples.random(&random))
        for index in files.indices {
            var damaged = files
            damaged.remove(at: index)
            let problems = Chain(files: damaged).problems
            #expect(problems.contains { $0.kind == .missing }, "without \(files[index].name)")
        }
    }

    @Test("what is lost is named with its place: at the front, inside, at the end, and the head")
    func lost() throws {
        let files = ChainExamples.files(try ChainExamples.five())
        #expect(
            Self.problems(Array(files[1...])) == [
                "0001-…: missing: record 1 is not there; `0002-phase1-go.json` comes after it"
            ]
        )
        #expect(
            Self.problems(Array(files[..<1]) + files[3...]) == [
                "0002-…: missing: records 2 to 3 are not there; `0004-phase2-rollback.json` comes "
                    + "after it"
            ]
        )
        #expect(
            Self.problems(Array(files[..<3]) + files[5...]) == [
                "0004-…: missing: records 4 to 5 are not there; the chain was cut off: its head is "
                    + "record 5"
            ]
        )
        #expect(
            Self.problems(Array(files[..<5])) == [
                "HEAD: missing: without it nobody knows whether `0005-phase2-no-go.json` is the "
                    + "last record"
            ]
        )
        #expect(Self.kinds([files[5]]) == ["0001-… missing"])
    }

    @Test("two files that swap names, or texts, are found", arguments: 0..<50 as Range<UInt64>)
    func swapped(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let files = ChainExamples.files(try ChainExamples.random(&random))
        let first = random.number(0...(files.count - 1))
        let second = random.number(0...(files.count - 1))
        guard first != second else { return }
        var damaged = files
        damaged[first].name = files[second].name
        damaged[second].name = files[first].name
        let kinds = Chain(files: damaged).problems.map(\.kind)
        let isHead = max(first, second) == files.count - 1
        #expect(isHead ? !kinds.isEmpty : kinds == [.reordered, .reordered])
    }

    @Test("a file under another name is found", arguments: 0..<50 as Range<UInt64>)
    func renamed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let files = ChainExamples.files(try ChainExamples.random(&random))
        let index = random.number(0...(files.count - 1))
        let name = random.pick([
            "0099-phase1-go.json", files[index].name + ".bak", "head", "0001-phase9-go.json",
        ])
        var damaged = files
        damaged[index].name = name
        let problems = Chain(files: damaged).problems
        #expect(problems.contains { $0.file == name }, "\(files[index].name) as \(name)")
    }

    @Test("a copy of a file is found", arguments: 0..<50 as Range<UInt64>)
    func duplicated(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let files = ChainExamples.files(try ChainExamples.random(&random))
        var copy = random.pick(files)
        copy.name = random.pick([copy.name, "0099-phase1-go.json", "copy of " + copy.name])
        let problems = Chain(files: files + [copy]).problems
        #expect(problems.contains { $0.kind == .inserted && $0.file == copy.name })
    }

    @Test("a record of another chain is found wherever it is put", arguments: 0..<100)
    func inserted(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let files = ChainExamples.files(try ChainExamples.random(&random))
        let other = try ChainExamples.random(&random)
        let foreign = random.pick(other.records).file
        guard !files.contains(foreign) else { return }
        var damaged = files
        if let index = files.firstIndex(where: { $0.name == foreign.name }), random.chance(50) {
            damaged[index] = foreign
        } else {
            damaged.append(foreign)
        }
        #expect(!Chain(files: damaged).isSound)
    }

    @Test("each kind of damage has its name and its meaning")
    func meanings() throws {
        let files = ChainExamples.files(try ChainExamples.five())
        var changed = files
        changed[1].bytes = Array(
            String(decoding: files[1].bytes, as: UTF8.self)
                .replacing("noise", with: "other").utf8
        )
        #expect(Self.kinds(changed) == ["0002-phase1-go.json changed"])
        #expect(Self.problems(changed)[0].contains("it does not say what its digest "))

        var spaced = files
        spaced[1].bytes.append(0x0A)
        #expect(Self.problems(spaced)[0].contains("in other bytes than those that were written"))

        var cut = files
        cut[2].bytes.removeLast(10)
        #expect(Self.kinds(cut) == ["0003-phase2-go.json unreadable"])

        var renamed = files
        renamed[0].name = "0001-phase1-go.json"
        #expect(
            Self.problems(renamed) == [
                "0001-phase1-go.json: renamed: it holds the record of "
                    + "`0001-phase1-insufficient.json`"
            ]
        )
        #expect(
            Self.problems(files + [ChainFile(name: "notes.txt", bytes: [0x61])]) == [
                "notes.txt: inserted: it is no record, and nothing else belongs into a chain's folder"
            ]
        )
    }

    @Test("everything is reported, not only what comes first")
    func everything() throws {
        var files = ChainExamples.files(try ChainExamples.five())
        files[3].bytes[0] = 0x5B
        files.remove(at: 1)
        files[0].name = "0001-phase1-go.json"
        files.append(ChainFile(name: "x", bytes: []))
        files[3].bytes = []
        files.removeAll { $0.name == "HEAD" }
        #expect(
            Self.kinds(files) == [
                "0001-phase1-go.json renamed", "0002-… missing",
                "0004-phase2-rollback.json unreadable", "0005-phase2-no-go.json unreadable",
                "HEAD missing", "x inserted",
            ]
        )
    }
}
