import BillingModel
import MirrorLog

extension TimelineBuilder {
    /// Folds a row image.
    ///
    /// What dunning owns is legacy's doing; all else is fact.
    mutating func observe(_ change: RowChange, _ record: MirrorRecord) {
        let isGone = change.op == .delete
        switch change.row {
        case .account where isGone:
            hold(.missing(legacy.missing + ["row of subs_account"]), record, wakes: false)
        case .account(let type, let flags, let ban):
            if let type = type.value.map({ AccountType($0) }), type != legacy.type {
                hold(.accountType(type), record, wakes: false)
            }
            if let flags = flags.value { observe(flags: flags, record) }
            if ban.isPresent { observe(ban: ban.value, record) }
        case .customer where isGone:
            hold(.missing(legacy.missing + ["row of subs_customer"]), record, wakes: false)
        case .customer(let customer, let badDebtAt, let entity):
            observe(customer: customer, badDebtAt, entity, record)
        case .subscription(let id, let status, let reason, let items):
            let status = isGone ? .value(.canceled) : status
            observe(id, status, reason.value, items, record)
        case .probation(let product, let failed):
            let value = isGone ? nil : failed.value ?? false
            hold(.probation(product: product, failed: value), record, wakes: false)
        case .mandate(let id, let method, let status):
            var mandates = legacy.mandates.filter { $0.id != id }
            if !isGone {
                let mandate = Mandate(
                    id: id,
                    paymentMethod: method.value ?? "",
                    status: status.value ?? ""
                )
                mandates = (mandates + [mandate]).sorted { $0.id < $1.id }
            }
            hold(.mandates(mandates), record, wakes: false)
        case .dunning, .stuckEvent: break
        }
    }

    /// Folds a baseline met in the middle of an episode: a look at the recorded world.
    mutating func observe(_ state: AccountState, _ record: MirrorRecord) {
        if let type = state.type, type != legacy.type {
            hold(.accountType(type), record, wakes: false)
        }
        observe(flags: state.flags, record)
        observe(ban: state.ban, record)
        observe(badDebtAt: state.badDebtAt, record)
        observe(state.metadata, record, owner: nil)
        for fact in facts(of: state) { hold(fact, record, wakes: false) }
        for subscription in state.subscriptions {
            let old = legacy.subscription(subscription.id)
            let news = SubscriptionNews(subscription, against: old)
            if news.isNew {
                hold(.subscription(news), record, wakes: false)
            } else {
                observe(news, old, record, owner: nil)
            }
        }
        for invoice in state.invoices where invoice.hasNews(against: legacy.invoice(invoice.id)) {
            hold(.invoice(invoice), record, wakes: false)
        }
    }

    /// The parts of a baseline that dunning only reads, where they differ.
    private func facts(of state: AccountState) -> [Fact] {
        var facts: [Fact] = []
        if state.metadata.accountType != legacy.metadata.accountType {
            facts.append(.accountTypeTag(state.metadata.accountType))
        }
        if state.stripeCustomer != legacy.stripeCustomer {
            facts.append(.stripeCustomer(state.stripeCustomer))
        }
        if state.legalEntity != legacy.legalEntity { facts.append(.legalEntity(state.legalEntity)) }
        if state.mandates != legacy.mandates { facts.append(.mandates(state.mandates)) }
        if state.credit != legacy.credit { facts.append(.credit(state.credit)) }
        if let override = state.override { facts.append(.override(override)) }
        if state.missing != legacy.missing { facts.append(.missing(state.missing)) }
        for probation in state.probations where !legacy.probations.contains(probation) {
            facts.append(.probation(product: probation.product, failed: probation.failed))
        }
        return facts
    }

    private mutating func observe(flags: UInt64, _ record: MirrorRecord) {
        let others = flags & ~AccountState.badDebtMask
        if others != legacy.flags & ~AccountState.badDebtMask {
            hold(.otherFlags(others), record, wakes: false)
        }
        let isFlagged = flags & AccountState.badDebtMask != 0
        if isFlagged != legacy.isFlagged {
            observe(.setFlag(bit: badDebtFlagBit, to: isFlagged), record)
        }
    }

    /// A ban for abuse is none of dunning's business, so coming or going it is a fact.
    private mutating func observe(ban: Ban?, _ record: MirrorRecord) {
        guard ban != legacy.ban else { return }
        if ban == .abuse || legacy.ban == .abuse {
            hold(.abuse(ban == .abuse), record, wakes: false)
        }
        if ban != legacy.ban { observe(.setBan(ban), record) }
    }

    private mutating func observe(badDebtAt: Instant?, _ record: MirrorRecord) {
        if (badDebtAt == nil) != (legacy.badDebtAt == nil) {
            observe(.setBadDebtAt(badDebtAt), record)
        }
    }

    private mutating func observe(
        customer: Column<String>,
        _ badDebtAt: Column<Instant>,
        _ entity: Column<String>,
        _ record: MirrorRecord
    ) {
        let id = customer.value.map { CustomerID($0) }
        if customer.isPresent, id != legacy.stripeCustomer {
            hold(.stripeCustomer(id), record, wakes: false)
        }
        if entity.isPresent, entity.value != legacy.legalEntity {
            hold(.legalEntity(entity.value), record, wakes: false)
        }
        if badDebtAt.isPresent { observe(badDebtAt: badDebtAt.value, record) }
    }

    private mutating func observe(
        _ id: SubscriptionID,
        _ status: Column<SubscriptionStatus>,
        _ reason: String?,
        _ items: Column<[ItemID]>,
        _ record: MirrorRecord
    ) {
        guard let old = legacy.subscription(id) else {
            let snapshot = Subscription(
                id: id,
                status: status.value ?? .active,
                items: (items.value ?? []).map { SubscriptionItem(id: $0, product: nil) },
                cancelReason: reason,
                canceledAt: status.value?.isLive == false ? record.at : nil
            )
            return hold(
                .subscription(SubscriptionNews(snapshot, against: nil)),
                record,
                wakes: false
            )
        }
        if let status = status.value, status.isLive != old.isLive,
            !isSnapshotEcho(of: id, isLive: status.isLive, at: record.at)
        {
            observe(
                status.isLive
                    ? .reactivateSubscription(id, reason: reason)
                    : .cancelSubscription(id, reason: reason),
                record
            )
        }
        guard let items = items.value else { return }
        let removed = old.items.map(\.id).filter { !items.contains($0) }
        let added = items.filter { id in !old.items.contains { $0.id == id } }
        if !removed.isEmpty { observe(.deleteItems(id, removed), record) }
        if !added.isEmpty { observe(.restoreItems(id, added.sorted()), record) }
    }
}
