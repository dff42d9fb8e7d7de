import BillingModel
import LegacyPaths
import MirrorLog

extension TimelineBuilder {
    /// Folds a Stripe event: a fact, unless an execution caused it.
    mutating func take(_ event: StripeEvent, _ record: MirrorRecord) {
        let isFact = event.cause == nil
        let wakes = isFact && event.type.isTrigger
        if wakes {
            timeline.triggers.append(
                Trigger(record: record.id, at: record.at, what: .stripe(event))
            )
        }
        let factsBefore = timeline.facts.count
        switch event.object {
        case .invoice(let invoice): take(invoice, event, record, wakes: wakes)
        case .deletedInvoice(let id): hold(.invoiceGone(id), record, wakes: wakes)
        case .subscription(let subscription): take(subscription, event, record, wakes: wakes)
        case .customer(let metadata): take(metadata, event, record)
        case .other: break
        }
        if wakes, timeline.facts.count == factsBefore { hold(nil, record, wakes: true) }
    }

    private mutating func take(
        _ invoice: Invoice,
        _ event: StripeEvent,
        _ record: MirrorRecord,
        wakes: Bool
    ) {
        // By place, as looking an invoice up would copy it only to see its status.
        let (place, isKnown) = legacy.invoiceIndex(invoice.id)
        if isKnown, let seen = legacy.invoices[place].version, let version = invoice.version,
            version < seen
        {
            return
        }
        noteNews(of: invoice.id, isKnown ? legacy.invoices[place] : nil, at: record.at)
        let isNewlyPaid =
            invoice.status == .paid && !(isKnown && legacy.invoices[place].status == .paid)
        if isNewlyPaid, isPaymentEcho(invoice.id, event, at: record.at) { return }
        if isNewlyPaid, isPaidAlready(invoice, isKnown ? legacy.invoices[place].covers : []) {
            return observeDuplicate(invoice, record, owner: owner(of: event))
        }
        guard event.cause != nil else { return hold(.invoice(invoice), record, wakes: wakes) }
        let owner = owner(of: event)
        if isNewlyPaid || owner.map({ timeline.runs[$0].execution.path == .d }) == true {
            // The first payment of an invoice is a fact, whoever took it: the brain decides after
            // a payment, it takes none.
            return hold(.invoice(invoice), record, wakes: isNewlyPaid)
        }
        guard invoice.hasNews(against: isKnown ? legacy.invoices[place] : nil) else { return }
        timeline.residuals.append(
            Residual(at: record.at, record: record.id, change: .invoice(invoice), owner: owner)
        )
        legacy.learn(.invoice(invoice), at: record.at)
    }

    /// Notes that an invoice may stand otherwise from a second on, where no more is known of the time.
    private mutating func noteNews(of id: InvoiceID, _ before: Invoice?, at instant: Instant) {
        guard Instant(unixSeconds: instant.unixSeconds) == instant else { return }
        if let last = news.last, last.second != instant.unixSeconds { news.removeAll() }
        news.append((instant.unixSeconds, UnseenNews(invoice: id, before: before)))
    }

    /// Whether a paid snapshot is of a payment that its own execution is about to take.
    ///
    /// Stripe's times have whole seconds, so the snapshot may stand before the effect that it echoes.
    /// The effect then tells of the payment, once.
    private func isPaymentEcho(
        _ id: InvoiceID,
        _ event: StripeEvent,
        at instant: Instant
    ) -> Bool {
        guard let owner = owner(of: event) else { return false }
        return timeline.runs[owner].execution.effects.contains { effect in
            guard effect.ok, case .payInvoice(id, _, _) = effect.effect else { return false }
            return effect.at >= instant && effect.at.since(instant) <= Self.echo
        }
    }

    /// Whether a paid snapshot tells of money that was there before: the invoice was covered by a
    /// payment of another one, or all that it covers was.
    private func isPaidAlready(_ invoice: Invoice, _ covered: [InvoiceID]) -> Bool {
        guard invoice.amountPaid > 0, !invoice.isPaidOutOfBand else { return false }
        let covers = invoice.covers.isEmpty ? covered : invoice.covers
        guard covers.isEmpty else {
            return covers.allSatisfy { legacy.paymentCount(of: $0) > 0 }
        }
        return legacy.paymentCount(of: invoice.id) > 0
    }

