import BillingModel
import LegacyPaths
import ShadowRun

extension LegacyTrigger {
    /// Who says it, and what: "stripe" and "invoice.voided in_1".
    var words: (who: String, what: String) {
        switch self {
        case .request(let request): return (request.actor, "asks for \(request.kind.name)")
        case .stripe(let event):
            let object: String? =
                switch event.object {
                case .invoice(let invoice): invoice.id.rawValue
                case .deletedInvoice(let id): id.rawValue
                case .subscription(let subscription): subscription.id.rawValue
                case .customer, .other: nil
                }
            return (
                "stripe", ([event.type.name] + [object].compactMap { $0 }).joined(separator: " ")
            )
        }
    }
}

extension Fact {
    /// What came to hold: "in_1 is void".
    var words: String {
        switch self {
        case .invoice(let invoice): "\(invoice.id) is \(invoice.status.rawValue)"
        case .invoiceGone(let id): "\(id) is gone"
        case .subscription(let news):
            "\(news.snapshot.id) is \(news.snapshot.isLive ? "live" : "over")"
        case .accountType(let type): "the account is \(type.columnValue)"
        case .accountTypeTag(let tag): "the tag account_type is \(tag ?? "not set")"
        case .otherFlags: "flags that dunning does not own changed"
        case .abuse(let isAbuse): isAbuse ? "a ban for abuse" : "no ban for abuse any more"
        case .stripeCustomer(let id): "the customer is \(id?.rawValue ?? "unknown")"
        case .legalEntity(let entity): "the legal entity is \(entity ?? "unknown")"
        case .probation(let product, let failed):
            switch failed {
            case true?: "probation of \(product) failed"
            case false?: "probation of \(product) has not failed"
            case nil: "no probation of \(product)"
            }
        case .mandates(let mandates): "\(Words.count(mandates.count, "mandate"))"
        case .credit(let credit): credit == nil ? "no credit" : "the credit changed"
        case .override(let override):
            switch override?.flagged {
            case true?: "an administrator says flagged"
            case false?: "an administrator says unflagged"
            case nil: "no override any more"
            }
        case .missing(let facts): "missing: " + Words.list(facts)
        case .payment(let effect, _): effect.words
        }
    }
}

extension Residual.Change {
    /// What somebody was seen to have done: "pays in_1 again".
    var words: String {
        switch self {
        case .effect(let effect): effect.words
        case .invoice(let invoice): "leaves \(invoice.id) \(invoice.status.rawValue)"
        case .duplicatePayment(let invoice): "pays \(invoice.id) again"
        }
    }
}

extension Effect {
    /// What it does, as a verb of the third person: "cancels sub_1".
    var words: String {
        switch self {
        case .setFlag(badDebtFlagBit, let to): to ? "flags" : "unflags"
        case .setFlag(let bit, let to): "\(to ? "sets" : "clears") flag \(bit)"
        case .setBan(let ban): ban.map { "bans for \($0.rawValue)" } ?? "lifts the ban"
        case .setBadDebtAt(let at): at == nil ? "clears bad_debt" : "sets bad_debt"
        case .cancelSubscription(let id, _): "cancels \(id)"
        case .reactivateSubscription(let id, _): "brings \(id) back"
        case .deleteItems(let id, _): "deletes the items of \(id)"
        case .restoreItems(let id, _): "restores the items of \(id)"
        case .setCustomerMetadata(let set, let unset):
            Self.metadata(of: "the customer", set, unset)
        case .setInvoiceMetadata(let id, let set, let unset):
            Self.metadata(of: id.rawValue, set, unset)
        case .voidInvoice(let id): "voids \(id)"
        case .createConsolidatedInvoice(let id, let covers, _):
            "makes \(id) for \(Words.list(covers.map(\.rawValue)))"
        case .payInvoice(let id, _, _): "pays \(id)"
        case .recordDunning(let event): "records \(event)"
        case .notify(let stage, _): "notifies of \(stage)"
        case .restrict(let stage, _): "restricts to \(stage)"
        case .escalate(let stage, _): "escalates \(stage)"
        }
    }

    private static func metadata(
        of whom: String,
        _ set: [MetadataEntry],
        _ unset: [String]
    ) -> String {
        let parts = set.map { "sets \($0.key) to \($0.value)" } + unset.map { "unsets \($0)" }
        return "\(Words.list(parts)) on \(whom)"
    }
}
