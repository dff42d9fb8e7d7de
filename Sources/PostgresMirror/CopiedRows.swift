import MirrorLog

/// The rows of a watched table in the order of their accounts, as `COPY` sends them.
///
/// A class because it owns a connection; it holds one row at a time.
final class CopiedRows {
    /// What the table means.
    let means: MirrorTable
    private let connection: PostgresConnection
    private let plan: TablePlan
    private let operation: String
    /// The next row, and the account it belongs to as bytes, by which rows are ordered.
    private(set) var next: (owner: [UInt8], columns: [TupleColumn])?

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - snapshot: The snapshot to read it in.
    ///   - connection: A connection for nothing else.
    /// - Throws: ``PostgresError`` where the server refuses.
    init(
        _ table: RowMapping.Table,
        in snapshot: String,
        _ connection: PostgresConnection
    ) throws(PostgresError) {
        means = table.means
        self.connection = connection
        operation = "copying `\(table.name)`"
        let names = table.columns.compactMap { $0 }
        plan = TablePlan(
            Relation(
                id: 0,
                schema: table.name.schema,
                name: table.name.name,
                replicaIdentity: UInt8(ascii: "f"),
                columns: names.map { RelationColumn(name: $0, isKey: false) }
            ),
            table
        )
        let ownerPlace = table.means.columns.firstIndex { $0.name == table.means.owner }
        guard let owner = ownerPlace.flatMap({ table.columns[$0] }) else {
            throw PostgresError(operation, "it has no column for the account", isPassing: false)
        }
        let key = SQL.name(owner) + "::text COLLATE \"C\""
        let list = names.map { SQL.name($0) + "::text" }.joined(separator: ", ")
        for statement in [
            "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            "SET TRANSACTION SNAPSHOT \(SQL.literal(snapshot))",
        ] {
            _ = try connection.query(statement, [], operation)
        }
        try connection.startCopy(
            "COPY (SELECT \(key), \(list) FROM \(table.name.quoted) ORDER BY 1) TO STDOUT",
            operation
        )
        try advance()
    }

    /// Goes to the next row.
    func advance() throws(PostgresError) {
        guard let line = try connection.copiedRow(operation) else {
            next = nil
            return
        }
        var columns = CopyText.columns(of: line)
        guard columns.count == plan.relation.columns.count + 1 else {
            throw PostgresError(operation, "a row has \(columns.count) columns", isPassing: false)
        }
        guard case .text(let owner) = columns.removeFirst() else {
            // The order puts rows without an account behind all others; they are nobody's.
            next = nil
            while try connection.copiedRow(operation) != nil {}
            return
        }
        next = (owner, columns)
    }

    /// Takes the rows of one account.
    ///
    /// - Parameters:
    ///   - owner: The account.
    ///   - reject: Told of every row that makes no sense, and why.
    /// - Returns: The others.
    /// - Throws: ``PostgresError`` where the server fails.
    func take(
        of owner: [UInt8],
        _ reject: (RecordError) -> Void
    ) throws(PostgresError) -> [MappedRow] {
        var rows: [MappedRow] = []
        while let row = next, row.owner == owner {
            do throws(RecordError) {
                let mapped = try plan.read(row.columns, over: nil)
                _ = try mapped.owner()
                rows.append(mapped)
            } catch {
                reject(error.inside("row of `\(plan.relation.name)`"))
            }
            try advance()
        }
        return rows
    }
}

/// The text format of `COPY`.
enum CopyText {
    /// The columns of a line, its line feed included or not.
    static func columns(of line: [UInt8]) -> [TupleColumn] {
        var columns: [TupleColumn] = []
        var text: [UInt8] = []
        var isNull = false
        var place = 0
        let end = line.last == UInt8(ascii: "\n") ? line.count - 1 : line.count
        while place < end {
            let byte = line[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\t"):
                columns.append(isNull ? .null : .text(text))
                text.removeAll(keepingCapacity: true)
                isNull = false
            case UInt8(ascii: "\\") where place < end:
                // A null is `\N` and nothing else; a text that looks so has its backslash doubled.
                if line[place] == UInt8(ascii: "N") { isNull = true }
                text.append(unescaped(line[place]))
                place += 1
            default: text.append(byte)
            }
        }
        columns.append(isNull ? .null : .text(text))
        return columns
    }

    private static func unescaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "v"): 11
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "r"): 13
        default: letter
        }
    }
}
