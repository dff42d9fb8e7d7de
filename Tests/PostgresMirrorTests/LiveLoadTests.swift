import BillingModel
import Foundation
import MirrorLog
import PostgresMirror
import Synchronization
import Testing
import ThrowawayPostgres

/// Several writers at once, against a slow and obvious oracle: the table itself.
@Suite("under load", .timeLimit(.minutes(10)))
struct LiveLoadTests {
    private static let accounts = 200

    /// Each update counts its account's flags up by one, so what the mirror should have got between a
    /// baseline and the end is the difference of the two, exactly.
    private static let script = """
        \\set first random(1, 200)
        \\set second random(1, 200)
        BEGIN;
        UPDATE subs_account SET flags = flags + 1 WHERE id = 'a' || least(:first, :second);
        UPDATE subs_account SET flags = flags + 1 WHERE id = 'a' || greatest(:first, :second);
        END;
        """

    /// What the mirror makes of an account: its flags at the baseline, and each later image of them.
    private func histories(_ sink: MemorySink) -> [String: [UInt64]] {
        var histories: [String: [UInt64]] = [:]
        for record in sink.held.records.map(\.record) {
            let account = record.account?.rawValue ?? ""
            switch record.body {
            case .baseline(let state): histories[account] = [state.flags]
            case .change(let change):
                if case .account(_, .value(let flags), _) = change.row {
                    histories[account, default: []].append(flags)
                }
            default: break
            }
        }
        return histories
    }

    @Test(
        "a mirror that begins in the middle of it, and dies now and then, has each change once",
        arguments: 0..<3
    )
    func exactlyOnce(seed: UInt64) throws {
        let server = try SharedServer.get()
        let database = try server.makeDatabase(TryoutDDL.sql)
        let count = Self.accounts
        try server.sql(
            "INSERT INTO subs_account SELECT 'a' || n, 'pay_go' FROM generate_series(1, \(count)) n",
            in: database
        )
        let writers = Mutex<Result<String, any Error>?>(nil)
        let thread = Thread {
            let result = Result {
                try server.pgbench(Self.script, in: database, ["-c", "6", "-t", "500"])
            }
            writers.withLock { $0 = result }
        }
        thread.start()
        usleep(UInt32(100_000 * seed))
        let random = Mutex(SplitMix64(seed: seed))
        let sink = MemorySink(after: { batch throws(CaptureError) in
            // Not while baselines are taken: those would be taken anew, which has its own test.
            guard batch.records.contains(where: { $0.record.kind == .change }),
                random.withLock({ $0.below(12) }) == 0
            else { return }
            throw CaptureError("killed", isPassing: false)
        })
        var settings = try settings(server, database)
        settings.batchRecords = 50
        var mirror = RunningMirror(settings, sink)
        let total = 6 * 500 * 2
        var deaths = 0
        for _ in 0..<6000 {
            if mirror.hasEnded {
                deaths += 1
                mirror = RunningMirror(settings, sink)
            }
            let isWritten = writers.withLock { $0 != nil }
            if isWritten, histories(sink).values.reduce(0, { $0 + Int($1.last ?? 0) }) == total {
                break
            }
            usleep(20_000)
        }
        try mirror.stop()
        _ = try #require(writers.withLock { $0 }).get()
        let truth = try server.sql("SELECT id || '=' || flags FROM subs_account", in: database)
        let histories = histories(sink)
        for line in truth.split(separator: "\n") {
            let parts = line.split(separator: "=")
            let history = try #require(histories[String(parts[0])])
            // From the baseline up to the table's own value, one by one.
            let last = try #require(UInt64(parts[1]))
            #expect(history == Array(history[0]...last), "\(parts[0])")
        }
        #expect(sink.held.conflicts == 0)
        #expect(sink.held.rejects == [])
        #expect(deaths > 0)
    }

    @Test("what a mark has promised never comes behind it, whatever commits at the same time")
    func marks() throws {
        let server = try SharedServer.get()
        let database = try server.makeDatabase(TryoutDDL.sql)
        try server.sql(
            "INSERT INTO subs_account SELECT 'a' || n, 'pay_go' FROM generate_series(1, 200) n",
            in: database
        )
        var settings = try settings(server, database)
        settings.markMilliseconds = 20
        settings.margin = .seconds(1)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try server.pgbench(Self.script, in: database, ["-c", "8", "-t", "400"])
        try mirror.wait("all changes") { mirror.sink.changes.count == 8 * 400 * 2 }
        try mirror.stop()
        var promised = Instant(microseconds: .min)
        var late = 0
        for record in mirror.sink.held.records.map(\.record) {
            if case .mark(let mark) = record.body, case .through(let time) = mark.says {
                promised = max(promised, time)
            } else if record.kind == .change, record.at <= promised {
                late += 1
            }
        }
        #expect(late == 0)
        #expect(mirror.sink.marks.count > 2)
    }
}
