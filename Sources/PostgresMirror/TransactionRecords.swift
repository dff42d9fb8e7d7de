package import BillingModel
package import MirrorLog

/// Makes lines of the mirror log of transactions: row images, and whose doing they are.
///
/// A value for one thread; between the parts of one large transaction it remembers who named it.
package struct TransactionRecords {
    let mapping: RowMapping
    let names: RecordNames
    private let reader: RecordReader
    /// How each table is read that the server has described; never walked.
    private var plans: [UInt32: TablePlan] = [:]
    /// What the earlier parts of an open transaction said.
    private var earlier: (run: TransactionRuns.Named?, application: String?) = (nil, nil)

    /// A maker of records.
    ///
    /// - Parameters:
    ///   - mapping: What the tables and columns mean.
    ///   - names: How records are named.
    /// - Throws: ``RecordError`` when memory is short.
    package init(mapping: RowMapping, names: RecordNames) throws(RecordError) {
        self.mapping = mapping
        self.names = names
        reader = try RecordReader()
    }

    /// What a transaction, or a part of one, is in the log.
    package struct Captured {
        /// The records, in the order of the changes; executions behind them.
        package var records: [CapturedRecord] = []
        /// What no record could be made of.
        package var rejects: [CaptureReject] = []
        /// How much it was.
        package var tally = CaptureTally()
        /// Whether a table was emptied of which baselines are taken.
        package var emptiesBaselines = false

        /// Nothing.
        package init() {}
    }

    /// Makes the records of a transaction, or of a part of one.
    ///
    /// - Parameters:
    ///   - transaction: The transaction.
    ///   - seen: When the mirror saw it.
    /// - Returns: Its records, and what could not be read; never an error.
    package mutating func records(of transaction: MirrorTransaction, seen: Instant) -> Captured {
        var part = TransactionPart(transaction, seen: seen, names)
        var runs = TransactionRuns(mapping.attribution, earlier.run, earlier.application)
        if let origin = transaction.origin { runs.origin = origin }
        for (index, step) in transaction.steps.enumerated() {
            let ordinal = transaction.firstStep + index + 1
            if case .message(let prefix, let content) = step {
                do throws(RecordError) {
                    try runs.take(prefix, content, ordinal)
                } catch {
                    part.reject(ordinal, error, content)
                }
            }
        }
        for (index, step) in transaction.steps.enumerated() {
            let ordinal = transaction.firstStep + index + 1
            switch step {
            case .message: break
            case .row(let row): take(row, ordinal, &part, &runs)
            case .truncate(let relation):
                guard let table = mapping.table(of: relation) else { continue }
                part.truncate(table.means, relation, ordinal, reader)
            case .unreadable(let reason, let content):
                part.reject(ordinal, RecordError(reason), content)
            }
        }
        runs.write(into: &part, reader)
        earlier = transaction.end == nil ? (runs.last, runs.application) : (nil, nil)
        part.captured.tally.rejects = part.captured.rejects.count
        if transaction.end != nil, !(part.captured.records.isEmpty && part.captured.rejects.isEmpty)
        {
            part.captured.tally.transactions = 1
        }
        return part.captured
    }

    private mutating func plan(of relation: Relation) -> TablePlan? {
        if let plan = plans[relation.id], plan.relation == relation { return plan }
        guard let table = mapping.table(of: relation) else { return nil }
        let plan = TablePlan(relation, table)
        plans[relation.id] = plan
        return plan
    }

    private mutating func take(
        _ row: MirrorTransaction.RowStep,
        _ ordinal: Int,
        _ part: inout TransactionPart,
        _ runs: inout TransactionRuns
    ) {
        guard let plan = plan(of: row.relation) else { return }
        do throws(RecordError) {
            let old = try row.old.map { old throws(RecordError) in try plan.read(old: old) }
            let new = row.op == .delete ? nil : try plan.read(row.new, over: row.old)
            switch plan.table.means {
            case .requests:
                if row.op == .insert, let new { try part.request(new, ordinal, reader) }
            case .executions:
                guard let new, new != old, let run = try PathRun(row: new) else { return }
                runs.take(run, ordinal)
            default:
                let owner = try part.change(row.op, old: old, new: new, ordinal, reader)
                if row.op == .update, row.old?.isWhole != true,
                    RowEffects.needsOldRow(plan.table.means)
                {
                    part.captured.tally.withoutOldRow += 1
                    return
                }
                let effects = RowEffects.between(old, new)
                guard !effects.isEmpty else { return }
                runs.take(
                    effects,
                    of: owner,
                    ordinal,
                    sign: { name in
                        plan.text(name, of: new == nil ? row.old?.columns ?? [] : row.new)
                    },
                    plan.table.means
                )
            }
        } catch {
            part.reject(
                ordinal,
                error.inside("\(row.op.rawValue) in `\(row.relation.name)`"),
                row.shown
            )
        }
    }
}

extension MirrorTransaction.RowStep {
    /// The row as JSON, for whoever mends it.
    fileprivate var shown: [UInt8] {
        var json = JSONText()
        json.object { json in
            json.member("table", relation.name)
            json.member("op", op.rawValue)
            json.object("row") { json in
                for (column, value) in zip(relation.columns, new.isEmpty ? old?.columns ?? [] : new)
                {
                    switch value {
                    case .text(let bytes):
                        json.member(column.name, String(decoding: bytes, as: UTF8.self))
                    case .null: json.member(column.name, String?.none)
                    case .unchanged: break
                    }
                }
            }
        }
        return json.bytes
    }
}
