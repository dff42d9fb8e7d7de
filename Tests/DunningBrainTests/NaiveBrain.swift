import BillingModel
import DunningBrain

/// The binary policy written down a second time, from its description and with nothing but plain
/// loops: how an account must look once the decision was carried out.
struct NaiveBrain {
    let state: AccountState
    let now: Instant
    let policy: Policy

    /// The account as it must be in the end.
    func outcome() -> AccountState {
        guard case .known(let type)? = state.type, state.missing.isEmpty else { return state }
        let supported: Set<AccountType.Known> = [
            .payGo, .startup, .adHocContract, .election, .employee, .galileo, .ibm, .intern, .jdc,
            .pangea, .partnersBasic, .partnersEnt,
        ]
        guard supported.contains(type) else { return state }
        if let override = state.override, override.until == nil || now <= override.until ?? now {
            return obeying(override)
        }
        if sums.contains(where: { $0.value > Int128(policy.threshold) }) {
            return punished(cancels: type == .payGo)
        }
        if debts.contains(where: { !isConfirmed($0) }) { return state }
        return forgiven()
    }

    private func obeying(_ override: Override) -> AccountState {
        var after = state
        setBit(of: &after, override.flagged)
        after.metadata.badDebt = override.flagged ? "true" : nil
        after.metadata.badDebtAmount = override.flagged ? text : nil
        if !override.flagged {
            after.badDebtAt = nil
        } else if state.badDebtAt == nil {
            let said = override.since?.microseconds
            let reckoned = override.until.map { $0.microseconds - policy.override.microseconds }
            after.badDebtAt =
                earliest
                ?? Instant(
                    microseconds: said ?? reckoned ?? now.microseconds
                )
        }
        return after
    }

    private func punished(cancels: Bool) -> AccountState {
        var after = state
        setBit(of: &after, true)
        after.badDebtAt = state.badDebtAt ?? earliest ?? now
        if after.ban != .abuse { after.ban = .badDebt }
        after.metadata.badDebt = "true"
        after.metadata.badDebtAmount = text
        for index in after.subscriptions.indices {
            let live: Set<SubscriptionStatus> = [.active, .trialing, .pastDue, .unpaid]
            guard live.contains(after.subscriptions[index].status) else { continue }
            if cancels {
                after.subscriptions[index].status = .canceled
                after.subscriptions[index].cancelReason = "bad_debt"
                after.subscriptions[index].canceledAt = now
            } else {
                after.subscriptions[index].itemsTaken += after.subscriptions[index].items
                after.subscriptions[index].itemsTaken.sort { $0.id < $1.id }
                after.subscriptions[index].items = []
            }
        }
        return after
    }

    private func forgiven() -> AccountState {
        var after = state
        setBit(of: &after, false)
        after.badDebtAt = nil
        if after.ban == .badDebt { after.ban = nil }
        after.metadata.badDebt = nil
        after.metadata.badDebtAmount = nil
        let failed = state.probations.filter { $0.failed }.map { Optional($0.product) }
        for index in after.subscriptions.indices {
            var subscription = after.subscriptions[index]
            let products = (subscription.items + subscription.itemsTaken).map(\.product)
            if subscription.status == .canceled, subscription.cancelReason == "bad_debt",
                let canceledAt = subscription.canceledAt,
                now.microseconds - canceledAt.microseconds <= policy.reactivation.microseconds,
                !products.contains(where: { failed.contains($0) })
            {
                subscription.status = .active
                subscription.cancelReason = nil
                subscription.canceledAt = nil
            }
            let back = subscription.itemsTaken.filter { !failed.contains($0.product) }
            subscription.itemsTaken.removeAll { back.contains($0) }
            subscription.items = (subscription.items + back).sorted { $0.id < $1.id }
            after.subscriptions[index] = subscription
        }
        return after
    }

    private func setBit(of account: inout AccountState, _ value: Bool) {
        if value { account.flags |= 32768 } else { account.flags &= ~32768 }
    }
}

extension NaiveBrain {
    /// The invoices that count, confirmed or not.
    private var debts: [Invoice] {
        let circles = reach
        return state.invoices.enumerated().filter { index, invoice in
            guard invoice.status == .uncollectible, invoice.badDebtPaid != "true",
                amount(of: invoice) > 0
            else { return false }
            for (other, candidate) in state.invoices.enumerated() where other != index {
                let names =
                    candidate.covers.contains(invoice.id)
                    || candidate.replaces.contains(invoice.id)
                let settled = candidate.status == .paid || candidate.status == .uncollectible
                if names && settled && !circles[index][other] { return false }
            }
            return true
        }.map(\.element)
    }

    /// Which invoice leads to which by the names of those that are paid or uncollectible.
    private var reach: [[Bool]] {
        let all = state.invoices
        var reach = all.map { from in
            all.map { to in
                (from.status == .paid || from.status == .uncollectible)
                    && (from.covers + from.replaces).contains(to.id)
            }
        }
        for middle in all.indices {
            for from in all.indices where reach[from][middle] {
                for to in all.indices where reach[middle][to] { reach[from][to] = true }
            }
        }
        return reach
    }

    private func isConfirmed(_ invoice: Invoice) -> Bool {
        if state.probations.contains(where: { $0.failed }) { return true }
        guard let marked = invoice.markedUncollectibleAt else { return false }
        return now.microseconds >= marked.microseconds + policy.confirmation.microseconds
    }

    /// The stated amount where it is digits and no more than 2^63 - 1, compared as text.
    private func amount(of invoice: Invoice) -> Int128 {
        guard let text = invoice.badDebtAmount, !text.isEmpty,
            text.allSatisfy({ "0123456789".contains($0) })
        else { return Int128(invoice.amountRemaining) }
        let digits = String(text.drop { $0 == "0" })
        let largest = "9223372036854775807"
        let fits = digits.count < 19 || (digits.count == 19 && digits <= largest)
        return fits ? Int128(digits) ?? 0 : Int128(invoice.amountRemaining)
    }

    private var sums: [String: Int128] {
        var sums: [String: Int128] = [:]
        for invoice in debts where isConfirmed(invoice) {
            sums[invoice.currency.code, default: 0] += amount(of: invoice)
        }
        return sums.mapValues { min($0, Int128(Int64.max)) }
    }

    private var text: String? {
        let sums = sums
        let parts = sums.keys.sorted().map { "\($0):\(sums[$0] ?? 0)" }
        return parts.isEmpty ? nil : parts.joined(separator: ",")
    }

    private var earliest: Instant? {
        debts.filter { isConfirmed($0) }.compactMap(\.markedUncollectibleAt).min()
    }
}
