package import BillingModel

/// A change of the world that legacy did not make: it holds in both runs.
///
/// Facts are differences, not snapshots. A snapshot shows the world that legacy made, so applying
/// one to the brain's world as it stands would carry legacy's own doing over. What a snapshot
/// says that the recorded world already held is no news, and changes nothing anywhere. Indirect, so
/// that facts are cheap to hand on.
package indirect enum Fact: Hashable, Sendable {
    /// A newer snapshot of an invoice. The brain never writes invoices, so snapshots are safe.
    case invoice(Invoice)
    /// A deleted draft.
    case invoiceGone(InvoiceID)
    /// What a snapshot of a subscription newly says.
    case subscription(SubscriptionNews)
    /// The account's type.
    case accountType(AccountType)
    /// The customer metadata tag `account_type`.
    case accountTypeTag(String?)
    /// Flags other than bit 15.
    case otherFlags(UInt64)
    /// A ban for abuse was put on, or taken off.
    case abuse(Bool)
    /// The Stripe customer.
    case stripeCustomer(CustomerID?)
    /// The legal entity.
    case legalEntity(String?)
    /// The outcome of a payment probation; `nil` when the row is gone.
    case probation(product: String, failed: Bool?)
    /// A mandate, or none.
    case mandates([Mandate])
    /// The credit.
    case credit(Money?)
    /// An administrator's word.
    case override(Override?)
    /// What is known to be missing.
    case missing([String])
    /// An invoice made to cover others, its first successful payment, and its mark: Path D takes
    /// the payment in both runs.
    case payment(Effect, by: RecordID)
}

/// What a snapshot of a subscription newly says against the recorded world.
package struct SubscriptionNews: Hashable, Sendable {
    /// The subscription as the snapshot shows it.
    package var snapshot: Subscription
    /// Whether the recorded world knew it.
    package var isNew: Bool
    /// Whether it was live in the recorded world before.
    package var wasLive: Bool
    /// Items that the recorded world did not have.
    package var itemsAdded: [SubscriptionItem]
    /// Items that the recorded world had.
    package var itemsRemoved: [ItemID]

    /// The difference between a snapshot and the recorded world.
    package init(_ snapshot: Subscription, against old: Subscription?) {
        self.snapshot = snapshot
        isNew = old == nil
        wasLive = old?.isLive ?? false
        let before = old?.items ?? []
        itemsAdded = snapshot.items.filter { item in !before.contains { $0.id == item.id } }
        itemsRemoved = before.map(\.id).filter { id in !snapshot.items.contains { $0.id == id } }
    }
}

extension AccountState {
    /// Lets a fact hold at an instant.
    package mutating func learn(_ fact: Fact, at instant: Instant) {
        switch fact {
        case .invoice(let invoice): learn(invoice)
        case .invoiceGone(let id): invoices.removeAll { $0.id == id }
        case .subscription(let news): learn(news)
        case .accountType(let value): type = value
        case .accountTypeTag(let value): metadata.accountType = value
        case .otherFlags(let bits): flags = bits & ~Self.badDebtMask | flags & Self.badDebtMask
        case .abuse(let isAbuse): ban = isAbuse ? .abuse : (ban == .abuse ? nil : ban)
        case .stripeCustomer(let value): stripeCustomer = value
        case .legalEntity(let value): legalEntity = value
        case .probation(let product, let failed): learnProbation(of: product, failed)
        case .mandates(let value): mandates = value
        case .credit(let value): credit = value
        case .override(let value): override = value
        case .missing(let value): missing = value
        case .payment(let effect, let record): apply(effect, at: instant, by: record)
        }
    }

    /// The mask of bit 15.
    package static var badDebtMask: UInt64 { 1 << UInt64(badDebtFlagBit) }

    private mutating func learn(_ new: Invoice) {
        let (index, found) = invoiceIndex(new.id)
        guard found else { return invoices.insert(new, at: index) }
        if let seen = invoices[index].version, let version = new.version, version < seen { return }
        let payments = invoices[index].payments
        let marked = invoices[index].markedUncollectibleAt
        invoices[index] = new
        // What is written to is copied, as the fact has it too; mostly there is nothing to write.
        if payments != new.payments { invoices[index].payments = payments }
        if new.markedUncollectibleAt == nil || new.markedUncollectibleAt == new.version?.created {
            // Seen uncollectible before: the earlier time stands where this one is only inferred.
            if let marked, marked != new.markedUncollectibleAt {
                invoices[index].markedUncollectibleAt = marked
            }
        }
    }

    private mutating func learn(_ news: SubscriptionNews) {
        let (index, found) = subscriptionIndex(news.snapshot.id)
        guard found else {
            if news.isNew { subscriptions.insert(news.snapshot, at: index) }
            return
        }
        var mine = subscriptions[index]
        mine.version = news.snapshot.version
        if mine.isLive == news.wasLive || news.isNew {
            // Both worlds agreed on whether the customer has it, so the news is news here too.
            mine.status = news.snapshot.status
            mine.cancelReason = news.snapshot.cancelReason ?? mine.cancelReasonIfCanceled
            mine.canceledAt =
                news.snapshot.isLive ? nil : mine.canceledAt ?? news.snapshot.canceledAt
        }
        for item in news.itemsAdded { mine.items.place(item) }
        mine.items.removeAll { news.itemsRemoved.contains($0.id) }
        let items = mine.items
        mine.itemsTaken.removeAll { item in items.contains { $0.id == item.id } }
        subscriptions[index] = mine
    }

    private mutating func learnProbation(of product: String, _ failed: Bool?) {
        probations.removeAll { $0.product == product }
        guard let failed else { return }
        let index = probations.firstIndex { $0.product > product } ?? probations.count
        probations.insert(Probation(product: product, failed: failed), at: index)
    }
}

extension Subscription {
    /// The reason of a cancellation that still holds.
    fileprivate var cancelReasonIfCanceled: String? { status == .canceled ? cancelReason : nil }
}
