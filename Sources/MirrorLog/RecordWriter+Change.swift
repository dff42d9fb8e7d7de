import BillingModel

extension RecordWriter {
    /// Writes a row image with the columns that it carries.
    ///
    /// Of a deleted row it is the image before the change.
    func writeChange(_ change: RowChange, of record: MirrorRecord, into json: inout JSONText) {
        let isDelete = change.op == .delete
        json.member("table", change.table.rawValue)
        json.member("op", change.op.rawValue)
        json.key("row")
        if isDelete { json.null() } else { writeRow(change.row, of: record, into: &json) }
        json.key("old")
        if isDelete { writeRow(change.row, of: record, into: &json) } else { json.null() }
    }

    private func writeRow(
        _ row: RowChange.Row,
        of record: MirrorRecord,
        into json: inout JSONText
    ) {
        json.object { json in
            writeOwner(of: row, record.account, into: &json)
            switch row {
            case .account(let type, let flags, let ban):
                writeText("account_type", type, into: &json)
                writeColumn("flags", flags, into: &json) { $1.integer($0) }
                writeColumn("ban", ban, into: &json) { $1.string($0.rawValue) }
            case .customer(let stripeCustomer, let badDebtAt, let legalEntity):
                writeText("stripe_customer", stripeCustomer, into: &json)
                writeColumn("bad_debt", badDebtAt, into: &json) { $1.string($0.description) }
                writeText("legal_entity", legalEntity, into: &json)
            case .subscription(let id, let status, let reason, let items):
                json.member("id", id.rawValue)
                writeColumn("status", status, into: &json) { $1.string($0.rawValue) }
                writeText("reason", reason, into: &json)
                writeColumn("items", items, into: &json) { items, json in
                    json.array { json in
                        for item in items { json.string(item.rawValue) }
                    }
                }
            case .probation(let product, let failed):
                json.member("product", product)
                writeColumn("failed", failed, into: &json) { $1.bool($0) }
            case .mandate(let id, let paymentMethod, let status):
                json.member("id", id)
                writeText("payment_method", paymentMethod, into: &json)
                writeText("status", status, into: &json)
            case .dunning(let event):
                json.member("event_id", event)
                json.member("recorded_at", record.at.description)
            case .stuckEvent(let event, let since):
                json.member("event_id", event)
                writeColumn("since", since, into: &json) { $1.string($0.description) }
            }
        }
    }

    /// Writes the column that ties a row to its account; `subs_account` is keyed by the account.
    private func writeOwner(
        of row: RowChange.Row,
        _ account: AccountID?,
        into json: inout JSONText
    ) {
        if case .account = row {
            json.member("id", account?.rawValue)
        } else {
            json.member("account_id", account?.rawValue)
        }
    }

    private func writeText(_ name: String, _ column: Column<String>, into json: inout JSONText) {
        writeColumn(name, column, into: &json) { $1.string($0) }
    }

    private func writeColumn<Value>(
        _ name: String,
        _ column: Column<Value>,
        into json: inout JSONText,
        _ write: (Value, inout JSONText) -> Void
    ) {
        switch column {
        case .absent: break
        case .null: json.member(name, String?.none)
        case .value(let value):
            json.key(name)
            write(value, &json)
        }
    }
}
