import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ShadowRun

extension ReportDocument {
    /// What a report's `report.json` says, without writing it and reading it back.
    ///
    /// The text is the authority: where a value may read back as another one, or not at all, it is
    /// written and read for all that.
    /// - Parameter report: The report.
    /// - Throws: ``RecordError``, as ``init(json:)`` does of the report's text.
    /// - Complexity: O(n) in what is listed; names and records are shared with the report.
    package init(_ report: ParityReport) throws(RecordError) {
        guard report.readsBack else {
            self = try ReportDocument(json: report.json())
            return
        }
        let divergences = report.divergences.indices.map { Entry(report.divergences[$0]) }
        self.init(copying: report, divergences, settings: try report.input.readSettings())
        do throws(Misreading) {
            try check()
        } catch {
            throw error.error
        }
    }

    /// The same, with some of the divergences only: where there are too many to be held, and the
    /// report was just made, so that its counts need not be held against what is listed.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - divergences: Those that it is to hold.
    /// - Throws: ``RecordError`` where the report's text would be refused, and where it can't be
    ///   made.
    package init(_ report: ParityReport, holding divergences: [Entry]) throws {
        guard report.readsBack else {
            var text: [UInt8] = []
            try report.writeJSON { text += $0 }
            self = try ReportDocument(json: text)
            return
        }
        let settings = try report.input.readSettings()
        self.init(copying: report, divergences, settings: settings)
    }

    private init(
        copying report: ParityReport,
        _ divergences: [Entry],
        settings: [JSONTree.Member]
    ) {
        input = Input(
            log: report.input.logDigest,
            policy: report.input.policyDigest,
            brain: report.input.settings.brain.identity,
            program: report.input.program,
            settle: report.input.settings.settle,
            scope: report.input.scope,
            settings: settings
        )
        summary = Summary(report)
        self.divergences = divergences
        standing = report.standing
        unconfirmed = report.unconfirmed.map {
            UnconfirmedEffect(execution: $0.execution, table: $0.table)
        }
        evidence = Evidence(report)
        settled = report.settled?.map(SettledAccount.init)
    }
}

extension ReportDocument.Summary {
    fileprivate init(_ report: ParityReport) {
        records = report.records.records
        rejected = report.records.rejected
        redelivered = report.records.redelivered
        unmapped = report.records.unmapped
        accounts = report.episodes.accounts
        episodes = ReportDocument.Episodes(
            judged: report.episodes.judged,
            match: report.episodes.match,
            divergent: report.episodes.divergent,
            open: report.episodes.open,
            incomplete: report.episodes.incompleteCount,
            reasons: report.episodes.incomplete.map { .init(subject: $0.0, count: $0.1) },
            outOfScope: report.episodes.outOfScope
        )
        divergences = report.classCounts.map { .init(subject: $0.cause, count: $0.count) }
        fidelity = report.fidelity.map { path, count in
            .init(path: path, executions: count.executions, exact: count.exact)
        }
        types = report.types.map { .init(subject: $0.type, count: $0.accounts) }
        unknownTypes = report.unknownTypes
        tagDrift = report.tagDrift
        unconfirmed = report.unconfirmed.count
        unattributed = report.unattributed
        standing = report.standing.count
        horizon = report.episodes.horizon
        paths = report.episodes.paths.sorted()
    }
}

extension ReportDocument.Entry {
    /// A divergence as the report's text tells it.
    package init(_ entry: ParityReport.Entry) {
        let (episode, divergence) = (entry.episode, entry.divergence)
        // A sum at the end of its range is written as any other.
        var amounts = Amounts()
        for sum in divergence.amounts.sums { amounts.add(sum) }
        self.init(
            id: divergence.id,
            account: episode.account,
            accountType: episode.accountType.map { AccountType($0.columnValue) },
            opened: episode.opened,
            closed: episode.closed,
            trigger: episode.openedBy,
            phase: episode.phase,
            extent: divergence.extent,
            since: divergence.since,
            until: divergence.until,
            classes: divergence.classes,
            facets: divergence.facets,
            effect: divergence.explanation?.effectiveness,
            interventions: (divergence.explanation?.interventions ?? []).map {
                .init(cause: $0.cause, execution: $0.execution, invoice: $0.invoice, at: $0.at)
            },
            breaches: divergence.breaches,
            story: divergence.story,
            records: divergence.records,
            reproducer: divergence.reproducer,
            legacyOnly: divergence.legacyOnly,
            brainOnly: divergence.brainOnly,
            amounts: amounts,
            subscriptions: divergence.subscriptions
        )
    }
}

extension ReportDocument.SettledAccount {
    fileprivate init(_ entry: ParityReport.SettledEntry) {
        account = entry.account
        at = entry.at
        legacy = ReportDocument.Customer(entry.state.legacy)
        brain = ReportDocument.Customer(entry.state.brain)
    }
}

extension ReportDocument.Customer {
    fileprivate init(_ standing: EpisodeVerdict.Standing) {
        isFlagged = standing.isFlagged
        isBanned = standing.isBanned
        liveSubscriptions = standing.liveSubscriptions
    }
}

extension ReportDocument.Evidence {
    fileprivate init(_ report: ParityReport) {
        from = report.activity.first
        let told = report.activity.toldSilences
        longestSilence = told.longest
        silences = told.long
        sources = zip(Mark.Source.allCases, report.activity.sources).map {
            .init(source: $0, activity: $1)
        }
        ledger = report.ledgerRows
        orphans = report.ledger.orphans
        cells = report.cells.map { .init(cell: $0.cell, tally: $0.tally) }
        days = report.days.map { .init(day: $0.day, tally: $0.tally) }
        situations = report.situations
    }
}

// MARK: - What reads back as it was

extension ParityReport {
    /// Whether every value in the report's text reads back as it was: the years 1 to 9999 are all
    /// that a time can tell of, and what a replay would not make is not looked at closely.
    fileprivate var readsBack: Bool {
        guard input.readsBack, episodes.horizon.readsBack else { return false }
        guard found.figures.readsBack else { return false }
        guard standing.allSatisfy(\.since.readsBack) else { return false }
        guard settled?.allSatisfy(\.at.readsBack) ?? true else { return false }
        guard ledger.orphans.allSatisfy({ $0.opened?.readsBack ?? true }) else { return false }
        return situations.allSatisfy { $0.counts.count == Situation.facets.count }
            && Set(types.map(\.type)).count == types.count
    }
}

extension ParityReport.Entry {
    /// Whether all that the report's text tells of it reads back as it was.
    var readsBack: Bool {
        guard episode.opened.readsBack, episode.closed.readsBack else { return false }
        guard divergence.since.readsBack, divergence.until?.readsBack ?? true else { return false }
        let edits = divergence.explanation?.interventions ?? []
        return divergence.classesReadBack && edits.allSatisfy(\.at.readsBack)
    }
}

extension ParityReport.Input {
    fileprivate var readsBack: Bool {
        ReportValue.isDigest(logDigest) && ReportValue.isDigest(policyDigest)
            && TimeSpan(settings.settle.description) == settings.settle
    }
}

extension Divergence {
    /// Classes in the order of their table, at least one.
    fileprivate var classesReadBack: Bool {
        !classes.isEmpty && zip(classes, classes.dropFirst()).allSatisfy { $0 < $1 }
    }
}

extension Instant {
    /// Whether it lies within the years that RFC 3339 has.
    var readsBack: Bool { Instant(unixSeconds: unixSeconds) != nil }
}
