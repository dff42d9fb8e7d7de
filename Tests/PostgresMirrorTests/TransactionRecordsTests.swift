import BillingModel
import MirrorLog
import PostgresMirror
import Testing

/// Transactions as lines of the log, and whose doing they are.
struct TransactionRecordsTests {
    private let tables = [
        MessageBytes.relation(
            1,
            "public",
            "subs_account",
            ["id", "account_type", "flags", "ban", "updated_by"]
        ),
        MessageBytes.relation(
            2,
            "public",
            "subs_subscription",
            ["id", "account_id", "status", "reason", "items"]
        ),
        MessageBytes.relation(
            3,
            "public",
            "subs_customer",
            ["account_id", "stripe_customer", "bad_debt", "legal_entity"]
        ),
        MessageBytes.relation(
            4,
            "public",
            "subs_request",
            ["id", "account_id", "type", "actor", "to", "at"]
        ),
        MessageBytes.relation(
            5,
            "public",
            "subs_execution",
            [
                "id", "account_id", "path", "trigger", "started", "finished", "outcome", "error",
                "effects",
            ]
        ),
        MessageBytes.relation(6, "public", "unwatched", ["id"]),
        MessageBytes.relation(
            7,
            "public",
            "subs_dunning",
            ["account_id", "event_id", "recorded_at"]
        ),
    ]

    /// 2026-03-02T10:00:00Z in the protocol's count.
    private let time = 825_760_800_000_000

    private func captured(
        _ messages: [[UInt8]],
        rules: String = "[]",
        limit: Int = 20_000
    ) throws -> TransactionRecords.Captured {
        let yaml = RowMapping.standardYAML.replacing("rules: []", with: "rules: \(rules)")
        var maker = try TransactionRecords(
            mapping: RowMapping(yaml: yaml),
            names: RecordNames(system: "7301", timeline: "1")
        )
        let seen = try #require(Instant(rfc3339: "2026-03-02T10:00:05Z"))
        let all =
            [MessageBytes.begin(0x16B_3748, time: time, xid: 731)] + tables + messages
            + [MessageBytes.commit(0x16B_3748, end: 0x16B_3800, time: time)]
        var whole = TransactionRecords.Captured()
        for part in try transactions(all, limit: limit) {
            let captured = maker.records(of: part, seen: seen)
            whole.records += captured.records
            whole.rejects += captured.rejects
            whole.tally.add(captured.tally)
        }
        return whole
    }

    private func lines(_ captured: TransactionRecords.Captured) -> [String] {
        captured.records.map { String(decoding: $0.line, as: UTF8.self) }
    }

    private func executions(
        _ captured: TransactionRecords.Captured
    ) -> [(record: MirrorRecord, run: Execution)] {
        captured.records.compactMap { captured in
            if case .execution(let run) = captured.record.body {
                (captured.record, run)
            } else {
                nil
            }
        }
    }

    private let flagged = MessageBytes.update(
        1,
        old: ["a1", "pay_go", "1", nil, nil],
        new: ["a1", "pay_go", "32769", "bad_debt", "worker"]
    )
    private let canceled = MessageBytes.update(
        2,
        old: ["sub_1", "a1", "active", nil, "{si_1,si_2}"],
        new: ["sub_1", "a1", "canceled", "bad_debt", "{si_1}"]
    )
    private let doings: [Effect] = [
        .setFlag(bit: 15, to: true), .setBan(.badDebt),
        .cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt"),
        .deleteItems(SubscriptionID("sub_1"), [ItemID("si_2")]),
    ]

