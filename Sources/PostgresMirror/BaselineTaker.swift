package import BillingModel
package import MirrorLog

/// Takes baselines of all accounts in a snapshot.
///
/// Each table comes over a connection of its own, in the order of accounts, and they are merged: what
/// is held is one account and one batch, however many there are.
package struct BaselineTaker {
    /// What the tables mean.
    package var mapping: RowMapping
    /// How records are named.
    package var names: RecordNames
    /// The store's name for the source.
    package var source: String
    /// How the Stripe parts are come by.
    package var stripeParts: BaselineAccount.StripeParts
    /// How many baselines are kept at once.
    package var batch = 1000

    /// A taker of baselines.
    package init(
        mapping: RowMapping,
        names: RecordNames,
        source: String,
        stripeParts: @escaping BaselineAccount.StripeParts
    ) {
        self.mapping = mapping
        self.names = names
        self.source = source
        self.stripeParts = stripeParts
    }

    /// What a state is made of.
    static let tables: [MirrorTable] = [
        .account, .customer, .probation, .mandate, .subscription,
    ]

    /// Takes the baselines and keeps them.
    ///
    /// - Parameters:
    ///   - snapshot: The name of an exported snapshot, which must stay valid until this returns.
    ///   - place: Where in the server's log the snapshot stands.
    ///   - time: When that was, by the server's clock.
    ///   - seen: The time here.
    ///   - sink: Where to keep them; positions are left as they are.
    ///   - connect: Opens one connection of the mirror's role.
    /// - Returns: How many accounts there are.
    /// - Throws: ``PostgresError`` where the server or the store fails.
    package func take(
        in snapshot: String,
        at place: LogPosition,
        _ time: Instant,
        seen: Instant,
        into sink: any CaptureSink,
        connect: () throws(PostgresError) -> PostgresConnection
    ) throws(PostgresError) -> Int {
        var sources: [CopiedRows] = []
        for means in Self.tables {
            guard let table = mapping[means] else { continue }
            sources.append(try CopiedRows(table, in: snapshot, connect()))
        }
        let stripePart = try stripeParts()
        let reader = try Self.reader()
        var count = 0
        var pending = CapturedBatch(source: source)
        while let owner = Self.first(of: sources) {
            let account = AccountID(String(decoding: owner, as: UTF8.self))
            var rows: [MappedRow] = []
            for source in sources {
                rows += try source.take(of: owner) { error in
                    pending.rejects.append(Self.reject(error, place))
                }
            }
            let baseline = BaselineAccount(account, rows)
            let line = baseline.line(
                id: names.baseline(place, account),
                at: time,
                seen: seen,
                stripe: try stripePart(baseline)
            )
            do throws(RecordError) {
                pending.records.append(try CapturedRecord(line: line, reader))
                count += 1
            } catch {
                pending.rejects.append(Self.reject(error.withoutValues, place, line))
            }
            if pending.records.count >= batch { try Self.keep(&pending, sink) }
        }
        try Self.keep(&pending, sink)
        return count
    }

    /// The least account that any of the tables comes to next.
    private static func first(of sources: [CopiedRows]) -> [UInt8]? {
        var first: [UInt8]?
        for source in sources {
            guard let owner = source.next?.owner else { continue }
            if first.map({ owner.lexicographicallyPrecedes($0) }) ?? true { first = owner }
        }
        return first
    }

    private static func reader() throws(PostgresError) -> RecordReader {
        do throws(RecordError) {
            return try RecordReader()
        } catch {
            throw PostgresError("taking baselines", error.reason, isPassing: true)
        }
    }

    private static func reject(
        _ error: RecordError,
        _ place: LogPosition,
        _ content: [UInt8] = []
    ) -> CaptureReject {
        CaptureReject(place: "baselines at \(place)", reason: error.reason, content: content)
    }

    private static func keep(
        _ batch: inout CapturedBatch,
        _ sink: any CaptureSink
    ) throws(PostgresError) {
        guard !batch.isEmpty else { return }
        do throws(CaptureError) {
            try sink.keep(batch)
        } catch {
            throw PostgresError(error)
        }
        batch.records.removeAll(keepingCapacity: true)
        batch.rejects.removeAll()
    }
}

extension PostgresError {
    /// What was captured could not be kept.
    init(_ error: CaptureError) {
        self.init("keeping what was captured", error.description, isPassing: error.isPassing)
    }
}
