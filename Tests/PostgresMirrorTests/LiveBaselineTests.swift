import BillingModel
import MirrorLog
import PostgresMirror
import Synchronization
import Testing
import ThrowawayPostgres

/// Baselines of a real database, and their seam with the stream.
@Suite("baselines from a snapshot", .timeLimit(.minutes(10)))
struct LiveBaselineTests {
    private let server: ThrowawayPostgres
    private let database: String

    init() throws {
        server = try SharedServer.get()
        database = try server.makeDatabase(TryoutDDL.sql)
    }

    private func baselines(_ mirror: RunningMirror) -> [(record: MirrorRecord, state: AccountState)]
    {
        mirror.sink.records(.baseline).compactMap { record in
            if case .baseline(let state) = record.body { (record, state) } else { nil }
        }
    }

    @Test("all tables make one baseline of each account, whatever is missing of it")
    func whole() throws {
        try server.sql(
            """
            INSERT INTO subs_account VALUES ('a1', 'startup', 32769, 'bad_debt'),
              ('a10', 'pay_go', 0, NULL), ('a2', 'pay_go', 0, 'abuse'),
              ('Ä', E'tab\\tand\\\\N', 0, NULL);
            INSERT INTO subs_customer VALUES ('a1', 'cus_1', '2026-03-01 10:00:00+00', 'cn'),
              ('a2', NULL, NULL, NULL), ('zz', 'cus_z', NULL, NULL);
            INSERT INTO subs_product_probation VALUES ('a1', 'workers', true), ('a1', 'zone', false);
            INSERT INTO subs_mandate VALUES ('m1', 'a1', 'card', 'active');
            INSERT INTO subs_subscription VALUES ('s1', 'a1', 'active', NULL, '{si_1,si_2}'),
              ('s2', 'a1', 'canceled', 'bad_debt', '{}');
            """,
            in: database
        )
        let mirror = RunningMirror(try settings(server, database))
        try mirror.waitForStream()
        try mirror.stop()
        let baselines = baselines(mirror)
        #expect(mirror.sink.held.rejects == [])
        #expect(baselines.map(\.record.account?.rawValue) == ["a1", "a10", "a2", "zz", "Ä"])
        let first = baselines[0].state
        #expect(first.type == AccountType("startup"))
        #expect(first.flags == 32769)
        #expect(first.ban == .badDebt)
        #expect(first.stripeCustomer == CustomerID("cus_1"))
        #expect(first.badDebtAt == Instant(rfc3339: "2026-03-01T10:00:00Z"))
        #expect(first.legalEntity == "cn")
        #expect(first.probations.map(\.failed) == [true, false])
        #expect(first.mandates.map(\.id) == ["m1"])
        #expect(first.subscriptions.map(\.status) == [.active, .canceled])
        #expect(first.subscriptions[0].items.map(\.id.rawValue) == ["si_1", "si_2"])
        #expect(first.subscriptions[1].cancelReason == "bad_debt")
        #expect(first.missing == [])
        #expect(baselines[2].state.ban == .abuse)
        #expect(baselines[2].state.missing == [])
        // Rows without an account of their own: it is known to be missing.
        #expect(baselines[3].state.missing == ["account"])
        #expect(baselines[4].state.type == AccountType("tab\tand\\N"))
    }

