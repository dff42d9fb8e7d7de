import BillingModel
import DivergenceAnalysis
import Foundation
import MirrorLog
import ShadowRun
import Testing

/// Records that don't fit into memory go to disk: it makes no difference to anything.
///
/// A failure names the seed that reproduces it.
struct SpillTests {
    private static let settings = JudgeSettings()
    private static let folder = ScratchFolder(FileManager.default.temporaryDirectory.path)

    /// All that comes out of an engine.
    private struct Outcome: Equatable {
        var verdicts: [VerdictSummary] = []
        var accounts: [AccountID] = []
        var fidelity: [[AccountVerdicts.Fidelity]] = []
        var ledger = DeliveryLedger()
        var counts: ParityEngine.Counts
        var activity: MirrorActivity
        var coverage: LogCoverage
        var testLines: [Int]
        var unmapped: Int
        var twice: Int

        init(_ engine: ParityEngine, jobs: Int) throws {
            var (verdicts, accounts, fidelity) = (verdicts, accounts, fidelity)
            var ledger = DeliveryLedger()
            let findings = try engine.judgeAll(jobs: jobs) { account in
                verdicts += account.episodes.map(\.summary)
                accounts.append(account.account)
                fidelity.append(account.fidelity)
                ledger.add(account.ledger)
            }
            ledger.add(engine.ledgerOfNoAccount(findings))
            (self.verdicts, self.accounts, self.fidelity) = (verdicts, accounts, fidelity)
            self.ledger = ledger
            counts = engine.counts
            counts.redelivered += findings.redelivered.reduce(0, +)
            activity = engine.activity
            activity.add(redelivered: findings.redelivered)
            coverage = engine.coverage
            testLines = findings.testLines.sorted()
            (unmapped, twice) = (findings.unmapped, findings.twice)
        }
    }

    private static func engine(
        _ records: [MirrorRecord],
        limit: Int?,
        in folder: ScratchFolder = folder
    ) throws -> ParityEngine {
        let spilling = limit.map { Spilling(limit: $0, folder: folder) }
        var engine = ParityEngine(settings: settings, spilling: spilling)
        for (line, record) in records.enumerated() {
            engine.feed(record, line: line)
            try engine.spillIfNeeded()
        }
        return engine
    }

    @Test("whatever is put on disk, and whenever, comes to the same", arguments: UInt64(0)..<150)
    func same(seed: UInt64) throws {
        let records = DisorderlyLog(seed: seed).records
        let expected = try Outcome(Self.engine(records, limit: nil), jobs: 1)
        // At 0 each record is a run of its own, and they are merged in passes.
        for (limit, jobs) in [(0, 1), (1_200, 3), (4_000, 2)] {
            let spilled = try Self.engine(records, limit: limit)
            #expect(spilled.hasSpilled || limit > 1_200, "seed \(seed)")
            #expect(try Outcome(spilled, jobs: jobs) == expected, "seed \(seed), \(limit) bytes")
        }
    }

    @Test("an account's records are the same, asked for alone", arguments: UInt64(0)..<40)
    func alone(seed: UInt64) throws {
        let records = DisorderlyLog(seed: seed).records
        let account = AccountID("acct_1")
        let expected = try Self.engine(records, limit: nil).records(of: account)
        #expect(!expected.isEmpty)
        for limit in [0, 1_200] {
            let found = try Self.engine(records, limit: limit).records(of: account)
            #expect(found == expected, "seed \(seed), \(limit) bytes")
        }
    }

    // MARK: - Packed

    /// A run that is held in memory.
    private struct HeldRun: RecordRun {
        var parts = RunSection.allCases.map { _ in [RunEntry]() }

        func entries(of section: RunSection) -> () throws -> RunEntry? {
            var rest = parts[section.rawValue][...]
            return { rest.popFirst() }
        }
    }

    @Test("packed and resumed it goes on as if nothing had been", arguments: UInt64(0)..<100)
    func resumed(seed: UInt64) throws {
        let records = DisorderlyLog(seed: seed).records
        var random = SeededRandom(seed: seed)
        let middle = random.number(1...records.count)
        let whole = try Outcome(Self.engine(records, limit: nil), jobs: 1)
        for limit in [nil, 0, 1_200] {
            var run = HeldRun()
            let packing = try Self.engine(Array(records[..<middle]), limit: limit)
            let header = try packing.pack { run.parts[$1.rawValue].append($0) }
            var engine = ParityEngine(
                settings: Self.settings,
                spilling: limit.map { Spilling(limit: $0, folder: Self.folder) }
            )
            try engine.resume(header, run)
            for (line, record) in records.enumerated().dropFirst(middle) {
                engine.feed(record, line: line)
                try engine.spillIfNeeded()
            }
            #expect(try Outcome(engine, jobs: 2) == whole, "seed \(seed), at \(middle)")
        }
    }

