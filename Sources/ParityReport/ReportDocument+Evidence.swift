package import BillingModel
package import DivergenceAnalysis
package import MirrorLog
package import ShadowRun

extension ReportDocument {
    /// What the gate weighs besides the divergences.
    package struct Evidence: Hashable, Sendable {
        /// The first event time; `nil` of a log without records.
        package var from: Instant?
        /// The longest time in which no source told of anything, where it is longer than minutes.
        package var longestSilence: Gap?
        /// The times, each longer than a day, in which no source told of anything, in order.
        package var silences: [Gap]
        /// What each source delivered, in the order of the sources.
        package var sources: [Source]
        /// What became of every record, a row for each kind.
        package var ledger: [LedgerRow]
        /// The records that nothing answers to.
        package var orphans: [DeliveryLedger.Orphan]
        /// How many episodes of each kind came to what.
        package var cells: [Cell]
        /// How many episodes of each day came to what.
        package var days: [Day]
        /// How often legacy ended the same situation in what.
        package var situations: [SituationTally]
    }

    /// A source and what it delivered.
    package struct Source: Hashable, Sendable {
        /// The source.
        package var source: Mark.Source
        /// What it delivered.
        package var activity: MirrorActivity.SourceActivity

        /// A source and what it delivered.
        package init(source: Mark.Source, activity: MirrorActivity.SourceActivity) {
            self.source = source
            self.activity = activity
        }
    }

    /// The episodes of one kind.
    package struct Cell: Hashable, Sendable {
        /// The kind.
        package var cell: EpisodeCell
        /// What they came to.
        package var tally: EpisodeTally

        /// The episodes of one kind.
        package init(cell: EpisodeCell, tally: EpisodeTally) {
            self.cell = cell
            self.tally = tally
        }
    }

    /// The episodes of one day.
    package struct Day: Hashable, Sendable {
        /// The day, within a phase.
        package var day: EpisodeDay
        /// What they came to.
        package var tally: EpisodeTally

        /// The episodes of one day.
        package init(day: EpisodeDay, tally: EpisodeTally) {
            self.day = day
            self.tally = tally
        }
    }

    static func readEvidence(_ report: ReportObject) throws(Misreading) -> Evidence {
        let observation = try report.read("observation") { value throws(Misreading) in
            let object = try ReportObject(value)
            return (
                from: try object.nullable("from", ReportValue.instant),
                silence: try object.nullable("longest_silence", readGap),
                silences: try object.list("silences", readGap),
                sources: try object.list("sources", readSource)
            )
        }
        return Evidence(
            from: observation.from,
            longestSilence: observation.silence,
            silences: observation.silences,
            sources: observation.sources,
            ledger: try report.list("ledger", readLedgerRow),
            orphans: try report.list("orphaned", readOrphan),
            cells: try report.list("cells") { value throws(Misreading) in
                let object = try ReportObject(value)
                let cell = EpisodeCell(
                    trigger: try object.read("trigger", ReportValue.text),
                    accountType: try object.read("account_type", ReportValue.text),
                    phase: try object.read("phase", ReportValue.phase)
                )
                return Cell(cell: cell, tally: try readTally(object))
            },
            days: try report.list("days") { value throws(Misreading) in
                let object = try ReportObject(value)
                let day = EpisodeDay(
                    day: try object.read("day", ReportValue.text),
                    phase: try object.read("phase", ReportValue.phase)
                )
                return Day(day: day, tally: try readTally(object))
            },
            situations: try report.list("noise", readSituation)
        )
    }

    private static func readGap(_ value: JSONValue) throws(Misreading) -> Gap {
        let object = try ReportObject(value)
        return Gap(
            from: try object.read("from", ReportValue.instant),
            to: try object.read("to", ReportValue.instant)
        )
    }

