import BillingModel

/// Decodes messages of `pgoutput`.
///
/// It holds nothing from one message to the next, and answers to any bytes: what is no message is
/// an error, never a trap or a read beyond the end.
package enum PgOutputDecoder {
    /// Decodes one message.
    ///
    /// - Parameters:
    ///   - bytes: What a frame of the replication stream carries.
    ///   - start: Where in them the message begins.
    /// - Returns: The message.
    /// - Throws: ``PgOutputError`` that says which part is broken.
    /// - Complexity: O(n) in the length of the message.
    package static func decode(
        _ bytes: [UInt8],
        from start: Int = 0
    ) throws(PgOutputError) -> PgOutputMessage {
        var reader = ByteReader(bytes, from: start)
        let kind = try reader.byte("message type")
        let message = try body(of: kind, &reader)
        guard reader.remaining == 0 else {
            throw PgOutputError("end of message", "\(reader.remaining) bytes follow it")
        }
        return message
    }

    private static func body(
        of kind: UInt8,
        _ reader: inout ByteReader
    ) throws(PgOutputError) -> PgOutputMessage {
        switch kind {
        case UInt8(ascii: "B"):
            return .begin(
                commit: try reader.position("begin"),
                time: ServerTime.instant(try reader.signed64("begin")),
                xid: try reader.unsigned32("begin")
            )
        case UInt8(ascii: "C"):
            _ = try reader.byte("commit flags")
            return .commit(
                commit: try reader.position("commit"),
                end: try reader.position("commit"),
                time: ServerTime.instant(try reader.signed64("commit"))
            )
        case UInt8(ascii: "O"):
            _ = try reader.position("origin")
            return .origin(name: try reader.text("origin name"))
        case UInt8(ascii: "R"):
            return .relation(try relation(&reader))
        case UInt8(ascii: "Y"):
            _ = try reader.unsigned32("type")
            _ = try reader.text("type schema")
            _ = try reader.text("type name")
            return .type
        case UInt8(ascii: "I"):
            let relation = try reader.unsigned32("insert")
            try expectNew(&reader)
            return .insert(relation: relation, new: try tuple(&reader))
        case UInt8(ascii: "U"):
            return try update(&reader)
        case UInt8(ascii: "D"):
            let relation = try reader.unsigned32("delete")
            guard let old = try old(of: try reader.byte("delete"), &reader) else {
                throw PgOutputError("delete", "it has no old row")
            }
            return .delete(relation: relation, old: old)
        case UInt8(ascii: "T"):
            let count = try reader.count("truncate", width: 4, atLeast: 4)
            _ = try reader.byte("truncate options")
            var relations: [UInt32] = []
            for _ in 0..<count { relations.append(try reader.unsigned32("truncated table")) }
            return .truncate(relations: relations)
        case UInt8(ascii: "M"):
            let flags = try reader.byte("logical message flags")
            _ = try reader.position("logical message")
            let prefix = try reader.text("logical message prefix")
            let length = try reader.count("logical message length", width: 4, atLeast: 1)
            return .message(
                isTransactional: flags & 1 == 1,
                prefix: prefix,
                content: try reader.bytes(length, "logical message content")
            )
        default:
            throw PgOutputError("message type", "\(kind) is not known")
        }
    }

    private static func relation(_ reader: inout ByteReader) throws(PgOutputError) -> Relation {
        let id = try reader.unsigned32("relation")
        let schema = try reader.text("relation schema")
        let name = try reader.text("relation name")
        let identity = try reader.byte("replica identity")
        // A column takes a flag, the end of its name, a type and a modifier at the least.
        let count = try reader.count("column count", width: 2, atLeast: 10)
        var columns: [RelationColumn] = []
        columns.reserveCapacity(count)
        for _ in 0..<count {
            let flags = try reader.byte("column flags")
            columns.append(
                RelationColumn(name: try reader.text("column name"), isKey: flags & 1 == 1)
            )
            _ = try reader.unsigned32("column type")
            _ = try reader.unsigned32("column modifier")
        }
        return Relation(
            id: id,
            schema: schema,
            name: name,
            replicaIdentity: identity,
            columns: columns
        )
    }

    private static func update(_ reader: inout ByteReader) throws(PgOutputError) -> PgOutputMessage
    {
        let relation = try reader.unsigned32("update")
        let kind = try reader.byte("update")
        guard let old = try old(of: kind, &reader) else {
            guard kind == UInt8(ascii: "N") else {
                throw PgOutputError("update", "\(kind) is no kind of row")
            }
            return .update(relation: relation, old: nil, new: try tuple(&reader))
        }
        try expectNew(&reader)
        return .update(relation: relation, old: old, new: try tuple(&reader))
    }

    private static func old(
        of kind: UInt8,
        _ reader: inout ByteReader
    ) throws(PgOutputError) -> PgOutputMessage.OldTuple? {
        let isWhole = kind == UInt8(ascii: "O")
        guard isWhole || kind == UInt8(ascii: "K") else { return nil }
        return PgOutputMessage.OldTuple(isWhole: isWhole, columns: try tuple(&reader))
    }

    private static func expectNew(_ reader: inout ByteReader) throws(PgOutputError) {
        guard try reader.byte("new row") == UInt8(ascii: "N") else {
            throw PgOutputError("new row", "it is not there")
        }
    }

    private static func tuple(_ reader: inout ByteReader) throws(PgOutputError) -> [TupleColumn] {
        let count = try reader.count("row", width: 2, atLeast: 1)
        var columns: [TupleColumn] = []
        columns.reserveCapacity(count)
        for _ in 0..<count {
            switch try reader.byte("value") {
            case UInt8(ascii: "n"): columns.append(.null)
            case UInt8(ascii: "u"): columns.append(.unchanged)
            case UInt8(ascii: "t"):
                let length = try reader.count("value length", width: 4, atLeast: 1)
                columns.append(.text(try reader.bytes(length, "value")))
            case let kind:
                throw PgOutputError("value", "\(kind) is no kind of value that was asked for")
            }
        }
        return columns
    }
}
