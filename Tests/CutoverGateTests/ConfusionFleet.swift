import BillingModel
import CutoverGate
import DivergenceAnalysis
import DunningBrain
import FleetSimulation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// A small fleet with something wrong in it at a known rate, simulated, replayed and judged.
struct ConfusionFleet {
    /// What is wrong.
    enum Kind: String, CaseIterable {
        /// Somebody flags customers in the database by hand, and no execution did.
        case unexplained = "unexplained divergences, limit 5 % of episodes"
        /// Events of customers that no account has.
        case orphans = "orphaned records, limit 1 %"
        /// Lines that can't be read.
        case rejects = "rejected lines, limit 1 %"
        /// A known defect, beside a waiver of three.
        case waived = "a known defect, waived up to 3 times"
        /// The executions of a path that never came, waived up to two.
        case unhandled = "triggers that nobody handled, waived up to 2"
        /// A brain that flags some customers out of nothing.
        case broken = "a brain that flags some customers, limit none"
        /// Nothing is wrong, and not much was seen.
        case short = "nothing wrong, days observed, 14 asked for"
    }

    /// Whether the fleet may cut over.
    enum Truth: String, CaseIterable { case fit, unfit, unproven }

    /// What is wrong, and how much: in thousandths of the limit, but for those that are counted.
    struct Injection {
        let kind: Kind
        let level: Int

        /// The levels of a kind, around its limit.
        static func levels(_ kind: Kind) -> [Int] {
            switch kind {
            case .unexplained: [0, 200, 2000, 4000]
            case .orphans, .rejects: [0, 900, 1000, 1050, 1100, 3000]
            case .waived: [0, 2, 3, 4, 6]
            case .unhandled: [0, 1, 2, 3, 5]
            case .broken: [0, 1, 3, 10]
            case .short: [3, 9, 13, 16, 20]
            }
        }
    }

    let injection: Injection
    let truth: Truth
    let decision: GateDecision

    /// Simulates, spoils, replays and asks.
    init(_ injection: Injection, seed: UInt64) throws {
        self.injection = injection
        var random = SeededRandom(seed: seed &* 1000 &+ UInt64(injection.level))
        let plan = try SmallFleet.plan { plan in
            plan.seed = 1000 + seed
            plan.accounts = [Weighted(AccountType("pay_go"), 70)]
            if injection.kind == .waived, injection.level > 0 {
                plan.defects = [Weighted(.voidedInvoiceFlag, injection.level)]
            }
        }
        var log = try SpoiledLog(SmallFleet(plan))
        var settings = JudgeSettings()
        var truth = Truth.fit
        switch injection.kind {
        case .unexplained:
            let isAbove = injection.level > 1000
            try log.flagByHand(share: 50 * injection.level, &random)
            truth = isAbove ? .unfit : .fit
        case .orphans:
            let whole = log.events
            let count = whole * injection.level / 100_000
            log.addUnmapped(count)
            truth = count * 100 > whole + count ? .unfit : .fit
        case .rejects:
            let whole = log.fleet.lines.count
            let count = whole * injection.level / 100_000
            log.addUnreadable(count)
            truth = count * 100 > whole + count ? .unfit : .fit
        case .waived: truth = injection.level > 3 ? .unfit : .fit
        case .unhandled:
            let lost = log.loseExecutions(injection.level, &random)
            truth = lost > 2 ? .unfit : .fit
        case .broken:
            settings = JudgeSettings(brain: Self.brain(flagging: log.customers(injection.level)))
            truth = injection.level > 0 ? .unfit : .fit
        case .short:
            log.cut(to: injection.level)
            truth = injection.level < 14 ? .unproven : .fit
        }
        self.truth = truth
        let report = try log.fleet.report(settings: settings)
        let waivers = try Self.waivers()
        let question = try SmallQuestion.about(report).with { question in
            question.configuration.unexplained = Rate(partsPerMillion: 50_000)
            question.configuration.orphaned = Rate(partsPerMillion: 10_000)
            question.configuration.rejected = Rate(partsPerMillion: 10_000)
            // The few episodes in which an invoice is given up on are no cell in so small a fleet.
            question.configuration.traffic = Rate(partsPerMillion: 200_000)
            if injection.kind == .unexplained {
                // What is flagged by hand is no one's execution; only the divergence is in question.
                question.configuration.orphaned = Rate(partsPerMillion: 100_000)
            }
        }
        decision = GateDecision(question.weighing(waivers))
    }

    /// A brain that flags some customers, whatever they owe.
    private static func brain(flagging customers: Set<CustomerID>) -> Brain {
        Brain(name: "hasty") { state, now, policy in
            var decision = decide(state, at: now, policy)
            if let customer = state.stripeCustomer, customers.contains(customer), !state.isFlagged {
                let flag = Effect.setFlag(bit: badDebtFlagBit, to: true)
                decision.plan.append(.init(effect: flag, rule: decision.rule, invoices: []))
            }
            return decision
        }
    }

