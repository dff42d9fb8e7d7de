import BillingModel
import MirrorLog
import MirrorStore
import Testing

/// What every store must do, whatever it is made of.
@Suite("a store, of whatever kind")
struct StoreConformanceTests {
    private static let start = Instant(microseconds: 1_772_366_400_000_000)
    private static let soon = start.advanced(by: .minutes(1))
    private static let later = start.advanced(by: .minutes(2))

    @Test(
        "gives records back in the order in which they became durable",
        arguments: StoreKind.allCases
    )
    func order(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        #expect(try store.ids().isEmpty)
        for batch in [["a", "b"], ["c"], ["d", "e", "f", "g"]] {
            let records = try batch.map { try Made.request($0) }
            #expect(try store.keep(CapturedBatch(source: "x", records: records)) == 0)
        }
        #expect(try store.ids() == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(try store.ids(pageOf: 100) == store.ids(pageOf: 1))
        let first = try #require(try store.records(after: 0, limit: 1).first)
        #expect(first.line == (try Made.request("a").line))
        #expect(first.source == "x")
    }

    @Test(
        "keeps a redelivery once, whenever and by whomever it is seen",
        arguments: StoreKind.allCases
    )
    func redelivery(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        try store.keep(CapturedBatch(source: "x", records: [Made.request("a")]))
        let again = try Made.request("a", seen: "2026-03-09T00:00:00Z")
        #expect(try store.keep(CapturedBatch(source: "y", records: [again, again])) == 2)
        #expect(try store.ids() == ["a"])
        let counts = try store.sources()
        #expect(counts.map(\.source) == ["x", "y"])
        #expect(counts.map(\.kept) == [1, 0])
        #expect(counts.map(\.redelivered) == [0, 2])
    }

    @Test("keeps an id's other content, and another account's", arguments: StoreKind.allCases)
    func contradiction(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let records = [
            try Made.request("a"), try Made.request("a", type: "pay_bad_debt"),
            try Made.request("a", of: "acct_2"),
        ]
        #expect(try store.keep(CapturedBatch(source: "x", records: records)) == 0)
        #expect(try store.ids() == ["a", "a", "a"])
    }

    @Test("remembers how far a source has come, with its records", arguments: StoreKind.allCases)
    func position(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        #expect(try store.position(of: "x") == nil)
        try store.keep(CapturedBatch(source: "x", records: [Made.request("a")], position: "0/1"))
        try store.keep(CapturedBatch(source: "x", records: [Made.request("b")]))
        try store.keep(CapturedBatch(source: "y", position: "cursor"))
        #expect(try store.position(of: "x") == "0/1")
        try store.keep(CapturedBatch(source: "x", position: "0/2"))
        #expect(try place.open().position(of: "x") == "0/2")
        #expect(try place.open().position(of: "y") == "cursor")
    }

    @Test("keeps what could not be read, each once", arguments: StoreKind.allCases)
    func rejects(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let poison = CaptureReject(
            place: "0/7",
            reason: "`fl\0gs` is no number",
            content: [0, 255]
        )
        let other = CaptureReject(place: "0/9", reason: "no JSON", content: [])
        try store.keep(CapturedBatch(source: "x", rejects: [poison, other]))
        try store.keep(CapturedBatch(source: "x", rejects: [poison]))
        var found: [StoredReject] = []
        try store.forEachReject { found.append($0) }
        #expect(found == [poison, other].map { StoredReject(source: "x", reject: $0) })
        #expect(try store.sources().map(\.rejected) == [2])
    }