    @Test("a row image is a line with the row, the row before, its place and its transaction")
    func image() throws {
        let captured = try captured([flagged])
        let tag = RecordNames(system: "7301", timeline: "1").tag
        #expect(
            lines(captured) == [
                #"{"v":1,"id":"pg:\#(tag):00000000016B3748:00000001","kind":"change","#
                    + #""at":"2026-03-02T10:00:00Z","seen":"2026-03-02T10:00:05Z","account":"a1","#
                    + #""change":{"table":"subs_account","op":"update","row":{"id":"a1","#
                    + #""account_type":"pay_go","flags":32769,"ban":"bad_debt"},"old":{"id":"a1","#
                    + #""account_type":"pay_go","flags":1,"ban":null},"lsn":"0/16B3748","xid":731}}"#
            ]
        )
        #expect(captured.tally.unattributed == 1)
        #expect(captured.rejects == [])
    }

    @Test("records of one instant sort by id as they stand in their transaction")
    func idOrder() throws {
        let rows = (0..<120).map {
            MessageBytes.insert(2, ["sub_\($0)", "a1", "active", nil, "{}"])
        }
        let ids = try captured(rows).records.map(\.record.id)
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == 120)
    }

    @Test(
        "a message makes the rows of its transaction the effects of a run, before it and behind it"
    )
    func message() throws {
        let content = #"{"path":"C","trigger":"evt_1","started":"2026-03-02T09:59:58Z"}"#
        let captured = try captured(
            [flagged, MessageBytes.message("dunning-path", content), canceled]
        )
        let runs = executions(captured)
        let (record, run) = try #require(runs.first)
        #expect(runs.count == 1)
        #expect(record.account == AccountID("a1"))
        #expect(record.at == Instant(rfc3339: "2026-03-02T09:59:58Z"))
        #expect(run.path == .c)
        #expect(run.trigger == RecordID("evt_1"))
        #expect(run.outcome == .completed)
        #expect(run.finished == Instant(rfc3339: "2026-03-02T10:00:00Z"))
        #expect(run.effects.map(\.effect) == doings)
        #expect(run.effects.allSatisfy { $0.ok && $0.at == run.finished })
        #expect(captured.tally.changes == 2)
        #expect(captured.tally.named == 1)
        #expect(captured.tally.unattributed == 0)
    }

    @Test("what a message states is not told twice, and the rest is what the rows show")
    func statedEffects() throws {
        let content = """
            {"path":"C","id":"run-9","outcome":"failed","error":"timeout","effects":[
            {"at":"2026-03-02T09:59:59Z","do":"set_flag","bit":15,"to":true},
            {"do":"set_customer_metadata","set":{"bad_debt":"true"},"ok":false}]}
            """
        let captured = try captured([MessageBytes.message("dunning-path", content), flagged])
        let (record, run) = try #require(executions(captured).first)
        #expect(record.id == RecordID("run-9"))
        #expect(run.outcome == .failed)
        #expect(run.error == "timeout")
        #expect(run.effects.map(\.ok) == [true, false, true])
        #expect(run.effects[0].at == Instant(rfc3339: "2026-03-02T09:59:59Z"))
        #expect(run.effects[2].effect == .setBan(.badDebt))
    }

    @Test("of several messages each has the rows behind it")
    func severalMessages() throws {
        let captured = try captured([
            MessageBytes.message("dunning-path", #"{"path":"C"}"#), canceled,
            MessageBytes.message("dunning-path", #"{"path":"E","trigger":"r1"}"#), flagged,
            MessageBytes.message("another", "no JSON"),
        ])
        let runs = executions(captured).map(\.run)
        #expect(runs.map(\.path) == [.c, .e])
        #expect(runs.map(\.effects.count) == [2, 2])
        #expect(captured.rejects == [])
    }

    @Test("a run over several accounts is a record for each of them")
    func severalAccounts() throws {
        let other = MessageBytes.update(
            3,
            old: ["a2", "cus_2", nil, nil],
            new: ["a2", "cus_2", "2026-03-02 10:00:00+00", nil]
        )
        let captured = try captured(
            [MessageBytes.message("dunning-path", #"{"path":"B","id":"run"}"#), flagged, other]
        )
        let records = executions(captured).map(\.record)
        #expect(records.map(\.account) == [AccountID("a1"), AccountID("a2")])
        #expect(records.map(\.id) == [RecordID("run:a1"), RecordID("run:a2")])
    }

    @Test(
        "a run that changed nothing is a record where it says whose it is, and a reject otherwise"
    )
    func emptyRuns() throws {
        let told = try captured(
            [MessageBytes.message("dunning-path", #"{"path":"B","account":"a1","trigger":"r"}"#)]
        )
        #expect(executions(told).first?.run.effects == [])
        let untold = try captured([MessageBytes.message("dunning-path", #"{"path":"B"}"#)])
        #expect(untold.records.isEmpty)
        #expect(
            untold.rejects.map(\.reason)
                == ["message: it names no `account`, and no row tells whose run it is"]
        )
    }

    @Test(
        "a message that makes no sense is rejected, and its rows are nobody's",
        arguments: [
            "", "[]", "{}", #"{"path":"F"}"#, #"{"path":1}"#, #"{"path":"C","started":"today"}"#,
            #"{"path":"C","outcome":"well"}"#, #"{"path":"C","effects":{}}"#,
        ]
    )
    func poorMessage(content: String) throws {
        let captured = try captured([MessageBytes.message("dunning-path", content), flagged])
        #expect(captured.rejects.count == 1)
        #expect(captured.tally.unattributed == 1)
        #expect(captured.tally.changes == 1)
    }

    @Test("rules look at a column, an application and an origin, the first that fits first")
    func rules() throws {
        let column = try captured(
            [flagged],
            rules: "[{column: public.subs_account.updated_by, is: worker, path: C}]"
        )
        #expect(executions(column).map(\.run.path) == [.c])
        #expect(column.tally.ruled == 1)
        #expect(column.tally.unattributed == 0)
        let application = try captured(
            [MessageBytes.message("application-name", "cron-3"), flagged, canceled],
            rules: #"[{application: "cron-*", path: B}, {application: cron-3, path: D}]"#
        )
        #expect(executions(application).map(\.run.path) == [.b])
        #expect(executions(application).first?.run.effects.map(\.effect) == doings)
        let origin = try captured(
            [MessageBytes("O").number64(1).text("panel").bytes, flagged],
            rules: "[{origin: panel, path: E}]"
        )
        #expect(executions(origin).map(\.run.path) == [.e])
        let none = try captured([flagged], rules: "[{application: x, path: B}]")
        #expect(executions(none).isEmpty)
        #expect(none.tally.unattributed == 1)
    }

    @Test("a row of executions is a record once the run has ended, and takes its account's rows")
    func executionRows() throws {
        let running: [String?] = [
            "x1", "a1", "C", "evt_1", "2026-03-02 09:59:58+00", nil, nil, nil, nil,
        ]
        let ended: [String?] = [
            "x1", "a1", "C", "evt_1", "2026-03-02 09:59:58+00", "2026-03-02 10:00:00.5+00",
            "completed", nil, nil,
        ]
        #expect(try captured([MessageBytes.insert(5, running)]).records.isEmpty)
        let bare = try captured([flagged, MessageBytes.update(5, old: running, new: ended)])
        let (record, run) = try #require(executions(bare).first)
        #expect(record.id == RecordID("x1"))
        #expect(run.effects.map(\.effect) == Array(doings.prefix(2)))
        #expect(run.finished == Instant(rfc3339: "2026-03-02T10:00:00.5Z"))
        #expect(bare.tally.unattributed == 0)
        var stating = ended
        stating[8] = #"[{"do":"set_ban","to":"bad_debt"}]"#
        let stated = try captured([MessageBytes.insert(5, stating)])
        #expect(executions(stated).first?.run.effects.map(\.effect) == [.setBan(.badDebt)])
        #expect(try captured([MessageBytes.update(5, old: ended, new: ended)]).records.isEmpty)
    }

    @Test("a row of requests is a request when it comes in, and nothing when it is worked on")
    func requestRows() throws {
        let row: [String?] = [
            "r1", "a1", "set_account_type", "admin:4", "startup", "2026-03-02 09:00:00+00",
        ]
        let captured = try captured([
            MessageBytes.insert(4, row), MessageBytes.update(4, old: row, new: row),
        ])
        let record = try #require(captured.records.first?.record)
        #expect(captured.records.count == 1)
        #expect(record.id == RecordID("r1"))
        #expect(record.at == Instant(rfc3339: "2026-03-02T09:00:00Z"))
        let request = Request(kind: .setAccountType(AccountType("startup")), actor: "admin:4")
        #expect(record.body == .request(request))
    }

    @Test("a value that was not sent again comes from the row before, or is absent")
    func unchanged() throws {
        let full = try captured([
            MessageBytes.update(
                2,
                old: ["s", "a1", "active", nil, "{si_1}"],
                new: ["s", "a1", "active", nil, "~"]
            )
        ])
        #expect(lines(full)[0].contains(#""items":["si_1"]},"old""#))
        let bare = try captured([
            MessageBytes.update(2, old: nil, new: ["s", "a1", "active", nil, "~"])
        ])
        #expect(!lines(bare)[0].contains("items"))
        #expect(bare.tally.withoutOldRow == 1)
    }

    @Test(
        "a deleted row of which only the key came is rejected where that does not say whose it was"
    )
    func keyOnly() throws {
        let captured = try captured([
            MessageBytes.delete(2, "K", ["s", nil, nil, nil, nil]),
            MessageBytes.delete(1, "K", ["a1", nil, nil, nil, nil]),
        ])
        #expect(captured.records.count == 1)
        #expect(
            captured.rejects.map(\.reason) == [
                "delete in `subs_subscription`: column `account_id` is not in the row: the table "
                    + "needs REPLICA IDENTITY FULL"
            ]
        )
    }

    @Test("a row that goes over to another account is gone from the one and new at the other")
    func moved() throws {
        let captured = try captured([
            MessageBytes.update(
                2,
                old: ["s", "a1", "active", nil, "{}"],
                new: ["s", "a2", "active", nil, "{}"]
            )
        ])
        #expect(captured.records.map(\.record.account) == [AccountID("a1"), AccountID("a2")])
        let ops = captured.records.map { captured -> RowChange.Op? in
            if case .change(let change) = captured.record.body { change.op } else { nil }
        }
        #expect(ops == [.delete, .insert])
    }

    @Test(
        "a poison row is rejected with its place, and no value of it in the reason",
        arguments: [
            (
                1, ["a1", "pay_go", "secret", nil, nil],
                "column `flags` is no whole number of 64 bits"
            ),
            (1, ["a1", "pay_go", "-5", nil, nil], "change of subs_account: `flags` is"),
            (1, ["a1", "pay_go", "0", "secret", nil], "ban `…` is not known"),
            (2, ["s", "a1", "active", nil, "{secret"], "column `items` is no list of texts"),
            (2, ["s", nil, "active", nil, "{}"], "column `account_id` is null"),
            (3, ["a1", nil, "infinity", nil], "column `bad_debt` is no time"),
        ] as [(Int, [String?], String)]
    )
    func poison(table: Int, row: [String?], words: String) throws {
        let captured = try captured([MessageBytes.insert(table, row), flagged])
        #expect(captured.records.count == 1)
        let reject = try #require(captured.rejects.first)
        #expect(reject.place == "0/16B3748, change 1")
        #expect(reject.reason.contains(words), "\(reject.reason)")
        #expect(!reject.reason.contains("secret"))
        #expect(!reject.content.isEmpty)
    }

    @Test("a truncated table is a gap and a reject, one that is not watched is nothing")
    func truncated() throws {
        let captured = try captured([
            MessageBytes("T").number32(2).byte(0).number32(1).number32(6).bytes
        ])
        #expect(captured.tally.truncated == 1)
        #expect(
            captured.rejects.map(\.reason) == [
                "`subs_account` was truncated: take baselines anew"
            ]
        )
        let at = try #require(Instant(rfc3339: "2026-03-02T10:00:00Z"))
        #expect(
            captured.records.map(\.record.body)
                == [.mark(Mark(source: .postgres, says: .gap(from: at, to: at)))]
        )
    }

    @Test("rows of tables that are not watched leave nothing")
    func unwatched() throws {
        let captured = try captured([MessageBytes.insert(6, ["x"])])
        #expect(captured.records.isEmpty)
        #expect(captured.tally == CaptureTally())
    }

    @Test("a transaction in parts is the same records, and every part's effects are the run's")
    func parts() throws {
        let rows = (0..<9).map { number in
            MessageBytes.insert(7, ["a1", "evt_\(number)", "2026-03-02 10:00:00+00"])
        }
        let message = MessageBytes.message("dunning-path", #"{"path":"A","id":"run"}"#)
        let whole = try captured([message] + rows)
        let parts = try captured([message] + rows, limit: 4)
        let changes = { (captured: TransactionRecords.Captured) in
            captured.records.filter { $0.record.kind == .change }.map(\.line)
        }
        #expect(changes(whole) == changes(parts))
        #expect(executions(whole).map(\.run.effects.count) == [9])
        #expect(executions(parts).map(\.run.effects.count) == [3, 4, 2])
        #expect(Set(executions(parts).map(\.record.id)).count == 3)
        #expect(executions(parts).allSatisfy { $0.run.path == .a })
    }

    @Test(
        "lists come as arrays of PostgreSQL or of JSON",
        arguments: [
            ("{}", []), ("{a}", ["a"]),
            (#"{a,"b c","d\"e","f\\g"}"#, ["a", "b c", "d\"e", "f\\g"]),
            (#"["a","b"]"#, ["a", "b"]), ("[]", []), (#"{"NULL"}"#, ["NULL"]),
        ]
    )
    func lists(text: String, items: [String]) throws {
        let captured = try captured([MessageBytes.insert(2, ["s", "a1", "active", nil, text])])
        guard case .change(let change)? = captured.records.first?.record.body,
            case .subscription(_, _, _, .value(let read)) = change.row
        else {
            Issue.record("\(captured.rejects)")
            return
        }
        #expect(read.map(\.rawValue) == items)
    }

    @Test(
        "what is no list is a reject",
        arguments: ["", "{", "a", "{a", "{a,}", "{,a}", "{{a}}", #"{"a}"#, "{NULL}", "[1]", "{a}b"]
    )
    func noLists(text: String) throws {
        let captured = try captured([MessageBytes.insert(2, ["s", "a1", "active", nil, text])])
        #expect(captured.rejects.count == 1)
    }

    @Test(
        "times come with and without a zone, and as seconds",
        arguments: [
            ("2026-03-02 10:00:00+00", "2026-03-02T10:00:00Z"),
            ("2026-03-02 10:00:00.123456", "2026-03-02T10:00:00.123456Z"),
            ("2026-03-02 15:30:00.5+05:30", "2026-03-02T10:00:00.5Z"),
            ("1772445600", "2026-03-02T10:00:00Z"),
        ]
    )
    func times(text: String, instant: String) {
        #expect(ServerTime.parse(text) == Instant(rfc3339: instant))
        for wrong in ["infinity", "-infinity", "", "2026-03-02", "0044-03-15 00:00:00+00 BC", "x"] {
            #expect(ServerTime.parse(wrong) == nil)
        }
    }
}
