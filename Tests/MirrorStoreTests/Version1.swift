import Foundation
import GRDB

/// Stores as the first version of their tables had them.
enum Version1 {
    /// Makes a file.
    static func makeFile(_ path: String, of lines: [[UInt8]]) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(sql: tables)
            for (place, line) in lines.enumerated() {
                try database.execute(
                    sql: "INSERT INTO record (digest, source, line) VALUES (?, 'x', ?)",
                    arguments: [Data([UInt8(place)]), Data(line)]
                )
            }
        }
        try queue.close()
    }

    private static let tables = """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
        CREATE TABLE record (
            offset INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, source TEXT NOT NULL,
            line BLOB NOT NULL
        ) STRICT;
        CREATE TABLE reject (
            offset INTEGER PRIMARY KEY, source TEXT NOT NULL, place TEXT NOT NULL,
            reason TEXT NOT NULL, content BLOB NOT NULL, UNIQUE (source, place, content)
        ) STRICT;
        CREATE TABLE source (
            name TEXT PRIMARY KEY, kept INTEGER NOT NULL, redelivered INTEGER NOT NULL,
            rejected INTEGER NOT NULL, position TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE partition (
            number INTEGER PRIMARY KEY, owner TEXT, token INTEGER NOT NULL DEFAULT 0,
            until INTEGER NOT NULL, offset INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE verdict (
            account BLOB NOT NULL, opened INTEGER NOT NULL, content BLOB NOT NULL,
            PRIMARY KEY (account, opened)
        ) STRICT, WITHOUT ROWID;
        """

    /// What makes a schema.
    static func postgres(of lines: [[UInt8]]) -> String {
        let records = lines.enumerated().map { place, line in
            let text = String(decoding: line, as: UTF8.self)
            return """
                INSERT INTO dunning_parity.record (digest, source, line)
                VALUES ('\\x0\(place)', 'x', '\(text)');
                """
        }
        return """
            CREATE SCHEMA dunning_parity;
            CREATE TABLE dunning_parity.store (version text NOT NULL);
            INSERT INTO dunning_parity.store VALUES ('1');
            CREATE TABLE dunning_parity.record (
                number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                digest bytea NOT NULL UNIQUE, source text NOT NULL, line text NOT NULL
            );

            """ + records.joined(separator: "\n")
    }
}
