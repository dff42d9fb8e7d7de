import BillingModel
import DivergenceAnalysis
import DunningBrain
package import MirrorLog
import ShadowRun

/// What makes two cases the same story: everything but names, times and amounts.
///
/// Objects are named by the order in which something happens to them, so that two customers to whom
/// the same happened have one signature, whatever their objects are called. Of times the order is
/// left, of amounts whether there is one and in which currency. Marks, which only say that a log is
/// complete, have no part in it.
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
        var teller = SignatureTeller()
        lines = records.inEventTimeOrder().compactMap { record in teller.line(record) }
        for (_, divergence) in outcome.divergences { lines.append(teller.line(divergence)) }
    }
}

extension SignatureTeller {
    /// A record without names, times and amounts; `nil` for a mark.
    fileprivate mutating func line(_ record: MirrorRecord) -> String? {
        let told: String
        switch record.body {
        case .mark: return nil
        case .baseline(let state): told = "baseline " + gist(state)
        case .stripe(let event):
            let cause = event.cause.map { " of " + name(.record, $0) } ?? ""
            told = "stripe \(name(.event, event.id)) \(event.type)\(cause) \(gist(event.object))"
        case .request(let request):
            // Who of the administrators it was is a name.
            let role = request.actor.prefix { $0 != ":" }
            var what = request.kind.name
            if case .setAccountType(let type) = request.kind { what += " " + word(type) }
            told = "request \(what) by \(role)"
        case .execution(let execution):
            let trigger = execution.trigger.map { name(.record, $0) } ?? "nothing"
            let effects = execution.effects.map { effect in
                (effect.ok ? "" : "failed ") + gist(effect.effect)
            }
            told =
                "execution \(execution.path.rawValue) of \(trigger) "
                + "\(execution.outcome.rawValue) \(effects)"
        case .change(let change):
            told = "change \(change.table.rawValue) \(change.op.rawValue) \(gist(change.row))"
        }
        return "\(name(.record, record.id)) \(told)"
    }

    fileprivate mutating func line(_ divergence: Divergence) -> String {
        let classes = divergence.classes.map(\.rawValue).joined(separator: " ")
        let breaches = divergence.breaches.map { "\($0.invariant)" }
        // Facets come in order of ids, which are names.
        let facets = divergence.facets.map { gist($0) }.sorted()
        return "\(divergence.extent.rawValue) \(classes) \(breaches): \(facets)"
    }
}
