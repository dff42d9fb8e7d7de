package import BillingModel
import MirrorLog

/// What the mirror of a database is told.
package struct PostgresSettings: Sendable {
    /// A connection string of libpq, by keywords or a URL.
    package var target: String
    /// The replication slot, made where it is not there: lower-case letters, digits and `_`.
    package var slot: String
    /// The publication, which must be there.
    package var publication: String
    /// What the tables mean.
    package var mapping: RowMapping
    /// The name under which the position is kept.
    package var source = "postgres"
    /// How many records are kept at once, at least.
    package var batchRecords = 500
    /// How long a record waits for others, in milliseconds.
    package var batchMilliseconds = 100
    /// How often the server is asked how far it has come, in milliseconds.
    package var markMilliseconds = 1000
    /// How much before the server's clock a mark stays.
    ///
    /// A transaction notes its commit time before its commit stands in the log: this is how long it
    /// may take in between. One that takes longer is late, and reopens what was judged.
    package var margin = TimeSpan(microseconds: 500_000)
    /// How large a part of a transaction is held, in rows.
    package var transactionPart = 20_000
    /// Whether to go on with a role that could write what it watches.
    package var allowsWritingRole = false
    /// The longest wait before a broken stream is tried again, in milliseconds.
    package var longestRetryMilliseconds = 30_000
    /// What the lots of waiting begin from.
    package var seed: UInt64 = 0

    /// Settings with their defaults.
    package init(
        target: String,
        slot: String = "dunning_mirror",
        publication: String = "dunning_mirror",
        mapping: RowMapping
    ) {
        self.target = target
        self.slot = slot
        self.publication = publication
        self.mapping = mapping
    }
}

/// What happens in the mirror of a database, for metrics and for a log; none of it is customer data.
package enum PostgresEvent: Sendable {
    /// The stream begins, or begins again.
    case streaming(from: LogPosition)
    /// The database is not as it should be.
    case found(Finding)
    /// The role could write, and the mirror will not begin: the SQL for one that could not.
    case roleNeeded(sql: String)
    /// How far the mirror is behind, and what that costs the server.
    case lag(SlotLag)
    /// A batch was kept; so many of its records had been there.
    case kept(CaptureTally, redelivered: Int)
    /// Something is missing.
    case gap(from: Instant, to: Instant, why: String)
    /// Baselines of so many accounts were taken.
    case baselines(Int)
    /// The stream broke; it is tried again after so many milliseconds.
    case retrying(PostgresError, milliseconds: Int)
}

/// How far the mirror is behind the server.
package struct SlotLag: Hashable, Sendable {
    /// Bytes of the server's log that are not kept here yet.
    package var behind: UInt64
    /// Bytes of log that the server holds on its disk for the slot.
    package var retained: UInt64
    /// How many more it will hold before it gives the slot up; `nil` where there is no limit.
    package var safe: UInt64?
    /// `reserved`, `extended`, `unreserved` or `lost`.
    package var status: String
    /// The server's time of this.
    package var at: Instant
}
