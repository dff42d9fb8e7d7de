import BillingModel

private enum ChangeField: Int, JSONField {
    case table, op, row, old
    static let keys = JSONKeys(ChangeField.self)
}

private enum RowField: Int, JSONField {
    case id, accountType, flags, ban, stripeCustomer, badDebt, legalEntity, status, reason, items
    case product, failed, paymentMethod, eventId, since
    static let keys = JSONKeys(RowField.self)
}

/// Reads a row image.
///
/// Of a deleted row the image before the change is read.
func readChange(_ json: JSONValue) throws(RecordError) -> RowChange {
    try json.fields(ChangeField.self) { fields throws(RecordError) in
        let name = try fields.required(.table)
        guard let table = RowChange.Table(rawValue: name) else {
            throw RecordError("change: table `\(name)` is not mirrored")
        }
        let opName = try fields.required(.op)
        guard let op = RowChange.Op(rawValue: opName) else {
            throw RecordError("change: op `\(opName)` is not known")
        }
        let row = fields[.row].isObject ? fields[.row] : fields[.old]
        guard row.isObject, op == .delete || fields[.row].isObject else {
            throw fields.mismatch(.row, "an object")
        }
        do throws(RecordError) {
            return RowChange(
                op: op,
                row: try row.fields(RowField.self) { row throws(RecordError) in
                    try readRow(of: table, row)
                }
            )
        } catch {
            throw error.inside("change of \(name)")
        }
    }
}

private func readRow(
    of table: RowChange.Table,
    _ row: JSONFields<RowField>
) throws(RecordError) -> RowChange.Row {
    switch table {
    case .account:
        return .account(
            type: try column(row, .accountType, row.string),
            flags: try column(row, .flags) { field throws(RecordError) in
                guard let flags = try row.integer(field), flags >= 0 else {
                    throw row.mismatch(field, "a number of 0 or more")
                }
                return UInt64(flags)
            },
            ban: try column(row, .ban) { field throws(RecordError) in
                try readBan(row.string(field))
            }
        )
    case .customer:
        return .customer(
            stripeCustomer: try column(row, .stripeCustomer, row.string),
            badDebtAt: try column(row, .badDebt, row.time),
            legalEntity: try column(row, .legalEntity, row.string)
        )
    case .subscription:
        return .subscription(
            id: SubscriptionID(try row.required(.id)),
            status: try column(row, .status) { field throws(RecordError) in
                let name = try row.required(field)
                guard let status = SubscriptionStatus(rawValue: name) else {
                    throw RecordError("status `\(name)` is not known")
                }
                return status
            },
            reason: try column(row, .reason, row.string),
            items: try column(row, .items) { field throws(RecordError) in
                try strings(row[field]).map { ItemID($0) }
            }
        )
    case .probation:
        return .probation(
            product: try row.required(.product),
            failed: try column(row, .failed, row.bool)
        )
    case .mandate:
        return .mandate(
            id: try row.required(.id),
            paymentMethod: try column(row, .paymentMethod, row.string),
            status: try column(row, .status, row.string)
        )
    case .dunning:
        return .dunning(event: try row.required(.eventId))
    case .stuckEvents:
        return .stuckEvent(
            event: try row.required(.eventId),
            since: try column(row, .since, row.time)
        )
    }
}

private func column<Value: Hashable & Sendable>(
    _ row: JSONFields<RowField>,
    _ field: RowField,
    _ read: (RowField) throws(RecordError) -> Value?
) throws(RecordError) -> Column<Value> {
    guard row[field].isPresent else { return .absent }
    guard !row[field].isNull, let value = try read(field) else { return .null }
    return .value(value)
}
