import BillingModel
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// A report and its listing taken as values are what their texts are read back as.
struct ReportDocumentTests {
    /// What a reading came to: a value, or the words of its refusal.
    private enum Reading<Value: Equatable>: Equatable {
        case value(Value)
        case refusal(String)

        init(_ read: () throws(RecordError) -> Value) {
            do throws(RecordError) {
                self = .value(try read())
            } catch {
                self = .refusal("\(error)")
            }
        }
    }

    /// Holds the values of a replay against what its texts are read back as.
    private func expectSame(_ replayed: Replayed, _ name: Comment? = nil) {
        expectSame(replayed.report, name)
        var listing = replayed.listing
        let kept = Reading { () throws(RecordError) in try listing.episodes() }
        let text = listing.drain()
        #expect(
            kept == Reading { () throws(RecordError) in try ListedEpisode.all(in: text) },
            name
        )
    }

    private func expectSame(_ report: ParityReport, _ name: Comment? = nil) {
        let value = Reading { () throws(RecordError) in try ReportDocument(report) }
        let text = Reading { () throws(RecordError) in try ReportDocument(json: report.json()) }
        #expect(value == text, name)
    }

    /// A log's report with its listing.
    private struct Replayed {
        var report: ParityReport
        var listing = EpisodeListing(keeping: .max)

        init(_ log: [UInt8], scope: Phase? = nil, policy: Policy = Policy()) throws {
            var replay = Replay(settings: JudgeSettings(policy: policy), program: "a test")
            try replay.read(whole: log) { _ in }
            var listing = listing
            report = try replay.report(
                scope: scope,
                keepsSettled: true,
                each: { listing.add($0) },
                reject: { _ in }
            )
            self.listing = listing
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func fleet(_ plan: String, seed: UInt64) throws -> [UInt8] {
        let file = root.appending(path: "corpora/fleets/\(plan).yaml")
        var plan = try FleetPlan(yaml: String(contentsOf: file, encoding: .utf8))
        plan.seed = seed
        var log: [UInt8] = []
        try FleetSimulation.run(plan: plan, writeRecord: { log += $0 }, writeTruth: { _ in })
        return log
    }

    // MARK: - Values and texts

    @Test("of every case of the corpus, in every scope")
    func corpus() throws {
        let cases = Self.root.appending(path: "corpora/cases")
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: cases.path).sorted() {
            let file = cases.appending(path: "\(name)/log.ndjson")
            guard let log = try? Data(contentsOf: file) else { continue }
            let policy = cases.appending(path: "\(name)/policy.yaml")
            let yaml = try? String(contentsOf: policy, encoding: .utf8)
            for scope in [nil] + Phase.allCases {
                let replayed = try Replayed(
                    Array(log),
                    scope: scope,
                    policy: yaml.map { try Policy(yaml: $0) } ?? Policy()
                )
                expectSame(replayed, "\(name)")
            }
            count += 1
        }
        #expect(count > 100)
    }

    @Test("of fleets of several seeds", arguments: [1, 2, 3] as [UInt64])
    func fleets(seed: UInt64) throws {
        let log = try Self.fleet("small", seed: seed)
        for scope in [nil, Phase.payments] {
            let replayed = try Replayed(log, scope: scope)
            #expect(replayed.report.divergences.count > 30)
            expectSame(replayed)
        }
    }

    @Test(
        "of names that try to break out",
        arguments: [
            "a\"}],\\ \n\u{0}\u{1F}\u{2028}é😀", "", ":\u{301}", "items:x", "null", "e\u{301}",
        ]
    )
    func hostileNames(name: String) throws {
        let records = MadeUp.flagged(name, ":\u{301}") + [MadeUp.charge(name, at: 240)]
        var report = try MadeUp.report(on: records)
        expectSame(report)
        for place in report.divergences.indices {
            report.divergences[place].divergence.legacyOnly = [
                .flag, .ban, .cancel(SubscriptionID(name)), .deleteItems(SubscriptionID(name)),
                .charge(InvoiceID(name)),
            ]
            report.divergences[place].episode.accountType = .unknown("pay_go")
        }
        #expect(!report.divergences.isEmpty)
        expectSame(report)
        #expect(throws: Never.self) { try ReportDocument(report) }
    }

    // MARK: - What does not read back

    /// Changes to a report after which its text is refused, or says something else.
    private static let changes: [@Sendable (inout ParityReport) -> Void] = [
        { $0.input.logDigest = "none" },
        { $0.input.settings = JudgeSettings(settle: TimeSpan(microseconds: 900_000_001)) },
        { $0.episodes.horizon = Instant(microseconds: .max) },
        { $0.episodes.judged += 1 },
        { $0.divergences[0].episode.closed = Instant(microseconds: .max) },
        { $0.divergences[0].divergence.until = Instant(microseconds: .min) },
        { $0.divergences[0].divergence.classes = [] },
        { $0.divergences[0].divergence.classes.reverse() },
        { $0.divergences[1].divergence.id = $0.divergences[0].divergence.id },
        { $0.divergences[1].episode = $0.divergences[0].episode },
        { $0.divergences[0].divergence.amounts = saturated },
        { $0.standing[0].origin = "dv_none" },
        { $0.settled?[0].at = Instant(microseconds: .max) },
        { $0.types.append($0.types[0]) },
        { $0.situations[0].counts.removeLast() },
    ]

    private static var saturated: Amounts {
        var amounts = Amounts()
        guard let dollars = Currency("usd") else { return amounts }
        for _ in 0..<2 { amounts.add(Money(minorUnits: .max, currency: dollars)) }
        return amounts
    }

    @Test("a report whose text is refused is refused in the same words", arguments: changes.indices)
    func refused(change: Int) throws {
        var report = try Replayed(Self.fleet("small", seed: 1)).report
        try #require(report.divergences.count > 1 && !report.standing.isEmpty)
        try #require(report.settled?.isEmpty == false && !report.situations.isEmpty)
        Self.changes[change](&report)
        expectSame(report)
    }

    @Test("an episode that ends after the last year is refused with its line")
    func afterTheLastYear() throws {
        let log = try Self.fleet("small", seed: 1)
        var replay = Replay(settings: JudgeSettings(), program: "a test")
        try replay.read(whole: log) { _ in }
        var listing = EpisodeListing(keeping: .max)
        _ = try replay.report(
            scope: nil,
            keepsSettled: false,
            each: { episode in
                var episode = episode
                if listing.waiting > 1 << 16 { episode.closed = Instant(microseconds: .max) }
                listing.add(episode)
            },
            reject: { _ in }
        )
        #expect(throws: RecordError.self) { try listing.episodes() }
        let kept = Reading { () throws(RecordError) in try listing.episodes() }
        let text = listing.drain()
        #expect(kept == Reading { () throws(RecordError) in try ListedEpisode.all(in: text) })
    }
}
