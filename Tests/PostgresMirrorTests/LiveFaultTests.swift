import BillingModel
import Foundation
import MirrorLog
import PostgresMirror
import Synchronization
import Testing
import ThrowawayPostgres

/// Crashes and cuts: nothing is lost, nothing counted twice.
@Suite("faults", .timeLimit(.minutes(10)))
struct LiveFaultTests {
    /// Runs `count` numbered transactions on a thread of its own, from 1 on, as many as get through.
    ///
    /// Each sets the flags of one account to its number; what the mirror has must then be what the
    /// server has.
    private func write(
        _ server: ThrowawayPostgres,
        _ database: String,
        _ numbers: ClosedRange<Int>
    ) throws {
        let statements = numbers.map { number in
            """
            BEGIN;
            SELECT pg_logical_emit_message(true, 'dunning-path',
              '{"path":"C","trigger":"evt_\(number)","id":"run-\(number)"}');
            UPDATE subs_account SET flags = \(number) WHERE id = 'a\(number % 10)';
            COMMIT;
            """
        }
        try server.sql(statements.joined(separator: "\n"), in: database)
    }

    private func makeDatabase(_ server: ThrowawayPostgres) throws -> String {
        let database = try server.makeDatabase(TryoutDDL.sql)
        try server.sql(
            "INSERT INTO subs_account SELECT 'a' || n, 'pay_go' FROM generate_series(0, 9) n",
            in: database
        )
        return database
    }

    /// That there is one change and one run of each number, in order, and nothing else.
    private func expectWhole(
        _ sink: MemorySink,
        _ numbers: ClosedRange<Int>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let flags = sink.changes.map { change -> Int in
            if case .account(_, .value(let flags), _) = change.change.row { Int(flags) } else { -1 }
        }
        #expect(flags == Array(numbers), sourceLocation: sourceLocation)
        let runs = sink.executions.map(\.record.id.rawValue)
        #expect(runs == numbers.map { "run-\($0)" }, sourceLocation: sourceLocation)
        #expect(sink.held.conflicts == 0, sourceLocation: sourceLocation)
        #expect(sink.held.rejects == [], sourceLocation: sourceLocation)
    }

    @Test("the server crashes in the middle of the stream, and again")
    func serverRestarts() throws {
        let server = try ThrowawayPostgres()
        let database = try makeDatabase(server)
        let mirror = RunningMirror(try settings(server, database))
        try mirror.waitForStream()
        for round in 0..<3 {
            try write(server, database, round * 100 + 1...round * 100 + 100)
            try server.restartImmediately()
        }
        try write(server, database, 301...400)
        try mirror.wait("the last change") { mirror.sink.changes.count >= 400 }
        try mirror.stop()
        expectWhole(mirror.sink, 1...400)
        #expect(mirror.streams >= 2)
        #expect(!mirror.sink.marks.contains { if case .gap = $0 { true } else { false } })
    }

