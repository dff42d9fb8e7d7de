import BillingModel

// Each check names what breaks its invariant, as a clause; `nil` where nothing does.

func takingWithoutDebt(_ it: Examination) -> String? {
    for planned in it.decision.plan {
        switch it.standing {
        case .inDebt: return nil
        case .overridden(let flagged):
            if !planned.effect.follows(overrideTo: flagged) {
                return "beyond the override: \(planned.effect)"
            }
        case .untouchable, .waiting, .clear:
            if planned.effect.takes { return "without debt: \(planned.effect)" }
        }
    }
    return nil
}

func contributionNotOwed(_ it: Examination) -> String? {
    for case .owed(let id, let amount, let currency) in it.decision.reasons {
        let item = ReckonedDebt.Item(id: id, amount: amount, currency: currency)
        if !it.owed.items.contains(item) { return "counted: \(id) with \(amount) \(currency)" }
    }
    for planned in it.decision.plan where planned.rule == .inDebt {
        for id in planned.invoices where !it.owed.items.contains(where: { $0.id == id }) {
            return "rests on \(id): \(planned.effect)"
        }
    }
    return nil
}

func effectOnOtherType(_ it: Examination) -> String? {
    guard let type = it.state.type, type.support != .supported,
        let first = it.decision.plan.first
    else { return nil }
    return "on type \(type.columnValue): \(first.effect)"
}

func foreignMarkTouched(_ it: Examination) -> String? {
    for planned in it.decision.plan {
        switch planned.effect {
        case .setFlag(let bit, _) where bit != 15: return "bit \(bit) is touched"
        case .setBan where it.state.ban == .abuse: return "a ban for abuse is overwritten"
        case .setBan(.abuse): return "a ban for abuse is laid on"
        default: continue
        }
    }
    return nil
}

func givingWhatWasNotTaken(_ it: Examination) -> String? {
    for planned in it.decision.plan {
        switch planned.effect {
        case .reactivateSubscription(let id, _):
            let subscription = it.state.subscription(id)
            if subscription?.status != .canceled || subscription?.cancelReason != "bad_debt" {
                return "\(id) was not canceled for bad debt and is reactivated"
            }
        case .restoreItems(let id, let items):
            let taken = it.state.subscription(id)?.itemsTaken ?? []
            for item in items where !taken.contains(where: { $0.id == item }) {
                return "\(item) of \(id) was not taken and is restored"
            }
        case .setBan(nil) where it.state.ban != .badDebt:
            return "a ban that is not for bad debt is lifted"
        default: continue
        }
    }
    return nil
}

func markAgainstDebt(_ it: Examination) -> String? {
    let owes: Bool
    switch it.standing {
    case .inDebt: owes = true
    case .clear: owes = false
    case .untouchable, .overridden, .waiting: return nil
    }
    let debt = owes ? "in debt" : "not in debt"
    if it.marks.isFlagged != owes {
        return "\(debt), yet bit 15 is \(owes ? "clear" : "set")"
    }
    if (it.marks.badDebtAt != nil) != owes {
        return "\(debt), yet the timestamp is \(owes ? "absent" : "set")"
    }
    if it.marks.badDebt != (owes ? "true" : nil) {
        return "\(debt), yet metadata bad_debt is \(it.marks.badDebt ?? "absent")"
    }
    return nil
}

func amountNotReckoned(_ it: Examination) -> String? {
    let expected: String?
    switch it.standing {
    case .inDebt, .overridden(flagged: true): expected = it.owed.text
    case .clear, .overridden(flagged: false): expected = nil
    case .untouchable, .waiting: return nil
    }
    let found = it.marks.badDebtAmount
    guard found != expected else { return nil }
    return "bad_debt_amount is \(found ?? "absent") for \(expected ?? "no debt")"
}

func effectDespiteGap(_ it: Examination) -> String? {
    guard it.state.type == nil || !it.state.missing.isEmpty else { return nil }
    if let first = it.decision.plan.first { return "facts are missing: \(first.effect)" }
    let saysSo = it.decision.reasons.contains {
        if case .missing = $0 { true } else { false }
    }
    return saysSo ? nil : "facts are missing and no reason says so"
}

func effectWithoutGrounds(_ it: Examination) -> String? {
    for planned in it.decision.plan {
        let invoices = planned.invoices
        if planned.rule != it.decision.rule || !planned.rule.plansEffects {
            return "rule \(planned.rule) names no ground: \(planned.effect)"
        }
        if planned.rule == .inDebt && invoices.isEmpty {
            return "names no invoice: \(planned.effect)"
        }
        if zip(invoices, invoices.dropFirst()).contains(where: { $0 >= $1 }) {
            return "names its invoices out of order: \(planned.effect)"
        }
        if let unknown = invoices.first(where: { it.state.invoice($0) == nil }) {
            return "names \(unknown), which is not there: \(planned.effect)"
        }
    }
    return nil
}

extension Rule {
    /// Whether decisions by this rule may change anything.
    fileprivate var plansEffects: Bool {
        switch self {
        case .override, .inDebt, .clear: true
        case .restricted, .incomplete, .hold: false
        }
    }
}

extension Effect {
    /// Whether the customer loses by it.
    fileprivate var takes: Bool {
        switch self {
        case .setFlag(_, let value): value
        case .setBan(let ban): ban != nil
        case .cancelSubscription, .deleteItems, .restrict: true
        case .createConsolidatedInvoice, .payInvoice: true
        case .setBadDebtAt, .reactivateSubscription, .restoreItems: false
        case .setCustomerMetadata, .setInvoiceMetadata, .voidInvoice: false
        case .recordDunning, .notify, .escalate: false
        }
    }

    /// Whether an override may ask for it: flag, timestamp and metadata, and nothing else.
    fileprivate func follows(overrideTo flagged: Bool) -> Bool {
        switch self {
        case .setFlag(_, let value): value == flagged
        case .setBadDebtAt, .setCustomerMetadata: true
        default: false
        }
    }
}
