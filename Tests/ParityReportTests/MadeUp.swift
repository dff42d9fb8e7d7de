import BillingModel
import DivergenceAnalysis
import DunningBrain
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// Verdicts and reports made up for a test, without any log behind them.
enum MadeUp {
    /// Noon of 2 March 2026.
    static let noon = Instant(microseconds: 1_772_452_800_000_000)

    static func at(_ minutes: Int64) -> Instant { noon.advanced(by: .minutes(minutes)) }

    /// An account that a row image shows flagged, and nobody knows why.
    static func flagged(_ account: String, _ story: String = "image") -> [MirrorRecord] {
        var state = AccountState()
        state.type = .known(.payGo)
        state.stripeCustomer = CustomerID("cus_\(account)")
        let id = AccountID(account)
        return [
            MirrorRecord(
                id: RecordID("b-\(account)"),
                at: at(-60),
                account: id,
                body: .baseline(state)
            ),
            MirrorRecord(
                id: RecordID("\(story)-\(account)"),
                at: at(0),
                account: id,
                body: .change(
                    RowChange(
                        op: .update,
                        row: .account(type: .absent, flags: .value(1 << 15), ban: .absent)
                    )
                )
            ),
        ]
    }

    /// Somebody's charge, which only wakes.
    static func charge(_ account: String, at minutes: Int64, _ name: String = "ch") -> MirrorRecord
    {
        MirrorRecord(
            id: RecordID("\(name)-\(account)"),
            at: at(minutes),
            account: AccountID(account),
            body: .stripe(
                StripeEvent(
                    id: "evt-\(name)",
                    type: StripeEventType("charge.succeeded"),
                    created: at(minutes),
                    object: .other
                )
            )
        )
    }

    /// A request that nobody serves.
    static func request(_ kind: Request.Kind, _ account: String, at minutes: Int64) -> MirrorRecord
    {
        MirrorRecord(
            id: RecordID("\(kind.name)-\(account)"),
            at: at(minutes),
            account: AccountID(account),
            body: .request(Request(kind: kind, actor: "customer"))
        )
    }

    /// The report on some records, every source being complete for a day.
    static func report(
        on records: [MirrorRecord],
        scope: Phase? = nil,
        keepsSettled: Bool = true,
        settings: JudgeSettings = JudgeSettings()
    ) throws -> ParityReport {
        var engine = ParityEngine(settings: settings)
        for record in records { engine.feed(record) }
        engine.feed(
            MirrorRecord(
                id: RecordID("mark"),
                at: at(1440),
                account: nil,
                body: .mark(Mark(source: .stripe, says: .through(at(1440))))
            )
        )
        var builder = ReportBuilder(scope: scope, keepsSettled: keepsSettled)
        try engine.judgeAll { builder.add($0) }
        var counts = ParityReport.RecordCounts()
        counts.records = engine.counts.records
        let input = ParityReport.Input(
            logDigest: String(repeating: "0", count: 64),
            settings: settings,
            scope: scope,
            program: "a test"
        )
        return try builder.report(input, counts, engine.coverage)
    }
}

extension ParityReport {
    /// `report.json`, read by another reader than the one that wrote it.
    func parsed() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(json()))
        return try #require(object as? [String: Any])
    }
}
