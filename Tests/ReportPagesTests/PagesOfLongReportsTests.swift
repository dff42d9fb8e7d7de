import BillingModel
import DivergenceAnalysis
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ReportPages
import ShadowRun
import Testing

/// A page has the same bytes, whether what it shows is in memory or on disk.
struct PagesOfLongReportsTests {
    /// The small fleet's report with all divergences on disk, and a listing that kept nothing.
    private static let long = Result {
        let file = PageFleet.root.appending(path: "corpora/fleets/small.yaml")
        let plan = try FleetPlan(yaml: String(contentsOf: file, encoding: .utf8))
        var log: [UInt8] = []
        try FleetSimulation.run(plan: plan, writeRecord: { log += $0 }, writeTruth: { _ in })
        let folder = ScratchFolder(FileManager.default.temporaryDirectory.path)
        var replay = Replay(
            settings: JudgeSettings(),
            program: "a test",
            spilling: Spilling(limit: 0, folder: folder)
        )
        try replay.read(whole: log) { _ in }
        var listing = EpisodeListing(keeping: 10)
        let report = try replay.report(
            scope: nil,
            keepsSettled: false,
            drawsSwimlanes: true,
            each: { listing.add($0) },
            reject: { _ in }
        )
        return (report: report, listing: listing)
    }

    @Test("the page has the same bytes", arguments: [ReportPage.budget, 600_000, 520_000, 0])
    func same(budget: Int) throws {
        let (report, listing) = try Self.long.get()
        let small = try PageFleet.small.get()
        #expect(!report.found.isHeld && !listing.isWhole)
        let answers = PhaseAnswer.all(of: report, listing: listing)
        let page = try ReportPage(report, answers, budget: budget).html(jobs: 2)
        #expect(page == (try ReportPage(small.report, small.answers, budget: budget).html()))
    }

    @Test("a report that was changed is refused in the same words")
    func refused() throws {
        var (report, listing) = try Self.long.get()
        report.days = []
        let answers = PhaseAnswer.all(of: report, listing: listing)
        #expect(answers.allSatisfy { $0.decision == nil })
        #expect(answers.first?.reason.hasPrefix("`report.json`: its `days` are not") == true)
    }

    @Test("a listing tells of what does not read back, however little it keeps")
    func listing() throws {
        let (report, _) = try Self.long.get()
        var listing = EpisodeListing(keeping: 0)
        var episode = try report.found.entry(0).episode
        listing.add(episode)
        try listing.check()
        #expect(!listing.isWhole)
        episode.closed = Instant(microseconds: .max)
        listing.add(episode)
        #expect(throws: RecordError.self) { try listing.check() }
        let answers = PhaseAnswer.all(of: report, listing: listing)
        #expect(answers.allSatisfy { $0.decision == nil && $0.reason.hasPrefix("line 2") })
    }

    @Test("bytes that come a few at a time are packed as all of them are", arguments: 0..<40)
    func packed(seed: Int) throws {
        var random = PageNames(state: UInt64(seed))
        let length = [0, 1, 100, 65_535, 65_536, 300_000][seed % 6]
        let letters = seed % 2 == 0 ? "ab" : "0123456789abcdefghijklmnopqrstuvwxyz"
        let bytes = Array(random.name(length, letters).utf8)
        let expected = try Packed(bytes).text
        for size in [1000, 65_536, 100_000] {
            for most in [expected.count, expected.count - 1] {
                var stream = try PackingStream(most: most)
                var rest = bytes[...]
                while !rest.isEmpty {
                    stream.add(Array(rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                #expect(stream.finish()?.text == (most < expected.count ? nil : expected))
            }
        }
    }
}
