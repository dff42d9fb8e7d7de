package import BillingModel

/// A committed transaction, or a part of one that is too large to be held whole.
package struct MirrorTransaction: Hashable, Sendable {
    /// Its number at the server.
    package var xid: UInt32
    /// Where its commit stands in the log: what its records are named by.
    package var commit: LogPosition
    /// When it committed, by the server's clock.
    package var time: Instant
    /// The replication origin, where it came from elsewhere.
    package var origin: String?
    /// What stands in this part, in order.
    package var steps: [Step]
    /// The place of the first step in the whole transaction, counted from 0.
    package var firstStep: Int
    /// Where the transaction ends; `nil` where further parts follow.
    package var end: LogPosition?

    /// One thing that the transaction did.
    package enum Step: Hashable, Sendable {
        /// A row changed.
        case row(RowStep)
        /// A table was emptied.
        case truncate(Relation)
        /// A logical message.
        case message(prefix: String, content: [UInt8])
        /// What could not be read, and why.
        case unreadable(reason: String, content: [UInt8])
    }

    /// A change of a row, with the table as it was then.
    package struct RowStep: Hashable, Sendable {
        /// The table.
        package var relation: Relation
        /// What happened.
        package var op: Op
        /// The row before, as far as the replica identity has it.
        package var old: PgOutputMessage.OldTuple?
        /// The row after; empty of a deletion.
        package var new: [TupleColumn]

        /// What can happen to a row.
        package enum Op: String, Sendable {
            case insert, update, delete
        }
    }
}

/// Puts messages together into transactions, and remembers what the tables look like.
///
/// A value that only ``take(_:content:)`` changes. After an error the stream must be started anew, with
/// a new assembler: the server then describes the tables again.
package struct TransactionAssembler: Sendable {
    private let limit: Int
    private var relations: [UInt32: Relation] = [:]
    private var open: MirrorTransaction?
    private var stepCount = 0

    /// An assembler that hands on a transaction in parts of at most so many steps.
    package init(limit: Int = 20_000) {
        self.limit = max(1, limit)
    }

    /// Whether a transaction has begun and not ended.
    package var isInTransaction: Bool { open != nil }

    /// Takes the next message.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - content: Its bytes, for the reject of what fits no table.
    /// - Returns: A transaction, or a part of one, that is complete with this message.
    /// - Throws: ``PgOutputError`` where the message does not belong here: the stream is broken.
    package mutating func take(
        _ message: PgOutputMessage,
        content: @autoclosure () -> [UInt8] = []
    ) throws(PgOutputError) -> MirrorTransaction? {
        switch message {
        case .begin(let commit, let time, let xid):
            guard open == nil else { throw PgOutputError("begin", "a transaction is open") }
            open = MirrorTransaction(
                xid: xid,
                commit: commit,
                time: time,
                steps: [],
                firstStep: 0
            )
            stepCount = 0
            return nil
        case .commit(let commit, let end, _):
            guard var done = open, done.commit == commit else {
                throw PgOutputError("commit", "it ends no open transaction")
            }
            done.end = end
            open = nil
            return done
        case .origin(let name):
            open?.origin = name
            return nil
        case .relation(let relation):
            relations[relation.id] = relation
            return nil
        case .type:
            return nil
        case .message(let isTransactional, let prefix, let text):
            // What is no part of a transaction says nothing of its rows, and may come between two.
            guard isTransactional else { return nil }
            return try add(.message(prefix: prefix, content: text))
        case .insert(let id, let new):
            return try add(row(id, .insert, old: nil, new: new, content))
        case .update(let id, let old, let new):
            return try add(row(id, .update, old: old, new: new, content))
        case .delete(let id, let old):
            return try add(row(id, .delete, old: old, new: [], content))
        case .truncate(let ids):
            var part: MirrorTransaction?
            for id in ids {
                guard let relation = relations[id] else {
                    throw PgOutputError("truncate", "table \(id) was never described")
                }
                part = try add(.truncate(relation)) ?? part
            }
            return part
        }
    }

    /// Notes a message of a transaction that could not be decoded.
    ///
    /// - Parameters:
    ///   - error: What is wrong with it.
    ///   - content: Its bytes.
    /// - Returns: A part of a transaction that is complete with it.
    /// - Throws: The error again where no transaction is open, or where the message may be what holds
    ///   the stream together: anything but a row.
    package mutating func take(
        unreadable error: PgOutputError,
        content: [UInt8]
    ) throws(PgOutputError) -> MirrorTransaction? {
        let rows: [UInt8] = [UInt8(ascii: "I"), UInt8(ascii: "U"), UInt8(ascii: "D")]
        guard open != nil, let kind = content.first, rows.contains(kind) else { throw error }
        return try add(.unreadable(reason: error.description, content: content))
    }

    private func row(
        _ id: UInt32,
        _ op: MirrorTransaction.RowStep.Op,
        old: PgOutputMessage.OldTuple?,
        new: [TupleColumn],
        _ content: () -> [UInt8]
    ) -> MirrorTransaction.Step {
        guard let relation = relations[id] else {
            return .unreadable(
                reason: "row of table \(id), which was never described",
                content: content()
            )
        }
        let count = relation.columns.count
        guard op == .delete || new.count == count, old.map({ $0.columns.count == count }) ?? true
        else {
            return .unreadable(
                reason: "row of `\(relation.name)` has not as many columns as the table",
                content: content()
            )
        }
        return .row(MirrorTransaction.RowStep(relation: relation, op: op, old: old, new: new))
    }

    private mutating func add(
        _ step: MirrorTransaction.Step
    ) throws(PgOutputError) -> MirrorTransaction? {
        guard open != nil else { throw PgOutputError("row", "no transaction is open") }
        open?.steps.append(step)
        stepCount += 1
        guard let part = open, part.steps.count >= limit else { return nil }
        open?.steps.removeAll(keepingCapacity: true)
        open?.firstStep = stepCount
        return part
    }
}