    private static func readSource(_ value: JSONValue) throws(Misreading) -> Source {
        let object = try ReportObject(value)
        var activity = MirrorActivity.SourceActivity()
        activity.records = try object.read("records", ReportValue.count)
        activity.first = try object.nullable("first", ReportValue.instant)
        activity.last = try object.nullable("last", ReportValue.instant)
        activity.through = try object.nullable("through", ReportValue.instant)
        activity.gaps = try object.list("gaps", readGap)
        return Source(
            source: try object.read("source") { value throws(Misreading) in
                try ReportValue.word(value, "source")
            },
            activity: activity
        )
    }

    private static func readLedgerRow(_ value: JSONValue) throws(Misreading) -> LedgerRow {
        let object = try ReportObject(value)
        return LedgerRow(
            kind: try object.read("kind", readKind),
            received: try object.read("received", ReportValue.count),
            redelivered: try object.read("redelivered", ReportValue.count),
            leftOut: try object.read("left_out", ReportValue.count),
            matched: try object.read("matched", ReportValue.count),
            pending: try object.read("pending", ReportValue.count),
            orphaned: try object.read("orphaned", ReportValue.count)
        )
    }

    private static func readKind(_ value: JSONValue) throws(Misreading) -> MirrorRecord.Kind {
        try ReportValue.word(value, "kind of record")
    }

    private static func readOrphan(
        _ value: JSONValue
    ) throws(Misreading) -> DeliveryLedger.Orphan {
        let object = try ReportObject(value)
        return DeliveryLedger.Orphan(
            record: try object.read("record", ReportValue.id),
            kind: try object.read("kind", readKind),
            account: try object.nullable("account", ReportValue.id),
            why: try object.read("why") { value throws(Misreading) in
                try ReportValue.word(value, "reason")
            },
            opened: try object.nullable("opened", ReportValue.instant)
        )
    }

    private static func readTally(_ object: ReportObject) throws(Misreading) -> EpisodeTally {
        var tally = EpisodeTally()
        tally.match = try object.read("match", ReportValue.count)
        tally.divergent = try object.read("divergent", ReportValue.count)
        tally.unexplained = try object.read("unexplained", ReportValue.count)
        tally.brainDefect = try object.read("brain_defect", ReportValue.count)
        tally.open = try object.read("open", ReportValue.count)
        tally.incomplete = try object.read("incomplete", ReportValue.count)
        return tally
    }

    private static func readSituation(
        _ value: JSONValue
    ) throws(Misreading) -> SituationTally {
        let object = try ReportObject(value)
        let counts = try object.read("set") { value throws(Misreading) in
            let object = try ReportObject(value)
            var counts: [Int] = []
            for facet in Situation.facets {
                counts.append(try object.read(facet, ReportValue.count))
            }
            return counts
        }
        return SituationTally(
            situation: try object.read("situation", ReportValue.text),
            episodes: try object.read("episodes", ReportValue.count),
            counts: counts
        )
    }

    /// Reads what one run did to the customer and the other did not.
    static func readTaken(_ value: JSONValue) throws(Misreading) -> Consequence {
        let text = try ReportValue.text(value)
        guard let consequence = Consequence(reportName: text) else {
            throw ReportValue.unknown(text, "consequence")
        }
        return consequence
    }
}

extension Consequence {
    /// Reads a consequence as reports name it: the inverse of ``description``.
    package init?(reportName name: String) {
        // By scalars: a colon with a combining mark behind it is no colon to a search by characters.
        let parts = name.unicodeScalars
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let id = parts.count == 2 ? String(parts[1]) : nil
        switch (parts.first.map(String.init), id) {
        case ("flag", nil): self = .flag
        case ("ban", nil): self = .ban
        case ("cancel", let id?): self = .cancel(SubscriptionID(id))
        case ("delete_items", let id?): self = .deleteItems(SubscriptionID(id))
        case ("charge", let id?): self = .charge(InvoiceID(id))
        default: return nil
        }
    }
}
