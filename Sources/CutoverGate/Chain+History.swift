import BillingModel
import ParityReport
import ShadowRun

extension Chain {
    /// All records as a table of at most 100 columns, and under it why phases were rolled back.
    package var history: String {
        var table = TextTable([
            ("record", .right), ("at", .left), ("phase", .right), ("verdict", .left),
            ("brain", .left), ("policy", .left), ("digest", .left),
        ])
        var reasons = ""
        for record in records {
            let entry = record.entry
            table.add([
                String(record.sequence), entry.at.toTheSecond, String(entry.phase.rawValue),
                entry.verdict?.rawValue ?? "rollback", PlainText.line(entry.brain, most: 14),
                String(entry.policy.prefix(12)), String(record.digest.prefix(12)),
            ])
            if case .rollback(let phase, let reason, let by) = entry.kind {
                let sentence =
                    "record \(record.sequence): phase \(phase.rawValue) rolled back by \(by): \(reason)"
                let lines = PlainText.wrapped(sentence, at: 100, indent: "  ")
                reasons += lines.joined(separator: "\n") + "\n"
            }
        }
        return table.text + (reasons.isEmpty ? "" : "\n" + reasons)
    }
}

extension Instant {
    /// RFC 3339 without parts of a second, which no reader of a table needs.
    fileprivate var toTheSecond: String {
        Instant(unixSeconds: unixSeconds)?.description ?? description
    }
}
