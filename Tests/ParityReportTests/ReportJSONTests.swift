import BillingModel
import DivergenceAnalysis
import Foundation
import MirrorLog
import ParityReport
import ShadowRun
import Testing

/// The form of `report.json`, which other programs rely on.
struct ReportJSONTests {
    private static let records =
        MadeUp.flagged("acct_1") + [MadeUp.request(.payBadDebt, "acct_1", at: 1)]
        + [MadeUp.charge("acct_1", at: 240)] + MadeUp.flagged("acct_2")

    private func keys(_ value: Any?) throws -> Set<String> {
        Set(try #require(value as? [String: Any]).keys)
    }

    private func first(_ value: Any?) throws -> [String: Any] {
        try #require((value as? [[String: Any]])?.first)
    }

    @Test("the report holds the parts that the specification names")
    func parts() throws {
        let report = try MadeUp.report(on: Self.records).parsed()
        #expect(report["schema"] as? Int == 1)
        #expect(try keys(report).isSuperset(of: ["schema", "summary", "divergences", "settled"]))
        let summary = try #require(report["summary"] as? [String: Any])
        #expect(
            try keys(summary).isSuperset(of: [
                "records", "rejected", "redelivered", "accounts", "episodes", "divergences",
                "fidelity", "types", "unknown_types",
            ])
        )
        #expect(
            try keys(summary["episodes"])
                .isSuperset(of: ["judged", "match", "divergent", "open", "incomplete"])
        )
        #expect(try keys(summary["fidelity"]) == ["A", "B", "C", "D", "E"])
        let path = (summary["fidelity"] as? [String: Any])?["C"]
        #expect(try keys(path) == ["executions", "exact"])
        #expect(summary["types"] as? [String: Int] == ["pay_go": 2])
        let classes = Set(DivergenceClass.allCases.map(\.rawValue))
        #expect(try keys(summary["divergences"]) == classes)
        #expect(try keys(report["input"]).isSuperset(of: ["log", "policy", "settings"]))
    }

    @Test("a divergence holds what the specification names, the reproducer aside")
    func divergence() throws {
        let report = try MadeUp.report(on: Self.records).parsed()
        let divergence = try first(report["divergences"])
        #expect(
            try keys(divergence).isSuperset(of: [
                "id", "account", "account_type", "opened", "closed", "extent", "classes", "phase",
                "facets", "intervention", "records", "reproducer", "stake",
            ])
        )
        #expect(divergence["account"] as? String == "acct_1")
        #expect(divergence["account_type"] as? String == "pay_go")
        #expect(divergence["opened"] as? String == "2026-03-02T12:00:00Z")
        #expect(divergence["closed"] as? String == "2026-03-02T12:16:00Z")
        #expect(divergence["extent"] as? String == "lasting")
        #expect(divergence["records"] as? [String] == ["image-acct_1", "pay_bad_debt-acct_1"])
        let facet = try first(divergence["facets"])
        #expect(try keys(facet) == ["facet", "legacy", "brain"])
        #expect(facet["facet"] as? String == "bad_debt_flag")
        #expect(facet["legacy"] as? Bool == true)
        #expect(facet["brain"] as? Bool == false)
        #expect(try keys(divergence["stake"]) == ["amounts", "subscriptions"])
    }

    @Test("an intervention names its class, its execution and its invoice")
    func intervention() throws {
        // A request that nobody served, alone.
        let records = [
            MadeUp.charge("acct_1", at: -30), MadeUp.request(.payBadDebt, "acct_1", at: 0),
        ]
        let report = try MadeUp.report(on: MadeUp.flagged("acct_1").dropLast() + records).parsed()
        let divergence = try first(report["divergences"])
        #expect(divergence["classes"] as? [String] == ["stuck_event"])
        #expect(divergence["phase"] as? Int == 2)
        let intervention = try first(divergence["intervention"])
        #expect(try keys(intervention).isSuperset(of: ["class", "execution", "invoice"]))
        #expect(intervention["class"] as? String == "stuck_event")
        #expect(intervention["execution"] is NSNull)
    }

    @Test("a settled account is told with both runs, and only where it was asked for")
    func settled() throws {
        let report = try MadeUp.report(on: Self.records).parsed()
        let settled = try first(report["settled"])
        #expect(try keys(settled) == ["account", "at", "legacy", "brain"])
        let state: Set = ["flagged", "banned", "live_subscriptions"]
        #expect(try keys(settled["legacy"]) == state)
        #expect(try keys(settled["brain"]) == state)
        #expect(settled["at"] as? String == "2026-03-02T16:15:00Z")
        let plain = try MadeUp.report(on: Self.records, keepsSettled: false).parsed()
        #expect(plain["settled"] == nil)
    }

    @Test("a standing difference is told once, with the divergence that it came from")
    func standing() throws {
        let records = Self.records + [MadeUp.charge("acct_1", at: 480, "later")]
        let report = try MadeUp.report(on: records).parsed()
        let standing = try #require(report["standing"] as? [[String: Any]])
        let divergence = try first(report["divergences"])
        #expect(standing.count == 1)
        #expect(standing.first?["origin"] as? String == divergence["id"] as? String)
        #expect(standing.first?["episodes"] as? Int == 2)
        #expect(standing.first?["since"] as? String == "2026-03-02T16:00:00Z")
    }

    @Test("a difference from before the log has no origin")
    func standingFromBefore() throws {
        var state = AccountState()
        state.type = .known(.startup)
        state.isFlagged = true
        let baseline = MirrorRecord(
            id: RecordID("b"),
            at: MadeUp.at(-60),
            account: AccountID("acct_1"),
            body: .baseline(state)
        )
        let report = try MadeUp.report(on: [baseline, MadeUp.charge("acct_1", at: 0)]).parsed()
        let standing = try first(report["standing"])
        #expect(standing["origin"] is NSNull)
        #expect((report["divergences"] as? [Any])?.isEmpty == true)
    }

    @Test("an id is the same in every replay, whatever else the log holds")
    func stableIDs() throws {
        let alone = try MadeUp.report(on: MadeUp.flagged("acct_1"))
        let among = try MadeUp.report(
            on: MadeUp.flagged("acct_0") + MadeUp.flagged("acct_1") + MadeUp.flagged("acct_2")
        )
        let id = try #require(alone.divergences.first).divergence.id
        let ids = among.divergences.map(\.divergence.id)
        #expect(ids.contains(id))
        #expect(Set(ids).count == 3)
        #expect(id.hasPrefix("dv_"))
        #expect(id.count == 19)
        // What happened is told by account, opening and facets alone.
        let other = try MadeUp.report(on: MadeUp.flagged("acct_1", "another"))
        #expect(other.divergences.first?.divergence.id == id)
    }

    @Test("text from the log can't break the report's form")
    func escaping() throws {
        let evil = "a\"}],\\ \n\u{0}\u{1F}\u{2028}é😀"
        let report = try MadeUp.report(on: MadeUp.flagged(evil)).parsed()
        #expect(try first(report["divergences"])["account"] as? String == evil)
    }

    @Test("a divergence stands on a line of its own")
    func lines() throws {
        let report = try MadeUp.report(on: Self.records)
        let text = String(decoding: report.json(), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count { $0.contains("\"id\":") } == report.divergences.count)
        #expect(report.divergences.count == 2)
        #expect(text.hasSuffix("}\n"))
    }

    @Test("a scope leaves out the episodes of later phases, and counts them")
    func scope() throws {
        let records = MadeUp.flagged("acct_1") + [MadeUp.request(.payBadDebt, "acct_1", at: 120)]
        let whole = try MadeUp.report(on: records)
        #expect(whole.divergences.map(\.episode.phase) == [.webhooks, .payments])
        let first = try MadeUp.report(on: records, scope: .webhooks)
        #expect(first.divergences.map(\.episode.phase) == [.webhooks])
        #expect(first.episodes.outOfScope == 1)
        #expect(first.episodes.judged == 1)
        #expect(try MadeUp.report(on: records, scope: .payments).divergences.count == 2)
    }
}
