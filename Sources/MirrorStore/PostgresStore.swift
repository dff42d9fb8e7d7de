package import BillingModel
package import MirrorLog
import PostgresMirror
import Synchronization

/// A store in PostgreSQL, for workers on several machines.
///
/// Its tables lie in a schema of their own, `dunning_parity`, in a database that should not be the one
/// that is watched: the role that is used here writes.
package final class PostgresStore: MirrorStore {
    private let target: String
    private let turn = Mutex(())
    // Proof that this is safe: it is private, `transaction` alone reads or writes it, and only within
    // `turn`, so no two threads are ever at it at once; and the connection leaves `turn` with nobody,
    // for what `transaction` runs is handed rows of text. `Mutex<PostgresConnection?>` would say the
    // same, but the compiler can't see that nothing of a connection outlives the body.
    nonisolated(unsafe) private var held: PostgresConnection?

    /// Connects to a store, or makes one.
    ///
    /// - Parameter target: A connection string of libpq, by keywords or a URL.
    /// - Throws: ``CaptureError`` where it can't be reached, or is none of this version.
    package init(target: String) throws(CaptureError) {
        self.target = target
        let version = try transaction("making the store") { run throws(PostgresError) in
            // Two workers that start at once must not both make it.
            _ = try run("SELECT pg_advisory_xact_lock($1)", [Self.lock])
            _ = try run(PostgresSchema.make, [])
            var version = try run("SELECT version FROM dunning_parity.store", []).first?[0] ?? ""
            if version == "1" { version = try Self.upgrade(run) }
            if version == PostgresSchema.version { _ = try run(PostgresSchema.makeIndices, []) }
            return version
        }
        guard version == PostgresSchema.version else {
            throw CaptureError(
                "the store is of version \(version), and this program's is "
                    + "\(PostgresSchema.version); use the program that wrote it, or a new store",
                isPassing: false
            )
        }
    }

    // MARK: - What sources hand on

    @discardableResult
    package func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int {
        let (records, rejects) = (Self.rows(of: batch.records), Self.rows(of: batch.rejects))
        return try transaction("keeping records") { run throws(PostgresError) in
            // Offsets must go up in the order in which transactions commit, or a reader would pass
            // over one that commits late: those that add take turns.
            _ = try run("SELECT pg_advisory_xact_lock($1)", [Self.lock])
            let kept = Self.count(try run(PostgresSchema.keepRecords, [batch.source, records]))
            let rejected = Self.count(try run(PostgresSchema.keepRejects, [batch.source, rejects]))
            let redelivered = batch.records.count - kept
            _ = try run(
                PostgresSchema.noteSource,
                [batch.source, "\(kept)", "\(redelivered)", "\(rejected)", batch.position]
            )
            return redelivered
        }
    }

    package func position(of source: String) throws(CaptureError) -> String? {
        try transaction("reading a position") { run throws(PostgresError) in
            try run("SELECT position FROM dunning_parity.source WHERE name = $1", [source])
                .first?[0]
        }
    }

    package func sources() throws(CaptureError) -> [SourceCounts] {
        try transaction("counting") { run throws(PostgresError) in
            try run(PostgresSchema.sources, []).map { row in
                SourceCounts(
                    source: row[0] ?? "",
                    kept: Self.number(row[1]),
                    redelivered: Self.number(row[2]),
                    rejected: Self.number(row[3]),
                    position: row[4]
                )
            }
        }
    }

    package func records(
        after offset: Int64,
        limit: Int
    ) throws(CaptureError) -> [StoredRecord] {
        try transaction("reading records") { run throws(PostgresError) in
            try run(PostgresSchema.records, ["\(offset)", "\(limit)"]).map { Self.record($0) }
        }
    }

    package func forEachReject(_ visit: (StoredReject) -> Void) throws(CaptureError) {
        let rows = try transaction("reading rejects") { run throws(PostgresError) in
            try run(PostgresSchema.rejects, [])
        }
        for row in rows {
            let reject = CaptureReject(
                place: row[1] ?? "",
                reason: row[2] ?? "",
                content: Self.bytes(row[3])
            )
            visit(StoredReject(source: row[0] ?? "", reject: reject))
        }
    }

    // MARK: - What became of it

    package func offset(of partition: Int) throws(CaptureError) -> Int64 {
        try transaction("reading an offset") { run throws(PostgresError) in
            let sql = "SELECT records FROM dunning_parity.partition WHERE number = $1"
            return Self.number(try run(sql, ["\(partition)"]).first?[0])
        }
    }

    package func commit(
        _ updates: [VerdictUpdate],
        under lease: Lease,
        through offset: Int64
    ) throws(CaptureError) -> Bool {
        let rows = Self.rows(of: updates)
        return try transaction("committing verdicts") { run throws(PostgresError) in
            let held = try run(
                PostgresSchema.moveOffset,
                ["\(offset)", "\(lease.partition)", "\(lease.token)"]
            )
            guard !held.isEmpty else { return false }
            _ = try run(PostgresSchema.withdraw, [rows])
            _ = try run(PostgresSchema.put, [rows])
            return true
        }
    }

    package func forEachVerdict(_ visit: (StoredVerdict) -> Void) throws(CaptureError) {
        let rows = try transaction("reading verdicts") { run throws(PostgresError) in
            try run(PostgresSchema.verdicts, [])
        }
        for row in rows { visit(Self.verdict(row)) }
    }

    // MARK: - Who works on what

    package func lease(
        of partitions: Int,
        to owner: String,
        at now: Instant,
        until: Instant
    ) throws(CaptureError) -> Lease? {
        let found = try transaction("leasing") {
            run throws(PostgresError) -> Result<Lease?, CaptureError> in
            _ = try run(PostgresSchema.makePartitions, ["\(partitions)"])
            let before = Self.count(try run(PostgresSchema.countPartitions, []))
            guard before == partitions else {
                return .failure(.splitOtherwise(before, partitions))
            }
            let row = try run(
                PostgresSchema.lease,
                [owner, "\(until.microseconds)", "\(now.microseconds)"]
            ).first
            return .success(
                row.map { row in
                    Lease(
                        partition: Int(Self.number(row[0])),
                        partitions: partitions,
                        owner: owner,
                        token: Self.number(row[1]),
                        until: until
                    )
                }
            )
        }
        return try found.get()
    }

    package func renew(_ lease: Lease, until: Instant) throws(CaptureError) -> Lease? {
        try transaction("renewing a lease") { run throws(PostgresError) in
            let values = ["\(until.microseconds)", "\(lease.partition)", "\(lease.token)"]
            guard try !run(PostgresSchema.renew, values).isEmpty else { return nil }
            var renewed = lease
            renewed.until = until
            return renewed
        }
    }

    package func giveBack(_ lease: Lease) throws(CaptureError) {
        try transaction("giving a lease back") { run throws(PostgresError) in
            _ = try run(PostgresSchema.giveBack, ["\(lease.partition)", "\(lease.token)"])
        }
    }

    // MARK: - Transactions

    typealias Run = (
        _ sql: String, _ values: [String?]
    ) throws(PostgresError) -> [[String?]]

    /// The number of the advisory lock under which records are added.
    private static let lock = "4851033902"

    /// Does something in one transaction; a connection that fails is made anew the next time.
    func transaction<Value>(
        _ what: String,
        _ body: (Run) throws(PostgresError) -> Value
    ) throws(CaptureError) -> Value {
        let result = turn.withLock { _ -> Result<Value, PostgresError> in
            do throws(PostgresError) {
                let connection: PostgresConnection
                if let ready = held {
                    connection = ready
                } else {
                    connection = try PostgresConnection(target, for: .store)
                }
                held = nil
                let run: Run = { sql, values throws(PostgresError) in
                    try connection.query(sql, values, what)
                }
                _ = try run("BEGIN", [])
                let value = try body(run)
                _ = try run("COMMIT", [])
                held = connection
                return .success(value)
            } catch {
                // What was begun is rolled back with the connection that it was begun on.
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            throw CaptureError("the store: \(error)", isPassing: error.isPassing)
        }
    }
}
