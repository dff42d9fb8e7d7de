import BillingModel

/// A decision with all that its invariants are checked against.
struct Examination {
    let decision: Decision
    let state: AccountState
    /// When it was decided: an argument, like all that a decision rests on.
    let instant: Instant
    let policy: Policy
    let brain: Brain
    /// What the account owes, reckoned anew.
    let owed: ReckonedDebt
    /// Which case of the policy the account is, reckoned anew.
    let standing: Standing
    /// The account after the plan was applied.
    let after: AccountState
    /// What marks the account for bad debt after the plan was applied.
    let marks: Marks

    init(
        _ decision: Decision,
        on state: AccountState,
        at instant: Instant,
        _ policy: Policy,
        brain: Brain
    ) {
        self.decision = decision
        self.state = state
        self.instant = instant
        self.policy = policy
        self.brain = brain
        owed = ReckonedDebt(of: state, at: instant, policy)
        standing = Standing(of: state, owing: owed, at: instant, policy)
        after = decision.plan.isEmpty ? state : state.after(decision.plan, at: instant)
        marks = Marks(of: after)
    }
}

/// The places that say whether an account is in debt.
struct Marks {
    let isFlagged: Bool
    let badDebtAt: Instant?
    let badDebt: String?
    let badDebtAmount: String?

    init(of state: borrowing AccountState) {
        isFlagged = state.flags & 0x8000 != 0
        badDebtAt = state.badDebtAt
        badDebt = state.metadata.badDebt
        badDebtAmount = state.metadata.badDebtAmount
    }
}

/// The cases that the policy tells apart, told apart without the brain's help.
enum Standing: Equatable {
    /// Its type is not dunned, or something about it is not known.
    case untouchable
    /// An administrator's word is in force.
    case overridden(flagged: Bool)
    /// Some currency's confirmed debt is above the threshold.
    case inDebt
    /// Nothing confirmed is owed above the threshold, but a hold-down is running.
    case waiting
    /// Neither.
    case clear

    init(
        of state: borrowing AccountState,
        owing owed: ReckonedDebt,
        at now: Instant,
        _ policy: Policy
    ) {
        if state.type?.support != .supported || !state.missing.isEmpty {
            self = .untouchable
        } else if let override = state.override, override.isInForce(at: now) {
            self = .overridden(flagged: override.flagged)
        } else if owed.sums.contains(where: { $0.amount > policy.threshold }) {
            self = .inDebt
        } else {
            self = owed.waiting.isEmpty ? .clear : .waiting
        }
    }
}

/// What an account owes, reckoned slowly and plainly.
///
/// The brain's own count is not asked: what judges it must not share its mistakes.
struct ReckonedDebt {
    /// One invoice that counts and is confirmed.
    struct Item: Equatable {
        let id: InvoiceID
        let amount: Int64
        let currency: Currency
    }

    /// The confirmed invoices, each once.
    private(set) var items: [Item] = []
    /// The invoices that count and wait for their confirmation.
    private(set) var waiting: [InvoiceID] = []
    /// The sums of ``items``: one for each currency, sorted, at the end of 64 bits where it would
    /// leave them.
    private(set) var sums: [(currency: Currency, amount: Int64)] = []

    init(of state: borrowing AccountState, at now: Instant, _ policy: Policy) {
        // By index, as most accounts owe nothing and copying an invoice costs more than this look.
        let isOwing = state.invoices.indices.contains {
            state.invoices[$0].status == .uncollectible
        }
        guard isOwing else { return }
        let needsNoHoldDown = state.probations.contains { $0.failed }
        for index in state.invoices.indices
        where state.invoices[index].status == .uncollectible && state.counts(state.invoices[index])
        {
            let invoice = state.invoices[index]
            let marked = invoice.markedUncollectibleAt
            let isOld = marked.map { now.since($0) >= policy.confirmation } ?? false
            if !isOld && !needsNoHoldDown {
                waiting.append(invoice.id)
            } else if !items.contains(where: { $0.id == invoice.id }) {
                let amount = invoice.reckonedAmount
                items.append(Item(id: invoice.id, amount: amount, currency: invoice.currency))
            }
        }
        for currency in Set(items.map(\.currency)).sorted() {
            var sum: Int64 = 0
            for item in items where item.currency == currency {
                let (next, overflow) = sum.addingReportingOverflow(item.amount)
                sum = overflow ? .max : next
            }
            sums.append((currency, sum))
        }
    }

    /// The debt as the customer metadata states it; `nil` where there is none.
    var text: String? {
        var text = ""
        for (currency, amount) in sums {
            text += (text.isEmpty ? "" : ",") + currency.code + ":" + String(amount)
        }
        return text.isEmpty ? nil : text
    }
}

extension Invoice {
    /// The stated amount where that is digits alone that fit 64 bits, else what remains.
    fileprivate var reckonedAmount: Int64 {
        guard let text = badDebtAmount, !text.isEmpty else { return amountRemaining }
        var amount: Int64 = 0
        for scalar in text.unicodeScalars {
            guard ("0"..."9").contains(scalar) else { return amountRemaining }
            let (tens, tooLarge) = amount.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeStill) = tens.addingReportingOverflow(Int64(scalar.value) - 48)
            guard !tooLarge, !tooLargeStill else { return amountRemaining }
            amount = sum
        }
        return amount
    }

    /// The invoices it takes the place of: none unless it is paid or was given up on.
    fileprivate var standsFor: Set<InvoiceID> {
        guard status == .paid || status == .uncollectible, !covers.isEmpty || !replaces.isEmpty
        else { return [] }
        return Set(covers).union(replaces).subtracting([id])
    }
}

extension AccountState {
    /// Whether an invoice is debt, confirmed or not.
    fileprivate func counts(_ invoice: Invoice) -> Bool {
        guard invoice.status == .uncollectible, invoice.badDebtPaid != "true",
            invoice.reckonedAmount > 0
        else { return false }
        return !invoices.contains { other in
            other.standsFor.contains(invoice.id) && !standIns(below: invoice).contains(other.id)
        }
    }

    /// All that an invoice stands for, at one remove or several: grown until nothing is new.
    private func standIns(below invoice: Invoice) -> Set<InvoiceID> {
        var found = invoice.standsFor
        var size = -1
        while found.count > size {
            size = found.count
            for other in invoices where found.contains(other.id) {
                found.formUnion(other.standsFor)
            }
        }
        return found
    }

    /// This account after the effects of a plan took place.
    func after(_ plan: [PlannedEffect], at now: Instant) -> AccountState {
        var state = self
        for planned in plan { state.apply(planned.effect, at: now, by: RecordID("plan")) }
        return state
    }
}
