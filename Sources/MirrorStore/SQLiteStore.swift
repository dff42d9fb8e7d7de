package import BillingModel
import Foundation
import GRDB
package import MirrorLog

/// A store in one SQLite file, for one machine.
///
/// It is kept in write-ahead mode with every commit flushed to the disk, so what was kept stays kept
/// when the machine loses its power.
package struct SQLiteStore: MirrorStore {
    /// One that writes and a few that read, so that neither waits for the other.
    private let pool: DatabasePool

    /// Opens a store, or makes one.
    ///
    /// - Parameter path: The file. Two more, of the same name and `-wal` and `-shm` behind it, lie
    ///   beside it while it is open.
    /// - Throws: ``CaptureError`` where it can't be opened, or is none of this version.
    package init(path: String) throws(CaptureError) {
        pool = try Self.passing {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            try StoreSchema.migrate(pool)
            return pool
        }
    }

    // MARK: - What sources hand on

    @discardableResult
    package func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int {
        try write { database in
            let insert = try database.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO record
                        (digest, source, line, account, customer, at, contested)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, EXISTS (
                        SELECT 1 FROM record WHERE digest BETWEEN ?7 AND ?8
                    ))
                    """
            )
            var redelivered = 0
            for captured in batch.records {
                let key = RecordKey(captured.record)
                try insert.execute(arguments: [
                    Data(key.digest), batch.source, Data(captured.line),
                    key.account.map { Data($0) }, key.customer.map { Data($0) }, key.at,
                    Data(key.sameID.first), Data(key.sameID.last),
                ])
                if database.changesCount == 0 { redelivered += 1 }
            }
            let rejected = try keep(batch.rejects, of: batch.source, in: database)
            try database.execute(
                sql: """
                    INSERT INTO source (name, kept, redelivered, rejected, position)
                    VALUES (:name, :kept, :redelivered, :rejected, :position)
                    ON CONFLICT (name) DO UPDATE SET
                        kept = kept + excluded.kept,
                        redelivered = redelivered + excluded.redelivered,
                        rejected = rejected + excluded.rejected,
                        position = COALESCE(excluded.position, position)
                    """,
                arguments: [
                    "name": batch.source,
                    "kept": batch.records.count - redelivered,
                    "redelivered": redelivered,
                    "rejected": rejected,
                    "position": batch.position,
                ]
            )
            return redelivered
        }
    }

    /// Keeps what could not be read, each once.
    private func keep(
        _ rejects: [CaptureReject],
        of source: String,
        in database: Database
    ) throws -> Int {
        let insert = try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO reject (source, place, reason, content) VALUES (?, ?, ?, ?)
                """
        )
        var kept = 0
        for reject in rejects {
            try insert.execute(
                arguments: [source, reject.place, reject.reason, Data(reject.content)]
            )
            kept += database.changesCount
        }
        return kept
    }

    package func position(of source: String) throws(CaptureError) -> String? {
        try read { database in
            try String.fetchOne(
                database,
                sql: "SELECT position FROM source WHERE name = ?",
                arguments: [source]
            )
        }
    }

    package func sources() throws(CaptureError) -> [SourceCounts] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM source ORDER BY name").map { row in
                SourceCounts(
                    source: row["name"],
                    kept: row["kept"],
                    redelivered: row["redelivered"],
                    rejected: row["rejected"],
                    position: row["position"]
                )
            }
        }
    }

    package func records(
        after offset: Int64,
        limit: Int
    ) throws(CaptureError) -> [StoredRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT offset, source, line, contested FROM record
                    WHERE offset > ? ORDER BY offset LIMIT ?
                    """,
                arguments: [offset, limit]
            ).map { Self.record($0) }
        }
    }

    package func forEachReject(_ visit: (StoredReject) -> Void) throws(CaptureError) {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT source, place, reason, content FROM reject ORDER BY offset"
            )
            while let row = try rows.next() {
                let content: Data = row["content"]
                let reject = CaptureReject(
                    place: row["place"],
                    reason: row["reason"],
                    content: Array(content)
                )
                visit(StoredReject(source: row["source"], reject: reject))
            }
        }
    }

    // MARK: - What became of it

    package func offset(of partition: Int) throws(CaptureError) -> Int64 {
        try read { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT offset FROM partition WHERE number = ?",
                arguments: [partition]
            ) ?? 0
        }
    }

    package func commit(
        _ updates: [VerdictUpdate],
        under lease: Lease,
        through offset: Int64
    ) throws(CaptureError) -> Bool {
        try write { database in
            try database.execute(
                sql: "UPDATE partition SET offset = ? WHERE number = ? AND token = ?",
                arguments: [offset, lease.partition, lease.token]
            )
            guard database.changesCount == 1 else { return false }
            for update in updates { try carryOut(update, in: database) }
            return true
        }
    }

    private func carryOut(_ update: VerdictUpdate, in database: Database) throws {
        switch update {
        case .put(let verdict):
            try database.cachedStatement(
                sql: """
                    INSERT INTO verdict (account, opened, content) VALUES (?, ?, ?)
                    ON CONFLICT (account, opened) DO UPDATE SET content = excluded.content
                    """
            ).execute(arguments: [
                Data(verdict.account.rawValue.utf8), verdict.opened.microseconds,
                Data(verdict.content),
            ])
        case .withdraw(let account, let opened):
            try database.cachedStatement(
                sql: "DELETE FROM verdict WHERE account = ? AND opened = ?"
            ).execute(arguments: [Data(account.rawValue.utf8), opened.microseconds])
        }
    }

    package func forEachVerdict(_ visit: (StoredVerdict) -> Void) throws(CaptureError) {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT account, opened, content FROM verdict ORDER BY account, opened"
            )
            while let row = try rows.next() { visit(Self.verdict(row)) }
        }
    }

    // MARK: - Who works on what

    package func lease(
        of partitions: Int,
        to owner: String,
        at now: Instant,
        until: Instant
    ) throws(CaptureError) -> Lease? {
        let found: Result<Lease?, CaptureError> = try write { database in
            if let refusal = try split(into: partitions, in: database) { return .failure(refusal) }
            let row = try Row.fetchOne(
                database,
                sql: """
                    UPDATE partition SET owner = ?, token = token + 1, until = ?
                    WHERE number = (
                        SELECT number FROM partition WHERE until <= ? ORDER BY number LIMIT 1
                    )
                    RETURNING number, token
                    """,
                arguments: [owner, until.microseconds, now.microseconds]
            )
            return .success(
                row.map { row in
                    Lease(
                        partition: row["number"],
                        partitions: partitions,
                        owner: owner,
                        token: row["token"],
                        until: until
                    )
                }
            )
        }
        return try found.get()
    }

    /// Makes the partitions, the first time; says so where they are others.
    private func split(into partitions: Int, in database: Database) throws -> CaptureError? {
        let before = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM partition") ?? 0
        guard before != partitions else { return nil }
        guard before == 0 else { return .splitOtherwise(before, partitions) }
        for number in 0..<max(1, partitions) {
            try database.execute(
                sql: "INSERT INTO partition (number, until) VALUES (?, ?)",
                arguments: [number, Int64.min]
            )
        }
        return nil
    }

    package func renew(_ lease: Lease, until: Instant) throws(CaptureError) -> Lease? {
        try write { database in
            try database.execute(
                sql: "UPDATE partition SET until = ? WHERE number = ? AND token = ?",
                arguments: [until.microseconds, lease.partition, lease.token]
            )
            guard database.changesCount == 1 else { return nil }
            var renewed = lease
            renewed.until = until
            return renewed
        }
    }

    package func giveBack(_ lease: Lease) throws(CaptureError) {
        try write { database in
            // Its token goes up as well: who gave it back may not write under it any more.
            try database.execute(
                sql: """
                    UPDATE partition SET until = ?, owner = NULL, token = token + 1
                    WHERE number = ? AND token = ?
                    """,
                arguments: [Int64.min, lease.partition, lease.token]
            )
        }
    }

    static func record(_ row: Row) -> StoredRecord {
        let line: Data = row[2]
        return StoredRecord(
            offset: row[0],
            source: row[1],
            line: Array(line),
            isContested: row[3]
        )
    }

    static func verdict(_ row: Row) -> StoredVerdict {
        let (account, content): (Data, Data) = (row[0], row[2])
        return StoredVerdict(
            account: AccountID(String(decoding: account, as: UTF8.self)),
            opened: Instant(microseconds: row[1]),
            content: Array(content)
        )
    }

    // MARK: - Transactions

    private func write<Value>(
        _ body: (Database) throws -> Value
    ) throws(CaptureError) -> Value {
        try Self.passing { try pool.write(body) }
    }

    func read<Value>(
        _ body: (Database) throws -> Value
    ) throws(CaptureError) -> Value {
        try Self.passing { try pool.read(body) }
    }

    private static func passing<Value>(
        _ body: () throws -> Value
    ) throws(CaptureError) -> Value {
        do { return try body() } catch { throw CaptureError(error) }
    }
}
