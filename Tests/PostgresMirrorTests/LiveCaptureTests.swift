import BillingModel
import MirrorLog
import PostgresMirror
import Testing
import ThrowawayPostgres

/// Real transactions of a real server, read back as records.
@Suite("what a real server sends", .timeLimit(.minutes(10)))
struct LiveCaptureTests {
    private let server: ThrowawayPostgres
    private let database: String

    init() throws {
        server = try SharedServer.get()
        database = try server.makeDatabase(TryoutDDL.sql)
    }

    private func run(
        _ setup: String = "",
        rules: String = "[]",
        records: Int,
        _ sql: String
    ) throws -> RunningMirror {
        try server.sql(setup, in: database)
        let mirror = RunningMirror(try settings(server, database, rules: rules))
        try mirror.waitForStream()
        try server.sql(sql, in: database)
        try mirror.wait("\(records) records") {
            let others: [MirrorRecord.Kind] = [.mark, .baseline]
            return mirror.sink.held.records.count { !others.contains($0.record.kind) } >= records
        }
        try mirror.stop()
        return mirror
    }

    @Test(
        "inserts, updates and deletions come with all their values, nulls and odd texts among them"
    )
    func roundTrip() throws {
        let mirror = try run(
            records: 6,
            """
            INSERT INTO subs_account VALUES ('a''1', 'Zoë "quoted" \\ back', 32769, 'abuse');
            UPDATE subs_account SET ban = NULL, flags = 1 WHERE id = 'a''1';
            INSERT INTO subs_customer VALUES ('a''1', NULL, '2026-03-01 12:00:00.25+02', 'cn');
            INSERT INTO subs_subscription VALUES ('s', 'a''1', 'active', E'tab\\tand\\nline',
              ARRAY['si_1', 'b "c"', 'd,e']);
            DELETE FROM subs_subscription;
            INSERT INTO subs_product_probation VALUES ('a''1', 'workers', true);
            """
        )
        #expect(mirror.sink.held.rejects == [])
        let changes = mirror.sink.changes
        #expect(changes.map(\.change.op) == [.insert, .update, .insert, .insert, .delete, .insert])
        #expect(changes.allSatisfy { $0.record.account == AccountID("a'1") })
        #expect(
            changes.map(\.change.row) == [
                .account(
                    type: .value("Zoë \"quoted\" \\ back"),
                    flags: .value(32769),
                    ban: .value(.abuse)
                ),
                .account(type: .value("Zoë \"quoted\" \\ back"), flags: .value(1), ban: .null),
                .customer(
                    stripeCustomer: .null,
                    badDebtAt: .value(try #require(Instant(rfc3339: "2026-03-01T10:00:00.25Z"))),
                    legalEntity: .value("cn")
                ),
                .subscription(
                    id: SubscriptionID("s"),
                    status: .value(.active),
                    reason: .value("tab\tand\nline"),
                    items: .value([ItemID("si_1"), ItemID("b \"c\""), ItemID("d,e")])
                ),
                .subscription(
                    id: SubscriptionID("s"),
                    status: .value(.active),
                    reason: .value("tab\tand\nline"),
                    items: .value([ItemID("si_1"), ItemID("b \"c\""), ItemID("d,e")])
                ),
                .probation(product: "workers", failed: .value(true)),
            ]
        )
    }

    @Test("a large value comes whole, and one that was not touched comes from the row before")
    func toast() throws {
        let mirror = try run(
            "ALTER TABLE subs_subscription ALTER items SET STORAGE EXTERNAL",
            records: 2,
            """
            INSERT INTO subs_subscription SELECT 's', 'a', 'active', NULL,
              array_agg('item_' || n) FROM generate_series(1, 5000) n;
            UPDATE subs_subscription SET status = 'past_due';
            """
        )
        let items = mirror.sink.changes.map { change -> Int? in
            guard case .subscription(_, _, _, let items) = change.change.row else { return nil }
            return items.value?.count
        }
        #expect(items == [5000, 5000])
    }

