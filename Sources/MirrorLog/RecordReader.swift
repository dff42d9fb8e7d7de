import BillingModel

/// Reads one record from one line.
package struct RecordReader {
    let scanner: JSONScanner

    /// A reader with a parser of its own.
    ///
    /// - Throws: ``RecordError`` when memory is short.
    package init() throws(RecordError) {
        scanner = try JSONScanner()
    }

    /// Reads a line of the log.
    ///
    /// - Parameter line: UTF-8 without the line feed, with ``JSONScanner/padding`` readable bytes
    ///   behind it.
    /// - Returns: The record.
    /// - Throws: ``RecordError`` that says what is wrong and where in the record.
    package func read(_ line: UnsafeRawBufferPointer) throws(RecordError) -> MirrorRecord {
        try read(scanner.parse(line))
    }

    /// Reads a line held in an array, for callers that have no padded buffer.
    package func read(copying line: [UInt8]) throws(RecordError) -> MirrorRecord {
        try scanner.parse(copying: line) { json throws(RecordError) in try read(json) }
    }

    let kinds = NameTable(MirrorRecord.Kind.self)

    enum Field: Int, JSONField {
        case v, id, kind, at, seen, account, state, event, cause, request, execution, change, mark
        static let keys = JSONKeys(Field.self)
    }

    /// Reads a line's value.
    func read(_ json: JSONValue) throws(RecordError) -> MirrorRecord {
        guard json.isObject else {
            throw RecordError("the line is \(json.kindInWords), not an object")
        }
        // Out by a variable: handed from closure to closure as results, records are copied at each.
        var record: MirrorRecord?
        try json.fields(Field.self) { fields throws(RecordError) in
            guard let version = try fields.integer(.v) else { throw fields.mismatch(.v, "1") }
            guard version == 1 else {
                throw RecordError("format version \(version) is not known; this reads version 1")
            }
            let id = RecordID(try fields.required(.id))
            guard !id.rawValue.isEmpty else { throw RecordError("`id` is empty") }
            guard let at = try fields.time(.at) else {
                throw fields.mismatch(.at, "an RFC 3339 time")
            }
            guard let kind = try fields.named(.kind, in: kinds, "kind") else {
                throw fields.mismatch(.kind, "a string")
            }
            let account = try fields.string(.account).map { AccountID($0) }
            guard account != nil || kind == .stripe || kind == .mark else {
                throw RecordError("`account` is missing")
            }
            record = MirrorRecord(
                id: id,
                at: at,
                seen: try fields.time(.seen),
                account: account,
                body: try body(of: kind, fields, json, id: id, at: at)
            )
        }
        guard let record else { throw RecordError("out of memory") }
        return record
    }

    private func body(
        of kind: MirrorRecord.Kind,
        _ fields: JSONFields<Field>,
        _ record: JSONValue,
        id: RecordID,
        at: Instant
    ) throws(RecordError) -> MirrorRecord.Body {
        switch kind {
        case .baseline:
            return .baseline(try readBaseline(fields.requiredObject(.state), at: at, id: id))
        case .stripe:
            var event = try readStripeEvent(fields.requiredObject(.event), at: at, id: id)
            event.cause = try fields.string(.cause).map { RecordID($0) }
            return .stripe(event)
        case .request:
            return .request(try readRequest(fields[.request].isObject ? fields[.request] : record))
        case .execution:
            return .execution(try readExecution(fields.requiredObject(.execution), at: at))
        case .change:
            return .change(try readChange(fields.requiredObject(.change)))
        case .mark:
            return .mark(try readMark(fields[.mark].isObject ? fields[.mark] : record))
        }
    }
}

private enum RequestField: Int, JSONField {
    case type, actor, to
    static let keys = JSONKeys(RequestField.self)
}

private func readRequest(_ json: JSONValue) throws(RecordError) -> Request {
    try json.fields(RequestField.self) { fields throws(RecordError) in
        let type = try fields.required(.type)
        let kind: Request.Kind
        switch type {
        case "drift_run": kind = .driftRun
        case "pay_bad_debt": kind = .payBadDebt
        case "admin_flag": kind = .adminFlag
        case "admin_unflag": kind = .adminUnflag
        case "set_account_type": kind = .setAccountType(AccountType(try fields.required(.to)))
        default: throw RecordError("request type `\(type)` is not known")
        }
        return Request(kind: kind, actor: try fields.string(.actor) ?? "")
    }
}

private enum MarkField: Int, JSONField {
    case source, through, gap
    static let keys = JSONKeys(MarkField.self)
}

private enum GapField: Int, JSONField {
    case from, to
    static let keys = JSONKeys(GapField.self)
}

private func readMark(_ json: JSONValue) throws(RecordError) -> Mark {
    try json.fields(MarkField.self) { fields throws(RecordError) in
        let name = try fields.required(.source)
        guard let source = Mark.Source(rawValue: name) else {
            throw RecordError("source `\(name)` is not known")
        }
        if let through = try fields.time(.through) {
            return Mark(source: source, says: .through(through))
        }
        guard fields[.gap].isObject else {
            throw RecordError("the mark has neither `through` nor `gap`")
        }
        return try fields[.gap].fields(GapField.self) { gap throws(RecordError) in
            guard let from = try gap.time(.from), let to = try gap.time(.to), from <= to else {
                throw RecordError("`gap` needs times `from` and `to`, in this order")
            }
            return Mark(source: source, says: .gap(from: from, to: to))
        }
    }
}
