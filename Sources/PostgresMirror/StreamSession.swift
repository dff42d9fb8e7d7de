import BillingModel
import MirrorLog

/// One connection's worth of the stream, until it breaks or is stopped.
///
/// A class because it owns the connections, and what was received over them and is not kept yet.
final class StreamSession {
    private let settings: PostgresSettings
    private let sink: any CaptureSink
    private let clock: MirrorClock
    private let names: RecordNames
    private let stream: PostgresConnection
    private let monitor: PostgresConnection
    private let tell: (PostgresEvent) -> Void
    private let reader: RecordReader

    private var assembler: TransactionAssembler
    private var maker: TransactionRecords
    private var pending: PendingBatch
    /// Whether a part of the open transaction emptied a table of which baselines are taken.
    private var hasEmptied = false
    /// What the store has.
    private var kept: StreamPosition
    private var checkpoints: [Checkpoint] = []
    private var lastHeard: Int64
    private var lastMark: Int64
    private var lastStatus: Int64
    /// Whether anything was kept: the connection was good for something.
    private(set) var hasKept = false

    private static let operation = "following the changes"
    private static let silence: Int64 = 30_000
    private static let statusInterval: Int64 = 5000

    /// A session over connections that are ready to stream.
    init(
        _ settings: PostgresSettings,
        _ sink: any CaptureSink,
        _ clock: MirrorClock,
        _ names: RecordNames,
        stream: PostgresConnection,
        monitor: PostgresConnection,
        from position: StreamPosition,
        tell: @escaping (PostgresEvent) -> Void
    ) throws(PostgresError) {
        self.settings = settings
        self.sink = sink
        self.clock = clock
        self.names = names
        self.stream = stream
        self.monitor = monitor
        self.tell = tell
        do throws(RecordError) {
            reader = try RecordReader()
            maker = try TransactionRecords(mapping: settings.mapping, names: names)
        } catch {
            throw PostgresError(Self.operation, error.reason, isPassing: true)
        }
        assembler = TransactionAssembler(limit: settings.transactionPart)
        kept = position
        pending = PendingBatch(from: position)
        let now = clock.ticks()
        lastHeard = now
        lastMark = now
        lastStatus = now
    }

    /// Follows the stream until it is to stop.
    ///
    /// - Throws: ``PostgresError`` where it breaks; what was not kept then comes again.
    func run(shouldStop: () -> Bool) throws(PostgresError) {
        let publication = SQL.literal(SQL.name(settings.publication))
        try stream.startReplication(
            "START_REPLICATION SLOT \(SQL.name(settings.slot)) LOGICAL \(kept.position) "
                + "(proto_version '1', publication_names \(publication), messages 'true')"
        )
        tell(.streaming(from: kept.position))
        while !shouldStop() {
            let wait = try work()
            switch try stream.piece(waiting: wait, Self.operation) {
            case .data(let bytes): try take(bytes)
            case .nothing: try expectSound()
            case .ended:
                throw PostgresError(
                    Self.operation,
                    "the server ended the stream",
                    isPassing: true
                )
            }
        }
        try keep()
        try sendStatus(wantsReply: false)
    }

    /// Does what is due.
    ///
    /// - Returns: How many milliseconds the stream may be waited for.
    private func work() throws(PostgresError) -> Int {
        let now = clock.ticks()
        let isFull = pending.records.count >= settings.batchRecords
        if let since = pending.since,
            isFull || now - since >= Int64(settings.batchMilliseconds)
        {
            try keep()
        }
        if now - lastMark >= Int64(settings.markMilliseconds) {
            lastMark = now
            try lookAtServer()
        }
        if now - lastStatus >= Self.statusInterval { try sendStatus(wantsReply: true) }
        var wait = min(200, Int64(settings.markMilliseconds) - (now - lastMark))
        if let since = pending.since {
            wait = min(wait, Int64(settings.batchMilliseconds) - (now - since))
        }
        return Int(max(1, wait))
    }

    /// Gives up on a server that answers to nothing: its machine is gone, or the way to it.
    private func expectSound() throws(PostgresError) {
        guard clock.ticks() - lastHeard >= Self.silence else { return }
        throw PostgresError(
            Self.operation,
            "nothing was heard for \(Self.silence / 1000) s",
            isPassing: true
        )
    }

    // MARK: - Receiving

