/// The tables, the publication and the role for trying the mirror out.
package enum TryoutDDL {
    /// SQL for the owner of an empty database.
    package static var sql: String {
        String(decoding: PackageResources.tryout_sql, as: UTF8.self)
    }
}
