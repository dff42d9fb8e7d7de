import DivergenceAnalysis
import ParityReport
import ReportPages
import ShadowRun
import Testing

/// However much diverges, the page stays small enough to be opened.
struct PageSizeTests {
    private func blocks(_ html: [UInt8], _ kind: String) -> Int {
        String(decoding: html, as: UTF8.self).ranges(of: "id=\"\(kind)-").count
    }

    @Test("fifty thousand divergences stay below 15 MB, and each can be found and opened")
    func fiftyThousand() throws {
        var report = try PageFleet.small.get().report.multiplied(to: 50_000)
        for place in report.divergences.indices where place % 25 != 0 {
            // Drawing takes long in a debug build, and what is drawn here is drawn often.
            report.divergences[place].divergence.swimlane = nil
        }
        let html = try ReportPage(report, []).html()
        try PageFleet.keep(html, as: "large.html")
        #expect(html.count < ReportPage.budget)
        #expect(blocks(html, "details") == (50_000 + 127) / 128)
    }

    @Test("what there is no room for is left out, the drawings and records before the details")
    func room() throws {
        let report = try PageFleet.small.get().report.multiplied(to: 600)
        let whole = try ReportPage(report, []).html()
        let count = (600 + 127) / 128
        #expect(blocks(whole, "details") == count)
        #expect(blocks(whole, "more") == count)
        var last = whole.count
        for budget in stride(from: whole.count + 400_000, through: 500_000, by: -60_000) {
            let html = try ReportPage(report, [], budget: budget).html()
            #expect(html.count <= budget)
            #expect(html.count <= last)
            last = html.count
            if blocks(html, "more") > 0 { #expect(blocks(html, "details") == count) }
        }
        let least = try ReportPage(report, [], budget: 0).html()
        #expect(blocks(least, "details") == 0)
        #expect(String(decoding: least, as: UTF8.self).contains("Only the 0 weightiest fit"))
    }

    @Test("any number of threads packs the same bytes, whatever there is room for")
    func threads() throws {
        var report = try PageFleet.small.get().report.multiplied(to: 1200)
        for place in report.divergences.indices where place % 25 != 0 {
            report.divergences[place].divergence.swimlane = nil
        }
        let whole = try ReportPage(report, []).html()
        for budget in [whole.count + 400_000, 620_000, 560_000, 520_000, 505_000, 0] {
            let one = try ReportPage(report, [], budget: budget).html(jobs: 1)
            for jobs in [2, 5] {
                #expect(try ReportPage(report, [], budget: budget).html(jobs: jobs) == one)
            }
        }
    }

    @Test("where not all rows fit, there are blocks of those that do and of no others")
    func rowsCut() throws {
        var report = try PageFleet.small.get().report.multiplied(to: 1200)
        for place in report.divergences.indices {
            report.divergences[place].divergence.swimlane = nil
        }
        var isCut = false
        for budget in stride(from: 700_000, through: 500_000, by: -5_000) {
            let html = try ReportPage(report, [], budget: budget).html(jobs: 2)
            let text = String(decoding: html, as: UTF8.self)
            guard
                let shown = [600, 300, 150].first(where: {
                    text.contains("Only the \($0) weightiest fit")
                })
            else { continue }
            let most = (shown + 127) / 128
            #expect(blocks(html, "details") <= most)
            #expect(blocks(html, "more") <= most)
            isCut = isCut || blocks(html, "details") == most
        }
        #expect(isCut)
    }

    @Test("what blocks weighs most, then what lasts, then what the brain did, then how much")
    func weight() throws {
        let report = try PageFleet.small.get().report
        var divergence = try #require(report.divergences.first).divergence
        divergence.classes = [.race]
        divergence.extent = .transient
        divergence.brainOnly = []
        divergence.legacyOnly = [.flag]
        divergence.subscriptions = 0
        var weights = [divergence.weight]
        divergence.subscriptions = .max / 2
        weights.append(divergence.weight)
        divergence.subscriptions = 0
        divergence.brainOnly = [.flag]
        weights.append(divergence.weight)
        divergence.brainOnly = []
        divergence.extent = .lasting
        weights.append(divergence.weight)
        divergence.extent = .transient
        divergence.classes = [.unexplained]
        weights.append(divergence.weight)
        #expect(weights == weights.sorted())
        #expect(Set(weights).count == weights.count)
    }
}