    private func take(_ bytes: [UInt8]) throws(PostgresError) {
        let now = clock.ticks()
        lastHeard = now
        do throws(PgOutputError) {
            switch try ReplicationFrame(bytes) {
            case .keepAlive(let end, let wantsReply):
                if !assembler.isInTransaction {
                    pending.advance(to: end)
                    try passCheckpoints(at: now)
                }
                if wantsReply { try reply() }
            case .data:
                guard let transaction = try assemble(bytes) else { return }
                let captured = maker.records(of: transaction, seen: clock.wall())
                pending.add(captured, of: transaction, at: now)
                hasEmptied = hasEmptied || captured.emptiesBaselines
                guard transaction.end != nil else { return }
                if !hasEmptied { try passCheckpoints(at: now) }
            }
        } catch {
            throw PostgresError(Self.operation, "\(error)", isPassing: true)
        }
        if hasEmptied, !assembler.isInTransaction { try beginAnew() }
    }

    /// Keeps what there is up to the truncation, and ends: the next session begins with baselines.
    ///
    /// That they are needed is kept with it, so that a crash in between does not forget it.
    private func beginAnew() throws(PostgresError) {
        pending.endWithEmptiedTable()
        try keep()
        throw PostgresError(
            Self.operation,
            "a table was truncated: baselines are taken anew",
            isPassing: true
        )
    }

    private func reply() throws(PgOutputError) {
        do throws(PostgresError) {
            try sendStatus(wantsReply: false)
        } catch {
            throw PgOutputError("reply", error.problem)
        }
    }

    private func assemble(_ bytes: [UInt8]) throws(PgOutputError) -> MirrorTransaction? {
        let start = ReplicationFrame.messageStart
        let message: PgOutputMessage
        do throws(PgOutputError) {
            message = try PgOutputDecoder.decode(bytes, from: start)
        } catch {
            return try assembler.take(unreadable: error, content: Array(bytes.dropFirst(start)))
        }
        return try assembler.take(message, content: Array(bytes.dropFirst(start)))
    }

    // MARK: - Marks

    /// Asks how far the server is, and makes it say so in the stream too.
    private func lookAtServer() throws(PostgresError) {
        let checkpoint = try Checkpoint(monitor, slot: settings.slot)
        tell(.lag(checkpoint.lag(kept: kept.position)))
        // The oldest is what the stream comes to first; of the others the last says most.
        if checkpoints.count > 1 { checkpoints.removeLast() }
        checkpoints.append(checkpoint)
        try sendStatus(wantsReply: true)
    }

    /// Makes a mark of the last checkpoint that the stream has come to.
    private func passCheckpoints(at now: Int64) throws(PgOutputError) {
        let place = pending.position.position
        guard let passed = checkpoints.last(where: { $0.isReached(by: place) }) else { return }
        checkpoints.removeAll { $0.isReached(by: place) }
        let margin = TimeSpan(microseconds: 0 - max(0, settings.margin.microseconds))
        let time = passed.time.advanced(by: margin)
        let seen = clock.wall()
        var records: [CapturedRecord] = []
        for source in settings.mapping.markedSources {
            do throws(RecordError) {
                records.append(
                    try SourceMark.through(time).record(source, names, at: time, seen: seen, reader)
                )
            } catch {
                throw PgOutputError("mark", error.reason)
            }
        }
        pending.add(mark: records, time, at: now)
    }

    // MARK: - Keeping

    private func keep() throws(PostgresError) {
        guard !pending.isEmpty else { return }
        let (tally, position) = (pending.tally, pending.position)
        let batch = pending.take(settings.source)
        let redelivered: Int
        do throws(CaptureError) {
            redelivered = try sink.keep(batch)
        } catch {
            throw PostgresError(error)
        }
        kept = position
        hasKept = true
        // However long the store took: it was not the server that was silent.
        lastHeard = clock.ticks()
        tell(.kept(tally, redelivered: redelivered))
        try sendStatus(wantsReply: false)
    }

    /// Says what is durable: never more than the store has said itself.
    private func sendStatus(wantsReply: Bool) throws(PostgresError) {
        lastStatus = clock.ticks()
        let frame = ReplicationFrame.status(
            durable: kept.position,
            now: clock.wall(),
            wantsReply: wantsReply
        )
        try stream.send(frame, Self.operation)
    }
}

extension RowMapping {
    /// The sources of the log that the database is: requests too, where their table is watched.
    var markedSources: [String] {
        let sources: [Mark.Source] = self[.requests] == nil ? [.postgres] : [.postgres, .requests]
        return sources.map(\.rawValue)
    }
}
