import BillingModel
import MirrorLog

/// The allow-list: the members that a redacted record may keep, and what becomes of each.
///
/// It names what the readers of the mirror log read, and the members that show an object's shape.
/// What is not in it is not known to be harmless, and goes.
enum RedactionTable {
    /// A record of any kind.
    static let record = Treatment.chosen(
        by: "kind",
        [
            "baseline": common.adding(["state": .object(state)]),
            "stripe": common.adding(["cause": .id, "event": .event]),
            // A request and a mark may stand in the record itself.
            "request": common.adding(request).adding(["request": .object(request)]),
            "execution": common.adding(["execution": .object(execution)]),
            "change": common.adding(["change": change]),
            "mark": common.adding(mark).adding(["mark": .object(mark)]),
        ]
    )

    /// Every text that may come out as it is.
    static let words: Set<String> = {
        var words: Set<String> = []
        record.collectWords(into: &words)
        return words
    }()

    private static let common: MemberTable = [
        "v": .integer, "id": .id, "kind": closed(MirrorRecord.Kind.self), "at": .time,
        "seen": .time, "account": .id,
    ]

    // MARK: - Requests and marks

    private static let request: MemberTable = [
        "type": .word(
            ["drift_run", "pay_bad_debt", "admin_flag", "admin_unflag", "set_account_type"],
            otherwise: .nothing
        ),
        "actor": .actor, "to": accountType,
    ]

    private static let mark: MemberTable = [
        "source": closed(Mark.Source.self), "through": .time,
        "gap": .object(["from": .time, "to": .time]),
    ]

    // MARK: - Baselines

    private static let state: MemberTable = [
        "account": .object(["type": accountType, "flags": .integer, "ban": ban]),
        "customer": .object([
            "stripe_customer": .id, "bad_debt_at": .time, "legal_entity": legalEntity,
        ]),
        "probations": .list(.object(["product": .id, "failed": .boolean])),
        "mandates": .list(
            .object(["id": .id, "payment_method": paymentMethod, "status": mandateStatus])
        ),
        "credit": .object(["balance": .amount, "currency": .currency]),
        "override": .object([
            "to": .word(["flagged", "unflagged"], otherwise: .nothing), "by": .actor,
            "until": .time,
        ]),
        "stripe": .object([
            "customer": .object(customer), "subscriptions": .list(.object(subscription)),
            "invoices": .list(.object(invoice)),
        ]),
    ]

    // MARK: - Executions

    private static let execution: MemberTable = [
        "path": closed(LegacyPath.self), "trigger": .id, "finished": .time,
        "outcome": closed(Execution.Outcome.self),
        "error": .word([], otherwise: .neutral("error")),
        "effects": .list(.chosen(by: "do", effects)),
    ]

    private static let effect: MemberTable = [
        "at": .time, "ok": .boolean, "do": .word(effectNames, otherwise: .nothing),
    ]

    private static let effectNames = [
        "set_flag", "set_ban", "set_bad_debt_at", "cancel_subscription",
        "reactivate_subscription", "delete_items", "restore_items", "set_customer_metadata",
        "set_invoice_metadata", "void_invoice", "create_consolidated_invoice", "pay_invoice",
        "record_dunning", "notify", "restrict", "escalate",
    ]

    private static let effects: [String: MemberTable] = [
        "set_flag": effect.adding(["bit": .integer, "to": .boolean]),
        "set_ban": effect.adding(["to": ban]),
        "set_bad_debt_at": effect.adding(["to": .time]),
        "cancel_subscription": effect.adding(subscriptionEffect),
        "reactivate_subscription": effect.adding(subscriptionEffect),
        "delete_items": effect.adding(itemsEffect),
        "restore_items": effect.adding(itemsEffect),
        "set_customer_metadata": effect.adding(metadataEffect),
        "set_invoice_metadata": effect.adding(metadataEffect).adding(["invoice": .id]),
        "void_invoice": effect.adding(["invoice": .id]),
        "create_consolidated_invoice": effect.adding(moneyEffect).adding(["covers": .list(.id)]),
        "pay_invoice": effect.adding(moneyEffect).adding(["payment": .id]),
        "record_dunning": effect.adding(["event": .id]),
        "notify": effect.adding(stageEffect),
        "restrict": effect.adding(stageEffect),
        "escalate": effect.adding(stageEffect),
    ]

