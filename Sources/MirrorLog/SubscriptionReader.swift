import BillingModel

enum SubscriptionField: Int, JSONField {
    case id, status, items, canceledAt, endedAt, cancellationDetails
    static let keys = JSONKeys(SubscriptionField.self)
}

enum ItemField: Int, JSONField {
    case id, price, plan
    static let keys = JSONKeys(ItemField.self)
}

enum PriceField: Int, JSONField {
    case id, product
    static let keys = JSONKeys(PriceField.self)
}

enum CancellationField: Int, JSONField {
    case comment
    static let keys = JSONKeys(CancellationField.self)
}

/// Reads a subscription of any API version.
///
/// - Parameters:
///   - json: The subscription.
///   - seen: When it was seen like this; stands in for an unsaid `canceled_at`.
///   - missing: Collects what is known to be missing, such as further pages of items.
/// - Returns: What dunning reads of it.
/// - Throws: ``RecordError`` that names the subscription and the field.
func readSubscription(
    _ json: JSONValue,
    seen: Instant,
    missing: inout [String]
) throws(RecordError) -> Subscription {
    var gaps: [String] = []
    let subscription = try json.fields(SubscriptionField.self) { fields throws(RecordError) in
        guard let id = try fields.string(.id), !id.isEmpty else {
            throw RecordError("the subscription has no `id`")
        }
        do throws(RecordError) {
            return try readSubscription(fields, id: SubscriptionID(id), seen: seen, gaps: &gaps)
        } catch {
            throw error.inside("subscription \(id)")
        }
    }
    missing += gaps.map { "\($0) of subscription \(subscription.id)" }
    return subscription
}

let subscriptionStatuses = NameTable(SubscriptionStatus.self)

private func readSubscription(
    _ fields: JSONFields<SubscriptionField>,
    id: SubscriptionID,
    seen: Instant,
    gaps: inout [String]
) throws(RecordError) -> Subscription {
    guard let status = try fields.named(.status, in: subscriptionStatuses, "status") else {
        throw fields.mismatch(.status, "a string")
    }
    var items: [SubscriptionItem] = []
    try forEachInList(fields[.items], "items", missing: &gaps) { item throws(RecordError) in
        items.append(try readItem(item))
    }
    let comment = try fields[.cancellationDetails].fields(CancellationField.self) {
        details throws(RecordError) in
        try details.string(.comment)
    }
    let canceledAt = try fields.seconds(.canceledAt, or: .endedAt)
    return Subscription(
        id: id,
        status: status,
        items: items,
        cancelReason: status == .canceled ? comment : nil,
        canceledAt: status == .canceled ? canceledAt ?? seen : nil
    )
}

private func readItem(_ json: JSONValue) throws(RecordError) -> SubscriptionItem {
    try json.fields(ItemField.self) { fields throws(RecordError) in
        let id = try fields.required(.id)
        let price = fields[.price].isObject ? fields[.price] : fields[.plan]
        let product = try price.fields(PriceField.self) { price throws(RecordError) in
            try readReference(price[.product], "product").string
        }
        return SubscriptionItem(id: ItemID(id), product: product)
    }
}

enum ListField: Int, JSONField {
    case data, hasMore
    static let keys = JSONKeys(ListField.self)
}

/// Visits the elements of an array or of a Stripe list, and notes what the list holds back.
///
/// - Parameters:
///   - json: An array, a list object, nothing (no elements), or `null` (not gathered).
///   - name: What the elements are, for the note.
///   - missing: Collects the note where the list is `null` or has further pages.
///   - visit: Called for each element, in order.
/// - Throws: ``RecordError`` where it is no list, and what `visit` throws.
func forEachInList(
    _ json: JSONValue,
    _ name: String,
    missing: inout [String],
    _ visit: (JSONValue) throws(RecordError) -> Void
) throws(RecordError) {
    if json.isArray { return try json.forEach(visit) }
    if json.isNull { return missing.append(name) }
    guard json.isPresent else { return }
    guard json.isObject else {
        throw RecordError("`\(name)` is \(json.kindInWords), not a list")
    }
    let hasMore = try json.fields(ListField.self) { fields throws(RecordError) in
        guard fields[.data].isArray else { throw fields.mismatch(.data, "an array") }
        try fields[.data].forEach(visit)
        return try fields.bool(.hasMore) ?? false
    }
    if hasMore { missing.append("further pages of \(name)") }
}
