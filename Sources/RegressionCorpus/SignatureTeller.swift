import BillingModel
import MirrorLog
import ShadowRun

/// Tells of things without their names, times and amounts.
struct SignatureTeller {
    /// What can have a name; two of different kinds may have the same.
    enum Kind: String {
        case record, subscription, invoice, event
    }

    private var numbers: [String: Int] = [:]
    /// What a baseline showed of objects that nothing has happened to yet, by kind and id.
    private var shown: [String: String] = [:]

    /// The number of a thing, and at its first mention what the baseline showed of it.
    mutating func name(_ kind: Kind, _ id: some CustomStringConvertible) -> String {
        let key = "\(kind.rawValue) \(id)"
        if let number = numbers[key] { return "#\(number)" }
        numbers[key] = numbers.count
        return "#\(numbers.count - 1)" + (shown[key].map { "(\($0))" } ?? "")
    }

    /// An account type; those that are on no list are all alike.
    func word(_ type: AccountType) -> String {
        if case .unknown = type { "(unknown)" } else { type.columnValue }
    }

    // MARK: - State

    /// The account of a baseline.
    ///
    /// Its objects stand in order of ids. They are described here and get their numbers when
    /// something happens to them, so that their order tells nothing.
    mutating func gist(_ state: AccountState) -> String {
        var subscriptions: [String] = []
        for subscription in state.subscriptions {
            let text = describe(subscription)
            shown["\(Kind.subscription.rawValue) \(subscription.id)"] = text
            subscriptions.append(text)
        }
        var invoices: [String] = []
        for invoice in state.invoices {
            let text = describe(invoice)
            shown["\(Kind.invoice.rawValue) \(invoice.id)"] = text
            invoices.append(text)
        }
        let failed = state.probations.filter(\.failed).count
        let word = state.override.map { "override \($0.flagged) \($0.until != nil)" } ?? "-"
        let metadata = [state.metadata.badDebt, state.metadata.badDebtAmount].map { $0 != nil }
        return "\(state.type.map { self.word($0) } ?? "-") \(state.isFlagged) "
            + "\(state.ban?.rawValue ?? "-") \(state.badDebtAt != nil) \(metadata) \(word) "
            + "\(failed) \(state.missing.count) \(subscriptions.sorted()) \(invoices.sorted())"
    }

    private func describe(_ subscription: Subscription) -> String {
        "\(subscription.status.rawValue) \(subscription.items.count) "
            + (subscription.isCanceledForBadDebt ? "for debt" : "-")
    }

    private func describe(_ invoice: Invoice) -> String {
        let stated =
            switch invoice.statedDebt {
            case .absent: "-"
            case .amount(let amount): "states \(amount.signum())"
            case .unreadable: "states what can't be read"
            }
        return
            "\(invoice.status.rawValue) \(invoice.currency.code) due \(invoice.amountDue.signum()) "
            + "paid \(invoice.amountPaid.signum()) left \(invoice.amountRemaining.signum()) "
            + "\(stated) \(invoice.markedUncollectibleAt != nil) "
            + "\(invoice.nextPaymentAttempt != nil) \(invoice.isMarkedPaid) "
            + "\(invoice.isPaidOutOfBand) \(invoice.covers.count) \(invoice.replaces.count)"
    }

    /// The object of an event.
    mutating func gist(_ object: StripeObject) -> String {
        switch object {
        case .invoice(let invoice):
            let bills = invoice.subscription.map { " bills " + name(.subscription, $0) } ?? ""
            let covers = invoice.covers.map { name(.invoice, $0) }
            let replaces = invoice.replaces.map { name(.invoice, $0) }
            return "\(name(.invoice, invoice.id)) \(describe(invoice)) "
                + "\(bills) \(covers) \(replaces)"
        case .deletedInvoice(let id): return "\(name(.invoice, id)) deleted"
        case .subscription(let subscription):
            return "\(name(.subscription, subscription.id)) \(describe(subscription))"
        case .customer(let metadata):
            return "customer \(metadata.badDebt != nil) \(metadata.badDebtAmount != nil)"
        case .other: return "-"
        }
    }

