import BillingModel
import DivergenceAnalysis
import MirrorLog
import ShadowRun
import Testing

/// What becomes of each record: the ledger balances whatever comes in.
///
/// A failure names the seed that reproduces it.
struct LedgerTests {
    private static let settings = JudgeSettings()

    /// A log of a few accounts, with all that a mirror does to one: redeliveries, events of unknown
    /// customers, events with and without their account, both modes, and accounts without baseline.
    private static func log(_ seed: UInt64) -> [MirrorRecord] {
        var random = SeededRandom(seed: seed)
        var records: [MirrorRecord] = []
        for number in 0..<3 {
            let life = RandomAccount(seed: seed &* 31 &+ UInt64(number), account: "acct_\(number)")
            let loses = random.chance(15)
            records += life.records.filter { !(loses && $0.kind == .baseline) }
        }
        for place in records.indices where random.chance(20) {
            guard case .stripe(var event) = records[place].body else { continue }
            switch random.number(0...3) {
            case 0: event.livemode = false
            case 1: event.livemode = true
            case 2:
                event.customer = random.chance(50) ? CustomerID("cus_nobody") : nil
                records[place].account = nil
            default:
                var other = records[place]
                other.account = other.account == nil ? AccountID("acct_0") : nil
                records.append(other)
            }
            records[place].body = .stripe(event)
        }
        for _ in 0..<random.number(0...records.count) {
            if let again = random.pick(records) { records.append(again) }
        }
        let last = records.map(\.at).max() ?? Moment.noon
        let end = last.advanced(by: .minutes(Int64(random.number(-60...60))))
        records.append(.complete(through: Moment(end)))
        records.shuffle(using: &random)
        return records
    }

    private static func engine(_ records: [MirrorRecord]) -> ParityEngine {
        var engine = ParityEngine(settings: settings)
        for record in records { engine.feed(record) }
        return engine
    }

    /// The whole ledger of an engine.
    private static func ledger(_ engine: ParityEngine) throws -> DeliveryLedger {
        var ledger = DeliveryLedger()
        let findings = try engine.judgeAll { ledger.add($0.ledger) }
        ledger.add(engine.ledgerOfNoAccount(findings))
        return ledger
    }

    @Test("every record comes to exactly one thing, kind by kind", arguments: UInt64(0)..<400)
    func balances(seed: UInt64) throws {
        let records = Self.log(seed)
        let engine = Self.engine(records)
        let ledger = try Self.ledger(engine)
        for kind in MirrorRecord.Kind.allCases {
            let received = records.count { $0.kind == kind }
            let delivered = engine.activity.kinds[kind.place]
            #expect(delivered.received == received, "seed \(seed), \(kind)")
            let entry = ledger.kinds[kind.place]
            let sum =
                delivered.redelivered + entry.redelivered + entry.leftOut + entry.matched
                + entry.pending + entry.orphaned
            #expect(sum == received, "seed \(seed), \(kind): \(delivered) \(entry)")
            let named = ledger.orphans.count { $0.kind == kind }
            #expect(named == entry.orphaned, "seed \(seed), \(kind)")
        }
        let names = ledger.orphans.map { [$0.account?.rawValue ?? "", $0.record.rawValue] }
        #expect(Set(names).count == names.count, "seed \(seed)")
    }

