import BillingModel
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Reading `report.json`: all that it says, or a refusal that names the place.
struct ReportReadingTests {
    // MARK: - All that it says

    /// Holds a report against what is read from its text, field by field.
    private func expectSame(_ report: ParityReport) throws {
        let document = try ReportDocument(json: report.json())
        let input = document.input
        #expect(input.log == report.input.logDigest)
        #expect(input.policy == report.input.policyDigest)
        #expect(input.brain == report.input.settings.brain.identity)
        #expect(input.program == report.input.program)
        #expect(input.settle == report.input.settings.settle)
        #expect(input.scope == report.input.scope)
        let threshold = JSONTree.integer(report.input.settings.policy.threshold)
        #expect(input.settings.contains(JSONTree.Member("threshold", threshold)))
        expectSame(document.summary, report)
        #expect(document.divergences.count == report.divergences.count)
        for (entry, written) in zip(document.divergences, report.divergences) {
            expectSame(entry, written)
        }
        #expect(document.standing == report.standing)
        #expect(document.unconfirmed.map(\.execution) == report.unconfirmed.map(\.execution))
        #expect(document.unconfirmed.map(\.table) == report.unconfirmed.map(\.table))
        #expect((document.settled == nil) == (report.settled == nil))
        for (entry, written) in zip(document.settled ?? [], report.settled ?? []) {
            #expect(entry.account == written.account)
            #expect(entry.at == written.at)
            let pairs = [(entry.legacy, written.state.legacy), (entry.brain, written.state.brain)]
            for (read, state) in pairs {
                #expect(read.isFlagged == state.isFlagged)
                #expect(read.isBanned == state.isBanned)
                #expect(read.liveSubscriptions == state.liveSubscriptions)
            }
        }
        #expect(document.settled?.count == report.settled?.count)
    }

    private func expectSame(_ summary: ReportDocument.Summary, _ report: ParityReport) {
        #expect(summary.records == report.records.records)
        #expect(summary.rejected == report.records.rejected)
        #expect(summary.redelivered == report.records.redelivered)
        #expect(summary.unmapped == report.records.unmapped)
        #expect(summary.accounts == report.episodes.accounts)
        #expect(summary.episodes.judged == report.episodes.judged)
        #expect(summary.episodes.match == report.episodes.match)
        #expect(summary.episodes.divergent == report.episodes.divergent)
        #expect(summary.episodes.open == report.episodes.open)
        #expect(summary.episodes.incomplete == report.episodes.incompleteCount)
        #expect(summary.episodes.reasons.map(\.subject) == report.episodes.incomplete.map(\.0))
        #expect(summary.episodes.reasons.map(\.count) == report.episodes.incomplete.map(\.1))
        #expect(summary.episodes.outOfScope == report.episodes.outOfScope)
        #expect(summary.divergences.map(\.subject) == report.classCounts.map(\.cause))
        #expect(summary.divergences.map(\.count) == report.classCounts.map(\.count))
        #expect(summary.fidelity.map(\.path) == report.fidelity.map(\.path))
        #expect(summary.fidelity.map(\.executions) == report.fidelity.map(\.count.executions))
        #expect(summary.fidelity.map(\.exact) == report.fidelity.map(\.count.exact))
        #expect(summary.types.map(\.subject) == report.types.map(\.type))
        #expect(summary.types.map(\.count) == report.types.map(\.accounts))
        #expect(summary.unknownTypes == report.unknownTypes)
        #expect(summary.tagDrift == report.tagDrift)
        #expect(summary.unconfirmed == report.unconfirmed.count)
        #expect(summary.unattributed == report.unattributed)
        #expect(summary.standing == report.standing.count)
        #expect(summary.horizon == report.episodes.horizon)
        #expect(summary.paths == report.episodes.paths.sorted())
    }

    private func expectSame(_ entry: ReportDocument.Entry, _ written: ParityReport.Entry) {
        let (episode, divergence) = (written.episode, written.divergence)
        #expect(entry.id == divergence.id)
        #expect(entry.account == episode.account)
        #expect(entry.accountType == episode.accountType)
        #expect(entry.opened == episode.opened)
        #expect(entry.closed == episode.closed)
        #expect(entry.trigger == episode.openedBy)
        #expect(entry.phase == episode.phase)
        #expect(entry.extent == divergence.extent)
        #expect(entry.since == divergence.since)
        #expect(entry.until == divergence.until)
        #expect(entry.classes == divergence.classes)
        #expect(entry.facets == divergence.facets)
        #expect(entry.effect == divergence.explanation?.effectiveness)
        let interventions = divergence.explanation?.interventions ?? []
        #expect(entry.interventions.map(\.cause) == interventions.map(\.cause))
        #expect(entry.interventions.map(\.execution) == interventions.map(\.execution))
        #expect(entry.interventions.map(\.invoice) == interventions.map(\.invoice))
        #expect(entry.interventions.map(\.at) == interventions.map(\.at))
        #expect(entry.breaches == divergence.breaches)
        #expect(entry.story == divergence.story)
        #expect(entry.records == divergence.records)
        #expect(entry.reproducer == divergence.reproducer)
        #expect(entry.amounts == divergence.amounts)
        #expect(entry.subscriptions == divergence.subscriptions)
        #expect(entry.isBlocking == divergence.classes.contains(where: \.isBlocking))
    }

