import BillingModel
import MirrorLog

/// Which of an account's records can't be without which others.
///
/// An execution needs what it reacted to, an event that legacy caused the execution that caused it,
/// a row about an event that event. What is done to an invoice or a subscription that no baseline
/// brought needs some earlier record that shows it: any snapshot will do, for each shows the whole.
/// A record that names no account needs one that says whose its customer is.
struct RecordNeeds {
    /// For each place, what it needs: of each list one.
    private let needs: [[[Int]]]

    /// What each of some records, in event-time order, needs among the others.
    ///
    /// - Complexity: O(n) for n records, but for an object that many of them show.
    init(_ records: [MirrorRecord]) {
        var named: [String: Int] = [:]
        var known: Set<String> = []
        var claims: [CustomerID: [Int]] = [:]
        for (place, record) in records.enumerated() {
            named[record.id.rawValue] = named[record.id.rawValue] ?? place
            if let customer = record.claimedCustomer { claims[customer, default: []].append(place) }
            switch record.body {
            case .stripe(let event) where event.id != record.id.rawValue:
                named[event.id] = named[event.id] ?? place
            case .baseline(let state):
                known.formUnion(state.invoices.map(\.id.rawValue))
                known.formUnion(state.subscriptions.map(\.id.rawValue))
            case .stripe, .request, .execution, .change, .mark: break
            }
        }
        var shownBy: [String: [Int]] = [:]
        needs = records.enumerated().map { place, record in
            var needed = record.referredTo.compactMap { named[$0] }.filter { $0 != place }
                .map { [$0] }
            let shown = record.shown
            for object in record.touched where !known.contains(object) && !shown.contains(object) {
                if let places = shownBy[object] { needed.append(places) }
            }
            if record.account == nil, let customer = record.customer, let owners = claims[customer]
            {
                needed.append(owners)
            }
            for object in shown { shownBy[object, default: []].append(place) }
            return needed
        }
    }

    /// Some places with all that they need and what that needs, and one that is there in any case.
    ///
    /// - Returns: The places, in order.
    func closure(of places: Range<Int>, with kept: Int?) -> [Int] {
        var isIn = [Bool](repeating: false, count: needs.count)
        for place in places { isIn[place] = true }
        var next = Array(places)
        while let place = next.popLast() {
            for alternatives in needs[place] where !alternatives.contains(where: { isIn[$0] }) {
                guard let latest = alternatives.last else { continue }
                isIn[latest] = true
                next.append(latest)
            }
        }
        if let kept { isIn[kept] = true }
        return isIn.indices.filter { isIn[$0] }
    }

    /// Some places without others, and without what can't be without those.
    ///
    /// - Parameters:
    ///   - part: The others.
    ///   - places: The places, in order.
    ///   - kept: A place that is never left out.
    /// - Returns: What is left, in order.
    func without(_ part: [Int], from places: [Int], keeping kept: Int?) -> [Int] {
        var isIn = [Bool](repeating: false, count: needs.count)
        for place in places { isIn[place] = true }
        for place in part where place != kept { isIn[place] = false }
        var isStable = false
        while !isStable {
            isStable = true
            for place in places where isIn[place] && place != kept {
                let isOrphan = needs[place].contains { alternatives in
                    !alternatives.contains { isIn[$0] }
                }
                guard isOrphan else { continue }
                isIn[place] = false
                isStable = false
            }
        }
        return places.filter { isIn[$0] }
    }
}

extension MirrorRecord {
    /// The customer that this one is about.
    fileprivate var customer: CustomerID? {
        if case .stripe(let event) = body { event.customer } else { nil }
    }

    /// The records and events that this one refers to.
    fileprivate var referredTo: [String] {
        switch body {
        case .stripe(let event): [event.cause?.rawValue].compactMap { $0 }
        case .execution(let execution): [execution.trigger?.rawValue].compactMap { $0 }
        case .change(let change):
            switch change.row {
            case .dunning(let event), .stuckEvent(let event, _): [event]
            case .account, .customer, .subscription, .probation, .mandate: []
            }
        case .baseline, .request, .mark: []
        }
    }

    /// The invoices and subscriptions that this one shows as they are, so that they are known.
    fileprivate var shown: [String] {
        switch body {
        case .stripe(let event):
            switch event.object {
            case .invoice(let invoice): [invoice.id.rawValue]
            case .subscription(let subscription): [subscription.id.rawValue]
            case .deletedInvoice, .customer, .other: []
            }
        case .execution(let execution):
            execution.effects.compactMap { timed in
                guard case .createConsolidatedInvoice(let id, _, _) = timed.effect else {
                    return nil
                }
                return id.rawValue
            }
        case .change(let change):
            if case .subscription(let id, _, _, _) = change.row { [id.rawValue] } else { [] }
        case .baseline, .request, .mark: []
        }
    }

    /// The invoices and subscriptions that this one does something to, or says are gone or covered.
    fileprivate var touched: [String] {
        switch body {
        case .execution(let execution): execution.effects.flatMap(\.effect.names)
        case .stripe(let event):
            switch event.object {
            case .deletedInvoice(let id): [id.rawValue]
            case .invoice(let invoice): invoice.covers.map(\.rawValue)
            case .subscription, .customer, .other: []
            }
        case .baseline, .request, .change, .mark: []
        }
    }
}

extension Effect {
    /// The invoices and subscriptions that it is about.
    fileprivate var names: [String] {
        switch self {
        case .cancelSubscription(let id, _), .reactivateSubscription(let id, _),
            .deleteItems(let id, _), .restoreItems(let id, _):
            [id.rawValue]
        case .setInvoiceMetadata(let id, _, _), .voidInvoice(let id), .payInvoice(let id, _, _):
            [id.rawValue]
        case .createConsolidatedInvoice(let id, let covered, _):
            [id.rawValue] + covered.map(\.rawValue)
        case .setFlag, .setBan, .setBadDebtAt, .setCustomerMetadata, .recordDunning, .notify,
            .restrict, .escalate:
            []
        }
    }
}
