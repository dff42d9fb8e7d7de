import DivergenceAnalysis
import Foundation
import ParityReport
import ReportPages
import ShadowRun
import Testing

/// `report.html`: everything in one file, and nothing in it that is obeyed.
struct ReportPageTests {
    static let hostile = [
        "</td><script>hostile=1</script>", "\" onload=\"hostile=1", "a & b < c > d", "</script>",
        "<!-- ", "]]>", "\u{202E}backwards\u{200F}", "\u{0}\u{7}\u{1B}[31mred", "&#x3c;script>",
        "<\u{301}img src=x onerror=hostile=1>", "'); drop --", "{{policy}}", "ünïcödé \u{2028}",
    ]

    private static let answers = Result { try PageFleet.small.get().answers }

    private func page(_ report: ParityReport, _ answers: [PhaseAnswer]? = nil) throws -> String {
        let html = try ReportPage(report, answers ?? Self.answers.get()).html()
        return try #require(String(validating: html, as: UTF8.self))
    }

    /// The text between two marks.
    private func text(_ html: String, from start: String, to end: String) -> Substring? {
        guard let head = html.firstRange(of: start) else { return nil }
        let rest = html[head.upperBound...]
        return rest.firstRange(of: end).map { rest[..<$0.lowerBound] }
    }

    @Test("every part is there, the verdicts before all others")
    func parts() throws {
        let report = try PageFleet.small.get().report
        let html = try page(report)
        let parts = ["verdicts", "classes", "matrices", "evidence", "divergences", "words"]
        let places = parts.compactMap { html.firstRange(of: "<section id=\"\($0)\"")?.lowerBound }
        #expect(places.count == parts.count)
        #expect(places == places.sorted())
        #expect(html.ranges(of: "<article class=\"card no-go\">").count == 4)
        for (cause, count) in report.classCounts where count > 0 {
            #expect(html.contains("#?class=\(cause.rawValue)\""))
        }
        #expect(html.contains("explained divergences: <b>37 not waived of 37</b>"))
        #expect(html.contains("<strong><span aria-hidden=\"true\">✓</span> The ledger balances."))
    }

    @Test("the same report gives the same bytes")
    func deterministic() throws {
        let report = try PageFleet.small.get().report
        #expect(try page(report) == page(report))
    }

    @Test("nothing is fetched, and nothing runs but what this program wrote")
    func policy() throws {
        let html = try page(PageFleet.small.get().report)
        let policy = try #require(text(html, from: "Policy\" content=\"", to: "\">"))
        #expect(policy.hasPrefix("default-src 'none';"))
        #expect(policy.contains("style-src 'sha256-"))
        #expect(policy.contains("script-src 'sha256-"))
        #expect(!policy.contains("unsafe"))
        #expect(!html.contains(" style=\""))
        for part in ["<link", "<img", "<iframe", "@import", "url(", " src=", "javascript:"] {
            #expect(!html.contains(part), "\(part)")
        }
        let addresses = html.ranges(of: "://").map { range in
            String(html[..<range.lowerBound].suffix(5) + html[range.lowerBound...].prefix(16))
        }
        #expect(addresses.allSatisfy { $0.contains("www.w3.org") }, "\(addresses)")
    }

    @Test("hostile names stay text", arguments: hostile)
    func hostileNames(name: String) throws {
        let report = try PageFleet.small.get().report
        let html = try page(report.renamed(name))
        // All that the table shows is packed: what is left of it is base64.
        #expect(html.ranges(of: "<script").count == html.ranges(of: "</script>").count)
        #expect(try Self.tags(html) == Self.plain.get())
        for scalar in html.unicodeScalars where scalar != "\n" {
            #expect(scalar.properties.generalCategory != .control)
            #expect(scalar.properties.generalCategory != .format)
        }
    }

    /// The tags of the same page with a harmless name.
    private static let plain = Result {
        let report = try PageFleet.small.get().report.renamed("plain")
        let html = try ReportPage(report, answers.get()).html()
        return tags(String(decoding: html, as: UTF8.self))
    }

    /// The tags of a page, in order.
    ///
    /// A name that made or hid one would show.
    private static func tags(_ html: String) -> [String] {
        html.unicodeScalars.split(separator: "<").dropFirst().map { part in
            String(String.UnicodeScalarView(part.prefix { $0 != " " && $0 != ">" }))
        }
    }

    @Test("names of a megabyte don't make a page of megabytes")
    func longNames() throws {
        let report = try PageFleet.small.get().report
        let html = try page(report.renamed(String(repeating: "<", count: 1_000_000)))
        #expect(html.utf8.count < 400_000)
    }

    @Test("a page of hostile names for the browser's tests")
    func hostilePage() throws {
        var report = try PageFleet.small.get().report
        let parts = Self.hostile.map { report.renamed($0).divergences }
        report = report.renamed(Self.hostile.joined())
        report.divergences = parts.enumerated().map { place, entries in
            entries[place % entries.count]
        }
        let html = try ReportPage(report, Self.answers.get()).html()
        try PageFleet.keep(html, as: "hostile.html")
        #expect(!html.isEmpty)
    }

    @Test("a report that does not read back is no GO for any phase")
    func unreadable() throws {
        var report = try PageFleet.small.get().report
        report.days = []
        let listing = try PageFleet.small.get().listing
        let html = try page(report, PhaseAnswer.all(of: report, listing: listing))
        #expect(html.ranges(of: " NOT ASKED</p>").count == 4)
        #expect(html.contains("The gate could not be asked: `report.json`: its `days` are not"))
    }

    @Test("of a report of one phase the later ones are not asked about")
    func scope() throws {
        var report = try PageFleet.small.get().report
        report.input.scope = .payments
        let listing = try PageFleet.small.get().listing
        let html = try page(report, PhaseAnswer.all(of: report, listing: listing))
        #expect(html.ranges(of: " NOT ASKED</p>").count == 2)
        #expect(html.contains("replay without --phase"))
    }

    @Test("a report of nothing says so, and so does one without days")
    func nothing() throws {
        var report = try PageFleet.small.get().report
        report.divergences = []
        report.days = []
        let bare = try ReportPage(report, []).html()
        let html = String(decoding: bare, as: UTF8.self)
        #expect(html.contains("Nothing diverges."))
        #expect(html.contains("Not met in this log"))
    }
}
