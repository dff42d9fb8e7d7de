package import BillingModel
package import DivergenceAnalysis
package import MirrorLog
package import ShadowRun

/// A replay: logs go in a batch at a time, a report comes out.
///
/// It does what a live mirror does with a stream, through the same ``ParityEngine``.
package struct Replay {
    /// The engine that was fed, for more to be asked of it than a report.
    package private(set) var engine: ParityEngine
    private var digest = LogDigest()
    private let program: String
    /// How many lines were rejected.
    package private(set) var rejected = 0

    /// A replay of nothing yet.
    ///
    /// - Parameters:
    ///   - settings: What verdicts depend on besides the log.
    ///   - program: The program's name and version, for the report.
    ///   - rows: The rows of the table of causes.
    ///   - spilling: Where records go that don't fit into memory; `nil` keeps all of them there.
    package init(
        settings: JudgeSettings,
        program: String,
        rows: [CauseRow] = CauseRow.table,
        spilling: Spilling? = nil
    ) {
        engine = ParityEngine(settings: settings, rows: rows, spilling: spilling)
        self.program = program
    }

    /// Judges some accounts only, where others judge the rest; before anything is read.
    ///
    /// - Parameter covers: Whether an account is judged here.
    package mutating func judgeOnly(_ covers: @escaping @Sendable (AccountID) -> Bool) {
        engine.covers = covers
    }

    /// What was fed so far.
    package var counts: ParityEngine.Counts { engine.counts }

    /// Up to when the log is complete, and what it shows.
    package var coverage: LogCoverage { engine.coverage }

    /// Reads one log to its end.
    ///
    /// - Parameters:
    ///   - source: The log.
    ///   - jobs: How many threads may read at once; it makes no difference to what is read.
    ///   - progress: Called with the size of each part that was read, and the records so far.
    ///   - reject: Called for each line that is no record, in order.
    /// - Returns: How many bytes the log has.
    /// - Throws: ``LogSourceError`` where the source can't be read, ``RecordError`` when memory is
    ///   short, ``ScratchError`` when the disk is full, and what `reject` throws.
    package mutating func read(
        _ source: LogSource,
        jobs: Int = 1,
        progress: (_ bytes: Int, _ records: Int) -> Void,
        reject: (Reject) throws -> Void
    ) throws -> Int {
        var lines = 0
        return try source.readBatches(jobs: jobs) { batch in
            try take(batch, after: lines, reject)
            lines += batch.lineCount
            progress(batch.byteCount, engine.counts.records)
        }
    }

    /// Reads a log that is held in memory.
    ///
    /// - Parameters:
    ///   - text: The log, UTF-8.
    ///   - reject: Called for each line that is no record, in order.
    /// - Throws: ``RecordError`` when memory is short, and what `reject` throws.
    package mutating func read(
        whole text: [UInt8],
        reject: (Reject) throws -> Void
    ) throws {
        var reader = try BatchReader()
        try take(reader.read(whole: text), after: 0, reject)
    }

    private mutating func take(
        _ batch: LogBatch,
        after lines: Int,
        _ reject: (Reject) throws -> Void
    ) throws {
        engine.feed(batch, after: lines)
        try engine.spillIfNeeded()
        digest.add(batch.digest)
        for var line in batch.rejects {
            line.line += lines
            rejected += 1
            try reject(line)
        }
    }

    /// Hands on all that was read, for ``resume(_:_:)``.
    ///
    /// - Parameter write: Called with each entry: part after part, each in the order of its keys.
    /// - Returns: What is known of the log as a whole.
    /// - Throws: What `write` throws, ``ScratchError`` where records can't be read back.
    package func pack(_ write: (RunEntry, RunSection) throws -> Void) throws -> [UInt8] {
        var writer = PackedWriter()
        writer.write(digest)
        writer.write(varint: UInt64(rejected))
        return writer.bytes + (try engine.pack(write))
    }

    /// Goes on where a log was packed; further logs may be read.
    ///
    /// - Parameters:
    ///   - header: What ``pack(_:)`` returned.
    ///   - run: What it wrote.
    /// - Precondition: Nothing was read.
    /// - Throws: ``PackedError`` where the header is cut off or changed.
    package mutating func resume(_ header: [UInt8], _ run: any RecordRun) throws(PackedError) {
        let (digest, rejected, rest) = try header[...].withUnsafeBufferPointer {
            bytes throws(PackedError) in
            var reader = PackedReader(UnsafeRawBufferPointer(bytes))
            let digest: LogDigest = try reader.read()
            let rejected = try reader.varint()
            return (digest, Int(clamping: rejected), reader.remaining)
        }
        try engine.resume(Array(header.suffix(rest)), run)
        (self.digest, self.rejected) = (digest, rejected)
    }

    /// The digest of all that was read.
    package var digestText: String { digest.hex }

    /// Judges all that was read.
    ///
    /// - Parameters:
    ///   - scope: The phase whose scope is reported; `nil` for all episodes.
    ///   - jobs: How many threads may judge at once; it makes no difference to the report.
    ///   - keepsSettled: Whether accounts' last settled states go into the report.
    ///   - findsReproducers: Whether each divergence's smallest reproducer is looked for.
    ///   - drawsSwimlanes: Whether what a picture of each divergence shows is gathered.
    ///   - progress: Called after each account.
    ///   - each: Called with each episode in scope, in order of account and time.
    ///   - reject: Called for each test-mode event that a log of live mode holds.
    /// - Returns: The report.
    /// - Throws: What `reject` throws, and ``ScratchError`` where records can't be read back or
    ///   divergences don't fit on disk.
    package mutating func report(
        scope: Phase?,
        jobs: Int = 1,
        keepsSettled: Bool,
        findsReproducers: Bool = true,
        drawsSwimlanes: Bool = false,
        progress: () -> Void = {},
        each: (EpisodeVerdict) -> Void = { _ in },
        reject: (Reject) throws -> Void
    ) throws -> ParityReport {
        var builder = ReportBuilder(
            scope: scope,
            keepsSettled: keepsSettled,
            spilling: engine.spilling
        )
        let (records, findings) = try judgeAll(
            jobs: jobs,
            findsReproducers: findsReproducers,
            drawsSwimlanes: drawsSwimlanes
        ) { account in
            builder.add(account)
            for episode in account.episodes where scope.map({ episode.phase <= $0 }) ?? true {
                each(episode)
            }
            progress()
        } reject: { line in
            try reject(line)
        }
        let input = ParityReport.Input(
            logDigest: digest.hex,
            settings: engine.settings,
            scope: scope,
            program: program
        )
        return try builder.report(
            input,
            records,
            engine.coverage,
            activity(findings),
            engine.ledgerOfNoAccount(findings)
        )
    }

    /// Judges all that was read, an account at a time.
    ///
    /// - Parameters:
    ///   - jobs: How many threads may judge at once; it makes no difference to what comes out.
    ///   - findsReproducers: Whether each divergence's smallest reproducer is looked for.
    ///   - drawsSwimlanes: Whether what a picture of each divergence shows is gathered.
    ///   - visit: Called with what was found out about each account, in order of their ids.
    ///   - reject: Called for each test-mode event that a log of live mode holds.
    /// - Returns: The counts of records.
    /// - Throws: What `reject` throws, and ``ScratchError`` where records can't be read back.
    package mutating func judge(
        jobs: Int = 1,
        findsReproducers: Bool = false,
        drawsSwimlanes: Bool = false,
        visit: (AccountVerdicts) -> Void,
        reject: (Reject) throws -> Void
    ) throws -> ParityReport.RecordCounts {
        try judgeAll(
            jobs: jobs,
            findsReproducers: findsReproducers,
            drawsSwimlanes: drawsSwimlanes,
            visit: visit,
            reject: reject
        ).0
    }

    private mutating func judgeAll(
        jobs: Int,
        findsReproducers: Bool,
        drawsSwimlanes: Bool,
        visit: (AccountVerdicts) -> Void,
        reject: (Reject) throws -> Void
    ) throws -> (ParityReport.RecordCounts, MergeFindings) {
        let findings = try engine.judgeAll(
            jobs: jobs,
            findsReproducers: findsReproducers,
            drawsSwimlanes: drawsSwimlanes,
            visit
        )
        for line in findings.testLines.sorted() {
            rejected += 1
            let reason = "a test-mode event in a log of live mode"
            try reject(Reject(line: line, reason: reason, excerpt: ""))
        }
        var records = ParityReport.RecordCounts()
        records.records = engine.counts.records
        records.rejected = rejected
        records.redelivered =
            engine.counts.redelivered + findings.redelivered.reduce(0, +)
        records.unmapped = findings.unmapped
        return (records, findings)
    }

    private func activity(_ findings: MergeFindings) -> MirrorActivity {
        var activity = engine.activity
        activity.add(redelivered: findings.redelivered)
        return activity
    }
}
