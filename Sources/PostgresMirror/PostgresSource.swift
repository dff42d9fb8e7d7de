import BillingModel
package import MirrorLog

/// Captures what happens in a database: a live source.
///
/// It blocks its caller's thread until it is told to stop, and stops within a second. A connection
/// that breaks is made anew; the server then sends what the store does not have, under the same ids.
package struct PostgresSource {
    private let settings: PostgresSettings
    private let sink: any CaptureSink
    private let clock: MirrorClock
    private let stripeParts: BaselineAccount.StripeParts
    private let tell: (PostgresEvent) -> Void

    /// A source that hands on to a sink.
    ///
    /// - Parameters:
    ///   - settings: What it is told.
    ///   - sink: Where it hands on; its word is what the server is told.
    ///   - clock: The clocks.
    ///   - stripeParts: How the Stripe parts of baselines are come by; without it, baselines say that
    ///     they are missing.
    ///   - tell: Told what happens, on the thread of ``run(shouldStop:)``.
    package init(
        _ settings: PostgresSettings,
        sink: any CaptureSink,
        clock: MirrorClock,
        stripeParts: @escaping BaselineAccount.StripeParts = { { _ in nil } },
        tell: @escaping (PostgresEvent) -> Void = { _ in }
    ) {
        self.settings = settings
        self.sink = sink
        self.clock = clock
        self.stripeParts = stripeParts
        self.tell = tell
    }

    /// Captures until it is to stop.
    ///
    /// - Parameter shouldStop: Asked several times a second.
    /// - Throws: ``PostgresError`` where trying again does not help.
    package func run(shouldStop: @escaping () -> Bool) throws(PostgresError) {
        var backoff = Backoff(most: settings.longestRetryMilliseconds, seed: settings.seed)
        while !shouldStop() {
            do throws(PostgresError) {
                try runOnce(&backoff, shouldStop)
            } catch  where error.isPassing {
                guard !shouldStop() else { return }
                let milliseconds = backoff.next()
                tell(.retrying(error, milliseconds: milliseconds))
                Pause.milliseconds(milliseconds, shouldStop)
            }
        }
    }

    private func runOnce(
        _ backoff: inout Backoff,
        _ shouldStop: @escaping () -> Bool
    ) throws(PostgresError) {
        let monitor = try connect(.queries, shouldStop)
        try check(monitor)
        let stream = try connect(.replication, shouldStop)
        let server = try ServerIdentity(stream)
        let start = try ready(stream, monitor, server, shouldStop)
        let session = try StreamSession(
            settings,
            sink,
            clock,
            server.names,
            stream: stream,
            monitor: monitor,
            from: start,
            tell: tell
        )
        defer { if session.hasKept { backoff.reset() } }
        try session.run(shouldStop: shouldStop)
    }

    private func connect(
        _ purpose: PostgresConnection.Purpose,
        _ shouldStop: @escaping () -> Bool
    ) throws(PostgresError) -> PostgresConnection {
        try PostgresConnection(settings.target, for: purpose, shouldStop: shouldStop)
    }

    /// Refuses a database that can't be mirrored, and a role that could write to it.
    private func check(_ connection: PostgresConnection) throws(PostgresError) {
        let findings = try SetupCheck.findings(
            connection,
            mapping: settings.mapping,
            publication: settings.publication
        )
        for finding in findings { tell(.found(finding)) }
        let grave = findings.first { finding in
            switch finding.severity {
            case .warning: false
            case .broken: true
            case .dangerous: !settings.allowsWritingRole
            }
        }
        guard let grave else { return }
        if grave.severity == .dangerous {
            tell(
                .roleNeeded(
                    sql: RoleSQL.text(
                        role: "dunning_mirror",
                        publication: settings.publication,
                        mapping: settings.mapping
                    )
                )
            )
        }
        throw PostgresError("checking the database", grave.description, isPassing: false)
    }

    // MARK: - The slot

    /// Makes sure that there is a slot with all that is not kept, and says where to begin.
    private func ready(
        _ stream: PostgresConnection,
        _ monitor: PostgresConnection,
        _ server: ServerIdentity,
        _ shouldStop: @escaping () -> Bool
    ) throws(PostgresError) -> StreamPosition {
        let what = "looking at the slot `\(settings.slot)`"
        let decision = SlotDecision.decide(
            slot: try Checkpoint(monitor, slot: settings.slot).slot,
            kept: try keptPosition(),
            tag: server.names.tag,
            database: server.database,
            serverEnd: server.end
        )
        switch decision {
        case .resume(let position): return position
        case .wait(let why): throw PostgresError(what, why, isPassing: true)
        case .refuse(let why): throw PostgresError(what, why, isPassing: false)
        case .create:
            return try makeSlot(stream, monitor, server, lost: nil, shouldStop)
        case .createAnew(let from, let dropsOld, let why):
            if dropsOld {
                _ = try stream.query("DROP_REPLICATION_SLOT \(SQL.name(settings.slot))", [], what)
            }
            return try makeSlot(stream, monitor, server, lost: (from, why), shouldStop)
        }
    }

    private func keptPosition() throws(PostgresError) -> StreamPosition? {
        let text: String?
        do throws(CaptureError) {
            text = try sink.position(of: settings.source)
        } catch {
            throw PostgresError(error)
        }
        guard let text else { return nil }
        guard let position = StreamPosition(text) else {
            throw PostgresError(
                "reading how far the mirror has come",
                "the store's position of `\(settings.source)` is none of a database",
                isPassing: false
            )
        }
        return position
    }

    /// Makes a slot, and takes baselines in its snapshot.
    ///
    /// Each step is kept before it is taken, so that a crash in the middle is found out about.
    private func makeSlot(
        _ stream: PostgresConnection,
        _ monitor: PostgresConnection,
        _ server: ServerIdentity,
        lost: (from: Instant, why: String)?,
        _ shouldStop: @escaping () -> Bool
    ) throws(PostgresError) -> StreamPosition {
        let what = "making the slot `\(settings.slot)`"
        let before = try Checkpoint(monitor, slot: settings.slot)
        let lostFrom = lost.map { min($0.from, before.time) }
        // What is lost stays lost from the same time on, however often this is begun.
        var position = StreamPosition(
            .creating,
            server.end,
            lostFrom ?? before.time,
            tag: server.names.tag
        )
        try keep(CapturedBatch(source: settings.source, position: position.description))
        let rows = try stream.query(
            "CREATE_REPLICATION_SLOT \(SQL.name(settings.slot)) LOGICAL pgoutput EXPORT_SNAPSHOT",
            [],
            what
        )
        guard let row = rows.first, row.count >= 3, let snapshot = row[2],
            let place = row[1].flatMap({ LogPosition($0) })
        else { throw PostgresError(what, "the server named no snapshot", isPassing: true) }
        let time = try Self.snapshotTime(before, after: Checkpoint(monitor, slot: settings.slot))
        position.phase = .baseline
        position.position = place
        try keep(CapturedBatch(source: settings.source, position: position.description))
        let taker = BaselineTaker(
            mapping: settings.mapping,
            names: server.names,
            source: settings.source,
            stripeParts: stripeParts
        )
        let count = try taker.take(
            in: snapshot,
            at: place,
            time,
            seen: clock.wall(),
            into: sink
        ) { () throws(PostgresError) in try connect(.queries, shouldStop) }
        tell(.baselines(count))
        position.phase = .streaming
        position.time = time
        var batch = CapturedBatch(source: settings.source, position: position.description)
        if let lost, let lostFrom {
            batch.records = try gap(from: lostFrom, to: time, server.names)
            tell(.gap(from: lostFrom, to: time, why: lost.why))
        }
        try keep(batch)
        return position
    }

    /// When a snapshot was taken: before whatever is streamed behind it, as far as can be told.
    ///
    /// The server notes no time with a snapshot. Making a slot may wait for minutes until open
    /// transactions end, so of the two times around it the later is the better, less half a second in
    /// which transactions may have committed that the snapshot does not have.
    private static func snapshotTime(_ before: Checkpoint, after: Checkpoint) -> Instant {
        max(before.time, after.time.advanced(by: TimeSpan(microseconds: -500_000)))
    }

    private func gap(
        from start: Instant,
        to end: Instant,
        _ names: RecordNames
    ) throws(PostgresError) -> [CapturedRecord] {
        do throws(RecordError) {
            let reader = try RecordReader()
            let (mark, seen) = (SourceMark.gap(from: min(start, end), to: end), clock.wall())
            var records: [CapturedRecord] = []
            for source in settings.mapping.markedSources {
                records.append(try mark.record(source, names, at: end, seen: seen, reader))
            }
            return records
        } catch {
            throw PostgresError("noting what is missing", error.reason, isPassing: true)
        }
    }

    private func keep(_ batch: CapturedBatch) throws(PostgresError) {
        do throws(CaptureError) {
            try sink.keep(batch)
        } catch {
            throw PostgresError(error)
        }
    }
}
