import BillingModel
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Divergences that don't fit into memory go to disk: it makes no difference to what is told of them.
struct DivergencesOnDiskTests {
    private static let folder = ScratchFolder(FileManager.default.temporaryDirectory.path)

    private static let log = Result {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let plan = try String(
            contentsOf: root.appending(path: "corpora/fleets/small.yaml"),
            encoding: .utf8
        )
        var log: [UInt8] = []
        try FleetSimulation.run(
            plan: FleetPlan(yaml: plan),
            writeRecord: { log += $0 },
            writeTruth: { _ in }
        )
        return log
    }

    private static func report(limit: Int?, jobs: Int = 1) throws -> ParityReport {
        var replay = Replay(
            settings: JudgeSettings(),
            program: "a test",
            spilling: limit.map { Spilling(limit: $0, folder: folder) }
        )
        try replay.read(whole: log.get()) { _ in }
        return try replay.report(
            scope: nil,
            jobs: jobs,
            keepsSettled: true,
            drawsSwimlanes: true,
            reject: { _ in }
        )
    }

    private static let held = Result { try report(limit: nil) }

    /// All that is written of a report but its page.
    private func texts(_ report: ParityReport) throws -> [[UInt8]] {
        var json: [UInt8] = []
        try report.writeJSON { json += $0 }
        return [
            json, Array(report.markdown().utf8), Array(report.junit.utf8),
            Array(report.overview.text.utf8), Array(try report.incidentFigures().text.utf8),
        ]
    }

    @Test("the texts have the same bytes, whatever may be held", arguments: [0, 1 << 20])
    func same(limit: Int) throws {
        let expected = try Self.held.get()
        let report = try Self.report(limit: limit, jobs: 2)
        #expect(expected.found.isHeld && !report.found.isHeld)
        #expect(try texts(report) == texts(expected))
        #expect(report.found.placesByWeight == expected.found.placesByWeight)
    }

    @Test("as many are in memory as fit, and none once one more came")
    func count() throws {
        let entries = try Self.held.get().divergences
        try #require(entries.count > 40)
        // A drawn divergence is taken for 14 KiB, and divergences may take a quarter of the limit.
        for fits in [1, 7, 39] {
            let limit = fits * 14 * 1024 * 4
            for (count, isHeld) in [(fits, true), (fits + 1, false)] {
                var gathering = DivergenceGathering(Spilling(limit: limit, folder: Self.folder))
                for entry in entries.prefix(count) { gathering.add(entry) }
                #expect(gathering.heldCount == (isHeld ? fits : 0))
                let list = try gathering.list()
                #expect(list.isHeld == isHeld)
                #expect(list.count == count)
            }
        }
    }

    @Test("each divergence comes back from disk as it went there, its picture included")
    func unpacked() throws {
        let expected = try Self.held.get().divergences
        let found = try Self.report(limit: 0).found
        try #require(found.count == expected.count)
        for (place, entry) in expected.enumerated() {
            let drawn = try found.entry(place, isDrawn: true)
            #expect(drawn.divergence.swimlane == entry.divergence.swimlane)
            #expect(drawn.divergence.swimlane != nil)
            #expect("\(drawn.divergence)" == "\(entry.divergence)")
            let told = try found.entry(place)
            #expect(told.divergence.swimlane == nil)
            #expect(told.episode.account == entry.episode.account)
            #expect(told.episode.accountType == entry.episode.accountType)
            #expect(told.episode.closed == entry.episode.closed)
        }
    }

    @Test("a divergence takes a fraction of the memory on disk that it takes held")
    func size() throws {
        let packed = try Self.held.get().divergences.map {
            PackedDivergence($0.episode, $0.divergence)
        }
        let told = packed.reduce(0) { $0 + $1.told.count } / packed.count
        let drawn = packed.reduce(0) { $0 + $1.drawn.count } / packed.count
        #expect(told < 1500, "\(told) bytes tell of one")
        #expect(drawn < 3000, "\(drawn) bytes draw one")
    }

    @Test("bytes that were cut or changed are refused, or read as something, and never trap")
    func tampered() throws {
        let entry = try #require(try Self.held.get().divergences.first)
        let packed = PackedDivergence(entry.episode, entry.divergence)
        for end in packed.told.indices {
            #expect(throws: PackedError.self) {
                try PackedDivergence.unpacked(packed.told[..<end])
            }
        }
        for place in packed.drawn.indices {
            var drawn = packed.drawn
            drawn[place] ^= 0xff
            _ = try? PackedDivergence.unpacked(packed.told[...], drawn[...])
        }
    }

    @Test("what could have been different comes back, whatever it is", arguments: edits)
    func edit(_ edit: TimelineEdit) throws {
        var writer = PackedWriter()
        writer.write(edit)
        let read = try PackedReader.read(writer.bytes[...]) {
            reader throws(PackedError) -> TimelineEdit in try reader.read()
        }
        #expect(read == edit)
    }

    private static let edits: [TimelineEdit] = [
        .start(run: 3, at: MadeUp.at(1)), .readWhenActing(run: 0), .serialize(asWoken: true),
        .releaseAfterPayment(at: MadeUp.at(2)), .omitPayment(run: 1, invoice: InvoiceID("in_1")),
        .omitResidual(300),
        .uncover(invoice: InvoiceID("in_1"), [InvoiceID("in_2"), InvoiceID("in_3")]),
        .process(RecordID("evt_1"), paths: [.a, .c]),
        .startProcessing(RecordID("evt_1"), at: MadeUp.at(3)),
        .deferProcessedCancel(RecordID("evt_1")), .complete(run: 2), .voidSuperseded(run: 4),
        .runDrift(at: MadeUp.at(4)), .deferCancel(run: 5), .respectOverride,
        .undoEarlier(
            PastAction(
                execution: RecordID("ex_1"),
                path: .c,
                at: MadeUp.at(5),
                taken: [
                    .flag, .ban, .cancel(SubscriptionID("sub_1")),
                    .deleteItems(SubscriptionID("sub_2")), .charge(InvoiceID("in_4")),
                ],
                actedOn: [InvoiceID("in_5")]
            )
        ),
    ]

    @Test("a folder that is not there is told of at the end, and not before it is needed")
    func noFolder() throws {
        let entries = try Self.held.get().divergences
        let spilling = Spilling(limit: 1 << 20, folder: ScratchFolder("/nowhere"))
        var gathering = DivergenceGathering(spilling)
        for entry in entries.prefix(10) { gathering.add(entry) }
        #expect(try gathering.list().count == 10)
        for entry in entries { gathering.add(entry) }
        #expect(throws: ScratchError.self) { try gathering.list() }
    }
}
