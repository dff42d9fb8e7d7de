package import BillingModel

/// Which tables and columns of the database the mirror's are, and whose doing a change is.
///
/// Read from YAML, and strictly: a key that is not known is an error that names the nearest one.
package struct RowMapping: Hashable, Sendable {
    /// The tables that are watched, in the order of ``MirrorTable``.
    package var tables: [Table]
    /// How changes are ascribed to paths.
    package var attribution = Attribution()

    /// A table of the database that is watched.
    package struct Table: Hashable, Sendable {
        /// What it means.
        package var means: MirrorTable
        /// Where it is.
        package var name: TableName
        /// The columns in the order of ``MirrorTable/columns``; `nil` where the database has none.
        package var columns: [String?]
        /// Values of the database that stand for others in the log, by the log's column and sorted.
        package var values: [Translation] = []
    }

    /// A value of the database that stands for another in the log.
    package struct Translation: Hashable, Sendable {
        /// The log's column.
        package var column: String
        /// What the database holds.
        package var from: String
        /// What it means; `nil` is null.
        package var to: String?
    }

    /// How changes are ascribed to paths.
    package struct Attribution: Hashable, Sendable {
        /// The prefix of the logical messages by which a service names its run.
        package var messagePrefix = "dunning-path"
        /// The prefix of the logical messages that carry an application's name.
        package var applicationPrefix = "application-name"
        /// Rules for transactions without a message; the first that fits holds.
        package var rules: [Rule] = []

        /// The standard prefixes, and no rules.
        package init() {}
    }

    /// A rule that ascribes changes to a path.
    package struct Rule: Hashable, Sendable {
        /// What is looked at.
        package var sign: Sign
        /// What it must be; with `*` at its end, what it must begin with.
        package var pattern: String
        /// Whose doing the change then is.
        package var path: LegacyPath

        /// Where a rule looks.
        package enum Sign: Hashable, Sendable {
            /// The application's name, from a logical message.
            case application
            /// The replication origin.
            case origin
            /// A column of the changed row, by the database's name.
            case column(MirrorTable, String)
        }

        /// Whether a sign's value fits.
        package func fits(_ value: String) -> Bool {
            pattern.hasSuffix("*") ? value.hasPrefix(pattern.dropLast()) : value == pattern
        }
    }

    /// The table of that meaning; `nil` where it is not watched.
    package subscript(_ means: MirrorTable) -> Table? { tables.first { $0.means == means } }

    /// The table of that place in the database; `nil` where it is not watched.
    package func table(of relation: Relation) -> Table? {
        tables.first { $0.name.name == relation.name && $0.name.schema == relation.schema }
    }
}

/// A table's place in a database.
package struct TableName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Its schema.
    package var schema: String
    /// Its name.
    package var name: String

    /// A table of a schema.
    package init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// As it stands in SQL, quoted.
    package var quoted: String { SQL.name(schema) + "." + SQL.name(name) }

    /// As people write it: `public.subs_account`.
    package var description: String { "\(schema).\(name)" }

    /// Orders by schema, then by name.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.schema, lhs.name) < (rhs.schema, rhs.name)
    }
}

/// Text made fit to stand in SQL.
enum SQL {
    /// A name in double quotes.
    static func name(_ name: String) -> String { quoted(name, "\"") }

    /// A literal in single quotes, with standard strings.
    static func literal(_ text: String) -> String { quoted(text, "'") }

    private static func quoted(_ text: String, _ quote: Character) -> String {
        var result = String(quote)
        for character in text where character != "\0" {
            result.append(character)
            if character == quote { result.append(quote) }
        }
        result.append(quote)
        return result
    }
}
