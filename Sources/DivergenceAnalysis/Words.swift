import BillingModel
import DunningBrain
import LegacyPaths
import ShadowRun

/// The words in which finance is told what happened.
enum Words {
    /// "canceled 2 subscriptions, flagged and banned".
    static func done(_ consequences: [Consequence]) -> String {
        var parts: [String] = []
        if consequences.contains(.flag) { parts.append("flagged") }
        if consequences.contains(.ban) { parts.append("banned") }
        let canceled = consequences.filter { if case .cancel = $0 { true } else { false } }.count
        if canceled > 0 { parts.append("canceled " + count(canceled, "subscription")) }
        let emptied = consequences.filter { if case .deleteItems = $0 { true } else { false } }
            .count
        if emptied > 0 { parts.append("deleted the items of " + count(emptied, "subscription")) }
        if consequences.contains(where: { if case .charge = $0 { true } else { false } }) {
            parts.append("charged the customer again")
        }
        return parts.isEmpty ? "did nothing to the customer" : list(parts)
    }

    /// "a, b and c".
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }

    /// "1 subscription", "2 subscriptions".
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// "3 s after it was marked uncollectible", where that is known and was before.
    static func sinceMarked(_ id: InvoiceID, _ instant: Instant, _ timeline: Timeline) -> String {
        guard let marked = timeline.final.invoice(id)?.markedUncollectibleAt, marked <= instant
        else { return "at \(instant)" }
        return "\(instant.since(marked).words) after it was marked uncollectible"
    }

    /// "the event evt_1 (invoice.paid)", "the request drift_run of cron".
    static func trigger(_ trigger: Trigger) -> String {
        switch trigger.what {
        case .stripe(let event): "event \(trigger.record) (\(event.type))"
        case .request(let request): "request \(trigger.record) (\(request.kind.name))"
        }
    }
}
