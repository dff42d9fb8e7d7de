import BillingModel
import CutoverGate
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Several reports read as one.
struct ObservationTests {
    /// The small bad fleet, replayed whole, in shards by account, and after each week.
    private struct Cut {
        let whole: ReplayedLog
        let shards: [ReplayedLog]
        let weeks: [ReplayedLog]

        init() throws {
            let fleet = try SmallFleet.bad.get()
            whole = try fleet.report("whole")
            let shards = fleet.shards(3)
            self.shards = try (0..<3).map { shard in
                try fleet.report("shard-\(shard)") { record in
                    record.owner(shards.customers).map { shards.of($0) == shard } ?? true
                }
            }
            weeks = try [Int64(8), 16].map { days in
                let end = fleet.start.advanced(by: .days(days))
                return try fleet.report("to-day-\(days)") { ($0.seen ?? $0.at) < end }
            }
        }
    }

    private static let cut = Result { try Cut() }

    private static func json(_ reports: [ReplayedLog]) throws -> [UInt8] {
        var assembly = GateAssembly(phase: .payments, at: nil, reports: reports.map(\.files))
        assembly.configuration = GateFile(
            name: "gate.yaml",
            bytes: Array("observed: 7d".utf8)
        )
        let (decision, inputs) = try assembly.decide()
        return decision.json(inputs)
    }

    // MARK: - Order

    @Test("the order in which reports are given makes no difference, byte for byte")
    func commutative() throws {
        let cut = try Self.cut.get()
        let reports = [cut.whole] + cut.weeks
        let expected = try Self.json(reports)
        var random = SeededRandom(seed: 1)
        for _ in 0..<6 {
            #expect(try Self.json(reports.shuffled(using: &random)) == expected)
        }
    }

    @Test("a report that is given twice counts once")
    func twice() throws {
        let cut = try Self.cut.get()
        #expect(try Self.json([cut.whole, cut.whole]) == (try Self.json([cut.whole])))
        let copy = GateReport(
            name: "a copy",
            document: try cut.whole.gateReport.document,
            episodes: try cut.whole.gateReport.episodes
        )
        let one = try Observation([cut.whole.gateReport])
        for both in [[copy, try cut.whole.gateReport], [try cut.whole.gateReport, copy]] {
            let two = try Observation(both)
            #expect(two.records == one.records)
            #expect(two.cells == one.cells)
            #expect(two.orphans == one.orphans)
        }
    }

    // MARK: - Overlaps

    @Test("a report and the reports of its first weeks hold what it holds alone")
    func overlapping() throws {
        let cut = try Self.cut.get()
        let one = try Observation([cut.whole.gateReport])
        let all = try Observation(([cut.whole] + cut.weeks).map { try $0.gateReport })
        #expect(all.cells == one.cells)
        #expect(all.days == one.days)
        #expect(all.divergences.map(\.id) == one.divergences.map(\.id))
        #expect(all.records == one.records)
        #expect(all.ledger == one.ledger)
        #expect(all.situations == one.situations)
        #expect(all.accounts == one.accounts)
        #expect(all.from == one.from)
        #expect(all.horizon == one.horizon)
        // What only the earlier reports hold against it stays.
        #expect(all.rejected >= one.rejected)
        #expect(Set(one.orphans.map(\.record)).isSubset(of: Set(all.orphans.map(\.record))))
        for (both, alone) in zip(all.fidelity, one.fidelity) {
            #expect(both.executions == alone.executions)
            #expect(both.exact <= alone.exact)
        }
    }

    @Test("clean reports of one log laid upon each other do not thin a lost record out")
    func noDilution() throws {
        let cut = try Self.cut.get()
        let share = { (reports: [ReplayedLog]) throws -> (Int, Int) in
            let observation = try Observation(reports.map { try $0.gateReport })
            let total = observation.ledger.reduce(0) { $0 + $1.matched + $1.pending + $1.orphaned }
            return (observation.orphans.count, total)
        }
        let (lost, total) = try share([cut.whole])
        let (more, all) = try share([cut.whole] + cut.weeks)
        #expect(lost > 0)
        #expect(all == total)
        #expect(more >= lost)
    }

