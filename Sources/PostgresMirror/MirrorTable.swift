/// What a table of the database means to the mirror, with the columns that are read of it.
///
/// The names are those of the mirror log; a ``RowMapping`` says what they are in the database.
package enum MirrorTable: String, CaseIterable, Sendable {
    case account = "subs_account"
    case customer = "subs_customer"
    case subscription = "subs_subscription"
    case probation = "subs_product_probation"
    case mandate = "subs_mandate"
    case dunning = "subs_dunning"
    case stuckEvents = "subs_stuck_events"
    case requests
    case executions

    /// How a column's text is read.
    package enum Form: Hashable, Sendable {
        /// As it stands.
        case text
        /// A whole number.
        case integer
        /// `t` or `f`, and the like.
        case boolean
        /// A time with or without zone, or seconds since 1970.
        case time
        /// An array of texts, or a JSON array of strings.
        case list
        /// A JSON text.
        case json
    }

    /// A column by the log's name.
    package struct Column: Hashable, Sendable {
        /// Its name in the log.
        package let name: String
        /// How its text is read.
        package let form: Form
        /// Whether no record can be made without it.
        package let isNeeded: Bool
    }

    /// The columns, in the order in which they are written.
    package var columns: [Column] {
        switch self {
        case .account:
            [need("id"), text("account_type"), .init("flags", .integer), text("ban")]
        case .customer:
            [
                need("account_id"), text("stripe_customer"), .init("bad_debt", .time),
                text("legal_entity"),
            ]
        case .subscription:
            [
                need("account_id"), need("id"), text("status"), text("reason"),
                .init("items", .list),
            ]
        case .probation:
            [need("account_id"), need("product"), .init("failed", .boolean)]
        case .mandate:
            [need("account_id"), need("id"), text("payment_method"), text("status")]
        case .dunning:
            [need("account_id"), need("event_id"), .init("recorded_at", .time)]
        case .stuckEvents:
            [need("account_id"), need("event_id"), .init("since", .time)]
        case .requests:
            [
                need("id"), need("account_id"), need("type"), text("actor"), text("to"),
                .init("at", .time),
            ]
        case .executions:
            [
                need("id"), need("account_id"), need("path"), text("trigger"),
                .init("started", .time), .init("finished", .time), text("outcome"), text("error"),
                .init("effects", .json),
            ]
        }
    }

    /// The column that says whose a row is.
    package var owner: String { self == .account ? "id" : "account_id" }

    private func need(_ name: String) -> Column { Column(name, .text, isNeeded: true) }

    private func text(_ name: String) -> Column { Column(name, .text) }
}

extension MirrorTable.Column {
    fileprivate init(_ name: String, _ form: MirrorTable.Form, isNeeded: Bool = false) {
        self.name = name
        self.form = form
        self.isNeeded = isNeeded
    }
}