    @Test("the connection is cut in the middle of a message, wherever that is", arguments: 0..<4)
    func cuts(seed: UInt64) throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        var random = SplitMix64(seed: seed)
        // Each try is a connection for queries and one for the stream; half the seeds cut both.
        var allowances: [Int] = []
        for _ in 0..<12 {
            allowances.append(seed % 2 == 0 ? .max : 1 + random.below(60_000))
            allowances.append(1 + random.below(30_000))
        }
        let proxy = try SocketProxy(to: server.sockets, cutting: allowances)
        defer { proxy.stop() }
        let mirror = RunningMirror(try settings(server, database))
        try mirror.waitForStream()
        try mirror.stop()
        let again = RunningMirror(
            try settings(server, database, through: proxy.folder),
            mirror.sink
        )
        for start in stride(from: 1, through: 601, by: 100) {
            try write(server, database, start...start + 99)
        }
        try again.wait("the last change") { again.sink.changes.count >= 700 }
        try again.stop()
        expectWhole(again.sink, 1...700)
        #expect(proxy.cuts >= 3)
    }

    @Test(
        "the mirror dies after the store has kept, and before the server is told",
        arguments: 0..<4
    )
    func dies(seed: UInt64) throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        let random = Mutex(SplitMix64(seed: seed))
        let deaths = Mutex(0)
        let isArmed = Mutex(false)
        let sink = MemorySink(after: { batch throws(CaptureError) in
            guard isArmed.withLock({ $0 }), !batch.records.isEmpty,
                random.withLock({ $0.below(2) }) == 0
            else { return }
            deaths.withLock { $0 += 1 }
            throw CaptureError("killed", isPassing: false)
        })
        var mirror = RunningMirror(try settings(server, database), sink)
        try mirror.waitForStream()
        isArmed.withLock { $0 = true }
        for start in stride(from: 1, through: 401, by: 50) {
            try write(server, database, start...start + 49)
            if mirror.hasEnded { mirror = RunningMirror(try settings(server, database), sink) }
        }
        isArmed.withLock { $0 = false }
        for _ in 0..<12_000 where sink.changes.count < 450 {
            if mirror.hasEnded { mirror = RunningMirror(try settings(server, database), sink) }
            usleep(20_000)
        }
        try mirror.stop()
        expectWhole(sink, 1...450)
        #expect(deaths.withLock { $0 } > 0)
    }

    @Test("a store that can't keep for a while is tried again, and nothing is lost meanwhile")
    func storeFails() throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        let failures = Mutex(0)
        let isArmed = Mutex(false)
        let sink = MemorySink(before: { batch throws(CaptureError) in
            guard isArmed.withLock({ $0 }),
                batch.records.contains(where: { $0.record.kind == .change })
            else { return }
            let count = failures.withLock { count in
                count += 1
                return count
            }
            if count <= 3 { throw CaptureError("the disk is full", isPassing: true) }
        })
        let mirror = RunningMirror(try settings(server, database), sink)
        try mirror.waitForStream()
        isArmed.withLock { $0 = true }
        try write(server, database, 1...100)
        try mirror.wait("all changes") { sink.changes.count >= 100 }
        try mirror.stop()
        expectWhole(sink, 1...100)
        let retries = mirror.events.compactMap { event -> String? in
            if case .retrying(let error, _) = event { error.problem } else { nil }
        }
        #expect(retries.filter { $0 == "the disk is full" }.count == 3)
    }

    @Test("the same changes make the same ids and lines when the store has forgotten the position")
    func sameIDs() throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        let settings = try settings(server, database)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try mirror.stop()
        let start = try #require(try mirror.sink.position(of: "postgres"))
        try write(server, database, 1...50)
        // Two stores that begin at one place: what they are sent must be the same.
        let sinks = [MemorySink(), MemorySink()]
        for sink in sinks {
            let hasAll = MemorySink(before: { batch throws(CaptureError) in
                try sink.keep(
                    CapturedBatch(source: "copy", records: batch.records, rejects: batch.rejects)
                )
                // The server is never told: it sends the same again.
                throw CaptureError("kept nothing", isPassing: false)
            })
            hasAll.setPosition("postgres", start)
            var slow = settings
            slow.batchRecords = 100
            slow.batchMilliseconds = 5000
            slow.markMilliseconds = 60_000
            let again = RunningMirror(slow, hasAll)
            try again.wait("its end") { again.hasEnded }
        }
        let ids = sinks.map { $0.held.records.map(\.record.id) }
        #expect(ids[0] == ids[1])
        #expect(ids[0].count == 100)
        #expect(
            sinks[0].held.records.map(\.record.body) == sinks[1].held.records.map(\.record.body)
        )
    }

    @Test("a slot that was dropped makes a gap from what was kept to the new snapshot")
    func slotDropped() throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        let settings = try settings(server, database)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try write(server, database, 1...10)
        try mirror.wait("ten changes") { mirror.sink.changes.count == 10 }
        try mirror.stop()
        let last = try #require(mirror.sink.changes.last?.record.at)
        try server.sql("SELECT pg_drop_replication_slot('\(settings.slot)')", in: database)
        try write(server, database, 11...20)
        let again = RunningMirror(settings, mirror.sink)
        try again.waitForStream()
        try write(server, database, 21...30)
        try again.wait("ten more") { again.sink.changes.count == 20 }
        try again.stop()
        let gaps = again.sink.marks.filter { if case .gap = $0 { true } else { false } }
        guard case .gap(let from, let to)? = gaps.first, gaps.count == 1 else {
            Issue.record("\(gaps)")
            return
        }
        #expect(from <= last.advanced(by: .seconds(5)))
        #expect(again.sink.changes.dropFirst(10).allSatisfy { $0.record.at > to })
        // The lost changes are in the new baselines.
        let flags = again.sink.records(.baseline).suffix(10).compactMap { record -> UInt64? in
            if case .baseline(let state) = record.body { state.flags } else { nil }
        }
        #expect(flags.sorted() == Array(11...20))
        let told = again.events.contains { event in
            if case .gap(_, _, let why) = event { why == "the slot is gone" } else { false }
        }
        #expect(told)
    }

    @Test("a truncated table of the accounts' state: a gap up to baselines that are taken anew")
    func truncated() throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        let settings = try settings(server, database)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try write(server, database, 1...20)
        try mirror.wait("the changes") { mirror.sink.changes.count >= 20 }
        try server.sql(
            """
            BEGIN; TRUNCATE subs_account; INSERT INTO subs_account VALUES ('a1', 'pay_go', 7); COMMIT;
            """,
            in: database
        )
        try mirror.wait("the stream to begin again") { mirror.streams > 1 }
        try write(server, database, 21...21)
        try mirror.wait("a change behind it") { mirror.sink.changes.count >= 22 }
        try mirror.stop()
        let baselines = mirror.sink.held.records.map(\.record).filter { $0.kind == .baseline }
        // Ten accounts at the beginning; one is left, with the flags that it has now.
        #expect(baselines.count == 11)
        let last = try #require(baselines.last)
        guard case .baseline(let state) = last.body else { return }
        #expect(last.account == AccountID("a1"))
        #expect(state.flags == 7)
        let spans = mirror.sink.marks.compactMap { mark -> TimeSpan? in
            guard case .gap(let from, let to) = mark else { return nil }
            return to.since(from)
        }
        // One at its instant, and one from there to the new baselines.
        #expect(spans.count == 2)
        #expect(spans.filter { $0 > .zero }.count == 1)
        #expect(
            mirror.sink.held.rejects.map(\.reason)
                == ["`subs_account` was truncated: baselines are taken anew"]
        )
    }

    @Test("a slot that the server gave up makes a gap as well")
    func slotInvalidated() throws {
        let server = try ThrowawayPostgres([
            "max_slot_wal_keep_size = 1MB", "min_wal_size = 32MB", "max_wal_size = 32MB",
        ])
        let database = try makeDatabase(server)
        let settings = try settings(server, database)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try mirror.stop()
        for _ in 0..<4 {
            try server.sql("SELECT pg_switch_wal(); CREATE TABLE t (); DROP TABLE t;", in: database)
        }
        try server.sql("CHECKPOINT", in: database)
        let status = try server.sql("SELECT wal_status FROM pg_replication_slots", in: database)
        #expect(status == "lost")
        let again = RunningMirror(settings, mirror.sink)
        try again.waitForStream()
        try write(server, database, 1...10)
        try again.wait("ten changes") { again.sink.changes.count == 10 }
        try again.stop()
        expectWhole(again.sink, 1...10)
        #expect(again.sink.marks.contains { if case .gap = $0 { true } else { false } })
    }

    @Test("a slot made anew under the same name is not taken for the old one")
    func slotSwapped() throws {
        let server = try SharedServer.get()
        let database = try makeDatabase(server)
        let settings = try settings(server, database)
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try mirror.stop()
        try server.sql("SELECT pg_drop_replication_slot('\(settings.slot)')", in: database)
        try write(server, database, 1...10)
        try server.sql(
            "SELECT pg_create_logical_replication_slot('\(settings.slot)', 'pgoutput')",
            in: database
        )
        let again = RunningMirror(settings, mirror.sink)
        try again.waitForStream()
        try again.stop()
        #expect(again.sink.marks.contains { if case .gap = $0 { true } else { false } })
        // A store that never met the slot does not help itself to it.
        let stranger = RunningMirror(settings)
        try stranger.wait("its end") { stranger.hasEnded || stranger.error != nil }
        #expect(stranger.error?.isPassing == false)
    }

    @Test("a server that is not there is tried again, one that refuses is not")
    func unreachable() throws {
        let server = try SharedServer.get()
        var nowhere = try settings(server, "postgres")
        nowhere.target = "host=/nonexistent dbname=x"
        let mirror = RunningMirror(nowhere)
        try mirror.wait("two tries") {
            mirror.events.count { if case .retrying = $0 { true } else { false } } >= 2
        }
        try mirror.stop()
        #expect(mirror.error == nil)
        let refused = RunningMirror(try settings(server, "no_such_database"))
        for _ in 0..<6000 where !refused.hasEnded { usleep(20_000) }
        #expect(refused.error?.isPassing == false)
        let malformed = PostgresSettings(target: "passwort=geheim", mapping: nowhere.mapping)
        let broken = RunningMirror(malformed)
        for _ in 0..<6000 where !broken.hasEnded { usleep(20_000) }
        #expect(broken.error?.description.contains("geheim") == false)
    }
}
