import BillingModel
import Testing

/// A generator of random bits from a seed (SplitMix64), so that a failure can be played again.
struct Seeded: RandomNumberGenerator {
    private var position: UInt64

    init(_ seed: UInt64) {
        position = seed
    }

    mutating func next() -> UInt64 {
        position &+= 0x9e37_79b9_7f4a_7c15
        var bits = position
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        return bits ^ bits >> 31
    }
}

@Suite("instants")
struct InstantTests {
    private static let table: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2026-03-01T00:00:00Z", 1_772_323_200),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("2024-02-29T12:34:56Z", 1_709_210_096),
        ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("2100-02-28T23:59:59Z", 4_107_542_399),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ]

    @Test(
        "known times have their known seconds, and are written as they are read",
        arguments: table
    )
    func known(text: String, seconds: Int64) throws {
        let instant = try #require(Instant(rfc3339: text))
        #expect(instant.microseconds == seconds * 1_000_000)
        #expect(instant.unixSeconds == seconds)
        #expect(instant == Instant(unixSeconds: seconds))
        #expect("\(instant)" == text)
    }

    @Test(
        "offsets, fractions, small letters and the leap second all name the same instants",
        arguments: [
            ("2026-03-01T05:30:00+05:30", "2026-03-01T00:00:00Z"),
            ("2026-02-28T16:00:00-08:00", "2026-03-01T00:00:00Z"),
            ("2026-03-01t00:00:00z", "2026-03-01T00:00:00Z"),
            ("2026-03-01T00:00:00-00:00", "2026-03-01T00:00:00Z"),
            ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00Z"),
            ("2026-03-01T00:00:00.5Z", "2026-03-01T00:00:00.5Z"),
            ("2026-03-01T00:00:00.000001Z", "2026-03-01T00:00:00.000001Z"),
            ("2026-03-01T00:00:00.1234567899Z", "2026-03-01T00:00:00.123456Z"),
            ("1969-12-31T23:59:59.75+00:00", "1969-12-31T23:59:59.75Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00Z"),
        ]
    )
    func spelled(text: String, expected: String) throws {
        #expect(try #require(Instant(rfc3339: text)).description == expected)
    }

    @Test(
        "what is no RFC 3339 time is refused",
        arguments: [
            "", "2026-03-01", "2026-03-01T00:00:00", "2026-03-01 00:00:00Z", "2026-3-01T00:00:00Z",
            "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.5", "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+01", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
            "2026-01-01T00:00:00Zulu", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z ",
            "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "9999-12-31T23:59:60Z", "+026-01-01T00:00:00Z", "２０２６-01-01T00:00:00Z",
        ]
    )
    func refused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("text that does not lie in one piece is read too")
    func pieces() {
        let reversed = "Z00:00:00T10-30-6202".reversed()
        #expect(Instant(rfc3339: String(reversed)) == Instant(unixSeconds: 1_772_323_200))
        #expect(
            Instant(rfc3339: "at 2026-03-01T00:00:00Z".dropFirst(3))?.unixSeconds == 1_772_323_200
        )
    }

    @Test("every instant of the years 1 to 9999 is read as it is written", arguments: 0..<20)
    func roundTrip(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<500 {
            let second = Int64.random(in: -62_135_596_800...253_402_300_799, using: &random)
            let micros = [0, 1, 500_000, Int64.random(in: 0..<1_000_000, using: &random)]
                .randomElement(using: &random)
            let instant = Instant(microseconds: second * 1_000_000 + (micros ?? 0))
            #expect(Instant(rfc3339: instant.description) == instant)
            #expect(instant.unixSeconds == second)
        }
    }

    @Test("texts of equal length are in the order of their instants", arguments: 0..<5)
    func order(seed: UInt64) throws {
        var random = Seeded(seed)
        for _ in 0..<200 {
            let pair = try (0..<2).map { _ in
                try #require(
                    Instant(unixSeconds: Int64.random(in: 0...253_402_300_799, using: &random))
                )
            }
            #expect((pair[0] < pair[1]) == ("\(pair[0])" < "\(pair[1])"))
        }
    }

    @Test("seconds outside the years 1 to 9999 are no instants")
    func range() {
        #expect(Instant(unixSeconds: -62_135_596_801) == nil)
        #expect(Instant(unixSeconds: 253_402_300_800) == nil)
        #expect(Instant(unixSeconds: .min) == nil)
        #expect(Instant(unixSeconds: .max) == nil)
    }

    @Test("arithmetic stops at the ends of the range")
    func saturation() {
        let first = Instant(microseconds: .min)
        let last = Instant(microseconds: .max)
        let second = TimeSpan.seconds(1)
        #expect(last.advanced(by: second) == last)
        #expect(first.advanced(by: TimeSpan(microseconds: -1)) == first)
        #expect(last.since(first) == TimeSpan(microseconds: .max))
        #expect(first.since(last) == TimeSpan(microseconds: .min))
        #expect(Instant(microseconds: 5).since(Instant(microseconds: 7)).microseconds == -2)
        #expect(Instant(microseconds: 5).advanced(by: second).microseconds == 1_000_005)
    }
}
