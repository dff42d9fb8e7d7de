import BillingModel

/// The server's identity, as `IDENTIFY_SYSTEM` has it.
struct ServerIdentity: Hashable, Sendable {
    let names: RecordNames
    let database: String
    let end: LogPosition

    /// Asks over a connection of replication.
    init(_ connection: PostgresConnection) throws(PostgresError) {
        let what = "identifying the server"
        let rows = try connection.query("IDENTIFY_SYSTEM", [], what)
        guard let row = rows.first, row.count >= 4, let system = row[0], let timeline = row[1],
            let end = row[2].flatMap({ LogPosition($0) }), let database = row[3]
        else { throw PostgresError(what, "it did not say who it is", isPassing: false) }
        names = RecordNames(system: system, timeline: timeline)
        self.database = database
        self.end = end
    }
}

/// Where the server's log ends at an instant, and what the slot costs it.
struct Checkpoint: Hashable, Sendable {
    /// The server's time before it looked.
    let time: Instant
    /// Up to where its log was written then, committed transactions included.
    let end: LogPosition
    let slot: SlotState?
    let safe: UInt64?

    /// The time is asked for first: whatever had committed by then stands before the place.
    private static let sql = """
        SELECT pg_catalog.clock_timestamp(), pg_catalog.pg_current_wal_insert_lsn(),
          s.plugin, s.database, s.active, s.confirmed_flush_lsn, s.restart_lsn, s.wal_status,
          s.safe_wal_size
        FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_replication_slots s ON s.slot_name = $1
        """

    /// Asks over a connection for queries.
    init(_ connection: PostgresConnection, slot name: String) throws(PostgresError) {
        let what = "asking how far the server has come"
        let rows = try connection.query(Self.sql, [name], what)
        guard let row = rows.first, row.count >= 9,
            let time = row[0].flatMap({ ServerTime.parse($0) }),
            let end = row[1].flatMap({ LogPosition($0) })
        else { throw PostgresError(what, "it did not say", isPassing: true) }
        self.time = time
        self.end = end
        safe = row[8].flatMap { UInt64($0) }
        slot = row[2].map { plugin in
            SlotState(
                plugin: plugin,
                database: row[3] ?? "",
                isActive: row[4] == "t",
                confirmed: row[5].flatMap { LogPosition($0) },
                restart: row[6].flatMap { LogPosition($0) },
                walStatus: row[7]
            )
        }
    }

    /// Whether all that had been written then was received, where the stream has come to a place.
    func isReached(by place: LogPosition) -> Bool { place >= end.withoutPageHeader }

    /// How far the mirror is behind.
    func lag(kept: LogPosition) -> SlotLag {
        SlotLag(
            behind: end.distance(from: kept),
            retained: slot?.restart.map { end.distance(from: $0) } ?? 0,
            safe: safe,
            status: slot?.walStatus ?? "none",
            at: time
        )
    }
}

extension LogPosition {
    /// The same place, where it stands right behind the head of an empty page: nothing that could be
    /// sent lies between the two.
    fileprivate var withoutPageHeader: LogPosition {
        let offset = bytes % 8192
        return [24, 40].contains(offset) ? LogPosition(bytes - offset) : self
    }
}
