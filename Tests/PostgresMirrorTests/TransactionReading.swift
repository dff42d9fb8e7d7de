import BillingModel
import MirrorLog
import PostgresMirror
import Testing

/// Reads made-up transactions of the standard tables, for tests.
protocol TransactionReading {}

extension TransactionReading {
    var tables: [[UInt8]] {
        [
            MessageBytes.relation(
                1,
                "public",
                "subs_account",
                ["id", "account_type", "flags", "ban", "updated_by"]
            ),
            MessageBytes.relation(
                2,
                "public",
                "subs_subscription",
                ["id", "account_id", "status", "reason", "items"]
            ),
            MessageBytes.relation(
                3,
                "public",
                "subs_customer",
                ["account_id", "stripe_customer", "bad_debt", "legal_entity"]
            ),
            MessageBytes.relation(
                4,
                "public",
                "subs_request",
                ["id", "account_id", "type", "actor", "to", "at"]
            ),
            MessageBytes.relation(
                5,
                "public",
                "subs_execution",
                [
                    "id", "account_id", "path", "trigger", "started", "finished", "outcome",
                    "error",
                    "effects",
                ]
            ),
            MessageBytes.relation(6, "public", "unwatched", ["id"]),
            MessageBytes.relation(
                7,
                "public",
                "subs_dunning",
                ["account_id", "event_id", "recorded_at"]
            ),
        ]
    }

    /// 2026-03-02T10:00:00Z in the protocol's count.
    var time: Int {
        825_760_800_000_000
    }

    func captured(
        _ messages: [[UInt8]],
        rules: String = "[]",
        limit: Int = 20_000
    ) throws -> TransactionRecords.Captured {
        let yaml = RowMapping.standardYAML.replacing("rules: []", with: "rules: \(rules)")
        var maker = try TransactionRecords(
            mapping: RowMapping(yaml: yaml),
            names: RecordNames(system: "7301", timeline: "1")
        )
        let seen = try #require(Instant(rfc3339: "2026-03-02T10:00:05Z"))
        let all =
            [MessageBytes.begin(0x16B_3748, time: time, xid: 731)] + tables + messages
            + [MessageBytes.commit(0x16B_3748, end: 0x16B_3800, time: time)]
        var whole = TransactionRecords.Captured()
        for part in try transactions(all, limit: limit) {
            let captured = maker.records(of: part, seen: seen)
            whole.records += captured.records
            whole.rejects += captured.rejects
            whole.tally.add(captured.tally)
            whole.emptiesBaselines = whole.emptiesBaselines || captured.emptiesBaselines
        }
        return whole
    }

    func lines(_ captured: TransactionRecords.Captured) -> [String] {
        captured.records.map { String(decoding: $0.line, as: UTF8.self) }
    }

    func executions(
        _ captured: TransactionRecords.Captured
    ) -> [(record: MirrorRecord, run: Execution)] {
        captured.records.compactMap { captured in
            if case .execution(let run) = captured.record.body {
                (captured.record, run)
            } else {
                nil
            }
        }
    }

    var flagged: [UInt8] {
        MessageBytes.update(
            1,
            old: ["a1", "pay_go", "1", nil, nil],
            new: ["a1", "pay_go", "32769", "bad_debt", "worker"]
        )
    }

    var canceled: [UInt8] {
        MessageBytes.update(
            2,
            old: ["sub_1", "a1", "active", nil, "{si_1,si_2}"],
            new: ["sub_1", "a1", "canceled", "bad_debt", "{si_1}"]
        )
    }

    var doings: [Effect] {
        [
            .setFlag(bit: 15, to: true), .setBan(.badDebt),
            .cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt"),
            .deleteItems(SubscriptionID("sub_1"), [ItemID("si_2")]),
        ]
    }

}
