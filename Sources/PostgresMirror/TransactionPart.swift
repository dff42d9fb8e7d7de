import BillingModel
import MirrorLog

/// Collects what a part of a transaction is in the log, line by line.
struct TransactionPart {
    let transaction: MirrorTransaction
    let seen: Instant
    let names: RecordNames
    var captured = TransactionRecords.Captured()

    init(_ transaction: MirrorTransaction, seen: Instant, _ names: RecordNames) {
        self.transaction = transaction
        self.seen = seen
        self.names = names
    }

    /// Adds the image of a row; one that became another row is a deletion and an insertion.
    ///
    /// - Returns: Whose row it is.
    mutating func change(
        _ op: MirrorTransaction.RowStep.Op,
        old: MappedRow?,
        new: MappedRow?,
        _ ordinal: Int,
        _ reader: RecordReader
    ) throws(RecordError) -> AccountID {
        let id = names.change(transaction.commit, ordinal)
        guard let row = new ?? old else { throw RecordError("there is no row") }
        let owner = try row.owner()
        if let old, let new, new.isOtherRow(than: old) {
            let former = try old.owner()
            try image(id + "-", former, .delete, old: old, new: nil, reader)
            try image(id, owner, .insert, old: nil, new: new, reader)
        } else {
            try image(id, owner, op, old: old, new: new, reader)
        }
        return owner
    }

    private mutating func image(
        _ id: String,
        _ account: AccountID,
        _ op: MirrorTransaction.RowStep.Op,
        old: MappedRow?,
        new: MappedRow?,
        _ reader: RecordReader
    ) throws(RecordError) {
        let table = (new ?? old)?.table
        let (lsn, xid) = (transaction.commit.description, Int64(transaction.xid))
        try add(id, .change, account, at: transaction.time, reader) { json in
            json.object("change") { json in
                json.member("table", table?.rawValue)
                json.member("op", op.rawValue)
                json.key("row")
                if let new { new.write(into: &json) } else { json.null() }
                json.key("old")
                if let old { old.write(into: &json) } else { json.null() }
                json.member("lsn", lsn)
                json.member("xid", xid)
            }
        }
        captured.tally.changes += 1
    }

    /// Adds what somebody asked for.
    mutating func request(
        _ row: MappedRow,
        _ ordinal: Int,
        _ reader: RecordReader
    ) throws(RecordError) {
        let owner = try row.owner()
        let at = row["at"].time ?? transaction.time
        try add(row["id"].text ?? "", .request, owner, at: at, reader) { json in
            json.object("request") { json in
                json.member("type", row["type"].text)
                json.member("actor", row["actor"].text)
                if let to = row["to"].text { json.member("to", to) }
            }
        }
    }

    /// Adds a run of a path.
    mutating func execution(
        _ id: String,
        _ run: PathRun,
        of account: AccountID,
        showing effects: [Effect],
        _ reader: RecordReader
    ) throws(RecordError) {
        let time = transaction.time
        try add(id, .execution, account, at: run.started ?? time, reader) { json in
            json.key("execution")
            run.write(effects, at: time, into: &json)
        }
    }

    /// Notes that a table was emptied: whose rows are gone is not said, so all is in doubt then.
    ///
    /// What baselines were taken of is to be taken anew.
    mutating func truncate(
        _ table: MirrorTable,
        _ relation: Relation,
        _ ordinal: Int,
        _ reader: RecordReader
    ) {
        captured.tally.truncated += 1
        let isOfBaselines = BaselineTaker.tables.contains(table)
        if isOfBaselines { captured.emptiesBaselines = true }
        captured.rejects.append(
            CaptureReject(
                place: Self.place(transaction, ordinal),
                reason: "`\(relation.name)` was truncated"
                    + (isOfBaselines ? ": baselines are taken anew" : ""),
                content: []
            )
        )
        do throws(RecordError) {
            let gap = SourceMark.gap(from: transaction.time, to: transaction.time)
            try captured.records.append(
                gap.record("postgres", names, at: transaction.time, seen: seen, reader)
            )
        } catch {
            reject(ordinal, error, [])
        }
    }

    /// Notes what no record could be made of.
    mutating func reject(_ ordinal: Int, _ error: RecordError, _ content: [UInt8]) {
        captured.rejects.append(
            CaptureReject(
                place: Self.place(transaction, ordinal),
                reason: error.reason,
                content: content
            )
        )
    }

    private mutating func add(
        _ id: String,
        _ kind: MirrorRecord.Kind,
        _ account: AccountID,
        at time: Instant,
        _ reader: RecordReader,
        _ body: (inout JSONText) -> Void
    ) throws(RecordError) {
        var json = JSONText()
        json.object { json in
            json.member("v", 1)
            json.member("id", id)
            json.member("kind", kind.rawValue)
            json.member("at", time)
            json.member("seen", seen)
            json.member("account", account.rawValue)
            body(&json)
        }
        do throws(RecordError) {
            captured.records.append(try CapturedRecord(line: json.bytes, reader))
        } catch {
            throw error.withoutValues
        }
    }

    private static func place(_ transaction: MirrorTransaction, _ ordinal: Int) -> String {
        "\(transaction.commit), change \(ordinal)"
    }
}

extension RecordError {
    /// The reason with the names of columns and tables, and without the values that the log's reader
    /// quotes beside them: reasons are counted and logged.
    var withoutValues: RecordError {
        let known = Set(
            MirrorTable.allCases.flatMap { [$0.rawValue] + $0.columns.map(\.name) }
                + ["path", "outcome", "effects", "do", "at", "ok", "bit", "items", "subscription"]
        )
        let parts = reason.split(separator: "`", omittingEmptySubsequences: false)
        let words = parts.enumerated().map { place, part in
            place % 2 == 0 || known.contains(String(part)) ? String(part) : "…"
        }
        return RecordError(words.joined(separator: "`"))
    }
}
