import BillingModel

enum StateField: Int, JSONField {
    case account, customer, probations, mandates, credit, override, stripe
    static let keys = JSONKeys(StateField.self)
}

enum AccountField: Int, JSONField {
    case type, flags, ban
    static let keys = JSONKeys(AccountField.self)
}

enum CustomerField: Int, JSONField {
    case stripeCustomer, badDebtAt, legalEntity
    static let keys = JSONKeys(CustomerField.self)
}

enum StripeField: Int, JSONField {
    case customer, subscriptions, invoices
    static let keys = JSONKeys(StripeField.self)
}

enum StripeCustomerField: Int, JSONField {
    case id, metadata
    static let keys = JSONKeys(StripeCustomerField.self)
}

enum ProbationField: Int, JSONField {
    case product, failed
    static let keys = JSONKeys(ProbationField.self)
}

enum MandateField: Int, JSONField {
    case id, paymentMethod, status
    static let keys = JSONKeys(MandateField.self)
}

private enum CreditField: Int, JSONField {
    case balance, currency
    static let keys = JSONKeys(CreditField.self)
}

private enum OverrideField: Int, JSONField {
    case to, by, until
    static let keys = JSONKeys(OverrideField.self)
}

/// Reads what the brain would gather.
///
/// An absent part is empty; `null` where a fact belongs, and a list that holds pages back, are
/// noted as missing.
func readBaseline(
    _ json: JSONValue,
    at: Instant,
    id: RecordID
) throws(RecordError) -> AccountState {
    var state = AccountState()
    do throws(RecordError) {
        try json.fields(StateField.self) { fields throws(RecordError) in
            try readAccount(fields.optionalObject(.account), into: &state)
            try readCustomer(fields.optionalObject(.customer), into: &state)
            try readStripe(fields.optionalObject(.stripe), into: &state, at: at, id: id)
            try readProbations(fields[.probations], into: &state)
            try readMandates(fields[.mandates], into: &state)
            state.credit = try readCredit(fields.optionalObject(.credit))
            state.override = try readOverride(fields.optionalObject(.override))
        }
    } catch {
        throw error.inside("state")
    }
    state.missing.sort()
    return state
}

private func readAccount(_ json: JSONValue, into state: inout AccountState) throws(RecordError) {
    if json.isNull { state.missing.append("account") }
    try json.fields(AccountField.self) { fields throws(RecordError) in
        state.type = try fields.string(.type).map { AccountType($0) }
        if state.type == nil, !json.isNull { state.missing.append("account type") }
        let flags = try fields.integer(.flags) ?? 0
        guard flags >= 0 else { throw RecordError("`flags` is negative: \(flags)") }
        state.flags = UInt64(flags)
        if fields[.flags].isNull { state.missing.append("account flags") }
        state.ban = try readBan(fields.string(.ban))
    }
}

func readBan(_ name: String?) throws(RecordError) -> Ban? {
    guard let name else { return nil }
    guard let ban = Ban(rawValue: name) else { throw RecordError("ban `\(name)` is not known") }
    return ban
}

private func readCustomer(_ json: JSONValue, into state: inout AccountState) throws(RecordError) {
    if json.isNull { state.missing.append("customer") }
    try json.fields(CustomerField.self) { fields throws(RecordError) in
        state.stripeCustomer = try fields.string(.stripeCustomer).map { CustomerID($0) }
        state.badDebtAt = try fields.time(.badDebtAt)
        state.legalEntity = try fields.string(.legalEntity)
        if fields[.stripeCustomer].isNull { state.missing.append("stripe customer") }
    }
}

private func readStripe(
    _ json: JSONValue,
    into state: inout AccountState,
    at: Instant,
    id: RecordID
) throws(RecordError) {
    if json.isNull { state.missing.append("stripe") }
    try json.fields(StripeField.self) { fields throws(RecordError) in
        if fields[.customer].isNull { state.missing.append("stripe customer object") }
        let customer = try fields.optionalObject(.customer)
        try customer.fields(StripeCustomerField.self) { customer throws(RecordError) in
            state.metadata = try readCustomerMetadata(customer[.metadata])
            if state.stripeCustomer == nil {
                state.stripeCustomer = try customer.string(.id).map { CustomerID($0) }
            }
        }
        var missing: [String] = []
        var nested: [String] = []
        var subscriptions: [Subscription] = []
        try forEachInList(fields[.subscriptions], "subscriptions", missing: &missing) {
            element throws(RecordError) in
            subscriptions.append(try readSubscription(element, seen: at, missing: &nested))
        }
        var invoices: [Invoice] = []
        try forEachInList(fields[.invoices], "invoices", missing: &missing) {
            element throws(RecordError) in
            invoices.append(try readInvoice(element, seen: at))
        }
        for subscription in subscriptions { state.put(subscription) }
        for invoice in invoices { state.put(invoice) }
        state.missing += missing + nested
    }
}

private func readProbations(_ json: JSONValue, into state: inout AccountState) throws(RecordError) {
    var probations: [Probation] = []
    var nulls: [String] = []
    try forEachInList(json, "probations", missing: &state.missing) { element throws(RecordError) in
        try element.fields(ProbationField.self) { fields throws(RecordError) in
            let product = try fields.required(.product)
            if !fields[.failed].isSomething { nulls.append("probation of \(product)") }
            let failed = try fields.bool(.failed) ?? false
            probations.append(Probation(product: product, failed: failed))
        }
    }
    state.probations = probations.sorted { $0.product < $1.product }
    state.missing += nulls
}

private func readMandates(_ json: JSONValue, into state: inout AccountState) throws(RecordError) {
    var mandates: [Mandate] = []
    try forEachInList(json, "mandates", missing: &state.missing) { element throws(RecordError) in
        try element.fields(MandateField.self) { fields throws(RecordError) in
            mandates.append(
                Mandate(
                    id: try fields.required(.id),
                    paymentMethod: try fields.string(.paymentMethod) ?? "",
                    status: try fields.string(.status) ?? ""
                )
            )
        }
    }
    state.mandates = mandates.sorted { $0.id < $1.id }
}

func readCredit(_ json: JSONValue) throws(RecordError) -> Money? {
    guard json.isSomething else { return nil }
    return try json.fields(CreditField.self) { fields throws(RecordError) in
        guard let balance = try fields.integer(.balance) else {
            throw fields.mismatch(.balance, "an integer of minor units")
        }
        guard let currency = Currency(try fields.required(.currency)) else {
            throw RecordError("`currency` is no code of three letters")
        }
        return Money(minorUnits: balance, currency: currency)
    }
}

func readOverride(_ json: JSONValue) throws(RecordError) -> Override? {
    guard json.isSomething else { return nil }
    return try json.fields(OverrideField.self) { fields throws(RecordError) in
        let to = try fields.required(.to)
        guard to == "flagged" || to == "unflagged" else {
            throw RecordError("override `\(to)` is not known")
        }
        return Override(
            flagged: to == "flagged",
            by: try fields.string(.by) ?? "",
            since: nil,
            until: try fields.time(.until)
        )
    }
}
