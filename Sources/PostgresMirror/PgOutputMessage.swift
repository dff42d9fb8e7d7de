package import BillingModel

/// One message of PostgreSQL's output plugin `pgoutput`, protocol version 1 with logical messages.
package enum PgOutputMessage: Hashable, Sendable {
    /// A transaction begins; it is sent whole, when it has committed.
    case begin(commit: LogPosition, time: Instant, xid: UInt32)
    /// It ends.
    case commit(commit: LogPosition, end: LogPosition, time: Instant)
    /// It was replicated from elsewhere.
    case origin(name: String)
    /// What a table looks like from here on.
    case relation(Relation)
    /// A type that is not built in; nothing here needs it.
    case type
    /// A row was inserted.
    case insert(relation: UInt32, new: [TupleColumn])
    /// A row was changed.
    case update(relation: UInt32, old: OldTuple?, new: [TupleColumn])
    /// A row was deleted.
    case delete(relation: UInt32, old: OldTuple)
    /// Tables were emptied.
    case truncate(relations: [UInt32])
    /// What somebody wrote with `pg_logical_emit_message`.
    case message(isTransactional: Bool, prefix: String, content: [UInt8])

    /// The row that a change left behind.
    package struct OldTuple: Hashable, Sendable {
        /// Whether all columns are there, as `REPLICA IDENTITY FULL` has it, or only the key's.
        package var isWhole: Bool
        /// The columns in the relation's order; of a key alone, the others are null.
        package var columns: [TupleColumn]

        /// A row from its parts.
        package init(isWhole: Bool, columns: [TupleColumn]) {
            self.isWhole = isWhole
            self.columns = columns
        }
    }
}

/// A table as the server described it last.
package struct Relation: Hashable, Sendable {
    /// The number that changes name it by.
    package var id: UInt32
    /// Its schema; `pg_catalog` comes as an empty text and is none of ours.
    package var schema: String
    /// Its name.
    package var name: String
    /// `d`, `n`, `f` or `i`, as in `pg_class.relreplident`.
    package var replicaIdentity: UInt8
    /// Its columns, in the order of the rows.
    package var columns: [RelationColumn]

    /// A table from its parts.
    package init(
        id: UInt32,
        schema: String,
        name: String,
        replicaIdentity: UInt8,
        columns: [RelationColumn]
    ) {
        self.id = id
        self.schema = schema
        self.name = name
        self.replicaIdentity = replicaIdentity
        self.columns = columns
    }
}

/// A column of a table as the server described it.
package struct RelationColumn: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Whether it is part of the replica identity.
    package var isKey: Bool

    /// A column from its parts.
    package init(name: String, isKey: Bool) {
        self.name = name
        self.isKey = isKey
    }
}

/// A value of a row.
package enum TupleColumn: Hashable, Sendable {
    /// Null.
    case null
    /// A value stored out of line that the change did not touch; it is not sent again.
    case unchanged
    /// The value in the type's text form, in UTF-8 unless the database holds worse.
    case text([UInt8])
}
