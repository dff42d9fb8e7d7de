/// Whether the mirror's role could change what it watches.
///
/// Asked of the role and of every role that it is a member of, for it may take on each of them with
/// `SET ROLE`, whatever is inherited.
package enum PrivilegeCheck {
    /// What a role may do that it must not.
    package struct Power: Hashable, Sendable {
        /// The role.
        package var role: String
        /// What it may do.
        package var power: String
        /// On what; `nil` where it is everything.
        package var object: String?

        /// A power of a role.
        package init(role: String, power: String, object: String?) {
            self.role = role
            self.power = power
            self.object = object
        }
    }

    /// Attributes and predefined roles with which anything can be written.
    ///
    /// `CREATEROLE` makes its owner a member of any role that is not a superuser.
    static let sweepingSQL = """
        SELECT r.rolname, p.power
        FROM pg_catalog.pg_roles r,
          LATERAL (VALUES
            (CASE WHEN r.rolsuper THEN 'is a superuser' END),
            (CASE WHEN r.rolcreaterole THEN 'may create roles' END),
            (CASE WHEN r.rolname IN ('pg_write_all_data', 'pg_write_server_files',
              'pg_execute_server_program') THEN 'is a role that may write' END)) p(power)
        WHERE p.power IS NOT NULL AND (r.rolname = current_user
          OR (pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')
            AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)))
        ORDER BY 1, 2
        """

    /// The privileges on one table, its columns and its schema; `$1` is the schema, `$2` the table.
    static let tableSQL = """
        SELECT r.rolname, p.power
        FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          CROSS JOIN pg_catalog.pg_roles r
          CROSS JOIN LATERAL (VALUES
            (CASE WHEN c.relowner = r.oid THEN 'owns it' END),
            (CASE WHEN pg_catalog.has_table_privilege(r.oid, c.oid, 'INSERT')
              OR pg_catalog.has_any_column_privilege(r.oid, c.oid, 'INSERT') THEN 'INSERT' END),
            (CASE WHEN pg_catalog.has_table_privilege(r.oid, c.oid, 'UPDATE')
              OR pg_catalog.has_any_column_privilege(r.oid, c.oid, 'UPDATE') THEN 'UPDATE' END),
            (CASE WHEN pg_catalog.has_table_privilege(r.oid, c.oid, 'DELETE') THEN 'DELETE' END),
            (CASE WHEN pg_catalog.has_table_privilege(r.oid, c.oid, 'TRUNCATE')
              THEN 'TRUNCATE' END),
            (CASE WHEN pg_catalog.has_table_privilege(r.oid, c.oid, 'TRIGGER') THEN 'TRIGGER' END),
            (CASE WHEN pg_catalog.has_schema_privilege(r.oid, n.oid, 'CREATE')
              THEN 'CREATE in its schema' END)) p(power)
        WHERE n.nspname = $1 AND c.relname = $2 AND p.power IS NOT NULL AND NOT r.rolsuper
          AND pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER')
        ORDER BY 1, 2
        """

    /// Asks the server.
    ///
    /// - Parameters:
    ///   - connection: A connection of the role in question.
    ///   - tables: The watched tables.
    /// - Returns: Every power that the role has and must not have; none of a role that can't write.
    /// - Throws: ``PostgresError`` where the server can't be asked.
    package static func powers(
        _ connection: PostgresConnection,
        over tables: [TableName]
    ) throws(PostgresError) -> [Power] {
        let what = "checking the role's privileges"
        var powers: [Power] = []
        for row in try connection.query(sweepingSQL, [], what) {
            powers.append(Power(role: row[0] ?? "", power: row[1] ?? "", object: nil))
        }
        for table in tables {
            for row in try connection.query(tableSQL, [table.schema, table.name], what) {
                powers.append(
                    Power(role: row[0] ?? "", power: row[1] ?? "", object: table.description)
                )
            }
        }
        return powers
    }

    /// The powers as findings.
    ///
    /// - Parameters:
    ///   - powers: What ``powers(_:over:)`` returned.
    ///   - remedy: What to do.
    /// - Returns: One for each power, in their order.
    package static func findings(_ powers: [Power], remedy: String) -> [Finding] {
        powers.map { power in
            let what =
                power.object.map { "has `\(power.power)` on `\($0)`" } ?? "\(power.power)"
            return Finding(.dangerous, "the role `\(power.role)` \(what)", remedy: remedy)
        }
    }
}
