import BillingModel
import CutoverGate
import DivergenceAnalysis
import FleetSimulation
import MirrorLog
import ParityReport
import ShadowRun

/// A small fleet that was simulated, and what a replay makes of it or of a part of it.
struct SmallFleet {
    /// The lines of its log, in order of arrival.
    var lines: [[UInt8]]
    /// When the fleet's time begins.
    let start: Instant

    /// A fleet that a plan leads to.
    init(_ plan: FleetPlan) throws {
        var lines: [[UInt8]] = []
        try FleetSimulation.run(plan: plan, writeRecord: { lines.append($0) }, writeTruth: { _ in })
        self.lines = lines
        start = plan.start
    }

    /// A plan in which nothing goes wrong: 60 accounts over 24 days, unless it is changed.
    static func plan(_ change: (inout FleetPlan) -> Void = { _ in }) throws -> FleetPlan {
        var plan = try FleetPlan(yaml: text)
        change(&plan)
        return plan
    }

    /// Nothing goes wrong.
    static let clean = Result { try SmallFleet(plan()) }

    /// Every known defect of phase 1, an unexplained difference and lost records.
    static let bad = Result {
        let defects: [Defect] = [.race, .missingUnflag, .stuckEvent, .voidedInvoiceFlag]
        return try SmallFleet(
            plan { plan in
                plan.accounts = [Weighted(AccountType("pay_go"), 90)]
                plan.defects = defects.map { Weighted($0, 2) }
                plan.delivery.unreadable = 4
            }
        )
    }

    /// What a replay of the log writes.
    ///
    /// - Parameters:
    ///   - name: What the report is called.
    ///   - settings: What verdicts depend on.
    ///   - isMeant: Which lines are replayed.
    /// - Returns: The files.
    /// - Throws: ``RecordError`` where the log can't be read.
    func report(
        _ name: String = "report",
        settings: JudgeSettings = JudgeSettings(),
        of isMeant: (MirrorRecord) -> Bool = { _ in true }
    ) throws -> ReplayedLog {
        let reader = try RecordReader()
        let text = lines.filter { line in
            guard let record = try? reader.read(copying: Array(line.dropLast())) else {
                return true
            }
            return isMeant(record)
        }
        return try ReplayedLog(name, Array(text.joined()), settings: settings)
    }

    private static let text = """
        seed: 7
        start: 2026-04-01T00:00:00Z
        days: 24
        accounts: { known: { pay_go: 60 }, unknown: {} }
        currencies: { usd: 80, eur: 20 }
        shapes: { y2019: 60, basil: 40 }
        envelopes: { bare: 100 }
        billing:
          every: 6d
          debtors: 0
          drafts: 0
          charges: 0
          outcomes: { paid: 800, given_up: 200 }
        latencies:
          forward: [200, 2500]
          request: [50, 600]
          write: [80, 900]
          echo: [100, 800]
          image: [0, 8]
        delivery:
          lag: [100, 3000]
          out_of_order: 40
          out_of_order_up_to: 90s
          late: 0
          late_up_to: 6h
          duplicated: 12
          unreadable: 0
          without_account: 150
          marks_every: 1h
          tables: [subs_account, subs_customer, subs_subscription, subs_stuck_events]
        contended: 0
        defects: {}
        """
}

/// A log that was replayed: the files that the gate reads.
struct ReplayedLog {
    /// `report.json`.
    var report: GateFile
    /// `episodes.ndjson`.
    var episodes: GateFile

    /// Replays a log.
    init(_ name: String, _ log: [UInt8], settings: JudgeSettings = JudgeSettings()) throws {
        var replay = Replay(settings: settings, program: "a test")
        try replay.read(whole: log, reject: { _ in })
        var listing = EpisodeListing()
        let report = try replay.report(
            scope: nil,
            keepsSettled: false,
            findsReproducers: false,
            each: { listing.add($0) },
            reject: { _ in }
        )
        var json: [UInt8] = []
        try report.writeJSON { json += $0 }
        self.report = GateFile(name: "\(name)/report.json", bytes: json)
        episodes = GateFile(name: "\(name)/episodes.ndjson", bytes: listing.drain())
    }

    /// As the gate takes it.
    var files: (report: GateFile, episodes: GateFile?) { (report, episodes) }

    /// As an observation takes it.
    var gateReport: GateReport {
        get throws {
            let lines = episodes.bytes.split(separator: UInt8(ascii: "\n"))
            return GateReport(
                name: report.name,
                document: try ReportDocument(json: report.bytes),
                episodes: try lines.map { try ListedEpisode(Array($0)) }
            )
        }
    }
}

/// Accounts dealt out to several workers.
struct Shards {
    /// How many workers there are.
    let count: Int
    /// Whose each Stripe customer is, as the baselines say.
    var customers: [CustomerID: AccountID] = [:]
    /// The accounts, sorted.
    var accounts: [AccountID] = []

    /// Which worker has an account.
    func of(_ account: AccountID) -> Int { (accounts.firstIndex(of: account) ?? 0) % count }
}

extension SmallFleet {
    /// The log's accounts dealt out to so many workers.
    func shards(_ count: Int) -> Shards {
        var shards = Shards(count: count)
        for record in records {
            guard case .baseline(let state) = record.body, let account = record.account else {
                continue
            }
            if let customer = state.stripeCustomer { shards.customers[customer] = account }
            shards.accounts.append(account)
        }
        shards.accounts.sort()
        return shards
    }

    /// The records of the log, without the lines that can't be read.
    var records: [MirrorRecord] {
        guard let reader = try? RecordReader() else { return [] }
        return lines.compactMap { try? reader.read(copying: Array($0.dropLast())) }
    }
}

extension MirrorRecord {
    /// Whose a record is; `nil` of a mark, which is everybody's.
    func owner(_ customers: [CustomerID: AccountID]) -> AccountID? {
        if let account { return account }
        guard case .stripe(let event) = body, let customer = event.customer else { return nil }
        return customers[customer]
    }
}