    private mutating func observeDuplicate(
        _ invoice: Invoice,
        _ record: MirrorRecord,
        owner: Int?
    ) {
        timeline.residuals.append(
            Residual(
                at: record.at,
                record: record.id,
                change: .duplicatePayment(invoice),
                owner: owner
            )
        )
        legacy.learn(.invoice(invoice), at: record.at)
        note(.charge(invoice.id), at: record.at, by: record.id)
    }

    private mutating func take(
        _ subscription: Subscription,
        _ event: StripeEvent,
        _ record: MirrorRecord,
        wakes: Bool
    ) {
        let old = legacy.subscription(subscription.id)
        if let seen = old?.version, let version = subscription.version, version < seen { return }
        let news = SubscriptionNews(subscription, against: old)
        guard event.cause == nil || news.isNew else {
            return observe(news, old, record, owner: owner(of: event))
        }
        let isEnd = news.wasLive && !subscription.isLive
        if isEnd, isCancelEcho(subscription.id, at: record.at) { return }
        guard news.isNews(against: old) else { return }
        hold(.subscription(news), record, wakes: wakes)
    }

    private func isCancelEcho(_ id: SubscriptionID, at instant: Instant) -> Bool {
        claimed.contains { claim in
            claim.at >= instant && claim.at.since(instant) <= Self.echo
                && Shape(claim.effect) == .cancel(id)
        }
    }

    /// What a snapshot that legacy caused shows beyond the recorded world, as effects.
    mutating func observe(
        _ news: SubscriptionNews,
        _ old: Subscription?,
        _ record: MirrorRecord,
        owner: Int?
    ) {
        let id = news.snapshot.id
        if news.wasLive, !news.snapshot.isLive {
            let reason = news.snapshot.cancelReason ?? claimedReason(for: id)
            observe(.cancelSubscription(id, reason: reason), record, owner: owner)
        } else if !news.wasLive, news.snapshot.isLive {
            observe(.reactivateSubscription(id, reason: nil), record, owner: owner)
        }
        if !news.itemsRemoved.isEmpty {
            observe(.deleteItems(id, news.itemsRemoved), record, owner: owner)
        }
        let added = news.itemsAdded.map(\.id)
        if !added.isEmpty { observe(.restoreItems(id, added), record, owner: owner) }
    }

    private func claimedReason(for id: SubscriptionID) -> String? {
        for claim in claimed {
            if case .cancelSubscription(id, let reason?) = claim.effect { return reason }
        }
        return nil
    }

    private mutating func take(
        _ metadata: CustomerMetadata,
        _ event: StripeEvent,
        _ record: MirrorRecord
    ) {
        let version = SnapshotVersion(
            created: event.created,
            rank: 0,
            at: record.at,
            record: record.id
        )
        if let seen = legacy.metadataVersion, version < seen { return }
        legacy.metadataVersion = version
        if metadata.accountType != legacy.metadata.accountType {
            hold(.accountTypeTag(metadata.accountType), record, wakes: false)
        }
        observe(metadata, record, owner: owner(of: event))
    }

    /// The keys that only dunning writes: a difference is legacy's doing, whoever reports it.
    mutating func observe(_ metadata: CustomerMetadata, _ record: MirrorRecord, owner: Int?) {
        let keys = [
            ("bad_debt", metadata.badDebt, legacy.metadata.badDebt),
            ("bad_debt_amount", metadata.badDebtAmount, legacy.metadata.badDebtAmount),
        ]
        var set: [MetadataEntry] = []
        var unset: [String] = []
        for (key, seen, held) in keys where seen != held {
            if let seen { set.append(MetadataEntry(key, seen)) } else { unset.append(key) }
        }
        guard !set.isEmpty || !unset.isEmpty else { return }
        observe(.setCustomerMetadata(set: set, unset: unset), record, owner: owner)
    }
}

extension Invoice {
    /// Whether it says anything that dunning reads and the old snapshot does not.
    func hasNews(against old: Invoice?) -> Bool {
        guard var old else { return true }
        old.version = version
        old.payments = payments
        return old != self
    }
}

extension SubscriptionNews {
    /// Whether the snapshot says anything that the recorded world does not hold.
    func isNews(against old: Subscription?) -> Bool {
        guard let old else { return true }
        return old.status != snapshot.status || !itemsAdded.isEmpty || !itemsRemoved.isEmpty
    }
}