    private static let subscriptionEffect: MemberTable = ["subscription": .id, "reason": reason]

    private static let itemsEffect: MemberTable = ["subscription": .id, "items": .list(.id)]

    private static let moneyEffect: MemberTable = [
        "invoice": .id, "amount": .amount, "currency": .currency,
    ]

    private static let metadataEffect: MemberTable = [
        "set": .entries(metadata),
        "unset": .keys([
            "account_type", "bad_debt", "bad_debt_amount", "bad_debt_paid", "covers", "replaces",
        ]),
    ]

    /// To whom something is sent may be an address.
    private static let stageEffect: MemberTable = ["stage": .id, "to": .id]

    // MARK: - Row images

    private static let change = Treatment.chosen(
        by: "table",
        [
            "subs_account": row([
                "id": .id, "account_type": accountType, "flags": .integer, "ban": ban,
            ]),
            "subs_customer": row([
                "account_id": .id, "stripe_customer": .id, "bad_debt": .time,
                "legal_entity": legalEntity,
            ]),
            "subs_subscription": row([
                "account_id": .id, "id": .id, "status": closed(SubscriptionStatus.self),
                "reason": reason, "items": .list(.id),
            ]),
            "subs_product_probation": row([
                "account_id": .id, "product": .id, "failed": .boolean,
            ]),
            "subs_mandate": row([
                "account_id": .id, "id": .id, "payment_method": paymentMethod,
                "status": mandateStatus,
            ]),
            "subs_dunning": row(["account_id": .id, "event_id": .id, "recorded_at": .time]),
            "subs_stuck_events": row(["account_id": .id, "event_id": .id, "since": .time]),
        ]
    )

    private static func row(_ columns: MemberTable) -> MemberTable {
        [
            "table": closed(RowChange.Table.self), "op": closed(RowChange.Op.self),
            "row": .object(columns), "old": .object(columns),
        ]
    }
}

// MARK: - Words

extension RedactionTable {
    /// The names of an enumeration; no reader takes any other.
    static func closed<Value: CaseIterable & RawRepresentable>(_: Value.Type) -> Treatment
    where Value.RawValue == String {
        .word(Value.allCases.map(\.rawValue), otherwise: .nothing)
    }

    /// A type that is on no list stays one that is on no list.
    static let accountType = Treatment.word(
        AccountType.Known.allCases.map(\.rawValue),
        otherwise: .pseudonym
    )

    /// Why a subscription was canceled: the brain brings back what was canceled for bad debt, and
    /// for no other reason.
    static let reason = Treatment.word(
        ["bad_debt", "payment_failed", "cancellation_requested"],
        otherwise: .neutral("other")
    )

    private static let ban = Treatment.word(
        [Ban.badDebt.rawValue, Ban.abuse.rawValue],
        otherwise: .nothing
    )

    private static let legalEntity = Treatment.word(
        ["global", CorpusRegion.cn.rawValue],
        otherwise: .pseudonym
    )

    private static let paymentMethod = Treatment.word(
        [
            "acss_debit", "alipay", "au_becs_debit", "bacs_debit", "bancontact", "card", "cashapp",
            "customer_balance", "ideal", "link", "paypal", "sepa_debit", "us_bank_account",
            "wechat_pay",
        ],
        otherwise: .pseudonym
    )

    private static let mandateStatus = Treatment.word(
        ["active", "inactive", "pending", "revoked"],
        otherwise: .pseudonym
    )

    /// Who asks for something, by themselves or before a colon and a name.
    static let actors = ["admin", "cron", "customer", "support", "system"]
}