    // MARK: - Shards

    @Test("shards come to what the whole comes to")
    func shards() throws {
        let cut = try Self.cut.get()
        let one = try Observation([cut.whole.gateReport])
        let all = try Observation(cut.shards.map { try $0.gateReport })
        #expect(all.cells == one.cells)
        #expect(all.days == one.days)
        #expect(all.divergences.map(\.id) == one.divergences.map(\.id))
        #expect(all.divergences.map(\.classes) == one.divergences.map(\.classes))
        #expect(all.fidelity == one.fidelity)
        #expect(all.accounts == one.accounts)
        #expect(all.situations == one.situations)
        #expect(all.orphans == one.orphans)
        let kinds: [MirrorRecord.Kind] = [.stripe, .request, .execution, .change, .baseline]
        for kind in kinds {
            #expect(all.ledger.first { $0.kind == kind } == one.ledger.first { $0.kind == kind })
        }
        #expect(all.uncovered.allSatisfy { $0.to.since($0.from) < .minutes(60) })
    }

    @Test("shards may be taken together in any grouping: whole reports first, then their like")
    func associative() throws {
        let cut = try Self.cut.get()
        let expected = try Self.json(cut.shards)
        var random = SeededRandom(seed: 2)
        for _ in 0..<4 {
            #expect(try Self.json(cut.shards.shuffled(using: &random)) == expected)
        }
    }

    @Test("a shard that stopped leaves a hole, though its neighbours went on")
    func staleShard() throws {
        let fleet = try SmallFleet.bad.get()
        let cut = try Self.cut.get()
        let end = fleet.start.advanced(by: .days(8))
        let stale = try cut.shards[0].gateReport.episodes ?? []
        let accounts = Set(stale.map(\.key.account))
        let customers = fleet.shards(1).customers
        let stopped = try fleet.report("stopped") { record in
            guard (record.seen ?? record.at) < end else { return false }
            return record.owner(customers).map(accounts.contains) ?? true
        }
        let all = try Observation(([stopped] + cut.shards.dropFirst()).map { try $0.gateReport })
        let longest = all.uncovered.map { $0.to.since($0.from) }.max() ?? .zero
        #expect(longest > .days(14))
    }

    // MARK: - Holes

    @Test("two weeks with a week between them left out show it")
    func hole() throws {
        let fleet = try SmallFleet.clean.get()
        let reports = try [(0, 8), (16, 24)].map { first, last in
            let (from, to) = (
                fleet.start.advanced(by: .days(Int64(first))),
                fleet.start.advanced(by: .days(Int64(last)))
            )
            return try fleet.report("days-\(first)") { record in
                let at = record.seen ?? record.at
                return from <= at && at < to
            }
        }
        let observation = try Observation(reports.map { try $0.gateReport })
        #expect(observation.uncovered.contains { $0.to.since($0.from) > .days(7) })
        let question = try SmallQuestion.about(reports[0], reports[1])
        #expect(question.verdict(of: .observedTime) == .insufficient)
    }

    @Test("a report without a source's watermark leaves that source without one")
    func unvouched() throws {
        let fleet = try SmallFleet.clean.get()
        let middle = fleet.start.advanced(by: .days(12))
        let first = try fleet.report("first") { ($0.seen ?? $0.at) < middle }
        let second = try fleet.report("second") { record in
            guard (record.seen ?? record.at) >= middle else { return false }
            if case .mark(let mark) = record.body { return mark.source != .requests }
            return true
        }
        let all = try Observation([first.gateReport, second.gateReport])
        let requests = try #require(all.sources.first { $0.source == .requests })
        #expect(requests.activity.through == nil)
        #expect(all.sources.contains { $0.activity.through != nil })
    }
}
