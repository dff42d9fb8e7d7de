import BillingModel
import MirrorLog

/// A row by the log's columns.
struct MappedRow: Hashable, Sendable {
    /// What its table means.
    let table: MirrorTable
    /// The values in the order of the table's columns.
    var values: [ColumnValue]

    /// The value of a column by the log's name.
    subscript(_ name: String) -> ColumnValue {
        guard let place = table.columns.firstIndex(where: { $0.name == name }) else {
            return .absent
        }
        return values[place]
    }

    /// Whose row it is.
    ///
    /// - Throws: ``RecordError`` where the row does not say, or lacks a column of its key.
    func owner() throws(RecordError) -> AccountID {
        for (place, column) in table.columns.enumerated()
        where column.isNeeded && values[place].text == nil {
            throw RecordError(
                values[place] == .null
                    ? "column `\(column.name)` is null"
                    : "column `\(column.name)` is not in the row: the table needs REPLICA IDENTITY FULL"
            )
        }
        return AccountID(self[table.owner].text ?? "")
    }

    /// Whether another image is of another row: one of another key or account.
    func isOtherRow(than old: MappedRow) -> Bool {
        table.columns.indices.contains { place in
            table.columns[place].isNeeded && old.values[place].isPresent
                && old.values[place] != values[place]
        }
    }

    /// Writes the columns that it carries, as an object.
    func write(into json: inout JSONText) {
        json.object { json in
            for (place, column) in table.columns.enumerated() where values[place].isPresent {
                json.key(column.name)
                values[place].write(into: &json)
            }
        }
    }
}

/// How the rows of one table, as the server describes it, are read.
struct TablePlan: Sendable {
    let relation: Relation
    let table: RowMapping.Table
    /// Where each of the log's columns stands in a row; `nil` where it is nowhere.
    private let places: [Int?]
    private let columns: [MirrorTable.Column]

    init(_ relation: Relation, _ table: RowMapping.Table) {
        self.relation = relation
        self.table = table
        columns = table.means.columns
        places = table.columns.map { name in
            relation.columns.firstIndex { $0.name == name }
        }
    }

    /// Reads a row after a change; what was not sent again is taken from the row before.
    func read(
        _ new: [TupleColumn],
        over old: PgOutputMessage.OldTuple?
    ) throws(RecordError) -> MappedRow {
        try read { place in
            guard new[place] == .unchanged else { return new[place] }
            return old.map { $0.isWhole ? $0.columns[place] : .unchanged } ?? .unchanged
        }
    }

    /// Reads a row before a change; of a key alone the other columns are absent.
    func read(old: PgOutputMessage.OldTuple) throws(RecordError) -> MappedRow {
        try read { place in
            old.isWhole || relation.columns[place].isKey ? old.columns[place] : .unchanged
        }
    }

    /// The text of a column by the database's name, as a rule looks at it.
    func text(_ name: String, of tuple: [TupleColumn]) -> String? {
        guard let place = relation.columns.firstIndex(where: { $0.name == name }),
            tuple.indices.contains(place), case .text(let bytes) = tuple[place]
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private func read(_ column: (Int) -> TupleColumn) throws(RecordError) -> MappedRow {
        var values: [ColumnValue] = []
        values.reserveCapacity(columns.count)
        for (index, place) in places.enumerated() {
            guard let place else {
                values.append(.absent)
                continue
            }
            switch column(place) {
            case .null: values.append(translated(.null, columns[index]))
            case .unchanged: values.append(.absent)
            case .text(let bytes):
                values.append(translated(try ColumnValue(bytes, columns[index]), columns[index]))
            }
        }
        return MappedRow(table: table.means, values: values)
    }

    private func translated(_ value: ColumnValue, _ column: MirrorTable.Column) -> ColumnValue {
        guard !table.values.isEmpty, let text = value.text,
            let entry = table.values.first(where: { $0.column == column.name && $0.from == text })
        else { return value }
        return entry.to.map { .text($0) } ?? .null
    }
}
