import BillingModel

/// What a changed row shows that was done to the customer.
enum RowEffects {
    /// The effects between two images of a row, in the order of its columns.
    ///
    /// A column that either image does not carry shows nothing. A new row counts as one that held
    /// nothing before, but a new subscription is no effect, nor are its items.
    /// - Parameters:
    ///   - old: The row before; `nil` of an insertion.
    ///   - new: The row after; `nil` of a deletion.
    /// - Returns: The effects.
    static func between(_ old: MappedRow?, _ new: MappedRow?) -> [Effect] {
        switch (new ?? old)?.table {
        case .account: accountEffects(old, new)
        case .customer: customerEffects(old, new)
        case .subscription: subscriptionEffects(old, new)
        case .dunning: dunningEffects(old, new)
        case .probation, .mandate, .stuckEvents, .requests, .executions, nil: []
        }
    }

    /// Whether an update of this table can show an effect, so that a missing old row is a loss.
    static func needsOldRow(_ table: MirrorTable) -> Bool {
        [.account, .customer, .subscription].contains(table)
    }

    private static func accountEffects(_ old: MappedRow?, _ new: MappedRow?) -> [Effect] {
        guard let new else { return [] }
        var effects: [Effect] = []
        if case .integer(let flags) = new["flags"], let before = flagBits(old) {
            for bit in 0..<63 where (flags ^ before) >> Int64(bit) & 1 == 1 {
                effects.append(.setFlag(bit: bit, to: flags >> Int64(bit) & 1 == 1))
            }
        }
        let before = old.map { $0["ban"] } ?? .null
        let ban = new["ban"]
        if ban.isPresent, before.isPresent, ban != before {
            if let name = ban.text {
                if let ban = Ban(rawValue: name) { effects.append(.setBan(ban)) }
            } else {
                effects.append(.setBan(nil))
            }
        }
        return effects
    }

    private static func flagBits(_ row: MappedRow?) -> Int64? {
        guard let row else { return 0 }
        switch row["flags"] {
        case .integer(let flags): return flags
        case .null: return 0
        default: return nil
        }
    }

    private static func customerEffects(_ old: MappedRow?, _ new: MappedRow?) -> [Effect] {
        guard let new else { return [] }
        let before = old.map { $0["bad_debt"] } ?? .null
        let after = new["bad_debt"]
        guard after.isPresent, before.isPresent, after != before else { return [] }
        return [.setBadDebtAt(after.time)]
    }

    private static func subscriptionEffects(_ old: MappedRow?, _ new: MappedRow?) -> [Effect] {
        guard let old, let id = old["id"].text.map({ SubscriptionID($0) }) else { return [] }
        guard let new else {
            return isLive(old) == true
                ? [.cancelSubscription(id, reason: old["reason"].text)] : []
        }
        var effects: [Effect] = []
        if let after = isLive(new), let before = isLive(old), after != before {
            let reason = new["reason"].text
            effects.append(
                after
                    ? .reactivateSubscription(id, reason: reason)
                    : .cancelSubscription(id, reason: reason)
            )
        }
        if let before = items(old), let after = items(new) {
            let removed = before.filter { !after.contains($0) }
            let added = after.filter { !before.contains($0) }
            if !removed.isEmpty { effects.append(.deleteItems(id, removed)) }
            if !added.isEmpty { effects.append(.restoreItems(id, added)) }
        }
        return effects
    }

    private static func isLive(_ row: MappedRow) -> Bool? {
        row["status"].text.flatMap { SubscriptionStatus(rawValue: $0) }?.isLive
    }

    private static func items(_ row: MappedRow) -> [ItemID]? {
        switch row["items"] {
        case .list(let items): items.map { ItemID($0) }
        case .null: []
        default: nil
        }
    }

    private static func dunningEffects(_ old: MappedRow?, _ new: MappedRow?) -> [Effect] {
        guard old == nil, let event = new?["event_id"].text else { return [] }
        return [.recordDunning(event: event)]
    }
}
