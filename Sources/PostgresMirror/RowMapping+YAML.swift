import BillingModel
package import MirrorLog

extension RowMapping {
    /// Reads a mapping.
    ///
    /// - Parameter yaml: The file's text; ``standardYAML`` says what can stand in it.
    /// - Throws: ``RecordError`` that names the line, the place and, for a misspelt key, the nearest
    ///   one.
    package init(yaml: String) throws(RecordError) {
        let entries = try MappingNode(yaml: yaml).entries(known: ["tables", "attribution"])
        tables = []
        // Rules name tables, wherever those stand in the file.
        for entry in entries where entry.name == "tables" { tables = try Self.tables(entry.value) }
        for entry in entries where entry.name == "attribution" {
            attribution = try Self.attribution(entry.value, tables)
        }
        guard self[.account] != nil else {
            throw RecordError("`tables.subs_account` is missing: without it no account is known")
        }
    }

    private static func tables(_ node: MappingNode) throws(RecordError) -> [Table] {
        var tables: [Table] = []
        for (name, value) in try node.entries(known: MirrorTable.allCases.map(\.rawValue)) {
            guard let means = MirrorTable(rawValue: name) else { continue }
            let table = try Self.table(means, value)
            if let other = tables.first(where: { $0.name == table.name }) {
                throw value.error(
                    "is the table `\(table.name)`, and so is `\(other.means.rawValue)`"
                )
            }
            tables.append(table)
        }
        let order = MirrorTable.allCases
        return order.compactMap { means in tables.first { $0.means == means } }
    }

    private static func table(
        _ means: MirrorTable,
        _ node: MappingNode
    ) throws(RecordError) -> Table {
        var table = Table(
            means: means,
            name: TableName(schema: "public", name: means.rawValue),
            columns: means.columns.map(\.name)
        )
        var isNamed = false
        for (key, value) in try node.entries(known: ["table", "columns", "values"]) {
            switch key {
            case "table":
                table.name = try tableName(value.text(), value)
                isNamed = true
            case "columns": try readColumns(value, into: &table)
            default: table.values = try translations(value, means)
            }
        }
        guard isNamed else { throw node.error("lacks `table`") }
        return table
    }

    private static func readColumns(
        _ node: MappingNode,
        into table: inout Table
    ) throws(RecordError) {
        let columns = table.means.columns
        for (name, value) in try node.entries(known: columns.map(\.name)) {
            guard let place = columns.firstIndex(where: { $0.name == name }) else { continue }
            guard !value.isNull || !columns[place].isNeeded else {
                throw value.error("must be a column: no record can be made without it")
            }
            table.columns[place] = value.isNull ? nil : try value.text()
        }
    }

    private static func translations(
        _ node: MappingNode,
        _ means: MirrorTable
    ) throws(RecordError) -> [Translation] {
        let translatable = means.columns.filter { $0.form == .text }.map(\.name)
        var translations: [Translation] = []
        for (column, values) in try node.entries(known: translatable) {
            for (from, to) in try values.entries() {
                translations.append(
                    Translation(column: column, from: from, to: to.isNull ? nil : try to.text())
                )
            }
        }
        return translations.sorted { ($0.column, $0.from) < ($1.column, $1.from) }
    }

    private static func tableName(
        _ text: String,
        _ node: MappingNode
    ) throws(RecordError) -> TableName {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), !parts.contains(where: \.isEmpty) else {
            throw node.error("is `\(text)`, not a table such as `public.subs_account`")
        }
        return TableName(
            schema: parts.count == 2 ? String(parts[0]) : "public",
            name: String(parts[parts.count - 1])
        )
    }

    private static func attribution(
        _ node: MappingNode,
        _ tables: [Table]
    ) throws(RecordError) -> Attribution {
        var attribution = Attribution()
        let keys = ["message_prefix", "application_prefix", "rules"]
        for (key, value) in try node.entries(known: keys) {
            switch key {
            case "message_prefix": attribution.messagePrefix = try value.text()
            case "application_prefix": attribution.applicationPrefix = try value.text()
            default:
                for element in try value.elements() {
                    attribution.rules.append(try rule(element, tables))
                }
            }
        }
        guard attribution.messagePrefix != attribution.applicationPrefix else {
            throw node.error("has one prefix for two kinds of messages")
        }
        return attribution
    }

    private static func rule(_ node: MappingNode, _ tables: [Table]) throws(RecordError) -> Rule {
        var sign: Rule.Sign?
        var pattern: String?
        var path: LegacyPath?
        for (key, value) in try node.entries(
            known: ["application", "origin", "column", "is", "path"]
        ) {
            let text = try value.text()
            switch key {
            case "application", "origin":
                guard sign == nil else { throw value.error("is a second thing to look at") }
                sign = key == "origin" ? .origin : .application
                pattern = text
            case "column":
                guard sign == nil else { throw value.error("is a second thing to look at") }
                sign = try column(text, value, tables)
            case "is":
                pattern = text
            default:
                guard let known = LegacyPath(rawValue: text) else {
                    let paths = LegacyPath.allCases.map(\.rawValue)
                    throw value.error("is `\(text)`\(Spelling.hint(text, among: paths))")
                }
                path = known
            }
        }
        guard let sign, let pattern, let path else {
            throw node.error(
                "needs `path` and one of `application`, `origin`, or `column` with `is`"
            )
        }
        return Rule(sign: sign, pattern: pattern, path: path)
    }

    private static func column(
        _ text: String,
        _ node: MappingNode,
        _ tables: [Table]
    ) throws(RecordError) -> Rule.Sign {
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex else {
            throw node.error("is `\(text)`, not a column such as `public.subs_account.updated_by`")
        }
        let name = try tableName(String(text[..<dot]), node)
        guard let table = tables.first(where: { $0.name == name }) else {
            throw node.error("is of the table `\(name)`, which is not watched")
        }
        return .column(table.means, String(text[text.index(after: dot)...]))
    }
}
