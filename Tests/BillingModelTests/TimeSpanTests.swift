import BillingModel
import Testing

@Suite("lengths of time")
struct TimeSpanTests {
    @Test(
        "a span is read in its unit, and written in the largest that divides it",
        arguments: [
            ("0s", 0, "0s"), ("90s", 90, "90s"), ("60s", 60, "1m"), ("15m", 900, "15m"),
            ("36h", 129_600, "36h"), ("24h", 86_400, "1d"), ("30d", 2_592_000, "30d"),
            ("14d", 1_209_600, "2w"), ("007d", 604_800, "1w"), ("0w", 0, "0s"),
        ] as [(String, Int64, String)]
    )
    func reading(text: String, seconds: Int64, written: String) throws {
        let span = try #require(TimeSpan(text))
        #expect(span == .seconds(seconds))
        #expect(span.description == written)
    }

    @Test(
        "anything else is no span",
        arguments: [
            "", "d", "15", "1.5h", "-1d", "+1d", "1 d", "1D", "1dd", "d1", "٣d", "1y",
            "9223372036854775807s", "99999999999999999999d",
        ]
    )
    func refused(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test("what was written in whole seconds is read as it was", arguments: 0..<20)
    func roundTrip(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<200 {
            let span = TimeSpan.seconds(Int64.random(in: 0...9_000_000_000, using: &random))
            #expect(TimeSpan(span.description) == span)
        }
    }

    @Test(
        "people are told a length in the largest unit that fits",
        arguments: [
            (0, "0 s"), (7, "7 µs"), (7_900, "7 ms"), (400_000, "0.4 s"), (3_000_000, "3 s"),
            (2_550_000, "2.5 s"), (90_000_000, "90 s"), (900_000_000, "15 min"),
            (150 * 60_000_000, "2.5 h"), (786_240_000_000, "9.1 days"),
            (30 * 86_400_000_000, "30 days"), (-3_000_000, "-3 s"),
        ] as [(Int64, String)]
    )
    func words(microseconds: Int64, expected: String) {
        #expect(TimeSpan(microseconds: microseconds).words == expected)
    }

    @Test("arithmetic stops at the ends of the range, and is exact within")
    func saturation() {
        #expect(TimeSpan.seconds(.max).microseconds == .max)
        #expect(TimeSpan.seconds(.min).microseconds == .min)
        #expect(TimeSpan.days(.max).microseconds == .max)
        #expect(TimeSpan.days(-200_000_000).microseconds == .min)
        #expect(TimeSpan.seconds(-5).times(.max).microseconds == .min)
        #expect(TimeSpan.seconds(-5).times(.min).microseconds == .max)
        #expect(TimeSpan.days(2) == .seconds(172_800))
        #expect(TimeSpan.minutes(-3) == .seconds(-180))
        #expect(TimeSpan.seconds(1).times(0) == .zero)
        #expect(TimeSpan(microseconds: .max).words == "106751991 days")
        #expect(TimeSpan(microseconds: .min).words == "-106751991 days")
    }
}
