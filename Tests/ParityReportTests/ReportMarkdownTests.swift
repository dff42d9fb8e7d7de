import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// `report.md`: short, safe to paste, and what matters first.
struct ReportMarkdownTests {
    /// How much a comment on a pull request may hold.
    private static let limit = 65_536

    @Test("what matters stands in the first ten lines")
    func firstLines() throws {
        let report = try MadeUp.report(on: MadeUp.flagged("acct_1"))
        let head = report.markdown().split(separator: "\n", omittingEmptySubsequences: false)
            .prefix(10).joined(separator: "\n")
        #expect(head.contains("1 of 1 episodes diverge"))
        #expect(head.contains("**1 of them block every gate**"))
    }

    @Test("a clean report says so, and one of nothing does not pass for clean")
    func headlines() throws {
        let baseline = Array(MadeUp.flagged("acct_1").prefix(1))
        let clean = try MadeUp.report(on: baseline + [MadeUp.charge("acct_1", at: 0)])
        #expect(clean.headline.contains("every difference is explained"))
        let nothing = try MadeUp.report(on: baseline)
        #expect(nothing.headline.contains("Nothing was judged"))
        #expect(!nothing.markdown().contains("every difference is explained"))
    }

    @Test("however much diverges and however long the names are, the report fits a comment")
    func size() throws {
        let long = String(repeating: "*", count: 2000)
        let records = (0..<60).flatMap { MadeUp.flagged("\(long)\($0)") }
        let report = try MadeUp.report(on: records)
        #expect(report.divergences.count == 60)
        #expect(report.markdown().utf8.count < Self.limit)
        #expect(report.markdown().contains("and 57 more"))
    }

    @Test(
        "names from the log are shown as they are, within code, where nothing is obeyed",
        arguments: [
            ("<script>alert(1)</script>", "`<script>alert(1)</script>`"),
            ("[pay](http://example.org)", "`[pay](http://example.org)`"),
            ("`rm`", "`` `rm` ``"), ("a|b", "`a|b`"), ("**bold**", "`**bold**`"),
            ("@somebody", "`@somebody`"), ("# top", "`# top`"), ("line\nbreak", "`linebreak`"),
            ("\u{202E}reversed", "`reversed`"), ("tab\tbell\u{7}", "`tabbell`"),
        ]
    )
    func escaping(name: String, shown: String) throws {
        let text = try MadeUp.report(on: MadeUp.flagged(name)).markdown()
        #expect(text.contains("` \(shown): "))
    }

    @Test("fifty thousand divergences of hostile names fit, and what matters still stands first")
    func manyAndHostile() throws {
        let name = String(repeating: "`|<@\u{202E}\n", count: 400)
        var report = try MadeUp.report(on: MadeUp.flagged(name))
        let entry = try #require(report.divergences.first)
        report.divergences = (0..<50_000).map { number in
            var entry = entry
            entry.episode.account = AccountID("\(name)\(number)")
            entry.divergence.classes = [
                DivergenceClass.allCases[number % DivergenceClass.allCases.count]
            ]
            entry.divergence.story = name
            return entry
        }
        report.episodes.divergent = 50_000
        report.unknownTypes = [name]
        let text = report.markdown()
        #expect(text.utf8.count < Self.limit)
        let head = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(10)
            .joined(separator: "\n")
        for words in [
            "50,000 of ", "block every gate", "`brain_defect` 3,333", "50,000 concerned",
            "3,333 unexplained, 3,333 defects of the brain", "mend the brain",
        ] {
            #expect(head.contains(words), "\(words)")
        }
        for scalar in text.unicodeScalars where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control)
            #expect(scalar.properties.generalCategory != .format)
        }
    }

    @Test("what is too long is cut at the end of a line, and says where the rest is")
    func fitted() {
        let line = String(repeating: "é", count: 99) + "\n"
        let short = String(repeating: line, count: 10)
        #expect(Markdown.fitted(short, rest: "x") == short)
        let long = Markdown.fitted(String(repeating: line, count: 1000), rest: "report.json")
        #expect(long.utf8.count < Self.limit)
        #expect(long.hasSuffix("the rest stands in report.json.\n"))
        let whole = long.split(separator: "\n").dropLast()
        #expect(whole.allSatisfy { $0.count == 99 })
        #expect(Markdown.fitted(String(repeating: "x", count: 99_999), rest: "y").utf8.count < 100)
    }
}

/// Tables and figures for people.
struct TextTableTests {
    private var table: TextTable {
        var table = TextTable([("name", .left), ("count", .right)])
        table.add(["a", "1"])
        table.add(["longer", "1,234"])
        return table
    }

    @Test("columns are as wide as they need to be, and no line ends in space")
    func text() {
        #expect(
            table.text == """
                name    count
                a           1
                longer  1,234

                """
        )
    }

    @Test("a table in Markdown says how its columns stand")
    func markdown() {
        #expect(
            table.markdown == """
                | name | count |
                | --- | ---: |
                | a | 1 |
                | longer | 1,234 |

                """
        )
    }

    @Test("a table of a header alone is empty")
    func empty() {
        #expect(TextTable([("a", .left)]).isEmpty)
        #expect(!table.isEmpty)
    }

    @Test(
        "digits stand in groups of three",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (123_456, "123,456"),
            (1_234_567, "1,234,567"), (-1, "-1"), (-1000, "-1,000"), (-100, "-100"),
            (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
        ]
    )
    func grouped(number: Int, expected: String) {
        #expect(Figures.grouped(number) == expected)
    }

    @Test(
        "a share is rounded down, so that not all is never 100 %",
        arguments: [
            (0, 3, "0.00 %"), (1, 3, "33.33 %"), (2, 3, "66.66 %"), (3, 3, "100.00 %"),
            (99_999, 100_000, "99.99 %"), (1, 100_000, "0.00 %"), (1, 1000, "0.10 %"),
            (0, 0, "-"), (Int.max - 1, Int.max, "99.99 %"), (Int.max, Int.max, "100.00 %"),
        ]
    )
    func percentage(part: Int, whole: Int, expected: String) {
        #expect(Figures.percentage(part, of: whole) == expected)
    }
}
