import GRDB

/// The tables of a store in SQLite.
enum StoreSchema {
    /// Makes the tables of a new store, and refuses a file of a later version.
    static func migrate(_ queue: DatabaseQueue) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: tables)
        }
        try queue.read { database in
            guard try !migrator.hasBeenSuperseded(database) else { throw Superseded() }
        }
        try migrator.migrate(queue)
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
}