    @Test(
        "each record's place is the one that looking it up alone gives",
        arguments: UInt64(0)..<200
    )
    func oracle(seed: UInt64) throws {
        let records = Self.log(seed)
        let engine = Self.engine(records)
        let ledger = try Self.ledger(engine)
        let oracle = LedgerOracle(records, engine.coverage, Self.settings)
        let delivered = engine.activity.kinds
        for kind in MirrorRecord.Kind.allCases {
            let (entry, place) = (ledger.kinds[kind.place], oracle.counts[kind] ?? [:])
            let twice = delivered[kind.place].redelivered + entry.redelivered
            #expect(twice == place[.redelivered, default: 0], "seed \(seed), \(kind)")
            #expect(entry.leftOut == place[.leftOut, default: 0], "seed \(seed), \(kind)")
            #expect(entry.pending == place[.pending, default: 0], "seed \(seed), \(kind)")
            #expect(
                entry.matched + entry.orphaned == place[.settled, default: 0]
                    + place[.unmapped, default: 0] + place[.noBaseline, default: 0],
                "seed \(seed), \(kind)"
            )
        }
        for (why, place) in [
            (DeliveryLedger.Why.unmapped, LedgerOracle.Place.unmapped), (.noBaseline, .noBaseline),
        ] {
            let found = ledger.orphans.count { $0.why == why }
            let expected = oracle.counts.values.reduce(0) { $0 + ($1[place] ?? 0) }
            #expect(found == expected, "seed \(seed), \(why)")
        }
    }

    @Test("the order of delivery makes no difference to the ledger", arguments: UInt64(0)..<60)
    func order(seed: UInt64) throws {
        let records = Self.log(seed)
        let expected = try Self.ledger(Self.engine(records))
        var random = SeededRandom(seed: seed)
        let other = try Self.ledger(Self.engine(records.shuffled(using: &random)))
        #expect(other == expected, "seed \(seed)")
    }

    @Test("the logs hold enough of everything for that to mean something")
    func substance() throws {
        var reasons: Set<DeliveryLedger.Why> = []
        var (twice, leftOut, pending) = (0, 0, 0)
        for seed in UInt64(0)..<400 {
            let ledger = try Self.ledger(Self.engine(Self.log(seed)))
            reasons.formUnion(ledger.orphans.map(\.why))
            twice += ledger.kinds.reduce(0) { $0 + $1.redelivered }
            leftOut += ledger.kinds.reduce(0) { $0 + $1.leftOut }
            pending += ledger.kinds.reduce(0) { $0 + $1.pending }
        }
        #expect(reasons == Set(DeliveryLedger.Why.allCases))
        #expect(twice > 100)
        #expect(leftOut > 100)
        #expect(pending > 100)
    }
}

/// The same ledger by looking at each record alone, slowly.
private struct LedgerOracle {
    enum Place { case redelivered, leftOut, pending, settled, unmapped, noBaseline }

    private(set) var counts: [MirrorRecord.Kind: [Place: Int]] = [:]

    init(_ records: [MirrorRecord], _ coverage: LogCoverage, _ settings: JudgeSettings) {
        var owners: [CustomerID: AccountID] = [:]
        for record in records {
            guard let account = record.account else { continue }
            var customer: CustomerID?
            if case .baseline(let state) = record.body { customer = state.stripeCustomer }
            if case .change(let change) = record.body,
                case .customer(let column, _, _) = change.row
            {
                customer = column.value.map { CustomerID($0) }
            }
            if let customer { owners[customer] = min(owners[customer] ?? account, account) }
        }
        var met: Set<[String]> = []
        var theirs: [AccountID: [MirrorRecord]] = [:]
        // With its account or without, a record of one account is one: which came first is all one.
        for record in records {
            var owner = record.account
            if owner == nil, case .stripe(let event) = record.body, let customer = event.customer {
                owner = owners[customer]
            }
            if case .stripe(let event) = record.body, event.livemode == false,
                coverage.leavesOutTestMode
            {
                // Each way of delivery is left out once.
                let way = record.account?.rawValue ?? "(stray)"
                let isNew = met.insert(["test", way, record.id.rawValue]).inserted
                note(record, isNew ? .leftOut : .redelivered)
                continue
            }
            let key = ["live", owner?.rawValue ?? "(nobody)", record.id.rawValue]
            guard met.insert(key).inserted else {
                note(record, .redelivered)
                continue
            }
            if record.kind == .mark {
                note(record, .settled)
            } else if let owner {
                theirs[owner, default: []].append(record)
            } else {
                note(record, .unmapped)
            }
        }
        for (_, own) in theirs { place(own.inEventTimeOrder(), coverage, settings) }
    }

    private mutating func place(
        _ records: [MirrorRecord],
        _ coverage: LogCoverage,
        _ settings: JudgeSettings
    ) {
        var cutter = EpisodeCutter(records, settings)
        var episodes: [Episode] = []
        while let episode = cutter.nextEpisode() { episodes.append(episode) }
        for (number, record) in records.enumerated() {
            let episode = episodes.first { $0.range.contains(number) }
            if !cutter.isKnown {
                note(record, .noBaseline)
            } else if (episode?.closesAt ?? record.at) > coverage.horizon,
                episode != nil || !cutter.untriggered.contains(number)
            {
                note(record, .pending)
            } else {
                note(record, .settled)
            }
        }
    }

    private mutating func note(_ record: MirrorRecord, _ place: Place) {
        counts[record.kind, default: [:]][place, default: 0] += 1
    }
}
