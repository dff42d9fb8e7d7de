package import BillingModel

/// What an account owes, as the brain counts it.
package struct Debt: Sendable {
    /// The sums of the confirmed invoices, by currency.
    package private(set) var confirmed = Amounts()
    /// The invoices that make up ``confirmed``, sorted by id.
    package private(set) var confirmedInvoices: [InvoiceID] = []
    /// When the first of the confirmed invoices was marked uncollectible.
    package private(set) var earliestMarked: Instant?
    /// The invoices that will count once their hold-down has run out, sorted by id.
    package private(set) var unconfirmedInvoices: [InvoiceID] = []
    /// When the first hold-down runs out.
    package private(set) var nextConfirmation: Instant?
    /// What was noted on the way.
    package private(set) var reasons: [Reason] = []

    /// Counts an account's debt.
    ///
    /// - Complexity: O(n) for n invoices where none is uncollectible, O(n²) at worst.
    package init(_ state: borrowing AccountState, at now: Instant, _ policy: Policy) {
        // By index: a loop over the elements would copy each invoice only to look at its status.
        for index in state.invoices.indices where state.invoices[index].status == .uncollectible {
            consider(state.invoices[index], state, at: now, policy)
        }
        if confirmed.isSaturated { reasons.append(.saturated) }
    }

    /// Whether the debt of some currency is above the threshold.
    package func isAbove(_ threshold: Int64) -> Bool {
        confirmed.sums.contains { $0.minorUnits > threshold }
    }

    private mutating func consider(
        _ invoice: Invoice,
        _ state: AccountState,
        at now: Instant,
        _ policy: Policy
    ) {
        guard !invoice.isMarkedPaid else { return reasons.append(.markedPaid(invoice.id)) }
        if case .unreadable(let text) = invoice.statedDebt {
            reasons.append(.unreadableAmount(invoice.id, text: text))
        }
        guard invoice.debtAmount > 0 else { return }
        if let other = state.invoiceSuperseding(invoice) {
            return reasons.append(.superseded(invoice.id, by: other))
        }
        let confirmation = invoice.markedUncollectibleAt?.advanced(by: policy.confirmation)
        guard state.hasFailedProbation || confirmation.map({ now >= $0 }) == true else {
            return hold(invoice.id, until: confirmation)
        }
        confirmed.add(Money(minorUnits: invoice.debtAmount, currency: invoice.currency))
        confirmedInvoices.append(invoice.id)
        if let marked = invoice.markedUncollectibleAt {
            earliestMarked = min(earliestMarked ?? marked, marked)
        }
        reasons.append(.owed(invoice.id, invoice.debtAmount, invoice.currency))
    }

    private mutating func hold(_ invoice: InvoiceID, until confirmation: Instant?) {
        unconfirmedInvoices.append(invoice)
        reasons.append(.unconfirmed(invoice, until: confirmation))
        guard let confirmation else { return }
        nextConfirmation = min(nextConfirmation ?? confirmation, confirmation)
    }
}

extension AccountState {
    /// The invoice, paid or given up on itself, that stands for this one; `nil` where none does.
    ///
    /// Names within a circle don't count: of invoices that name each other none is superseded by
    /// another of them. A name from outside the circle does count.
    package func invoiceSuperseding(_ invoice: Invoice) -> InvoiceID? {
        let invoices = invoices
        let place = invoices.indices.first { place in
            invoices[place].canSupersede && invoices[place].names(invoice.id)
                && invoices[place].id != invoice.id
                && !reaches(from: invoice, to: invoices[place].id)
        }
        return place.map { invoices[$0].id }
    }

    /// Whether following the names of invoices that can supersede leads from one to another.
    private func reaches(from start: Invoice, to goal: InvoiceID) -> Bool {
        guard start.canSupersede, !(start.covers.isEmpty && start.replaces.isEmpty) else {
            return false
        }
        var open = start.covers + start.replaces
        var visited: Set<InvoiceID> = []
        while let id = open.popLast() {
            if id == goal { return true }
            guard visited.insert(id).inserted, let next = invoice(id), next.canSupersede else {
                continue
            }
            open += next.covers + next.replaces
        }
        return false
    }
}

extension Invoice {
    /// Whether it may stand for others: one that is only begun may never be paid, and takes no
    /// debt away.
    package var canSupersede: Bool { status == .paid || status == .uncollectible }
}
