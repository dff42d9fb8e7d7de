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
                reasons += Self.wrapped(sentence, at: 100)
            }
        }
        return table.text + (reasons.isEmpty ? "" : "\n" + reasons)
    }

    /// A sentence in lines, those after the first indented; a longer word is broken.
    private static func wrapped(_ sentence: String, at width: Int) -> String {
        var lines = ""
        var line = ""
        for word in sentence.split(separator: " ") {
            var rest = Substring(word)
            if !line.isEmpty, line.count + 1 + rest.count > width {
                lines += line + "\n"
                line = " "
            }
            if !line.isEmpty { line += " " }
            while line.count + rest.count > width {
                let part = rest.prefix(width - line.count)
                lines += line + part + "\n"
                rest = rest.dropFirst(part.count)
                line = "  "
            }
            line += rest
        }
        return lines + line + "\n"
    }
}

extension Instant {
    /// RFC 3339 without parts of a second, which no reader of a table needs.
    fileprivate var toTheSecond: String {
        Instant(unixSeconds: unixSeconds)?.description ?? description
    }
}
