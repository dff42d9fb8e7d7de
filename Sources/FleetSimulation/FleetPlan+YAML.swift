import BillingModel
import MirrorLog

private enum PlanKey: String, CaseIterable {
    case seed, start, days, accounts, currencies, shapes, envelopes, billing, latencies, delivery
    case contended, defects
}

private enum AccountsKey: String, CaseIterable {
    case known, unknown
}

private enum BillingKey: String, CaseIterable {
    case every, debtors, drafts, charges, outcomes
}

private enum LatencyKey: String, CaseIterable {
    case forward, request, write, echo, image
}

private enum DeliveryKey: String, CaseIterable {
    case lag, late, duplicated, unreadable, tables
    case outOfOrder = "out_of_order"
    case outOfOrderUpTo = "out_of_order_up_to"
    case lateUpTo = "late_up_to"
    case withoutAccount = "without_account"
    case marksEvery = "marks_every"
}

extension FleetPlan {
    /// Reads a plan from YAML.
    ///
    /// Every key is needed, and a key that is not known is an error.
    /// - Parameter yaml: The text of a plan such as those in `corpora/fleets`.
    /// - Throws: ``FleetPlanError`` with the line and the key that is wrong.
    package init(yaml: String) throws(FleetPlanError) {
        let root = try PlanNode(yaml: yaml)
        let fields = Fields(try root.fields(PlanKey.self), of: root)
        seed = UInt64(try fields[.seed].count())
        start = try fields[.start].instant()
        days = try fields[.days].count()
        guard (24...3650).contains(days) else {
            throw try fields[.days].error("is not from 24 to 3650: a story takes up to 16 days")
        }
        accounts = try Self.accounts(fields[.accounts])
        currencies = try fields[.currencies].weights("currency of three letters") { Currency($0) }
        guard currencies.contains(where: { $0.weight > 0 }) else {
            throw try fields[.currencies].error("has no weight above 0")
        }
        shapes = try fields[.shapes].weights("API version") { StripeShape(rawValue: $0) }
        envelopes = try fields[.envelopes].weights("envelope") { StripeEnvelope(rawValue: $0) }
        billing = try Billing(fields[.billing])
        latencies = try Latencies(fields[.latencies])
        delivery = try Delivery(fields[.delivery])
        contended = try fields[.contended].count()
        defects = try fields[.defects].weights("defect") { Defect(rawValue: $0) }
    }

    private static func accounts(
        _ node: PlanNode
    ) throws(FleetPlanError) -> [Weighted<AccountType>] {
        let fields = Fields(try node.fields(AccountsKey.self), of: node)
        let known = try fields[.known].weights("account type of the lists") {
            AccountType.Known(rawValue: $0).map { AccountType.known($0) }
        }
        let unknown = try fields[.unknown].weights("unknown type: it is on the lists") { name in
            AccountType.Known(rawValue: name) == nil ? AccountType.unknown(name) : nil
        }
        return known + unknown
    }
}

/// The fields of a mapping, each of which must be there.
private struct Fields<Key: RawRepresentable & CaseIterable & Hashable>
where Key.RawValue == String {
    private let nodes: [Key: PlanNode]
    private let parent: PlanNode

    init(_ nodes: [Key: PlanNode], of parent: PlanNode) {
        self.nodes = nodes
        self.parent = parent
    }

    subscript(_ key: Key) -> PlanNode {
        get throws(FleetPlanError) {
            guard let node = nodes[key] else { throw parent.error("`\(key.rawValue)` is missing") }
            return node
        }
    }
}

extension FleetPlan.Billing {
    fileprivate init(_ node: PlanNode) throws(FleetPlanError) {
        let fields = Fields(try node.fields(BillingKey.self), of: node)
        every = try fields[.every].span()
        debtors = try fields[.debtors].share()
        drafts = try fields[.drafts].share()
        charges = try fields[.charges].share()
        outcomes = try fields[.outcomes].weights("outcome") { HealthyStory(rawValue: $0) }
    }
}

extension FleetPlan.Latencies {
    fileprivate init(_ node: PlanNode) throws(FleetPlanError) {
        let fields = Fields(try node.fields(LatencyKey.self), of: node)
        forward = try fields[.forward].milliseconds()
        request = try fields[.request].milliseconds()
        write = try fields[.write].milliseconds()
        echo = try fields[.echo].milliseconds()
        image = try fields[.image].milliseconds()
    }
}

extension FleetPlan.Delivery {
    fileprivate init(_ node: PlanNode) throws(FleetPlanError) {
        let fields = Fields(try node.fields(DeliveryKey.self), of: node)
        lag = try fields[.lag].milliseconds()
        outOfOrder = try fields[.outOfOrder].share()
        outOfOrderUpTo = try fields[.outOfOrderUpTo].span()
        late = try fields[.late].share()
        lateUpTo = try fields[.lateUpTo].span()
        duplicated = try fields[.duplicated].share()
        unreadable = try fields[.unreadable].share()
        withoutAccount = try fields[.withoutAccount].share()
        marksEvery = try fields[.marksEvery].span()
        tables = try fields[.tables].list("mirrored table") { RowChange.Table(rawValue: $0) }
    }
}
