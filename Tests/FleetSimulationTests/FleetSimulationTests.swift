import BillingModel
import FleetSimulation
import MirrorLog
import Testing

@Suite("a simulated fleet")
struct FleetSimulationTests {
    @Test("the same plan gives the same bytes")
    func isDeterministic() throws {
        let first = try Fleet.small()
        let second = try Fleet(first.plan)
        #expect(first.lines == second.lines)
        #expect(first.truthLines == second.truthLines)
    }

    @Test("another seed gives another fleet, with as many defects")
    func dependsOnTheSeed() throws {
        let first = try Fleet.small()
        var plan = first.plan
        plan.seed += 1
        let second = try Fleet(plan)
        #expect(first.lines != second.lines)
        #expect(Self.counts(first.summary.truth) == Self.counts(second.summary.truth))
    }

    @Test("every line reads back, but for those that are meant not to")
    func linesReadBack() throws {
        let fleet = try Fleet.small()
        let (records, rejected) = try fleet.read()
        #expect(records.count == fleet.summary.records)
        #expect(rejected == fleet.summary.unreadable)
        #expect(rejected > 0)
        #expect(fleet.lines.allSatisfy { $0.last == UInt8(ascii: "\n") })
        #expect(fleet.lines.reduce(0) { $0 + $1.count } == fleet.summary.bytes)
    }

    @Test("lines stand in the order in which they were seen")
    func linesAreInOrderOfArrival() throws {
        let seen = try Fleet.small().read().records.map { $0.seen ?? $0.at }
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test("a redelivery repeats the record, and nothing else shares an id")
    func redeliveriesRepeat() throws {
        var known: [RecordID: MirrorRecord] = [:]
        var redelivered = 0
        for var record in try Fleet.small().read().records {
            record.seen = nil
            if let first = known[record.id] {
                #expect(first == record)
                redelivered += 1
            }
            known[record.id] = record
        }
        #expect(redelivered > 0)
    }

    @Test("no record comes after a mark that said its source was complete")
    func marksAreTrue() throws {
        var through = Instant(microseconds: .min)
        for record in try Fleet.small().read().records {
            if case .mark(let mark) = record.body, case .through(let instant) = mark.says {
                through = max(through, instant)
            } else {
                #expect(record.at > through || record.kind == .baseline)
            }
        }
    }

    @Test("at the end every source is complete, long enough for everything to settle")
    func everythingSettles() throws {
        let (records, _) = try Fleet.small().read()
        let last = records.filter { $0.kind != .mark }.map(\.at).max() ?? Instant(microseconds: 0)
        for source in Mark.Source.allCases {
            let through = records.compactMap { record -> Instant? in
                guard case .mark(let mark) = record.body, mark.source == source,
                    case .through(let instant) = mark.says
                else { return nil }
                return instant
            }
            #expect(try #require(through.max()).since(last) >= .seconds(2 * 3600))
        }
    }

    /// How often each defect happened, in the unit that a plan counts it in.
    static func counts(_ truth: [TruthEntry]) -> [Defect: Int] {
        var counts: [Defect: Int] = [:]
        for entry in truth {
            for defect in entry.classes {
                counts[defect, default: 0] += defect == .missingUnflag ? entry.subscriptions : 1
            }
        }
        return counts
    }
}
