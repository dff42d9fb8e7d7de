import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ShadowRun

extension ParityReport {
    /// Writes what the gate weighs besides the divergences: coverage, completeness, noise.
    func writeEvidence(
        into text: inout JSONText,
        _ write: ([UInt8]) throws -> Void
    ) rethrows {
        text.object("observation") { text in activity.write(into: &text) }
        try text.list("ledger", ledgerRows, write) { $0.write(into: &$1) }
        try text.list("orphaned", ledger.orphans, write) { $0.write(into: &$1) }
        try text.list("cells", cells, write) { row, text in
            text.object { text in
                text.member("trigger", row.cell.trigger)
                text.member("account_type", row.cell.accountType)
                text.member("phase", Int64(row.cell.phase.rawValue))
                row.tally.write(into: &text)
            }
        }
        try text.list("days", days, write) { row, text in
            text.object { text in
                text.member("day", row.day.day)
                text.member("phase", Int64(row.day.phase.rawValue))
                row.tally.write(into: &text)
            }
        }
        try text.list("noise", situations, write) { tally, text in
            text.object { text in
                text.member("situation", tally.situation)
                text.member("episodes", Int64(tally.episodes))
                text.object("set") { text in
                    for (facet, count) in zip(Situation.facets, tally.counts) {
                        text.member(facet, Int64(count))
                    }
                }
            }
        }
    }

    /// The ledger, a row for each kind of record.
    package var ledgerRows: [LedgerRow] {
        MirrorRecord.Kind.allCases.map { kind in
            let delivered = activity.kinds[kind.place]
            let entry = ledger.kinds[kind.place]
            return LedgerRow(
                kind: kind,
                received: delivered.received,
                redelivered: delivered.redelivered + entry.redelivered,
                leftOut: entry.leftOut,
                matched: entry.matched,
                pending: entry.pending,
                orphaned: entry.orphaned
            )
        }
    }
}

/// What became of the records of one kind.
package struct LedgerRow: Hashable, Sendable {
    /// The kind.
    package var kind: MirrorRecord.Kind
    /// All that were delivered.
    package var received: Int
    /// Those whose id had come before.
    package var redelivered: Int
    /// Test-mode events left out of a log of live mode.
    package var leftOut: Int
    /// Those that are accounted for.
    package var matched: Int
    /// Those that have not settled.
    package var pending: Int
    /// Those that nothing answers to.
    package var orphaned: Int

    /// A row of the ledger.
    package init(
        kind: MirrorRecord.Kind,
        received: Int,
        redelivered: Int,
        leftOut: Int,
        matched: Int,
        pending: Int,
        orphaned: Int
    ) {
        self.kind = kind
        self.received = received
        self.redelivered = redelivered
        self.leftOut = leftOut
        self.matched = matched
        self.pending = pending
        self.orphaned = orphaned
    }

    /// Whether every record that was delivered came to something, and none to two things.
    package var balances: Bool {
        received == redelivered + leftOut + matched + pending + orphaned
    }

    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("kind", kind.rawValue)
            text.member("received", Int64(received))
            text.member("redelivered", Int64(redelivered))
            text.member("left_out", Int64(leftOut))
            text.member("matched", Int64(matched))
            text.member("pending", Int64(pending))
            text.member("orphaned", Int64(orphaned))
        }
    }
}

extension EpisodeTally {
    fileprivate func write(into text: inout JSONText) {
        text.member("match", Int64(match))
        text.member("divergent", Int64(divergent))
        text.member("unexplained", Int64(unexplained))
        text.member("brain_defect", Int64(brainDefect))
        text.member("open", Int64(open))
        text.member("incomplete", Int64(incomplete))
    }
}

extension MirrorActivity {
    /// Silences that are longer are told one by one.
    private static let toldFrom = TimeSpan.days(1)

    /// The longest silence, the first of several that are as long; and those that are told one by one.
    var toldSilences: (longest: Gap?, long: [Gap]) {
        let silences = silences
        return (
            silences.reversed().max { $0.to.since($0.from) < $1.to.since($1.from) },
            silences.filter { $0.to.since($0.from) > Self.toldFrom }
        )
    }

    fileprivate func write(into text: inout JSONText) {
        text.member("from", first)
        text.key("longest_silence")
        let told = toldSilences
        if let longest = told.longest { longest.write(into: &text) } else { text.null() }
        text.array("silences") { text in
            for silence in told.long { silence.write(into: &text) }
        }
        text.array("sources") { text in
            for (source, activity) in zip(Mark.Source.allCases, sources) {
                text.object { text in
                    text.member("source", source.rawValue)
                    text.member("records", Int64(activity.records))
                    text.member("first", activity.first)
                    text.member("last", activity.last)
                    text.member("through", activity.through)
                    text.array("gaps") { text in
                        for gap in activity.gaps { gap.write(into: &text) }
                    }
                }
            }
        }
    }
}

extension Gap {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("from", from)
            text.member("to", to)
        }
    }
}

extension DeliveryLedger.Orphan {
    fileprivate func write(into text: inout JSONText) {
        text.object { text in
            text.member("record", record.rawValue)
            text.member("kind", kind.rawValue)
            text.member("account", account?.rawValue)
            text.member("why", why.rawValue)
            text.member("opened", opened)
        }
    }
}
