import Foundation
import GRDB
import MirrorLog

/// The tables of a store in SQLite.
enum StoreSchema {
    /// Makes the tables of a new store, and refuses a file of a later version.
    static func migrate(_ store: some DatabaseWriter) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: tables)
        }
        migrator.registerMigration("2") { database in
            try database.execute(sql: columns)
            try fillColumns(database)
            try database.execute(sql: indices)
        }
        try store.read { database in
            guard try !migrator.hasBeenSuperseded(database) else { throw Superseded() }
        }
        try migrator.migrate(store)
    }

    /// Finds out the keys of the records of a store that has none.
    ///
    /// A line that is no record, which only a stranger can have written, is of no account.
    private static func fillColumns(_ database: Database) throws {
        let reader = try RecordReader()
        var offset = Int64.min
        while let row = try Row.fetchOne(
            database,
            sql: "SELECT offset, line FROM record WHERE offset > ? ORDER BY offset LIMIT 1",
            arguments: [offset]
        ) {
            offset = row["offset"]
            let line: Data = row["line"]
            guard let record = try? reader.read(copying: Array(line)) else { continue }
            let key = RecordKey(record)
            try database.cachedStatement(
                sql: """
                    UPDATE record SET digest = ?, account = ?, customer = ?, at = ? WHERE offset = ?
                    """
            ).execute(arguments: [
                Data(key.digest), key.account.map { Data($0) }, key.customer.map { Data($0) },
                key.at, offset,
            ])
        }
        try database.execute(sql: contested)
    }

    /// A store that a later version of the program wrote.
    struct Superseded: Error {}

    private static let tables = """
        CREATE TABLE record (
            offset INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE, -- of id, account and content
            source TEXT NOT NULL,
            line BLOB NOT NULL
        ) STRICT;
        CREATE TABLE reject (
            offset INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            place TEXT NOT NULL,
            reason TEXT NOT NULL,
            content BLOB NOT NULL,
            UNIQUE (source, place, content)
        ) STRICT;
        CREATE TABLE source (
            name TEXT PRIMARY KEY,
            kept INTEGER NOT NULL,
            redelivered INTEGER NOT NULL,
            rejected INTEGER NOT NULL,
            position TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE partition (
            number INTEGER PRIMARY KEY,
            owner TEXT,
            token INTEGER NOT NULL DEFAULT 0,
            until INTEGER NOT NULL, -- microseconds since 1970
            offset INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE verdict (
            account BLOB NOT NULL, -- UTF-8
            opened INTEGER NOT NULL, -- microseconds since 1970
            content BLOB NOT NULL,
            PRIMARY KEY (account, opened)
        ) STRICT, WITHOUT ROWID;
        """

    private static let columns = """
        ALTER TABLE record ADD COLUMN account BLOB; -- UTF-8
        ALTER TABLE record ADD COLUMN customer BLOB; -- UTF-8; where it names no account
        ALTER TABLE record ADD COLUMN at INTEGER NOT NULL DEFAULT 0; -- microseconds since 1970
        ALTER TABLE record ADD COLUMN contested INTEGER NOT NULL DEFAULT 0; -- its id came before
        """

    /// The first bytes of a digest are of the id alone.
    private static let contested = """
        UPDATE record SET contested = 1 FROM (
            SELECT offset, row_number() OVER (
                PARTITION BY substr(digest, 1, \(RecordKey.bytesOfID)) ORDER BY offset
            ) AS place FROM record
        ) AS r WHERE record.offset = r.offset AND r.place > 1
        """

    private static let indices = """
        CREATE INDEX record_by_account ON record (account, at) WHERE account IS NOT NULL;
        CREATE INDEX record_by_customer ON record (customer, at) WHERE customer IS NOT NULL;
        """
}
