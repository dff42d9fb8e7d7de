import BillingModel
import MirrorLog
import PostgresMirror
import Testing

/// Whose doing the changes of a transaction are.
struct TransactionAttributionTests: TransactionReading {
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
}