    @Test("commits verdicts with the offset that they rest on", arguments: StoreKind.allCases)
    func commit(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let lease = try #require(
            try store.lease(of: 1, to: "w1", at: Self.start, until: Self.soon)
        )
        #expect(try store.offset(of: 0) == 0)
        let first: [VerdictUpdate] = [
            .put(Made.verdict("b", 5, "match")), .put(Made.verdict("a", 9, "match")),
            .put(Made.verdict("a", 10, "divergent")),
        ]
        #expect(try store.commit(first, under: lease, through: 3))
        #expect(try store.verdicts() == ["a 9 match", "a 10 divergent", "b 5 match"])
        let second: [VerdictUpdate] = [
            .put(Made.verdict("a", 9, "divergent")),
            .withdraw(AccountID("a"), opened: Instant(microseconds: 10)),
            .withdraw(AccountID("nobody"), opened: Instant(microseconds: 10)),
        ]
        #expect(try store.commit(second, under: lease, through: 4))
        #expect(try store.verdicts() == ["a 9 divergent", "b 5 match"])
        #expect(try place.open().verdicts() == ["a 9 divergent", "b 5 match"])
        #expect(try place.open().offset(of: 0) == 4)
    }

    @Test(
        "carries changes out one after the other: the last word counts",
        arguments: StoreKind.allCases
    )
    func lastWord(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let lease = try #require(
            try store.lease(of: 1, to: "w1", at: Self.start, until: Self.soon)
        )
        let (a, b) = (AccountID("a"), AccountID("b\u{0}é"))
        let instant = Instant(microseconds: 1)
        let updates: [VerdictUpdate] = [
            .put(Made.verdict("a", 1, "first")), .put(Made.verdict("a", 1, "second")),
            .put(Made.verdict(b.rawValue, 1, "gone")), .withdraw(b, opened: instant),
            .withdraw(a, opened: Instant(microseconds: 2)),
            .put(Made.verdict("a", 2, "back")),
        ]
        #expect(try store.commit(updates, under: lease, through: 1))
        #expect(try store.verdicts() == ["a 1 second", "a 2 back"])
        #expect(
            try store.commit([.put(Made.verdict(b.rawValue, 3, "odd"))], under: lease, through: 1)
        )
        #expect(try store.verdicts().last == "\(b.rawValue) 3 odd")
    }

    @Test("leases each partition to one worker at a time", arguments: StoreKind.allCases)
    func leases(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let (store, other) = (try place.open(), try place.open())
        let first = try store.lease(of: 2, to: "w1", at: Self.start, until: Self.soon)
        let second = try other.lease(of: 2, to: "w2", at: Self.start, until: Self.later)
        #expect(Set([first, second].compactMap { $0?.partition }) == [0, 1])
        #expect(try store.lease(of: 2, to: "w3", at: Self.start, until: Self.soon) == nil)
        let lease = try #require(first)
        #expect(try store.renew(lease, until: Self.later)?.until == Self.later)
        #expect(try store.lease(of: 2, to: "w3", at: Self.soon, until: Self.later) == nil)
        try store.giveBack(lease)
        let third = try other.lease(of: 2, to: "w3", at: Self.start, until: Self.soon)
        #expect(third?.partition == lease.partition)
        #expect(try !store.commit([], under: lease, through: 9), "it was given back")
    }

    @Test(
        "gives a dead worker's partition to another, and the dead no word",
        arguments: StoreKind.allCases
    )
    func takeOver(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        let dead = try #require(try store.lease(of: 1, to: "w1", at: Self.start, until: Self.soon))
        #expect(try store.commit([.put(Made.verdict("a", 1, "old"))], under: dead, through: 1))
        let heir = try #require(try store.lease(of: 1, to: "w2", at: Self.soon, until: Self.later))
        #expect(heir.token > dead.token)
        #expect(try !store.commit([.put(Made.verdict("a", 1, "ghost"))], under: dead, through: 2))
        #expect(try store.renew(dead, until: Self.later) == nil)
        try store.giveBack(dead)
        #expect(try store.verdicts() == ["a 1 old"])
        #expect(try store.offset(of: 0) == 1)
        #expect(try store.commit([.put(Made.verdict("a", 1, "new"))], under: heir, through: 2))
        #expect(try store.verdicts() == ["a 1 new"])
    }

    @Test("refuses workers that split the accounts otherwise", arguments: StoreKind.allCases)
    func split(_ kind: StoreKind) throws {
        let place = try StorePlace(kind)
        let store = try place.open()
        _ = try store.lease(of: 4, to: "w1", at: Self.start, until: Self.soon)
        let error = #expect(throws: CaptureError.self) {
            try store.lease(of: 3, to: "w2", at: Self.start, until: Self.soon)
        }
        #expect(error?.description.contains("into 4 partitions, and 3") == true)
    }

    @Test(
        "shows a reader every record once, while several sources write",
        arguments: StoreKind.allCases
    )
    func concurrency(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        let (writers, batches, size) = (4, 12, 5)
        let seen = try await withThrowingTaskGroup(of: [String].self) { group in
            for writer in 0..<writers {
                group.addTask {
                    let store = try place.open()
                    for batch in 0..<batches {
                        let records = try (0..<size).map {
                            try Made.request("\(writer)-\(batch)-\($0)")
                        }
                        try store.keep(CapturedBatch(source: "w\(writer)", records: records))
                    }
                    return []
                }
            }
            group.addTask {
                let store = try place.open()
                let reader = try RecordReader()
                var (seen, offset): ([String], Int64) = ([], 0)
                while seen.count < writers * batches * size {
                    let page = try store.records(after: offset, limit: 7)
                    seen += try page.map { try reader.read(copying: $0.line).id.rawValue }
                    offset = page.last?.offset ?? offset
                    await Task.yield()
                }
                return seen
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(seen).count == writers * batches * size)
        #expect(try place.open().ids(pageOf: 50) == seen)
    }
}

@Suite("a partition of the accounts")
struct PartitionTests {
    @Test("every account is of one partition, and none is empty")
    func cover() {
        let leases = (0..<7).map { number in
            Lease(
                partition: number,
                partitions: 7,
                owner: "",
                token: 0,
                until: .init(microseconds: 0)
            )
        }
        var sizes = [Int](repeating: 0, count: 7)
        for number in 0..<7000 {
            let places = leases.indices.filter { leases[$0].covers(AccountID("acct_\(number)")) }
            #expect(places.count == 1)
            for place in places { sizes[place] += 1 }
        }
        #expect(sizes.allSatisfy { (700...1300).contains($0) })
    }
}