    @Test("a report on a simulated fleet is read back in every field")
    func fleet() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let plan = try String(
            contentsOf: root.appending(path: "corpora/fleets/small.yaml"),
            encoding: .utf8
        )
        var engine = ParityEngine(settings: JudgeSettings())
        var reader = try LogReader()
        var builder = ReportBuilder(scope: nil, keepsSettled: true)
        func take(_ outcome: LogReader.Outcome) {
            if case .record(let record, let line) = outcome { engine.feed(record, line: line) }
        }
        _ = try FleetSimulation.run(plan: FleetPlan(yaml: plan)) { line in
            let padded = line + Array(repeating: 0, count: JSONScanner.padding)
            padded.withUnsafeBytes { bytes in
                reader.feed(UnsafeRawBufferPointer(rebasing: bytes[..<line.count])) { take($0) }
            }
        } writeTruth: { _ in
        }
        reader.finish { take($0) }
        try engine.judgeAll(jobs: 1) { builder.add($0) }
        let input = ParityReport.Input(
            logDigest: reader.digest.hex,
            settings: engine.settings,
            scope: nil,
            program: "a test"
        )
        let report = try builder.report(input, ParityReport.RecordCounts(), engine.coverage)
        #expect(report.divergences.count > 40)
        try expectSame(report)
    }

    @Test(
        "names that try to break out are read back as they were",
        arguments: [
            "a\"}],\\ \n\u{0}\u{1F}\u{2028}é😀", "", ":\u{301}", "items:x", "null",
            String(repeating: "[", count: 3000),
        ]
    )
    func hostileNames(name: String) throws {
        let records =
            MadeUp.flagged(name, ":\u{301}") + [MadeUp.request(.payBadDebt, name, at: 1)]
            + [MadeUp.charge(name, at: 240)]
        for scope in [nil, Phase.webhooks, .payments] {
            let isWhole = scope == nil
            try expectSame(try MadeUp.report(on: records, scope: scope, keepsSettled: isWhole))
        }
    }

    @Test(
        "each facet's name is read back, whatever id it holds",
        arguments: ["sub_1", "", ":\u{301}"]
    )
    func facets(id: String) {
        let facets: [Facet] = [
            .badDebtFlag, .badDebtAt, .ban, .subscription(SubscriptionID(id)),
            .items(SubscriptionID(id)), .customerMetadata, .debtAmount, .payments(InvoiceID(id)),
            .processed(RecordID(id)),
        ]
        for facet in facets {
            #expect(Facet(reportName: facet.description) == facet)
        }
        #expect(Facet(reportName: "ban:\(id)") == nil)
        #expect(Facet(reportName: "subscription") == nil)
        #expect(Facet(reportName: "") == nil)
    }

    @Test("what a newer program adds is passed over")
    func additions() throws {
        var report = MadeUpReport()
        report.episodes = [.init()]
        let known = try report.document()
        var tree = report.tree
        for path in tree.paths {
            // Types and amounts are maps: a member more of theirs says something.
            guard path.last != "types", path.last != "amounts", path.last != "settings" else {
                continue
            }
            guard case .object(let members)? = tree.value(at: path) else { continue }
            let more = members + [JSONTree.Member("added", .array([.string("later")]))]
            tree = tree.replacing(path, with: .object(more))
        }
        #expect(try ReportDocument(json: tree.bytes) == known)
    }

    @Test("a report without reproducers, from before there were any, is read")
    func olderReport() throws {
        var report = MadeUpReport()
        report.episodes = [.init()]
        #expect(
            try report.document().divergences[0].reproducer == ["b_1", "evt_1"].map(RecordID.init)
        )
        let tree = report.tree.replacing(["divergences", "0", "reproducer"], with: nil)
        #expect(try ReportDocument(json: tree.bytes).divergences[0].reproducer == nil)
    }
}

extension JSONTree {
    /// The value at a path.
    func value(at path: some Collection<String>) -> JSONTree? {
        guard let step = path.first else { return self }
        let next =
            elements.map { elements in
                Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            }
            ?? self[step]
        return next?.value(at: path.dropFirst())
    }
}
