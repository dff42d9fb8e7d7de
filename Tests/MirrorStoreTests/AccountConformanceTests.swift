import BillingModel
import MirrorLog
import MirrorStore
import Testing

/// What every store must find by account.
@Suite("a store, asked about accounts")
struct AccountConformanceTests {
    private static let start = Instant(microseconds: 1_772_366_400_000_000)

    @Test("finds an account's records and its customers', no others", arguments: StoreKind.allCases)
    func records(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let records = [
            try Made.request("a", of: "acct_1"), try Made.request("b", of: "acct_2"),
            try Made.event("c", of: "cus_1"), try Made.event("d", of: "cus_2"),
            try Made.request("e", of: "acct_1"), try Made.event("f", of: nil),
            try Made.event("g", of: "cus_1"), try Made.mark("h"),
            try Made.request("i", of: "acct_3"),
            try Made.event("j", of: "cus_1", account: "acct_2"),
        ]
        try store.keep(CapturedBatch(source: "x", records: records))
        func ids(_ histories: [AccountHistory], through: Int64 = .max) throws -> String {
            try store.records(of: histories, through: through).ids().joined()
        }
        let (first, second) = (AccountID("acct_1"), AccountID("acct_2"))
        #expect(try ids([AccountHistory(first, customers: [])]) == "ae")
        let customers = [CustomerID("cus_1"), CustomerID("cus_9")]
        let mine = AccountHistory(first, customers: customers)
        #expect(try ids([mine]) == "aceg")
        #expect(try ids([mine, AccountHistory(second, customers: [])]) == "abcegj")
        #expect(try ids([AccountHistory(first, customers: [CustomerID("")])]) == "aef")
        #expect(try ids([AccountHistory(AccountID("acct_"), customers: [])]) == "")
        #expect(try ids([]) == "")
        let offset = try #require(try store.records(after: 0, limit: 5).last?.offset)
        #expect(try ids([mine], through: offset) == "ace")
        let all = try store.records(after: 0, limit: 100)
        #expect(try store.records(of: [mine], through: .max).allSatisfy(all.contains))
    }

    @Test("finds what is behind an event time", arguments: StoreKind.allCases)
    func since(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let times = ["00:00:01Z", "00:00:00Z", "00:00:02Z"]
        let records = try zip(["a", "b", "c"], times).flatMap { id, time in
            [
                try Made.request(id, at: "2026-03-01T\(time)"),
                try Made.event(id.uppercased(), of: "cus_1", at: "2026-03-01T\(time)"),
            ]
        }
        try store.keep(CapturedBatch(source: "x", records: records))
        func ids(since seconds: Int64) throws -> String {
            let since = Instant(microseconds: 1_772_323_200_000_000 + seconds * 1_000_000)
            let history = AccountHistory(
                AccountID("acct_1"),
                customers: [CustomerID("cus_1")],
                since: since
            )
            return try store.records(of: [history], through: .max).ids().joined()
        }
        #expect(try ids(since: -1) == "aAbBcC")
        #expect(try ids(since: 0) == "aAcC")
        #expect(try ids(since: 1) == "cC")
        #expect(try ids(since: 2) == "")
    }

    @Test("finds an account's verdicts", arguments: StoreKind.allCases)
    func verdicts(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let until = Self.start.advanced(by: .minutes(1))
        let lease = try #require(try store.lease(of: 1, to: "w", at: Self.start, until: until))
        let verdicts = [("b", 5), ("a", 9), ("a", 10), ("c", 1), ("a", -3)].map { account, opened in
            VerdictUpdate.put(Made.verdict(account, Int64(opened), "match"))
        }
        #expect(try store.commit(verdicts, under: lease, through: 1))
        func opened(_ account: String, since: Int64 = .min) throws -> [Int64] {
            let since = Instant(microseconds: since)
            let history = AccountHistory(AccountID(account), customers: [], since: since)
            return try store.verdicts(of: [history]).map(\.opened.microseconds)
        }
        #expect(try opened("a") == [-3, 9, 10])
        #expect(try opened("a", since: 9) == [10])
        #expect(try opened("d") == [])
        let both = ["a", "c"].map { AccountHistory(AccountID($0), customers: []) }
        #expect(try store.verdicts(of: both).map(\.account.rawValue) == ["a", "a", "a", "c"])
    }

