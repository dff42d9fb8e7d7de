package import BillingModel

/// Accounts that a brain is asked about to tell it from another one.
///
/// What a brain is called says nothing of what it does. So a report states a digest of what its
/// brain decided on these: whoever changes a rule changes the digest. They are drawn from the
/// factors that rules look at, so that combinations nobody thought of are among them.
package enum BrainProbes {
    /// How many there are: every pair of factors meets often, and deciding them takes milliseconds.
    package static let count = 2048

    /// When they are decided.
    package static let instant = Instant(microseconds: 1_772_366_400_000_000)

    /// A probe.
    ///
    /// - Parameter place: Its place, from 0.
    /// - Returns: The same account for the same place, always.
    package static func state(_ place: Int) -> AccountState {
        var lots = SplitMix64(seed: UInt64(truncatingIfNeeded: place))
        var state = AccountState()
        state.type = lots.type()
        state.isFlagged = lots.below(2) == 1
        state.ban = lots.among(bans)
        state.badDebtAt = lots.below(2) == 1 ? lots.time() : nil
        state.metadata.badDebt = lots.among([nil, "true", "false"])
        state.metadata.badDebtAmount = lots.among([nil, "usd:5000", "eur:1"])
        state.probations = lots.below(6) == 0 ? [Probation(product: "cdn", failed: true)] : []
        state.override = lots.override()
        state.missing = lots.below(20) == 0 ? ["invoices"] : []
        for number in 0..<lots.below(4) {
            if let invoice = lots.invoice(number) { state.put(invoice) }
        }
        for number in 0..<lots.below(3) { state.put(lots.subscription(number)) }
        return state
    }

    fileprivate static let bans: [Ban?] = [nil, .badDebt, .abuse]
    fileprivate static let amounts: [Int64] = [5000, 1, 0, .max]
    fileprivate static let currencies = ["usd", "eur"].compactMap { Currency($0) }
    fileprivate static let statements: [String?] = [
        nil, nil, nil, nil, "700", "0", "7e1", "-7", "12.50", "", "99999999999999999999",
    ]
    /// Around the limits of the default policy, in seconds before ``instant``.
    fileprivate static let ages: [Int64] = [
        0, 1, 899, 900, 901, 86_400, 30 * 86_400, 90 * 86_400, 90 * 86_400 + 1, 400 * 86_400,
    ]
}

extension SplitMix64 {
    /// One of several; the first where there is no other.
    fileprivate mutating func among<Value>(_ values: [Value?]) -> Value? {
        pick(values) ?? nil
    }

    fileprivate mutating func time() -> Instant {
        BrainProbes.instant.advanced(by: .seconds(-(pick(BrainProbes.ages) ?? 0)))
    }

    fileprivate mutating func type() -> AccountType? {
        switch below(20) {
        case ..<8: .known(.payGo)
        case ..<18: pick(AccountType.Known.allCases).map(AccountType.known)
        case 18: .unknown("academic")
        default: nil
        }
    }

    fileprivate mutating func override() -> Override? {
        guard below(5) == 0 else { return nil }
        return Override(
            flagged: below(2) == 1,
            by: "admin",
            since: below(2) == 1 ? time() : nil,
            until: among([nil, BrainProbes.instant, BrainProbes.instant.advanced(by: .seconds(-1))])
        )
    }

    fileprivate mutating func invoice(_ number: Int) -> Invoice? {
        guard let currency = pick(BrainProbes.currencies) else { return nil }
        let amount = pick(BrainProbes.amounts) ?? 0
        let statuses = InvoiceStatus.allCases + [.uncollectible, .uncollectible, .uncollectible]
        var invoice = Invoice(
            id: InvoiceID("in_\(number)"),
            status: pick(statuses) ?? .uncollectible,
            currency: currency,
            amountDue: amount,
            amountRemaining: amount
        )
        invoice.markedUncollectibleAt = below(8) > 0 ? time() : nil
        invoice.badDebtAmount = among(BrainProbes.statements)
        invoice.badDebtPaid = among([nil, nil, nil, "true"])
        invoice.covers = below(6) == 0 ? [InvoiceID("in_\(below(4))")] : []
        invoice.replaces = below(6) == 0 ? [InvoiceID("in_\(below(4))")] : []
        return invoice
    }

    fileprivate mutating func subscription(_ number: Int) -> Subscription {
        let item = SubscriptionItem(id: ItemID("si_\(number)"), product: among(["cdn", "dns"]))
        let isCanceled = below(2) == 1
        var subscription = Subscription(
            id: SubscriptionID("sub_\(number)"),
            status: isCanceled ? .canceled : pick(SubscriptionStatus.allCases) ?? .active,
            items: below(3) > 0 ? [item] : [],
            cancelReason: isCanceled ? among(["bad_debt", "bad_debt", "customer"]) : nil,
            canceledAt: isCanceled ? time() : nil
        )
        if below(4) == 0 { subscription.itemsTaken = [item] }
        return subscription
    }
}
