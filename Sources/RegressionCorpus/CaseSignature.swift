import BillingModel
import DivergenceAnalysis
package import MirrorLog
import ShadowRun

/// What makes two cases the same story: everything but names, times and amounts.
///
/// Objects are named by the order in which they are met, so that two customers to whom the same
/// happened have one signature. Marks, which only say that a log is complete, have no part in it.
package struct CaseSignature: Hashable, Sendable {
    /// The story, a line for each record and each divergence.
    package var lines: [String]

    /// The signature of a case's log and of what comes of it.
    ///
    /// - Throws: ``RecordError`` when memory is short.
    package init(of log: [UInt8], _ outcome: CaseOutcome) throws(RecordError) {
        var records: [MirrorRecord] = []
        var reader = try LogReader()
        reader.read(whole: log) { line in
            if case .record(let record, _) = line { records.append(record) }
        }
        var names = Names()
        lines = records.inEventTimeOrder().compactMap { record in names.line(record) }
        for (_, divergence) in outcome.divergences {
            let classes = divergence.classes.map(\.rawValue).joined(separator: " ")
            let facets = divergence.facets.map { names.facet($0) }.sorted()
            lines.append("\(divergence.extent.rawValue) \(classes): \(facets)")
        }
    }
}

/// Numbers objects in the order in which they are met.
private struct Names {
    private var numbers: [String: Int] = [:]

    private mutating func number(_ id: String) -> String {
        let number = numbers[id] ?? numbers.count
        numbers[id] = number
        return "#\(number)"
    }

    mutating func line(_ record: MirrorRecord) -> String? {
        switch record.body {
        case .baseline(let state): return "baseline \(gist(state))"
        case .stripe(let event): return "stripe \(event.type) \(gist(event.object))"
        case .request(let request): return "request \(request.kind.name)"
        case .execution(let execution):
            let effects = execution.effects.map { effect in
                effect.ok ? gist(effect.effect) : "failed " + gist(effect.effect)
            }
            return "execution \(execution.path.rawValue) \(execution.outcome.rawValue) \(effects)"
        case .change(let change): return "change \(change.table.rawValue) \(change.op.rawValue)"
        case .mark: return nil
        }
    }

    mutating func facet(_ difference: FacetDifference) -> String {
        switch difference.facet {
        case .subscription(let id): return "subscription " + number(id.rawValue)
        case .items(let id): return "items " + number(id.rawValue)
        case .payments(let id): return "payments " + number(id.rawValue)
        case .processed(let id): return "processed " + number(id.rawValue)
        default: return "\(difference.facet) \(difference.legacy) \(difference.brain)"
        }
    }

    private mutating func gist(_ state: AccountState) -> String {
        let subscriptions = state.subscriptions.map { subscription in
            "\(number(subscription.id.rawValue)) \(subscription.status) \(subscription.items.count)"
        }
        let invoices = state.invoices.map { gist(.invoice($0)) }
        return "\(state.type?.columnValue ?? "?") \(state.isFlagged) \(state.ban?.rawValue ?? "-") "
            + "\(subscriptions) \(invoices)"
    }

    private mutating func gist(_ object: StripeObject) -> String {
        switch object {
        case .invoice(let invoice):
            "\(number(invoice.id.rawValue)) \(invoice.status) \(invoice.currency)"
        case .deletedInvoice(let id): "\(number(id.rawValue)) deleted"
        case .subscription(let subscription):
            "\(number(subscription.id.rawValue)) \(subscription.status)"
        case .customer(let metadata): "customer \(metadata.badDebt ?? "-")"
        case .other: ""
        }
    }

    private mutating func gist(_ effect: Effect) -> String {
        switch effect {
        case .setFlag(let bit, let to): "flag \(bit) \(to)"
        case .setBan(let ban): "ban \(ban?.rawValue ?? "-")"
        case .setBadDebtAt(let at): "bad debt \(at != nil)"
        case .cancelSubscription(let id, _): "cancel \(number(id.rawValue))"
        case .reactivateSubscription(let id, _): "reactivate \(number(id.rawValue))"
        case .deleteItems(let id, _): "delete items \(number(id.rawValue))"
        case .restoreItems(let id, _): "restore items \(number(id.rawValue))"
        case .setCustomerMetadata(let set, let unset): "metadata \(set.map(\.key)) \(unset)"
        case .setInvoiceMetadata(let id, let set, let unset):
            "invoice \(number(id.rawValue)) \(set.map(\.key)) \(unset)"
        case .voidInvoice(let id): "void \(number(id.rawValue))"
        case .createConsolidatedInvoice(let id, let covers, let sum):
            "create \(number(id.rawValue)) \(covers.count) \(sum.currency)"
        case .payInvoice(let id, _, _): "pay \(number(id.rawValue))"
        case .recordDunning: "record"
        case .notify(let stage, _), .restrict(let stage, _), .escalate(let stage, _): stage
        }
    }
}