    @Test("lists the accounts that records name or verdicts are of", arguments: StoreKind.allCases)
    func accounts(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        #expect(try store.accounts(after: nil, limit: 10).isEmpty)
        for number in [3, 1, 2, 1, 3, 5] {
            let id = try store.ids().count
            let request = try Made.request("\(id)", of: "acct_\(number)")
            try store.keep(CapturedBatch(source: "x", records: [request]))
        }
        try store.keep(CapturedBatch(source: "x", records: [Made.event("e", of: "cus_1")]))
        let until = Self.start.advanced(by: .minutes(1))
        let lease = try #require(try store.lease(of: 1, to: "w", at: Self.start, until: until))
        let verdicts = ["acct_4", "acct_1", "é"].map { VerdictUpdate.put(Made.verdict($0, 1, "")) }
        #expect(try store.commit(verdicts, under: lease, through: 1))
        let all = ["acct_1", "acct_2", "acct_3", "acct_4", "acct_5", "é"]
        #expect(try store.accounts(after: nil, limit: 10).map(\.rawValue) == all)
        var listed: [String] = []
        for _ in all {
            let last = listed.last.map { AccountID($0) }
            let next = try store.accounts(after: last, limit: 2).map(\.rawValue)
            #expect(next.count <= 2)
            listed += next
        }
        #expect(listed == all)
    }

    @Test("says of which record the id came before", arguments: StoreKind.allCases)
    func contested(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let first = [
            try Made.request("a"), try Made.request("b"),
            try Made.request("a", type: "pay_bad_debt"), try Made.request("b"),
        ]
        try store.keep(CapturedBatch(source: "x", records: first))
        let second = [try Made.request("c"), try Made.event("b", of: "cus_1")]
        try store.keep(CapturedBatch(source: "x", records: second))
        let records = try store.records(after: 0, limit: 100)
        #expect(try records.ids() == ["a", "b", "a", "c", "b"])
        #expect(records.map(\.isContested) == [false, false, true, false, true])
        let history = AccountHistory(AccountID("acct_1"), customers: [CustomerID("cus_1")])
        let mine = try store.records(of: [history], through: .max)
        #expect(mine == records)
    }

    @Test("finds the same in a store that version 1 wrote", arguments: StoreKind.allCases)
    func migration(_ kind: StoreKind) throws {
        let (old, new) = (try StorePlace(kind), try StorePlace(kind))
        let records = [
            try Made.request("a"), try Made.event("b", of: "cus_1"), try Made.mark("c"),
            try Made.request("a", type: "pay_bad_debt"), try Made.request("d", of: "acct_2"),
        ]
        try new.open().keep(CapturedBatch(source: "x", records: records))
        try old.makeVersion1(of: records.map(\.line) + [Array("no record".utf8)])
        let store = try old.open()
        // What was kept before is known again.
        #expect(try store.keep(CapturedBatch(source: "x", records: records)) == records.count)
        let history = AccountHistory(AccountID("acct_1"), customers: [CustomerID("cus_1")])
        for place in [old, new] {
            let found = try place.open().records(of: [history], through: .max)
            #expect(try found.ids() == ["a", "b", "a"])
            #expect(found.map(\.isContested) == [false, false, true])
            let accounts = try place.open().accounts(after: nil, limit: 9)
            #expect(accounts.map(\.rawValue) == ["acct_1", "acct_2"])
        }
        #expect(try store.records(after: 0, limit: 100).count == records.count + 1)
    }
}

extension [StoredRecord] {
    /// The ids.
    fileprivate func ids() throws -> [String] {
        let reader = try RecordReader()
        return try map { try reader.read(copying: $0.line).id.rawValue }
    }
}