    @Test("without the row before, a value that was not touched is absent")
    func toastUnchanged() throws {
        let mirror = try run(
            """
            ALTER TABLE subs_subscription ALTER items SET STORAGE EXTERNAL;
            ALTER TABLE subs_subscription REPLICA IDENTITY DEFAULT;
            """,
            records: 2,
            """
            INSERT INTO subs_subscription SELECT 's', 'a', 'active', NULL,
              array_agg('item_' || n) FROM generate_series(1, 5000) n;
            UPDATE subs_subscription SET status = 'past_due';
            """
        )
        let row = mirror.sink.changes.last?.change.row
        guard case .subscription(_, .value(.pastDue), _, .absent)? = row else {
            Issue.record("\(mirror.sink.changes.last as Any)")
            return
        }
        #expect(mirror.tally.withoutOldRow == 1)
        let warned = mirror.events.contains { event in
            if case .found(let finding) = event {
                finding.severity == .warning && finding.remedy.contains("REPLICA IDENTITY FULL")
            } else {
                false
            }
        }
        #expect(warned)
    }

    @Test("a column added, and one dropped, in the middle of the stream change nothing")
    func schemaChange() throws {
        let mirror = try run(
            records: 4,
            """
            INSERT INTO subs_account VALUES ('a1', 'pay_go');
            ALTER TABLE subs_account ADD COLUMN note text DEFAULT 'n';
            ALTER TABLE subs_account DROP COLUMN updated_by;
            INSERT INTO subs_account (id, account_type, flags, note) VALUES ('a2', 'startup', 3, 'x');
            UPDATE subs_account SET note = 'y', flags = 4 WHERE id = 'a1';
            BEGIN;
            ALTER TABLE subs_account ADD COLUMN more integer;
            UPDATE subs_account SET more = 1, flags = 5 WHERE id = 'a1';
            COMMIT;
            """
        )
        #expect(mirror.sink.held.rejects == [])
        let flags = mirror.sink.changes.map { change -> UInt64? in
            if case .account(_, let flags, _) = change.change.row { flags.value } else { nil }
        }
        #expect(flags == [0, 3, 4, 5])
    }

    @Test("a truncated table of what was done is a gap at its instant, and a reject")
    func truncate() throws {
        let mirror = try run(
            "INSERT INTO subs_dunning VALUES ('a', 'evt_1')",
            records: 1,
            "TRUNCATE subs_dunning; INSERT INTO subs_dunning VALUES ('a', 'evt_2');"
        )
        let gaps = mirror.sink.marks.filter { if case .gap = $0 { true } else { false } }
        #expect(gaps.count == 1)
        #expect(mirror.sink.held.rejects.map(\.reason) == ["`subs_dunning` was truncated"])
        #expect(mirror.streams == 1)
    }

