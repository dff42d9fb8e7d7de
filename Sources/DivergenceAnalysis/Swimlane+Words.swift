import BillingModel
import MirrorLog
import ShadowRun

extension Swimlane.Phrase {
    /// What an effect does, in as few words as a picture has room for.
    init(_ effect: Effect) {
        self =
            switch effect {
            case .setFlag(badDebtFlagBit, let to): Self(to ? "flags" : "unflags")
            case .setFlag(let bit, let to): Self("\(to ? "sets" : "clears") flag \(bit)")
            case .setBan(let ban): Self(ban == nil ? "lifts the ban" : "bans")
            case .setBadDebtAt(let at): Self(at == nil ? "clears the date" : "dates")
            case .cancelSubscription(let id, _): Self("cancels", id.rawValue)
            case .reactivateSubscription(let id, _): Self("revives", id.rawValue)
            case .deleteItems(let id, _): Self("takes items of", id.rawValue)
            case .restoreItems(let id, _): Self("returns items of", id.rawValue)
            case .setCustomerMetadata(let set, _): Self(set.isEmpty ? "untags" : "tags")
            case .setInvoiceMetadata(let id, let set, _):
                Self(set.isEmpty ? "untags" : "tags", id.rawValue)
            case .voidInvoice(let id): Self("voids", id.rawValue)
            case .createConsolidatedInvoice(let id, _, _): Self("makes", id.rawValue)
            case .payInvoice(let id, _, _): Self("pays", id.rawValue)
            case .recordDunning: Self("records")
            case .notify(let stage, _): Self("notifies of", stage)
            case .restrict(let stage, _): Self("restricts to", stage)
            case .escalate(let stage, _): Self("escalates", stage)
            }
    }

    /// What a Stripe event says.
    init(_ event: StripeEvent) {
        let type = event.type.name
        let verb = type.split(separator: ".").last ?? "event"
        let words = String(verb.prefix(40)).split(separator: "_").joined(separator: " ")
        self =
            switch event.object {
            case .invoice(let invoice): Self("", invoice.id.rawValue, words)
            case .deletedInvoice(let id): Self("", id.rawValue, words)
            case .subscription(let subscription): Self("", subscription.id.rawValue, words)
            case .customer: Self("customer \(words)")
            case .other:
                Self(
                    type.prefix(60).split { $0 == "." || $0 == "_" }.joined(separator: " ")
                )
            }
    }

    /// What somebody asks for.
    init(_ request: Request) {
        let what = request.kind.name.split(separator: "_").joined(separator: " ")
        self.init(what, request.actor == "cron" ? nil : "by " + request.actor)
    }

    /// What a row image shows.
    init(_ change: RowChange) {
        self =
            switch change.row {
            case .account(_, .value(let flags), let ban):
                Self(
                    (flags & AccountState.badDebtMask != 0 ? "flagged" : "not flagged")
                        + (ban.value == nil ? "" : ", banned")
                )
            case .account(_, _, let ban):
                Self(ban.isPresent ? (ban.value == nil ? "not banned" : "banned") : "account")
            case .customer(_, let at, _):
                Self(at.isPresent ? (at.value == nil ? "no date" : "dated") : "customer")
            case .subscription(let id, let status, _, _):
                Self("", id.rawValue, status.value.map { $0.isLive ? "live" : "over" } ?? "")
            case .probation(let product, _): Self("probation of", product)
            case .mandate(let id, _, _): Self("mandate", id)
            case .dunning(let event): Self("recorded", event)
            case .stuckEvent(let event, _): Self("stuck:", event)
            }
        if change.op == .delete { after += after.isEmpty ? "gone" : ", gone" }
    }
}
