import BillingModel
import DivergenceAnalysis
import Foundation
import MirrorLog
import ParityReport
import Testing

/// A comparison as people and programs read it.
struct ReportDiffRenderingTests {
    typealias Episode = MadeUpReport.Episode

    /// One of each: introduced, worse, reclassified, fixed, carried and unchanged.
    private static func ofEach() throws -> ReportDiff {
        var (old, new) = (MadeUpReport(), MadeUpReport())
        func episode(_ account: String, _ change: (inout Episode) -> Void = { _ in }) -> Episode {
            var episode = Episode()
            episode.account = account
            change(&episode)
            return episode
        }
        old.episodes = [
            episode("worse"), episode("changed"), episode("gone") { $0.classes = [.driftLag] },
            episode("moved"), episode("same"),
        ]
        new.episodes = [
            episode("arisen") { $0.classes = [.unexplained] },
            episode("worse") { $0.facets.append(Episode.ban) },
            episode("changed") { $0.classes = [.missingUnflag] }, episode("same"),
        ]
        new.standing = [.init(account: "moved"), .init(account: "risen", facet: Episode.ban)]
        new.policy = String(repeating: "d", count: 64)
        return try ReportDiffTests.diff(old, new)
    }

    @Test("a terminal shows the outcome, the groups, the classes and who is concerned")
    func text() throws {
        #expect(
            try Self.ofEach().text() == """
                1 introduced, 1 reclassified for the worse, 1 standing difference introduced; 1 fixed, 1 standing
                  now, 1 reclassified, 1 unchanged.

                                     divergences  accounts  subs  at stake, in minor units
                introduced                     1         1     1  5,000 usd
                reclassified, worse            1         1     1  5,000 usd
                reclassified                   1         1     1  5,000 usd
                fixed                          1         1     1  5,000 usd
                standing now                   1         1     1  5,000 usd
                unchanged                      1         1     1  5,000 usd

                class           old  fixed  standing  out  kept  in  introduced  new
                race              4      0         1    1     2   0           0    2
                missing_unflag    0      0         0    0     0   1           0    1
                drift_lag         1      1         0    0     0   0           0    0
                unexplained       0      0         0    0     0   0           1    1
                out, in: reclassified out of the class, and into it

                introduced
                  dv_arisen_0_{"facet":"b…  arisen  lasting unexplained  bad_debt_flag

                reclassified, worse (+ differs now, - agrees now, ~ other values)
                  dv_worse_0_{"facet":"ba…  worse  still race  +ban

                reclassified (+ differs now, - agrees now, ~ other values)
                  dv_changed_0_{"facet":"…  changed  race -> missing_unflag

                fixed
                  dv_gone_0_{"facet":"bad…  gone  lasting drift_lag  bad_debt_flag

                standing now
                  dv_moved_0_{"facet":"ba…  moved  lasting race  bad_debt_flag

                standing differences introduced, by account
                  risen  since 2026-03-02T12:00:00Z  ban

                changed settings
                  policy bbbbbbbbbbbb -> dddddddddddd

                """
        )
    }

    @Test("what matters stands in the first ten lines")
    func firstLines() throws {
        let lines = try Self.ofEach().markdown().split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let head = lines.prefix(10).joined(separator: "\n")
        #expect(head.contains("**1 introduced, 1 reclassified for the worse, "))
        #expect(head.contains("| introduced | 1 | 1 | 1 | 5,000 usd |"))
        #expect(head.contains("| fixed | 1 |"))
    }

    @Test("JSON holds every id and every count")
    func json() throws {
        let diff = try Self.ofEach()
        let tree = try JSONTree(diff.json())
        #expect(tree["schema"] == .integer(1))
        #expect(tree["clean"] == .bool(false))
        #expect(tree["comparable"] == .bool(true))
        for group in ReportDiff.Group.allCases {
            let told = tree["groups"]?[group.rawValue]
            #expect(told?["divergences"] == .integer(1), "\(group)")
            #expect(told?["ids"]?.elements?.compactMap(\.string) == diff.entries(group).map(\.id))
            #expect(told?["amounts"]?["usd"] == .integer(5000), "\(group)")
        }
        let worse = tree["reclassified"]?.elements?.first
        #expect(worse?["account"] == .string("worse"))
        #expect(worse?["gained"] == .array([.string("ban")]))
        #expect(tree["standing"]?["introduced"]?.elements?.count == 1)
        #expect(tree["classes"]?.elements?.count == DivergenceClass.allCases.count)
        #expect(diff.json() == (try Self.ofEach().json()))
    }

    /// Reports in which everything from outside is as bad as can be, and much of it.
    private static func hostile(_ evil: String) throws -> ReportDiff {
        var (old, new) = (MadeUpReport(), MadeUpReport())
        for number in 0..<80 {
            var episode = Episode()
            episode.account = "\(number)\(evil)"
            episode.story = evil
            episode.facets = (0..<10).map { place in
                MadeUpReport.object([
                    "facet": .string("subscription:\(place)\(evil)"), "legacy": .bool(true),
                    "brain": .bool(false),
                ])
            }
            if number.isMultiple(of: 4) {
                new.episodes.append(episode)
                old.standing.append(.init(account: "\(number)\(evil)", facet: episode.facets[0]))
            } else {
                old.episodes.append(episode)
                new.standing.append(.init(account: "new\(evil)\(number)", facet: episode.facets[1]))
                episode.classes = [.unexplained]
                if number.isMultiple(of: 3) { new.episodes.append(episode) }
            }
        }
        new.settings = [
            "settle": .string("30m"), "phase": .null, "x\(evil)": .string(evil),
            "y\(evil)": .string(evil),
        ]
        return try ReportDiffTests.diff(old, new)
    }

    private static let evils = [
        "`", "```\n# top\n", "|", "\n\n| a | b |\n", "<script>alert(1)</script>", "</details>",
        "[x](http://example.org)", "![x](y)", "@everybody", "\u{1B}[2J\u{7}", "\u{202E}",
        "\u{2028}",
        "\\", "&lt;", "**", String(repeating: "`", count: 320),
        String(repeating: "😀", count: 320),
        "e" + String(repeating: "\u{301}", count: 400), "",
    ]

    @Test("names that try to break out stay within code, in a comment that fits", arguments: evils)
    func hostileMarkdown(evil: String) throws {
        let text = try Self.hostile(evil).markdown()
        #expect(text.utf8.count < 65_536)
        for line in text.split(separator: "\n") {
            // Every line begins as this program begins lines.
            let starts = ["# What", "**", "| ", "## ", "- ", "Changed: ", "*Out* ", "Log "]
            #expect(starts.contains { line.hasPrefix($0) }, "\(line.prefix(80))")
        }
        let plain = Self.outsideCode(text)
        for mark in [
            "script", "details", "example.org", "@every", "\u{1B}", "\u{202E}", "\u{2028}", "😀",
        ] {
            #expect(!plain.contains(mark), "\(mark)")
        }
        #expect(!text.unicodeScalars.contains("\u{1B}"))
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    /// A text without its code spans, found as a renderer finds them.
    private static func outsideCode(_ text: String) -> String {
        var result = ""
        var rest = Array(text.unicodeScalars)[...]
        while let first = rest.first {
            guard first == "`" else {
                result.unicodeScalars.append(first)
                rest = rest.dropFirst()
                continue
            }
            let fence = rest.prefix { $0 == "`" }.count
            rest = rest.dropFirst(fence)
            var body = rest
            while !body.isEmpty {
                body = body.drop { $0 != "`" }
                let run = body.prefix { $0 == "`" }.count
                body = body.dropFirst(run)
                if run == fence { break }
            }
            rest = body
        }
        return result
    }

    @Test("no line of a terminal is longer than it is wide, nor obeyed by it", arguments: evils)
    func hostileText(evil: String) throws {
        let text = try Self.hostile(evil).text()
        for line in text.split(separator: "\n") {
            #expect(line.unicodeScalars.count <= ReportDiff.width, "\(line.prefix(120))")
        }
        #expect(
            !text.unicodeScalars.contains {
                $0.properties.generalCategory == .control && $0 != "\n"
            }
        )
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    @Test("JSON is JSON whatever the names, and says them in full", arguments: evils)
    func hostileJSON(evil: String) throws {
        let diff = try Self.hostile(evil)
        let tree = try JSONTree(diff.json())
        let ids = tree["groups"]?["introduced"]?["ids"]?.elements?.compactMap(\.string)
        #expect(ids == diff.introduced.map(\.id))
    }

    @Test("of long lists the first are shown and the rest is counted")
    func more() throws {
        let diff = try Self.hostile("")
        #expect(diff.introduced.count == 20)
        #expect(diff.text().contains("  and 10 more\n"))
        let many = diff.fixed.count
        #expect(many > 25)
        #expect(diff.markdown().contains("- and \(many - 25) more\n"))
    }
}
