import Foundation
import MirrorLog
import Testing

/// What was put on disk is what is read back.
struct ScratchFileTests {
    private static let folder = ScratchFolder(FileManager.default.temporaryDirectory.path)

    /// Runs of all sizes around those of the buffers and of what a byte of a length can say.
    private static let sizes = [
        0, 1, 127, 128, 129, 16_383, 16_384, 131_071, 131_072, 131_073, 262_144, 700_001, 3, 0,
    ]

    private static func run(_ number: Int) -> [UInt8] {
        (0..<sizes[number]).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
    }

    @Test("runs come back in order, whatever their size, and from the middle as well")
    func roundTrip() throws {
        var writer = try ScratchWriter(in: Self.folder)
        var starts: [Int] = []
        for number in Self.sizes.indices {
            starts.append(writer.count)
            try writer.write(run: Self.run(number))
        }
        let end = writer.count
        let file = try writer.finish()
        for first in Self.sizes.indices {
            var reader = ScratchReader(file, starts[first]..<end)
            for number in first..<Self.sizes.count {
                #expect(try reader.run().map { Array($0) } == Self.run(number))
            }
            #expect(try reader.run() == nil)
        }
    }

    @Test("several read one file at a time, each at its own place")
    func several() throws {
        var writer = try ScratchWriter(in: Self.folder)
        for number in Self.sizes.indices { try writer.write(run: Self.run(number)) }
        let range = 0..<writer.count
        let file = try writer.finish()
        var readers = (0..<3).map { _ in ScratchReader(file, range) }
        for number in Self.sizes.indices {
            for place in readers.indices {
                #expect(try readers[place].run().map { Array($0) } == Self.run(number))
            }
        }
    }

    @Test("a part that ends within a run is an error, and no trap", arguments: [1, 100, 200_000])
    func cutOff(missing: Int) throws {
        var writer = try ScratchWriter(in: Self.folder)
        try writer.write(run: Self.run(11))
        let end = writer.count
        let file = try writer.finish()
        var reader = ScratchReader(file, 0..<end - missing)
        #expect(throws: ScratchError.self) { _ = try reader.run() }
    }

    @Test("nothing is in a file into which nothing was written")
    func empty() throws {
        var writer = try ScratchWriter(in: Self.folder)
        let file = try writer.finish()
        var reader = ScratchReader(file, 0..<0)
        #expect(try reader.run() == nil)
    }
}