    @Test("the Stripe part comes from whoever supplies it, as it is, and is missing otherwise")
    func stripePart() throws {
        try server.sql(
            """
            INSERT INTO subs_account VALUES ('a1', 'pay_go'), ('a2', 'pay_go');
            INSERT INTO subs_customer VALUES ('a1', 'cus_1', NULL, NULL);
            """,
            in: database
        )
        let part =
            #"{"customer":{"id":"cus_1"},"subscriptions":[],"invoices":[{"id":"in_1","#
            + #""status":"open","currency":"usd","amount_due":5,"tax_percent":7.5}]}"#
        let mirror = RunningMirror(try settings(server, database)) { account in
            account.stripeCustomer == CustomerID("cus_1") ? Array(part.utf8) : nil
        }
        try mirror.waitForStream()
        try mirror.stop()
        let baselines = baselines(mirror)
        #expect(baselines[0].state.invoices.map(\.id.rawValue) == ["in_1"])
        #expect(baselines[1].state.missing == ["stripe"])
        let line = try #require(
            mirror.sink.held.records.first { $0.record.kind == .baseline }?.line
        )
        #expect(String(decoding: line, as: UTF8.self).hasSuffix(#""stripe":"# + part + "}}"))
    }

    @Test("what commits while baselines are taken is streamed, and what they have is not")
    func seam() throws {
        try server.sql(
            "INSERT INTO subs_account SELECT 'a' || n, 'pay_go' FROM generate_series(1, 3000) n",
            in: database
        )
        // While the first batch is being kept, every account changes once.
        let isFirst = Mutex(true)
        let (server, database) = (server, database)
        let sink = MemorySink(before: { batch throws(CaptureError) in
            guard batch.records.first?.record.kind == .baseline,
                isFirst.withLock({ isFirst in
                    defer { isFirst = false }
                    return isFirst
                })
            else { return }
            do {
                try server.sql("UPDATE subs_account SET flags = 1", in: database)
            } catch {
                throw CaptureError("\(error)", isPassing: false)
            }
        })
        let mirror = RunningMirror(try settings(server, database), sink)
        try mirror.wait("all changes") { sink.changes.count == 3000 }
        try mirror.stop()
        let baselines = baselines(mirror)
        #expect(baselines.count == 3000)
        #expect(baselines.allSatisfy { $0.state.flags == 0 })
        let at = try #require(baselines.first?.record.at)
        #expect(sink.changes.allSatisfy { $0.record.at > at })
        #expect(sink.held.conflicts == 0)
    }

    @Test("a row that makes no sense costs its account's baseline that row, and nobody else's")
    func poison() throws {
        try server.sql(
            """
            INSERT INTO subs_account VALUES ('a1', 'pay_go', -1), ('a2', 'pay_go', 1);
            """,
            in: database
        )
        let mirror = RunningMirror(try settings(server, database))
        try mirror.waitForStream()
        try mirror.stop()
        #expect(baselines(mirror).map(\.record.account) == [AccountID("a2")])
        #expect(mirror.sink.held.rejects.count == 1)
    }

    @Test("a mirror that stops while it takes baselines takes them anew, and owns up to the gap")
    func interrupted() throws {
        try server.sql(
            "INSERT INTO subs_account SELECT 'a' || n, 'pay_go' FROM generate_series(1, 3000) n",
            in: database
        )
        let count = Mutex(0)
        let sink = MemorySink(after: { batch throws(CaptureError) in
            guard batch.records.first?.record.kind == .baseline else { return }
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 2 { throw CaptureError("the machine went down", isPassing: false) }
        })
        let first = RunningMirror(try settings(server, database), sink)
        try first.wait("its end") { first.hasEnded }
        #expect(first.error?.problem == "the machine went down")
        try server.sql("UPDATE subs_account SET flags = 1 WHERE id = 'a7'", in: database)
        let second = RunningMirror(try settings(server, database), sink)
        try second.waitForStream()
        try second.stop()
        let gap = try #require(sink.marks.first)
        guard case .gap(let from, let to) = gap else {
            Issue.record("\(gap)")
            return
        }
        let complete = sink.records(.baseline).suffix(3000)
        #expect(complete.allSatisfy { $0.at == to })
        #expect(sink.records(.baseline).first.map { $0.at >= from } == true)
        let states = complete.compactMap { record -> UInt64? in
            guard record.account == AccountID("a7"), case .baseline(let state) = record.body
            else { return nil }
            return state.flags
        }
        #expect(states == [1])
    }
}
