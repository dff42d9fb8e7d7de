/// The SQL that makes what the mirror needs, to be run by whoever owns the database.
package enum RoleSQL {
    /// A role that can read the watched tables and follow their changes, and nothing else.
    ///
    /// - Parameters:
    ///   - role: Its name.
    ///   - publication: The publication's name.
    ///   - mapping: The watched tables.
    /// - Returns: Statements, one a line; the password is left for the reader to set.
    package static func text(role: String, publication: String, mapping: RowMapping) -> String {
        let tables = mapping.tables.map(\.name).sorted()
        var schemas: [String] = []
        for table in tables where !schemas.contains(table.schema) { schemas.append(table.schema) }
        var lines = [
            "CREATE ROLE \(SQL.name(role)) LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE;",
            "-- then: \\password \(role)",
        ]
        for schema in schemas {
            lines.append("GRANT USAGE ON SCHEMA \(SQL.name(schema)) TO \(SQL.name(role));")
            lines.append(
                "-- before PostgreSQL 15: REVOKE CREATE ON SCHEMA \(SQL.name(schema)) FROM PUBLIC;"
            )
        }
        for table in tables {
            lines.append("GRANT SELECT ON TABLE \(table.quoted) TO \(SQL.name(role));")
        }
        for table in tables {
            lines.append("ALTER TABLE \(table.quoted) REPLICA IDENTITY FULL;")
        }
        let list = tables.map(\.quoted).joined(separator: ", ")
        lines.append("CREATE PUBLICATION \(SQL.name(publication)) FOR TABLE \(list);")
        return lines.joined(separator: "\n") + "\n"
    }
}
