import BillingModel
import MirrorLog
import PostgresMirror
import Testing

/// Transactions as lines of the log.
struct TransactionRecordsTests: TransactionReading {
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
                "`subs_account` was truncated: baselines are taken anew"
            ]
        )
        #expect(captured.emptiesBaselines)
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
