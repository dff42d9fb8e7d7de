import BillingModel
import Foundation
import MirrorLog
import Testing

@Suite("batches of a log, made on many threads")
struct LogBatchTests {
    /// All that comes out of a log, however it is read.
    struct Seen: Equatable {
        struct Record: Equatable {
            var arrival: PackedArrival
            var packed: [UInt8]
        }
        var records: [Record] = []
        var rejects: [Reject] = []
        var lineCount = 0
        var digest = LogDigest()

        mutating func add(_ arrival: PackedArrival, _ packed: ArraySlice<UInt8>, after lines: Int) {
            var arrival = arrival
            arrival.line += lines
            arrival.range = 0..<packed.count
            records.append(Record(arrival: arrival, packed: Array(packed)))
        }

        mutating func add(_ batch: LogBatch) {
            for arrival in batch.arrivals {
                add(arrival, batch.packed[arrival.range], after: lineCount)
            }
            for var reject in batch.rejects {
                reject.line += lineCount
                rejects.append(reject)
            }
            lineCount += batch.lineCount
            digest.add(batch.digest)
        }
    }

    /// What the plain reader makes of a log, one line after the other on one thread.
    static func plainly(_ log: [UInt8], limit: Int = LineSplitter.defaultLimit) throws -> Seen {
        var seen = Seen()
        var reader = try LogReader(limit: limit)
        reader.read(whole: log) { outcome in
            switch outcome {
            case .record(let record, let line):
                let packed = record.packed(leavingOutOwner: record.account != nil)
                let arrival = PackedArrival(record, line: line, at: packed.indices)
                seen.add(arrival, packed[...], after: 0)
            case .reject(let reject): seen.rejects.append(reject)
            }
        }
        seen.lineCount = reader.lineCount
        seen.digest = reader.digest
        return seen
    }

    private func inBatches(_ log: [UInt8], jobs: Int, size: Int) throws -> Seen {
        let name = "batches-\(UInt64.random(in: 0 ... .max)).ndjson"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try Data(log).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var seen = Seen()
        let limit = HostileLog.limit
        let source = LogSource.file(file.path)
        let count = try source.readBatches(jobs: jobs, size: size, limit: limit) { seen.add($0) }
        #expect(count == log.count)
        return seen
    }

    @Test("threads see what one sees, in its order", arguments: 0..<30)
    func threads(seed: UInt64) throws {
        let log = HostileLog.make(seed: seed, lines: 120)
        let plain = try Self.plainly(log, limit: HostileLog.limit)
        for (jobs, size) in [(1, 4096), (2, 4096), (5, 1000), (3, 97), (2, 1 << 20)] {
            #expect(try inBatches(log, jobs: jobs, size: size) == plain, "\(jobs) jobs, \(size)")
        }
    }

    @Test("a cut may fall anywhere", arguments: 100..<104)
    func everyCut(seed: UInt64) throws {
        let log = HostileLog.make(seed: seed, lines: 3)
        let plain = try Self.plainly(log, limit: HostileLog.limit)
        for size in 1...min(log.count + 1, 700) {
            #expect(try inBatches(log, jobs: 2, size: size) == plain, "size \(size)")
        }
    }

    @Test(
        "logs of next to nothing",
        arguments: ["", "\n", "\r\n \n\t", "x", "\u{FEFF}", "\u{FEFF}\nx", "null\n\n"]
    )
    func nextToNothing(text: String) throws {
        let log = Array(text.utf8)
        let plain = try Self.plainly(log, limit: HostileLog.limit)
        for size in 1...4 { #expect(try inBatches(log, jobs: 3, size: size) == plain) }
    }

    @Test("a log held in memory is one batch")
    func whole() throws {
        let log = HostileLog.make(seed: 7, lines: 200)
        var reader = try BatchReader(limit: HostileLog.limit)
        var seen = Seen()
        let batch = reader.read(whole: log)
        #expect(batch.endsLog && batch.byteCount == log.count)
        seen.add(batch)
        #expect(try seen == Self.plainly(log, limit: HostileLog.limit))
    }

    @Test("what the caller throws comes through, and stops the threads", arguments: [1, 4])
    func callerError(jobs: Int) throws {
        let name = "batches-\(UInt64.random(in: 0 ... .max)).ndjson"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try Data(HostileLog.make(seed: 1, lines: 300)).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(throws: CancellationError.self) {
            try LogSource.file(file.path).readBatches(jobs: jobs, size: 500) { _ in
                throw CancellationError()
            }
        }
    }

    @Test("what can't be read says why", arguments: [1, 3])
    func noSuchLog(jobs: Int) {
        let message = "`/no/such/log.ndjson` can't be opened: there is no such file"
        #expect(throws: LogSourceError(description: message)) {
            try LogSource.file("/no/such/log.ndjson").readBatches(jobs: jobs) { _ in }
        }
        let directory = "`/` can't be read: it is a directory"
        #expect(throws: LogSourceError(description: directory)) {
            try LogSource.file("/").readBatches(jobs: jobs) { _ in }
        }
    }
}
