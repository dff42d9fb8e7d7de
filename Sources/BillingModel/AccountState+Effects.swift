extension AccountState {
    /// Lets an effect take place.
    ///
    /// An effect on a subscription or an invoice that is not there changes nothing, and so does
    /// one that asks for what is already so.
    /// - Parameters:
    ///   - effect: What to change.
    ///   - instant: When it takes place.
    ///   - record: The record that says so; it names a payment that has no id of its own.
    public mutating func apply(_ effect: Effect, at instant: Instant, by record: RecordID) {
        switch effect {
        case .setFlag(let bit, let value): setFlag(bit, value)
        case .setBan(let value): ban = value
        case .setBadDebtAt(let value): badDebtAt = value
        case .cancelSubscription(let id, let reason): cancel(id, reason, at: instant, by: record)
        case .reactivateSubscription(let id, _): reactivate(id, at: instant, by: record)
        case .deleteItems(let id, let items): take(items, from: id)
        case .restoreItems(let id, let items): giveBack(items, to: id)
        case .setCustomerMetadata(let set, let unset):
            metadata.write(set: set, unset: unset)
            metadataVersion = SnapshotVersion(rank: 0, at: instant, record: record)
        case .setInvoiceMetadata(let id, let set, let unset):
            update(id) { $0.writeMetadata(set: set, unset: unset) }
        case .voidInvoice(let id):
            update(id) { $0.end(as: .void, at: instant, by: record) }
        case .createConsolidatedInvoice(let id, let covers, let money):
            consolidate(id, covers, money, at: instant)
        case .payInvoice(let id, let money, let payment):
            pay(id, money, payment ?? record.rawValue, at: instant, by: record)
        case .recordDunning, .notify, .restrict, .escalate: break
        }
    }

    private mutating func update(_ id: InvoiceID, _ change: (inout Invoice) -> Void) {
        let (index, found) = invoiceIndex(id)
        if found { change(&invoices[index]) }
    }

    private mutating func cancel(
        _ id: SubscriptionID,
        _ reason: String?,
        at instant: Instant,
        by record: RecordID
    ) {
        let (index, found) = subscriptionIndex(id)
        guard found, subscriptions[index].status != .canceled else { return }
        subscriptions[index].status = .canceled
        subscriptions[index].cancelReason = reason
        subscriptions[index].canceledAt = instant
        subscriptions[index].version = SnapshotVersion(rank: 1, at: instant, record: record)
    }

    private mutating func reactivate(
        _ id: SubscriptionID,
        at instant: Instant,
        by record: RecordID
    ) {
        let (index, found) = subscriptionIndex(id)
        guard found, !subscriptions[index].isLive else { return }
        subscriptions[index].status = .active
        subscriptions[index].cancelReason = nil
        subscriptions[index].canceledAt = nil
        subscriptions[index].version = SnapshotVersion(rank: 0, at: instant, record: record)
    }

    private mutating func take(_ items: [ItemID], from id: SubscriptionID) {
        let (index, found) = subscriptionIndex(id)
        guard found else { return }
        for item in subscriptions[index].items where items.contains(item.id) {
            subscriptions[index].itemsTaken.place(item)
        }
        subscriptions[index].items.removeAll { items.contains($0.id) }
    }

    private mutating func giveBack(_ items: [ItemID], to id: SubscriptionID) {
        let (index, found) = subscriptionIndex(id)
        guard found else { return }
        for item in items {
            let taken = subscriptions[index].itemsTaken.first { $0.id == item }
            subscriptions[index].items.place(taken ?? SubscriptionItem(id: item, product: nil))
        }
        subscriptions[index].itemsTaken.removeAll { items.contains($0.id) }
    }

    private mutating func consolidate(
        _ id: InvoiceID,
        _ covers: [InvoiceID],
        _ money: Money,
        at instant: Instant
    ) {
        guard invoice(id) == nil else { return update(id) { $0.covers = covers } }
        put(
            Invoice(
                id: id,
                status: .open,
                currency: money.currency,
                amountDue: money.minorUnits,
                amountRemaining: money.minorUnits,
                created: instant,
                covers: covers
            )
        )
    }

    private mutating func pay(
        _ id: InvoiceID,
        _ money: Money?,
        _ payment: String,
        at instant: Instant,
        by record: RecordID
    ) {
        update(id) { invoice in
            let place = invoice.payments.firstIndex { $0 >= payment } ?? invoice.payments.count
            if place == invoice.payments.count || invoice.payments[place] != payment {
                invoice.payments.insert(payment, at: place)
            }
            invoice.amountPaid = max(invoice.amountPaid, money?.minorUnits ?? invoice.amountDue)
            invoice.amountRemaining = 0
            invoice.end(as: .paid, at: instant, by: record)
        }
    }
}

extension Invoice {
    /// Moves to the end of its life, so that an older snapshot can't bring it back.
    fileprivate mutating func end(
        as status: InvoiceStatus,
        at instant: Instant,
        by record: RecordID
    ) {
        self.status = status
        version = SnapshotVersion(rank: status.rank, at: instant, record: record)
    }

    /// Writes the metadata keys that dunning reads; setting nothing deletes a key.
    fileprivate mutating func writeMetadata(set: [MetadataEntry], unset: [String]) {
        let changes = set.map { ($0.key, $0.value) } + unset.map { ($0, "") }
        for (key, value) in changes {
            let kept = value.isEmpty ? nil : value
            switch key {
            case "bad_debt_paid": badDebtPaid = kept
            case "bad_debt_amount": badDebtAmount = kept
            case "covers": covers = Invoice.ids(in: value)
            case "replaces": replaces = Invoice.ids(in: value)
            default: break
            }
        }
    }

    /// Reads the ids in a metadata value: comma separated, space around them dropped.
    public static func ids(in text: String) -> [InvoiceID] {
        text.split(separator: ",").compactMap { part in
            let trimmed = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            return trimmed.isEmpty ? nil : InvoiceID(String(trimmed))
        }
    }
}

extension CustomerMetadata {
    /// Writes the keys that dunning reads; setting nothing deletes a key.
    public mutating func write(set: [MetadataEntry], unset: [String]) {
        let changes = set.map { ($0.key, $0.value) } + unset.map { ($0, "") }
        for (key, value) in changes {
            let kept = value.isEmpty ? nil : value
            switch key {
            case "account_type": accountType = kept
            case "bad_debt": badDebt = kept
            case "bad_debt_amount": badDebtAmount = kept
            default: break
            }
        }
    }
}

extension [SubscriptionItem] {
    /// Puts an item in its place by id, once.
    public mutating func place(_ item: SubscriptionItem) {
        let index = firstIndex { $0.id >= item.id } ?? endIndex
        if index < endIndex, self[index].id == item.id { return }
        insert(item, at: index)
    }
}
