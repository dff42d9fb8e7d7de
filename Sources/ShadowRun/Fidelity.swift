import BillingModel
import LegacyPaths

/// Whether a model gives what was recorded, and of which deployed version.
///
/// Compared are kinds, targets and values; times, the ids of what an execution creates, and the
/// words of a reason are not. A run that failed or hangs need only have done part of it.
enum Fidelity {
    /// The version whose model gives the recorded effects; the specified version first.
    static func version(of execution: Execution, _ run: ModelRun) -> ServiceVersion? {
        let recorded = execution.effects.map { Shape($0.effect, of: execution.path) }
        return versions(for: execution.path).first { version in
            let model = execution.path.effects(of: run, ModelOptions(version: version))
            let expected = model.map { Shape($0, of: execution.path) }
            return matches(recorded, expected, isWhole: execution.outcome == .completed)
        }
    }

    /// Whether two runs of a path did the same, in whatever order and at whatever times.
    static func isSame(_ one: [TimedEffect], _ other: [TimedEffect], of path: LegacyPath) -> Bool {
        matches(
            one.map { Shape($0.effect, of: path) },
            other.map { Shape($0.effect, of: path) },
            isWhole: true
        )
    }

    /// The versions that can make a difference to a path.
    private static func versions(for path: LegacyPath) -> [ServiceVersion] {
        switch path {
        case .b: ServiceVersion.all.filter { !$0.skipsMarkedPaid }
        case .d: ServiceVersion.all.filter { !$0.statesDebtAmount && !$0.ignoresAbuse }
        case .a, .c, .e: [ServiceVersion()]
        }
    }

    private static func matches(_ recorded: [Shape], _ expected: [Shape], isWhole: Bool) -> Bool {
        var rest = expected
        for shape in recorded {
            guard let index = rest.firstIndex(of: shape) else { return false }
            rest.remove(at: index)
        }
        return rest.isEmpty || !isWhole
    }
}

/// What of an effect is compared.
enum Shape: Hashable {
    case flag(Int, Bool)
    case ban(Ban?)
    case badDebtAt(isSet: Bool)
    case cancel(SubscriptionID)
    case reactivate(SubscriptionID)
    case deleteItems(SubscriptionID, [ItemID])
    case restoreItems(SubscriptionID, [ItemID])
    case customerMetadata(badDebt: String??, amount: String?)
    case markPaid(InvoiceID, [MetadataEntry])
    case void(InvoiceID)
    case consolidate([InvoiceID], Money)
    case pay(Money?)
    case recordDunning(String)
    case other

    /// The form of an effect of a path.
    ///
    /// Only Path B reckons a debt amount. What another states beside the flag is taken as it was
    /// recorded, since no model says what it would be.
    init(_ effect: Effect, of path: LegacyPath = .b) {
        self =
            switch effect {
            case .setFlag(let bit, let to): .flag(bit, to)
            case .setBan(let to): .ban(to)
            case .setBadDebtAt(let to): .badDebtAt(isSet: to != nil)
            case .cancelSubscription(let id, _): .cancel(id)
            case .reactivateSubscription(let id, _): .reactivate(id)
            case .deleteItems(let id, let items): .deleteItems(id, items.sorted())
            case .restoreItems(let id, let items): .restoreItems(id, items.sorted())
            case .setCustomerMetadata(let set, let unset):
                Self.metadata(set, unset, readsAmount: path == .b)
            case .setInvoiceMetadata(let id, let set, _): .markPaid(id, set)
            case .voidInvoice(let id): .void(id)
            case .createConsolidatedInvoice(_, let covers, let money):
                .consolidate(covers.sorted(), money)
            case .payInvoice(_, let money, _): .pay(money)
            case .recordDunning(let event): .recordDunning(event)
            case .notify, .restrict, .escalate: .other
            }
    }

    /// The key `bad_debt` as it is left, and the amount where one is stated.
    private static func metadata(
        _ set: [MetadataEntry],
        _ unset: [String],
        readsAmount: Bool
    ) -> Shape {
        let written = set.last { $0.key == "bad_debt" }.map { $0.value.isEmpty ? nil : $0.value }
        let badDebt: String?? = written ?? (unset.contains("bad_debt") ? .some(nil) : .none)
        let amount = set.last { $0.key == "bad_debt_amount" && !$0.value.isEmpty }?.value
        return .customerMetadata(badDebt: badDebt, amount: readsAmount ? amount : nil)
    }
}
