import CSQLite
import DivergenceAnalysis
import FleetSimulation
import Foundation
import MirrorLog
import PackedLog
import ParityReport
import ShadowRun
import Testing

/// A packed log gives what the log itself gives, or nothing.
struct PackedLogTests {
    /// The small fleet of the corpus with a few hundred accounts, as a log.
    private static let log = Result {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let plan = root.appending(path: "corpora/fleets/young-mirror.yaml")
        var text: [UInt8] = []
        _ = try FleetSimulation.run(
            plan: FleetPlan(yaml: String(contentsOf: plan, encoding: .utf8)),
            writeRecord: { text += $0 },
            writeTruth: { _ in }
        )
        return text + Array("no record\n".utf8)
    }

    private static func replay() -> Replay {
        Replay(settings: JudgeSettings(), program: "a test")
    }

    /// What a replay gives: the report's bytes, and the lines that are left out for their mode.
    private static func report(_ replay: Replay) throws -> [UInt8] {
        var replay = replay
        var bytes: [UInt8] = []
        let report = try replay.report(scope: nil, keepsSettled: true) { _ in }
        try report.writeJSON { bytes += $0 }
        return bytes
    }

    /// A packed log on disk, which goes when it is no longer held.
    private final class Packed {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "packed-\(UUID()).packed").path

        init() throws {
            var replay = PackedLogTests.replay()
            var writer = try PackedLogWriter(at: path)
            let rejects = writer.rejects
            try replay.read(whole: try PackedLogTests.log.get()) { reject in
                try rejects.add(reject, of: "a.ndjson")
            }
            let header = try replay.pack { try writer.add($0, to: $1) }
            try writer.finish(
                header: header,
                digest: replay.digestText,
                records: replay.counts.records,
                program: "a test"
            )
        }

        deinit {
            // What can't be removed is left to the system, which clears temporary files.
            try? FileManager.default.removeItem(atPath: path)
        }

        func replay() throws -> Replay {
            var replay = PackedLogTests.replay()
            let log = try PackedLog(path)
            try replay.resume(log.header, log)
            return replay
        }

        /// Changes it by a statement.
        func change(_ statement: String) throws {
            var connection: OpaquePointer?
            defer { sqlite3_close(connection) }
            try #require(sqlite3_open(path, &connection) == SQLITE_OK)
            try #require(sqlite3_exec(connection, statement, nil, nil, nil) == SQLITE_OK)
        }
    }

    @Test("the report has the same bytes, and the same lines are rejected")
    func same() throws {
        var (plain, rejects) = (Self.replay(), [Reject]())
        try plain.read(whole: try Self.log.get()) { rejects.append($0) }
        let packed = try Packed()
        #expect(try Self.report(packed.replay()) == Self.report(plain))
        var kept: [Reject] = []
        try PackedLog(packed.path).forEachReject { reject, log in
            kept.append(reject)
            #expect(log == "a.ndjson")
        }
        #expect(kept == rejects)
        #expect(try packed.replay().rejected == rejects.count)
        #expect(!rejects.isEmpty)
    }

    @Test("nothing partial is left, and nothing where it was not finished")
    func partial() throws {
        let packed = try Packed()
        #expect(!FileManager.default.fileExists(atPath: packed.path + ".partial"))
        let other = packed.path + "-other"
        do {
            let writer = try PackedLogWriter(at: other)
            #expect(FileManager.default.fileExists(atPath: other + ".partial"))
            _ = consume writer
        }
        #expect(!FileManager.default.fileExists(atPath: other + ".partial"))
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test("a packed log is told from other files by its first bytes")
    func isOne() throws {
        let packed = try Packed()
        #expect(PackedLog.isOne(packed.path))
        #expect(!PackedLog.isOne("/nowhere"))
        #expect(!PackedLog.isOne("/dev/zero"))
        #expect(!PackedLog.isOne(#filePath))
    }

    @Test(
        "what was packed by another build, or is another's file, is refused, and what to do is said",
        arguments: [
            ("UPDATE meta SET fingerprint = '1-abc'", "another build"),
            ("PRAGMA application_id = 7", "no packed log"), ("DELETE FROM meta", "another build"),
            ("DELETE FROM parts", "damaged"), ("UPDATE meta SET seal = seal + 1", "damaged"),
            ("UPDATE meta SET header = zeroblob(4)", "damaged"), ("DROP TABLE parts", "damaged"),
        ]
    )
    func refused(change: String, words: String) throws {
        let packed = try Packed()
        try packed.change(change)
        let error = #expect(throws: PackedLogError.self) { try PackedLog(packed.path) }
        #expect(error?.code == .data)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test(
        "what was changed, lost or put in between is noticed",
        arguments: [
            "DELETE FROM accounts WHERE place = 3",
            "DELETE FROM accounts WHERE place = (SELECT max(place) FROM accounts)",
            "INSERT INTO accounts (id, value, seal) SELECT 'zzz', value, seal FROM accounts LIMIT 1",
            "UPDATE accounts SET value = zeroblob(9) WHERE place = 5",
            "UPDATE accounts SET id = 'acct_!' WHERE place = 1",
            "UPDATE strays SET value = zeroblob(9) WHERE place = 2",
            "DELETE FROM claims WHERE place = 1", "DROP TABLE strays",
        ]
    )
    func changed(statement: String) throws {
        let packed = try Packed()
        try packed.change(statement)
        #expect(throws: PackedLogError.self) { _ = try Self.report(packed.replay()) }
    }

    @Test("a byte that was changed is noticed, or makes no difference", arguments: 0..<60)
    func damaged(number: Int) throws {
        let packed = try Packed()
        let expected = try Self.report(packed.replay())
        var bytes = try Data(contentsOf: URL(filePath: packed.path))
        let place = number * 7919 * 31 % bytes.count
        bytes[place] ^= 1 << UInt8(number % 8)
        try bytes.write(to: URL(filePath: packed.path))
        do {
            guard PackedLog.isOne(packed.path) else { return }
            #expect(try Self.report(packed.replay()) == expected, "byte \(place)")
        } catch is PackedLogError {
            // It was noticed.
        }
    }
}