    @Test("a run that names itself has the rows of its transaction, one that does not is counted")
    func attribution() throws {
        let mirror = try run(
            """
            INSERT INTO subs_account VALUES ('a1', 'pay_go'), ('a2', 'pay_go');
            INSERT INTO subs_subscription VALUES ('s1', 'a1', 'active', NULL, '{si_1}');
            """,
            records: 6,
            """
            BEGIN;
            SELECT pg_logical_emit_message(true, 'dunning-path',
              '{"path":"C","trigger":"evt_1","id":"run-1"}');
            UPDATE subs_subscription SET status = 'canceled', reason = 'bad_debt' WHERE id = 's1';
            UPDATE subs_account SET flags = flags | 32768, ban = 'bad_debt' WHERE id = 'a1';
            SELECT pg_logical_emit_message(false, 'dunning-path', 'not of the transaction');
            COMMIT;
            UPDATE subs_account SET flags = 32768 WHERE id = 'a2';
            BEGIN;
            SELECT pg_logical_emit_message(true, 'dunning-path', '{"path":"E"}');
            UPDATE subs_account SET flags = 0 WHERE id = 'a2';
            ROLLBACK;
            UPDATE subs_account SET account_type = 'startup' WHERE id = 'a2';
            INSERT INTO subs_request VALUES ('r1', 'a1', 'pay_bad_debt', 'customer');
            """
        )
        let run = try #require(mirror.sink.executions.first)
        #expect(mirror.sink.executions.count == 1)
        #expect(run.record.id == RecordID("run-1"))
        #expect(
            run.run.effects.map(\.effect) == [
                .cancelSubscription(SubscriptionID("s1"), reason: "bad_debt"),
                .setFlag(bit: 15, to: true), .setBan(.badDebt),
            ]
        )
        #expect(mirror.tally.unattributed == 1)
        #expect(mirror.sink.changes.count == 4)
        #expect(mirror.sink.records(.request).map(\.id) == [RecordID("r1")])
    }

    @Test("a service that is told by its application's name or by a column needs no message")
    func rules() throws {
        try server.sql(
            """
            CREATE TRIGGER dunning_tell_application BEFORE INSERT OR UPDATE OR DELETE
              ON subs_subscription FOR EACH STATEMENT EXECUTE FUNCTION dunning_tell_application();
            INSERT INTO subs_subscription VALUES ('s1', 'a1', 'active', NULL, '{si_1}');
            INSERT INTO subs_account VALUES ('a1', 'pay_go');
            """,
            in: database
        )
        let mirror = RunningMirror(
            try settings(
                server,
                database,
                rules: """
                    [{application: "drift-*", path: B},
                     {column: public.subs_account.updated_by, is: panel, path: E}]
                    """
            )
        )
        try mirror.waitForStream()
        try server.sql(
            "UPDATE subs_subscription SET items = '{}'",
            in: database,
            application: "drift-cron"
        )
        try server.sql(
            "UPDATE subs_account SET flags = 32768, updated_by = 'panel'",
            in: database
        )
        try mirror.wait("two runs") { mirror.sink.executions.count == 2 }
        try mirror.stop()
        #expect(mirror.sink.executions.map(\.run.path) == [.b, .e])
        #expect(mirror.tally.ruled == 2)
        #expect(mirror.tally.unattributed == 0)
    }

    @Test("a poison row is kept aside, and what stands beside it is not lost")
    func poison() throws {
        let mirror = try run(
            records: 2,
            """
            BEGIN;
            INSERT INTO subs_account VALUES ('a1', 'pay_go', 1);
            INSERT INTO subs_account VALUES ('a2', 'pay_go', -1);
            INSERT INTO subs_account VALUES ('a3', 'pay_go', 3);
            COMMIT;
            """
        )
        #expect(mirror.sink.changes.map(\.record.account) == [AccountID("a1"), AccountID("a3")])
        let reject = try #require(mirror.sink.held.rejects.first)
        #expect(mirror.sink.held.rejects.count == 1)
        #expect(String(decoding: reject.content, as: UTF8.self).contains("a2"))
        #expect(!reject.reason.contains("a2"))
        #expect(mirror.tally.rejects == 1)
    }

    @Test("marks go up to the server's time, and only when all before it is there")
    func marks() throws {
        let mirror = RunningMirror(try settings(server, database))
        try mirror.waitForStream()
        for number in 0..<20 {
            try server.sql("INSERT INTO subs_account VALUES ('a\(number)', 'pay_go')", in: database)
        }
        let end = try server.sql("SELECT clock_timestamp()", in: database)
        try mirror.wait("a mark behind the last change") {
            let records = mirror.sink.held.records.map(\.record)
            guard let last = records.lastIndex(where: { $0.kind == .change }) else { return false }
            return mirror.sink.changes.count == 20
                && records[last...].contains { record in
                    guard case .mark(let mark) = record.body, case .through(let time) = mark.says
                    else {
                        return false
                    }
                    return time > records[last].at
                }
        }
        try mirror.stop()
        #expect(!end.isEmpty)
        // What a mark has promised never comes behind it.
        var promised = Instant(microseconds: .min)
        for record in mirror.sink.held.records.map(\.record) {
            if case .mark(let mark) = record.body, case .through(let time) = mark.says {
                promised = max(promised, time)
            } else if record.kind == .change {
                #expect(record.at > promised)
            }
        }
        let lags = mirror.events.compactMap { event -> SlotLag? in
            if case .lag(let lag) = event { lag } else { nil }
        }
        #expect(lags.last?.status == "reserved")
    }

    @Test("a transaction larger than what is held comes in parts, whole and in order")
    func largeTransaction() throws {
        var settings = try settings(server, database)
        settings.transactionPart = 100
        let mirror = RunningMirror(settings)
        try mirror.waitForStream()
        try server.sql(
            "INSERT INTO subs_account SELECT 'a' || n, 'pay_go' FROM generate_series(1, 1234) n",
            in: database
        )
        try mirror.wait("all rows") { mirror.sink.changes.count == 1234 }
        try mirror.stop()
        #expect(
            mirror.sink.changes.map(\.record.account?.rawValue) == (1...1234).map { "a\($0)" }
        )
    }
}