    @Test(
        "what is late is counted by the settle time of who resumes",
        arguments: [0, 1, 60, 900, 4_000]
    )
    func late(seconds: Int64) throws {
        var random = SeededRandom(seed: UInt64(seconds))
        let settings = JudgeSettings(settle: .seconds(seconds))
        var packing = ParityEngine(settings: Self.settings)
        var expected = ParityEngine(settings: settings)
        for record in DisorderlyLog(seed: 1).records {
            var record = record
            // Around each whole second, and by a microsecond beside it.
            let second = random.pick([0, 1, 59, 60, 61, 900, 901, 4_000, 90_000]) ?? 0
            let span = TimeSpan.seconds(Int64(second)).microseconds + Int64(random.number(-1...1))
            record.seen = record.at.advanced(by: TimeSpan(microseconds: span))
            packing.feed(record)
            expected.feed(record)
        }
        var run = HeldRun()
        let header = try packing.pack { run.parts[$1.rawValue].append($0) }
        var engine = ParityEngine(settings: settings)
        try engine.resume(header, run)
        #expect(engine.counts.late == expected.counts.late)
        #expect(expected.counts.late > 0)
    }

    @Test("a run that is out of order is refused")
    func outOfOrder() throws {
        var run = HeldRun()
        let packing = try Self.engine(DisorderlyLog(seed: 1).records, limit: nil)
        let header = try packing.pack { run.parts[$1.rawValue].append($0) }
        run.parts[0].swapAt(0, 1)
        var engine = ParityEngine(settings: Self.settings)
        try engine.resume(header, run)
        #expect(throws: PackedError.self) { try engine.judgeAll { _ in } }
    }

    @Test("the logs hold enough of everything for that to mean something")
    func substance() throws {
        var (redelivered, testLines, twice, unmapped, divergences, gaps) = (0, 0, 0, 0, 0, 0)
        for seed in UInt64(0)..<150 {
            let records = DisorderlyLog(seed: seed).records
            let outcome = try Outcome(Self.engine(records, limit: nil), jobs: 1)
            redelivered += outcome.counts.redelivered
            testLines += outcome.testLines.count
            twice += outcome.twice
            unmapped += outcome.unmapped
            divergences += outcome.verdicts.count { "\($0)".contains("dv_") }
            gaps += outcome.coverage.gaps.count
        }
        #expect(redelivered > 1_500)
        #expect(testLines > 100)
        #expect(twice > 30)
        #expect(unmapped > 100)
        #expect(divergences > 100)
        #expect(gaps > 50)
    }

    @Test("of what is left out the kind that does not stand is counted, in whatever order")
    func kinds() throws {
        var random = SeededRandom(seed: 7)
        for seed in UInt64(0)..<60 {
            let records = DisorderlyLog(seed: seed).records
            let expected = try Outcome(Self.engine(records, limit: nil), jobs: 1)
            let other = records.shuffled(using: &random)
            let shuffled = try Outcome(Self.engine(other, limit: 1_200), jobs: 1)
            #expect(shuffled.activity.kinds == expected.activity.kinds, "seed \(seed)")
            #expect(shuffled.activity.sources.map(\.gaps) == expected.activity.sources.map(\.gaps))
        }
    }

    @Test("no file is left, and none is to be seen")
    func nothingLeft() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "spill-\(UUID())")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer {
            // What can't be removed is left to the system, which clears temporary files.
            try? FileManager.default.removeItem(at: place)
        }
        let records = DisorderlyLog(seed: 3).records
        let engine = try Self.engine(records, limit: 0, in: ScratchFolder(place.path))
        #expect(engine.hasSpilled)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == [])
    }

    @Test("a folder that is not there is said to be none")
    func noFolder() throws {
        #expect(
            throws: ScratchError(
                description: "can't keep in `/nowhere` what does not fit into memory: "
                    + "there is no such folder"
            )
        ) {
            let nowhere = ScratchFolder("/nowhere")
            _ = try Self.engine(DisorderlyLog(seed: 3).records, limit: 0, in: nowhere)
        }
    }
}
