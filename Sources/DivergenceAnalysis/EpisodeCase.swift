import BillingModel
package import LegacyPaths
package import ShadowRun

/// A diverging episode with all that an explanation of it may use.
package struct EpisodeCase {
    /// The episode.
    package var episode: Episode
    /// The shadow run.
    package var brain: BrainRun
    /// How they differ.
    package var comparison: Comparison
    /// The triggers that legacy left unprocessed.
    package var unprocessed: [Unprocessed]
    /// What verdicts depend on.
    package var settings: JudgeSettings
    /// The paths that should have an execution for whatever they react to.
    package var expected: PathSet
    /// The episode with a longer settle time, where later records fall into it.
    package var longer: LongerEpisode?

    /// The episode taken apart.
    package var timeline: Timeline { episode.timeline }

    /// Whether there is anything to report: a difference, or a broken invariant.
    var differs: Bool { !comparison.isMatch || !brain.breaches.isEmpty }

    /// Whether some decision lacked facts, so that nothing can be said.
    var lacksFacts: Bool { brain.isIncomplete && brain.breaches.isEmpty }

    /// Whether final states differ, or something was done and undone.
    var extent: Divergence.Extent { comparison.statesAgree ? .transient : .lasting }

    /// The facets that differ at the close; of a transient difference, as they were at its height.
    var facets: [FacetDifference] {
        comparison.statesAgree ? facetsAtHeight : comparison.differences
    }

    /// The best explanation of a difference between the runs; `nil` where there is none to explain,
    /// and where no set of interventions is one.
    func explained(by rows: [CauseRow]) -> Explanation? {
        comparison.isMatch ? nil : CauseSearch(self, rows: rows).explain()
    }

    /// The classes that an explanation gives, in the order of their table.
    func classes(_ explanation: Explanation?) -> [DivergenceClass] {
        var classes: [DivergenceClass] = []
        for intervention in explanation?.interventions ?? []
        where !classes.contains(intervention.cause) {
            classes.append(intervention.cause)
        }
        if !comparison.isMatch, explanation == nil { classes.append(.unexplained) }
        if !brain.breaches.isEmpty { classes.append(.brainDefect) }
        return classes.sorted()
    }

    /// The places of the runs whose effects may be explained away.
    package var rerunnable: [Int] { timeline.rerunnable }
}

extension Timeline {
    /// When a fact first put an invoice into a status; `nil` where it never did here.
    func instant(_ status: InvoiceStatus, of id: InvoiceID) -> Instant? {
        if let known = opening.invoice(id), known.status == status {
            return known.version.map { min($0.at, openedAt) } ?? openedAt
        }
        return facts.first { timed in
            if case .invoice(let invoice)? = timed.fact {
                invoice.id == id && invoice.status == status
            } else {
                false
            }
        }?.at
    }

    /// When an invoice was first paid, or marked as paid; `nil` where it never was here.
    func paid(_ id: InvoiceID) -> Instant? {
        var state = opening
        if state.isSettled(id) { return openedAt }
        for timed in facts {
            guard let fact = timed.fact else { continue }
            state.learn(fact, at: timed.at)
            if state.isSettled(id) { return timed.at }
        }
        return nil
    }

    /// The payments that were the first of some invoices and a second one of others.
    var coveredTwice: [(at: Instant, record: RecordID, invoice: InvoiceID, covered: [InvoiceID])] {
        var result: [(at: Instant, record: RecordID, invoice: InvoiceID, covered: [InvoiceID])] = []
        for payment in payments {
            var state = opening
            for timed in facts where timed.at < payment.at {
                if let fact = timed.fact { state.learn(fact, at: timed.at) }
            }
            let covers = final.invoice(payment.invoice)?.covers ?? []
            let paid = covers.filter { state.paymentCount(of: $0) > 0 }
            if !paid.isEmpty { result.append((payment.at, payment.record, payment.invoice, paid)) }
        }
        return result
    }

    /// The instants at which a payment came in, with the invoices that it settled, in order.
    var payments: [(at: Instant, record: RecordID, invoice: InvoiceID)] {
        var paid = Set(opening.invoices.filter(\.isSettled).map(\.id))
        var result: [(at: Instant, record: RecordID, invoice: InvoiceID)] = []
        for timed in facts {
            switch timed.fact {
            case .invoice(let invoice)? where invoice.isSettled:
                if paid.insert(invoice.id).inserted {
                    result.append((timed.at, timed.record, invoice.id))
                }
            case .payment(.payInvoice(let id, _, _), _)?:
                if paid.insert(id).inserted { result.append((timed.at, timed.record, id)) }
            default: continue
            }
        }
        return result
    }
}

extension Invoice {
    /// Whether it is paid, by itself or by what was marked on it.
    fileprivate var isSettled: Bool { status == .paid || isMarkedPaid }
}

extension AccountState {
    /// Whether an invoice is paid, by itself, through another, or by what was marked on it.
    fileprivate func isSettled(_ id: InvoiceID) -> Bool {
        paymentCount(of: id) > 0 || invoice(id)?.isMarkedPaid == true
    }
}
