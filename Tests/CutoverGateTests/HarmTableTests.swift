import BillingModel
import CutoverGate
import DivergenceAnalysis
import ParityReport
import ShadowRun
import Testing

/// Harm counted in one go, against the plain way: a set for each thing that is counted.
struct HarmTableTests {
    private static func harm(
        _ entries: [ReportDocument.Entry],
        _ horizon: Instant,
        _ taken: (ReportDocument.Entry) -> Set<Consequence>
    ) -> HarmTable.Harm {
        func customers(_ isMeant: (Consequence) -> Bool) -> Int {
            Set(entries.filter { taken($0).contains(where: isMeant) }.map(\.account)).count
        }
        var harm = HarmTable.Harm()
        harm.flagged = customers { $0 == .flag }
        harm.banned = customers { $0 == .ban }
        harm.canceled = customers { lost($0) != nil }
        harm.charged = customers { if case .charge = $0 { true } else { false } }
        harm.customers = customers { _ in true }
        for entry in entries where !taken(entry).isEmpty {
            harm.subscriptions += Set(taken(entry).compactMap(lost)).count
            let end = max(entry.until ?? horizon, entry.since)
            harm.hours += end.since(entry.since).microseconds / 3_600_000_000
            harm.amounts.add(entry.amounts)
        }
        return harm
    }

    private static func lost(_ consequence: Consequence) -> SubscriptionID? {
        switch consequence {
        case .cancel(let id), .deleteItems(let id): id
        case .flag, .ban, .charge: nil
        }
    }

    /// What one run did alone, and what of its end state weighs on the customer and of the other's not.
    private static func wrongs(_ entry: ReportDocument.Entry, byLegacy: Bool) -> Set<Consequence> {
        var wrongs = Set(byLegacy ? entry.legacyOnly : entry.brainOnly)
        for difference in entry.facets {
            let mine = byLegacy ? difference.legacy : difference.brain
            let other = byLegacy ? difference.brain : difference.legacy
            switch (difference.facet, mine, other) {
            case (.badDebtFlag, .bool(true), .bool(false)): wrongs.insert(.flag)
            case (.ban, .text(.some), .text(nil)): wrongs.insert(.ban)
            case (.subscription(let id), .bool(false), .bool(true)): wrongs.insert(.cancel(id))
            case (.items(let id), .list(let mine), .list(let other)):
                if mine.count < other.count { wrongs.insert(.deleteItems(id)) }
            case (.payments(let id), .count(let mine), .count(let other)):
                if mine > other { wrongs.insert(.charge(id)) }
            default: continue
            }
        }
        return wrongs
    }

    @Test("each customer counts once in each column, in every phase's scope")
    func counts() throws {
        var question = try SmallQuestion.about(SmallFleet.bad.get().report())
        // Some that block as well, some of a customer who stands there already, some done twice.
        let entries = question.observation.divergences
        try #require(entries.count > 4)
        for (place, entry) in entries.enumerated() where place % 3 > 0 {
            var entry = entry
            entry.brainOnly = [.flag, .charge(InvoiceID("in_\(place)")), .flag]
            if place % 3 == 1 { entry.classes = [.unexplained] } else { entry.until = nil }
            question.observation.divergences.append(entry)
        }
        for phase in Phase.allCases {
            question.phase = phase
            let table = HarmTable(question)
            let horizon = question.observation.horizon
            let scope = question.observation.divergences.filter { $0.phase <= phase }
            let known = scope.filter { !$0.isBlocking }
            let blocking = scope.filter(\.isBlocking)
            #expect(
                table.legacy == Self.harm(known, horizon) { Self.wrongs($0, byLegacy: true) }
            )
            #expect(
                table.brain == Self.harm(blocking, horizon) { Self.wrongs($0, byLegacy: false) }
            )
            #expect(
                table.strictness == Self.harm(known, horizon) { Self.wrongs($0, byLegacy: false) }
            )
            #expect(table.legacy.customers > 0 && table.brain.customers > 0)
        }
        for entry in question.observation.divergences {
            #expect(entry.wrongsOfBrain == Self.wrongs(entry, byLegacy: false).sorted())
        }
    }
}
