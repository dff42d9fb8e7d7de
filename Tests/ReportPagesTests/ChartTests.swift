import ReportPages
import Testing

/// The small pictures, which are pure functions of figures.
struct ChartTests {
    private static let calendar = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]

    @Test("a day with one has a bar that can be seen, a day with none has none")
    func bars() {
        let counts = ["2026-03-02": 1, "2026-03-04": 100]
        let chart = DayChart("Races", counts, over: Self.calendar)
        #expect(chart.bars == [0, 1, 0, 100])
        #expect(chart.label == "Races: 101 over 4 days, at most 100, on 2026-03-04")
        #expect(chart.svg.contains("<rect x=\"4\" y=\"24\" width=\"3\" height=\"2\"/>"))
        #expect(chart.svg.contains("<rect x=\"12\" y=\"2\" width=\"3\" height=\"24\"/>"))
        #expect(chart.svg.ranges(of: "<rect").count == 2)
    }

    @Test("of a long time each bar stands for several days, and none is lost")
    func longTime() {
        let calendar = (0..<1000).map { "day-\($0)" }
        let counts = Dictionary(uniqueKeysWithValues: calendar.map { ($0, 2) })
        let chart = DayChart("Races", counts, over: calendar)
        #expect(chart.daysEach == 9)
        #expect(chart.bars.count <= DayChart.mostBars)
        #expect(chart.bars.reduce(0, +) == 2000)
    }

    @Test("a chart of nothing is no trap")
    func empty() {
        #expect(DayChart("Races", [:], over: []).svg.contains("none on any day"))
        #expect(DayChart("Races", ["2026-03-01": 0], over: Self.calendar).bars == [0, 0, 0, 0])
    }

    @Test("names are escaped in a chart's label")
    func escaped() {
        let chart = DayChart("a\"<b", ["2026-03-01": 1], over: Self.calendar)
        #expect(chart.svg.contains("aria-label=\"a&quot;&lt;b: 1 over"))
    }

    @Test(
        "a share is drawn within its length",
        arguments: [
            (0, 10, 100, 0), (1, 3, 100, 33), (10, 10, 100, 100), (11, 10, 100, 100),
            (-5, 10, 100, 0), (5, 0, 100, 0), (Int.max - 1, Int.max, 100, 99),
        ]
    )
    func share(part: Int, whole: Int, length: Int, expected: Int) {
        #expect(Scaled.share(part, of: whole, in: length) == expected)
    }

    @Test(
        "base64 is that of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("\u{FB}\u{FF}", "w7vDvw=="),
        ]
    )
    func base64(text: String, expected: String) {
        #expect(String(decoding: Packed.base64(Array(text.utf8)), as: UTF8.self) == expected)
    }

    @Test("packed text is base64 of zlib's form, much smaller where much repeats")
    func packed() throws {
        let packed = try Packed(Array(String(repeating: "flagged ", count: 1000).utf8)).text
        #expect(packed.starts(with: Array("eN".utf8)))
        #expect(packed.count < 200)
        #expect(try !Packed([]).text.isEmpty)
    }
}
