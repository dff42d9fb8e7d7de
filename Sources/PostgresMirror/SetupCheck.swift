/// Whether a database is set up as the mirror needs it.
package enum SetupCheck {
    /// Looks at everything that the mirror depends on; changes nothing.
    ///
    /// - Parameters:
    ///   - connection: A connection of the mirror's role.
    ///   - mapping: What is to be watched.
    ///   - publication: The publication that is read.
    /// - Returns: What is not as it should be, the gravest first.
    /// - Throws: ``PostgresError`` where the server can't be asked.
    package static func findings(
        _ connection: PostgresConnection,
        mapping: RowMapping,
        publication: String
    ) throws(PostgresError) -> [Finding] {
        let role = try one(connection, "SELECT current_user") ?? "dunning_mirror"
        let tables = mapping.tables.map(\.name)
        var findings = PrivilegeCheck.findings(
            try PrivilegeCheck.powers(connection, over: tables),
            remedy: "connect as a role that can only read; the SQL for one is printed with this"
        )
        findings += try serverFindings(connection, role)
        for table in mapping.tables { findings += try tableFindings(connection, table, role) }
        findings += try publicationFindings(connection, publication, tables)
        // Stable: of one gravity they stay in the order in which they were looked for.
        return findings.enumerated().sorted {
            ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
        }.map(\.element)
    }

    private static func serverFindings(
        _ connection: PostgresConnection,
        _ role: String
    ) throws(PostgresError) -> [Finding] {
        var findings: [Finding] = []
        let level = try one(connection, "SELECT pg_catalog.current_setting('wal_level')")
        if level != "logical" {
            findings.append(
                Finding(
                    .broken,
                    "`wal_level` is `\(level ?? "")`",
                    remedy: "ALTER SYSTEM SET wal_level = 'logical'; then restart the server"
                )
            )
        }
        let mayReplicate = try one(
            connection,
            "SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
        )
        if mayReplicate != "t" {
            findings.append(
                Finding(
                    .broken,
                    "the role `\(role)` may not replicate",
                    remedy: "ALTER ROLE \(SQL.name(role)) REPLICATION;"
                )
            )
        }
        let keeps = try one(
            connection,
            "SELECT pg_catalog.current_setting('max_slot_wal_keep_size')"
        )
        if keeps == "-1" {
            findings.append(
                Finding(
                    .warning,
                    "a slot that nobody reads fills the server's disk without a limit",
                    remedy: "ALTER SYSTEM SET max_slot_wal_keep_size = '64GB'; "
                        + "SELECT pg_reload_conf();"
                )
            )
        }
        return findings
    }

    private static func tableFindings(
        _ connection: PostgresConnection,
        _ table: RowMapping.Table,
        _ role: String
    ) throws(PostgresError) -> [Finding] {
        let name = table.name
        let rows = try connection.query(
            """
            SELECT c.relreplident, pg_catalog.has_table_privilege(c.oid, 'SELECT')
              AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'), c.relkind
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2
            """,
            [name.schema, name.name],
            "looking at `\(name)`"
        )
        guard let row = rows.first else {
            let remedy = "create it, or name another or none under `tables` in the mapping"
            return [Finding(.broken, "there is no table `\(name)`", remedy: remedy)]
        }
        var findings: [Finding] = []
        if row[0] != "f" {
            findings.append(
                Finding(
                    .warning,
                    "`\(name)` does not send rows as they were before a change, so what an update "
                        + "did is not known, nor whose a deleted row was",
                    remedy: "ALTER TABLE \(name.quoted) REPLICA IDENTITY FULL;"
                )
            )
        }
        if row[1] != "t" {
            findings.append(
                Finding(
                    .broken,
                    "the role `\(role)` may not read `\(name)`",
                    remedy: "GRANT USAGE ON SCHEMA \(SQL.name(name.schema)) TO \(SQL.name(role)); "
                        + "GRANT SELECT ON TABLE \(name.quoted) TO \(SQL.name(role));"
                )
            )
        }
        return try findings + columnFindings(connection, table)
    }

    private static func columnFindings(
        _ connection: PostgresConnection,
        _ table: RowMapping.Table
    ) throws(PostgresError) -> [Finding] {
        let columns = try connection.query(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """,
            [table.name.schema, table.name.name],
            "looking at the columns of `\(table.name)`"
        ).compactMap { $0[0] }
        return table.columns.compactMap { column in
            guard let column, !columns.contains(column) else { return nil }
            return Finding(
                .broken,
                "`\(table.name)` has no column `\(column)`\(Spelling.hint(column, among: columns))",
                remedy: "name another, or `~` for none, under `columns` in the mapping"
            )
        }
    }

    private static func publicationFindings(
        _ connection: PostgresConnection,
        _ publication: String,
        _ tables: [TableName]
    ) throws(PostgresError) -> [Finding] {
        let what = "looking at the publication"
        let all = try connection.query(
            """
            SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate
            FROM pg_catalog.pg_publication WHERE pubname = $1
            """,
            [publication],
            what
        )
        let list = tables.map(\.quoted).joined(separator: ", ")
        guard let row = all.first else {
            return [
                Finding(
                    .broken,
                    "there is no publication `\(publication)`",
                    remedy: "CREATE PUBLICATION \(SQL.name(publication)) FOR TABLE \(list);"
                )
            ]
        }
        var findings: [Finding] = []
        if row[0] != "t" {
            findings.append(
                Finding(
                    .broken,
                    "the publication `\(publication)` leaves kinds of changes out",
                    remedy: "ALTER PUBLICATION \(SQL.name(publication)) "
                        + "SET (publish = 'insert, update, delete, truncate');"
                )
            )
        }
        let published = try connection.query(
            "SELECT schemaname, tablename FROM pg_catalog.pg_publication_tables WHERE pubname = $1",
            [publication],
            what
        ).map { TableName(schema: $0[0] ?? "", name: $0[1] ?? "") }
        for table in tables where !published.contains(table) {
            findings.append(
                Finding(
                    .broken,
                    "the publication `\(publication)` leaves `\(table)` out",
                    remedy: "ALTER PUBLICATION \(SQL.name(publication)) ADD TABLE \(table.quoted);"
                )
            )
        }
        return findings
    }

    private static func one(
        _ connection: PostgresConnection,
        _ sql: String
    ) throws(PostgresError) -> String? {
        try connection.query(sql, [], "checking the server").first?.first ?? nil
    }
}