    private static func waivers() throws -> Waivers {
        var money = Amounts()
        for code in ["usd", "eur"] {
            let currency = try #require(Currency(code))
            money.add(Money(minorUnits: 10_000_000, currency: currency))
        }
        return try Waivers(
            [(DivergenceClass.voidedInvoiceFlag, 3), (.stuckEvent, 2)].map { cause, count in
                try Waiver(
                    id: "W-\(cause.rawValue)",
                    cause: cause,
                    phase: .webhooks,
                    ticket: "T-1",
                    owner: "billing",
                    role: "engineering",
                    reason: "known",
                    expires: #require(Instant(rfc3339: "2026-08-01T00:00:00Z")),
                    cap: .init(count: count, money: money)
                )
            }
        )
    }
}

/// A fleet's log, to which something is done.
struct SpoiledLog {
    private(set) var fleet: SmallFleet
    private let reader: RecordReader

    init(_ fleet: SmallFleet) throws {
        self.fleet = fleet
        reader = try RecordReader()
    }

    /// How many records there are of which an orphan is one: no marks, no baselines, none twice.
    var events: Int {
        Set(fleet.records.filter { $0.kind != .mark && $0.kind != .baseline }.map(\.id)).count
    }

    /// Flags customers in the database, in one episode of an account at most: that share of all
    /// episodes, in millionths, as chance has it.
    mutating func flagByHand(share partsPerMillion: Int, _ random: inout SeededRandom) throws {
        let episodes = try fleet.report().gateReport.episodes ?? []
        var last: [AccountID: Instant] = [:]
        for episode in episodes where episode.outcome.isJudged {
            let key = episode.key
            last[key.account] = max(last[key.account] ?? key.opened, key.opened)
        }
        guard !last.isEmpty else { return }
        let chance = min(1_000_000, partsPerMillion * episodes.count / last.count)
        for (number, account) in last.keys.sorted().enumerated() {
            guard random.number(0...999_999) < chance, let opened = last[account] else { continue }
            let row = RowChange.Row.account(
                type: .absent,
                flags: .value(1 << UInt64(badDebtFlagBit)),
                ban: .absent
            )
            add(
                MirrorRecord(
                    id: RecordID("by-hand-\(number)"),
                    at: opened.advanced(by: .seconds(20)),
                    account: account,
                    body: .change(RowChange(op: .update, row: row))
                )
            )
        }
    }

    /// Adds events of a customer that no account has.
    mutating func addUnmapped(_ count: Int) {
        let events = fleet.records.compactMap { record -> MirrorRecord? in
            guard case .stripe(var event) = record.body else { return nil }
            var record = record
            event.customer = CustomerID("cus_nobody")
            (record.account, record.body) = (nil, .stripe(event))
            return record
        }
        for number in 0..<count where !events.isEmpty {
            var event = events[number % events.count]
            event.id = RecordID("unmapped-\(number)")
            add(event)
        }
    }

    /// Adds lines that can't be read.
    mutating func addUnreadable(_ count: Int) {
        fleet.lines += (0..<count).map { Array("{\"v\":1,\"id\":\"torn-\($0)".utf8) + [10] }
    }

    /// Takes executions of Path C, which webhooks wake, out of the log, of different accounts.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - random: Which.
    /// - Returns: How many there were to take.
    mutating func loseExecutions(_ count: Int, _ random: inout SeededRandom) -> Int {
        var met: Set<AccountID> = []
        let runs = fleet.records.shuffled(using: &random).filter { record in
            guard case .execution(let execution) = record.body, let account = record.account else {
                return false
            }
            return execution.path == .c && met.insert(account).inserted
        }
        let lost = Set(runs.prefix(count).map(\.id))
        fleet.lines.removeAll { line in
            (try? reader.read(copying: Array(line.dropLast()))).map { lost.contains($0.id) }
                ?? false
        }
        return lost.count
    }

    /// Customers of some accounts.
    func customers(_ count: Int) -> Set<CustomerID> {
        let shards = fleet.shards(1)
        let ordered = shards.customers.sorted { $0.value < $1.value }.map(\.key)
        return Set(ordered.prefix(count))
    }

    /// Ends the log after so many days.
    mutating func cut(to days: Int) {
        let end = fleet.start.advanced(by: .days(Int64(days)))
        fleet.lines.removeAll { line in
            (try? reader.read(copying: Array(line.dropLast()))).map { ($0.seen ?? $0.at) > end }
                ?? false
        }
    }

    private mutating func add(_ record: MirrorRecord) {
        fleet.lines.append(RecordWriter().line(record))
    }
}
