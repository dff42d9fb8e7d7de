import BillingModel
import MirrorLog
import Testing

// Testable to make an entry by hand.
@testable import FleetSimulation

@Suite("the truth about a fleet")
struct TruthTests {
    @Test("the counts are exactly the plan's")
    func countsAreThePlans() throws {
        let fleet = try Fleet.small()
        let counts = FleetSimulationTests.counts(fleet.summary.truth)
        for defect in fleet.plan.defects {
            #expect(counts[defect.value] == defect.weight, "\(defect.value)")
        }
    }

    @Test("races that arise by themselves count, and planting makes up the rest")
    func arisenRacesCount() throws {
        var plan = try Fleet.small().plan
        plan.contended = 100
        plan.defects = [Weighted(.race, 60)]
        let races = try Fleet(plan).summary.truth
        #expect(races.count == 60)
        #expect(Set(races.map(\.account)).count == 60)
        #expect((10..<60).contains(races.count(where: \.arisen)))
    }

    @Test("more races that arise than the plan allows are an error")
    func tooManyRaces() throws {
        var plan = try Fleet.small().plan
        plan.contended = 100
        plan.defects = [Weighted(.race, 1)]
        #expect(throws: FleetPlanError.self) { try Fleet(plan) }
    }

    @Test("every account in the truth raced to a contradiction that the log shows")
    func racesContradict() throws {
        let fleet = try Fleet.small()
        let records = try fleet.read().records.sorted { $0.at < $1.at }
        for race in fleet.summary.truth where race.classes == [.race] {
            let marks = Self.marks(of: race.account, in: records)
            #expect(marks.contains(true) && marks.contains(false), "\(race.account)")
        }
    }

    @Test("the records that a defect started from are in the log, at that time")
    func triggersAreInTheLog() throws {
        let fleet = try Fleet.small()
        var times: [RecordID: Instant] = [:]
        for record in try fleet.read().records { times[record.id] = record.at }
        for entry in fleet.summary.truth {
            for trigger in entry.triggers {
                let at = try #require(times[trigger])
                #expect(entry.at.since(at) < .minutes(15) && at.since(entry.at) < .minutes(15))
            }
        }
    }

    @Test("an entry is one line of JSON")
    func linesAreJSON() throws {
        let entry = TruthEntry(
            account: AccountID("acct_7"),
            classes: [.race, .missingUnflag],
            at: try #require(Instant(rfc3339: "2026-04-02T10:00:01.25Z")),
            subscriptions: 2,
            triggers: [RecordID("evt_1"), RecordID("req_2")],
            arisen: true
        )
        let text = """
            {"account":"acct_7","classes":["race","missing_unflag"],"at":"2026-04-02T10:00:01.25Z",\
            "subscriptions":2,"triggers":["evt_1","req_2"],"arisen":true}

            """
        #expect(String(decoding: entry.line, as: UTF8.self) == text)
    }

    /// What flag, ban, timestamp and metadata last said of an account.
    private static func marks(of account: AccountID, in records: [MirrorRecord]) -> [Bool] {
        var (flag, ban, timestamp, metadata) = (true, true, true, true)
        var customer: CustomerID?
        for record in records {
            if case .baseline(let state) = record.body, record.account == account {
                customer = state.stripeCustomer
            }
            if case .stripe(let event) = record.body, event.customer == customer,
                case .customer(let keys) = event.object
            {
                metadata = keys.badDebt == "true"
            }
            guard case .change(let change) = record.body, record.account == account else {
                continue
            }
            switch change.row {
            case .account(_, let flags, let why):
                flag = (flags.value ?? 0) & (1 << 15) != 0
                ban = why.value == .badDebt
            case .customer(_, let since, _):
                timestamp = since.value != nil
            default:
                break
            }
        }
        return [flag, ban, timestamp, metadata]
    }
}