    /// A row image.
    mutating func gist(_ row: RowChange.Row) -> String {
        switch row {
        case .account(let type, let flags, let ban):
            let isFlagged = told(flags) { "\($0 & (1 << UInt64(badDebtFlagBit)) != 0)" }
            return
                "\(told(type) { word(AccountType($0)) }) \(isFlagged) \(told(ban) { $0.rawValue })"
        case .customer(let customer, let badDebtAt, let entity):
            return "\(told(customer) { _ in "set" }) \(told(badDebtAt) { _ in "set" }) "
                + told(entity) { CorpusRegion(legalEntity: $0).rawValue }
        case .subscription(let id, let status, let reason, let items):
            let isForDebt = told(reason) { $0 == "bad_debt" ? "for debt" : "-" }
            return "\(name(.subscription, id)) \(told(status) { $0.rawValue }) \(isForDebt) "
                + told(items) { "\($0.count)" }
        case .probation(_, let failed): return told(failed) { "\($0)" }
        case .mandate: return ""
        case .dunning(let event): return name(.event, event)
        case .stuckEvent(let event, let since):
            return "\(name(.event, event)) \(told(since) { _ in "set" })"
        }
    }

    private func told<Value>(_ column: Column<Value>, _ text: (Value) -> String) -> String {
        switch column {
        case .absent: "absent"
        case .null: "null"
        case .value(let value): text(value)
        }
    }
}

// MARK: - What was done, and what differs

extension SignatureTeller {
    /// An effect.
    mutating func gist(_ effect: Effect) -> String {
        switch effect {
        case .setFlag(let bit, let to): "flag \(bit) \(to)"
        case .setBan(let ban): "ban \(ban?.rawValue ?? "-")"
        case .setBadDebtAt(let at): "bad debt \(at != nil)"
        case .cancelSubscription(let id, let reason):
            "cancel \(name(.subscription, id)) \(reason == "bad_debt")"
        case .reactivateSubscription(let id, _): "reactivate \(name(.subscription, id))"
        case .deleteItems(let id, let items):
            "delete items \(name(.subscription, id)) \(items.count)"
        case .restoreItems(let id, let items):
            "restore items \(name(.subscription, id)) \(items.count)"
        case .setCustomerMetadata(let set, let unset): "metadata \(keys(set, unset))"
        case .setInvoiceMetadata(let id, let set, let unset):
            "metadata of \(name(.invoice, id)) \(keys(set, unset))"
        case .voidInvoice(let id): "void \(name(.invoice, id))"
        case .createConsolidatedInvoice(let id, let covers, let sum):
            "create \(name(.invoice, id)) \(covers.map { name(.invoice, $0) }) "
                + sum.currency.code
        case .payInvoice(let id, _, _): "pay \(name(.invoice, id))"
        case .recordDunning(let event): "record \(name(.event, event))"
        case .notify: "notify"
        case .restrict: "restrict"
        case .escalate: "escalate"
        }
    }

    /// Metadata keys by name where dunning reads them; a case has pseudonyms for all others.
    private func keys(_ set: [MetadataEntry], _ unset: [String]) -> String {
        let known = ["account_type", "bad_debt", "bad_debt_amount", "bad_debt_paid"]
        let told = { (keys: [String]) in
            keys.filter(known.contains).sorted()
                + keys.filter { !known.contains($0) }.map { _ in "…" }
        }
        return "\(told(set.map(\.key))) \(told(unset))"
    }

    /// A facet with both values.
    mutating func gist(_ difference: FacetDifference) -> String {
        let facet =
            switch difference.facet {
            case .subscription(let id): "subscription " + name(.subscription, id)
            case .items(let id): "items " + name(.subscription, id)
            case .payments(let id): "payments " + name(.invoice, id)
            case .processed(let id): "processed " + name(.record, id)
            case .badDebtFlag, .badDebtAt, .ban, .customerMetadata, .debtAmount:
                difference.facet.description
            }
        let isBan = difference.facet == .ban
        let values = [difference.legacy, difference.brain].map { value in
            switch value {
            case .bool(let truth): "\(truth)"
            case .count(let count): "\(count)"
            case .list(let values): "\(values.count)"
            case .text(nil): "-"
            // Of all texts only that of a ban is neither a name nor an amount.
            case .text(let text?): isBan ? text : "set"
            }
        }
        return "\(facet) \(values)"
    }
}
