package import BillingModel
import DivergenceAnalysis
package import ParityReport
package import ShadowRun

/// What was done wrongly to customers, in their terms: by legacy, and by the brain had it decided.
///
/// Where a known defect explains a divergence, what legacy did and the brain did not was wrong. Where
/// nothing explains it, or the brain broke an invariant, what the brain did and legacy did not is
/// taken for wrong.
package struct HarmTable: Hashable, Sendable {
    /// By legacy.
    package var legacy: Harm
    /// By the brain, had it decided.
    package var brain: Harm
    /// What the brain would have done where a known defect explains that legacy did not: it is stated,
    /// not judged.
    package var strictness: Harm

    /// The harm of one of the two.
    package struct Harm: Hashable, Sendable {
        /// Customers flagged.
        package var flagged = 0
        /// Customers banned.
        package var banned = 0
        /// Customers who lost a subscription or its items.
        package var canceled = 0
        /// Customers charged twice.
        package var charged = 0
        /// Customers harmed in whatever way.
        package var customers = 0
        /// Subscriptions lost.
        package var subscriptions = 0
        /// For how many whole hours, all customers together.
        package var hours: Int64 = 0
        /// The money at stake.
        package var amounts = Amounts()

        /// No harm.
        package init() {}
    }

    /// The harm in a question's scope.
    package init(_ question: GateQuestion) {
        let horizon = question.observation.horizon
        var (legacy, brain, strictness) = (Count(), Count(), Count())
        let entries = question.observation.divergences
        for place in question.places {
            let entry = entries[place]
            if entry.isBlocking {
                brain.add(entry.wrongsOfBrain, of: entry, until: horizon)
            } else {
                strictness.add(entry.wrongsOfBrain, of: entry, until: horizon)
                legacy.add(entry.wrongsOfLegacy, of: entry, until: horizon)
            }
        }
        self.legacy = legacy.harm
        self.brain = brain.harm
        self.strictness = strictness.harm
    }

    /// The two, a line each.
    package var lines: [String] {
        [
            ("legacy did wrongly", legacy), ("the brain would have done wrongly", brain),
            ("the brain would do where a defect kept legacy from it", strictness),
        ].map { who, harm in
            let counts = [
                "\(Figures.grouped(harm.flagged)) flagged",
                "\(Figures.grouped(harm.banned)) banned",
                "\(Figures.grouped(harm.canceled)) canceled",
                "\(Figures.grouped(harm.charged)) charged twice",
            ]
            let sum = Figures.money(harm.amounts)
            return "\(who): \(Figures.grouped(harm.customers)) customers ("
                + counts.joined(separator: ", ") + "), "
                + "\(Figures.grouped(harm.subscriptions)) subscriptions, "
                + "\(Figures.grouped(harm.hours)) customer-hours; "
                + (sum.isEmpty ? "no money" : sum)
        }
    }
}

/// Harm while it is counted: customers count once, whatever was done to them how often.
private struct Count {
    private var sum = HarmTable.Harm()
    private var (flagged, banned, canceled) = (Set<AccountID>(), Set<AccountID>(), Set<AccountID>())
    private var (charged, customers) = (Set<AccountID>(), Set<AccountID>())

    /// What was counted.
    var harm: HarmTable.Harm {
        var harm = sum
        harm.flagged = flagged.count
        harm.banned = banned.count
        harm.canceled = canceled.count
        harm.charged = charged.count
        harm.customers = customers.count
        return harm
    }

    /// Counts a divergence.
    ///
    /// - Parameters:
    ///   - wrongs: What was done to the customer, each thing once; where nothing, nothing counts.
    ///   - entry: The divergence.
    ///   - horizon: When it ends, if it has not.
    mutating func add(
        _ wrongs: [Consequence],
        of entry: ReportDocument.Entry,
        until horizon: Instant
    ) {
        guard !wrongs.isEmpty else { return }
        customers.insert(entry.account)
        if wrongs.contains(.flag) { flagged.insert(entry.account) }
        if wrongs.contains(.ban) { banned.insert(entry.account) }
        if wrongs.contains(where: \.isLoss) { canceled.insert(entry.account) }
        if wrongs.contains(where: \.isCharge) { charged.insert(entry.account) }
        sum.subscriptions += Set(wrongs.compactMap(\.lost)).count
        let end = max(entry.until ?? horizon, entry.since)
        let (hours, overflow) = sum.hours.addingReportingOverflow(
            end.since(entry.since).microseconds / 3_600_000_000
        )
        sum.hours = overflow ? .max : hours
        for money in entry.amounts.sums { sum.amounts.add(money) }
    }
}

extension ReportDocument.Entry {
    /// What legacy did to the customer, or left undone, that the brain would have spared him.
    package var wrongsOfLegacy: [Consequence] {
        wrongs(legacyOnly) { ($0.legacy, $0.brain) }
    }

    /// What the brain would have done to the customer that legacy spared him.
    package var wrongsOfBrain: [Consequence] {
        wrongs(brainOnly) { ($0.brain, $0.legacy) }
    }

    /// What one run did alone, and what it left the customer with at the close that the other did
    /// not: a flag that nobody lifted is as wrong as one that was put on.
    private func wrongs(
        _ taken: [Consequence],
        _ sides: (FacetDifference) -> (mine: FacetValue, other: FacetValue)
    ) -> [Consequence] {
        var wrongs = taken
        for difference in facets {
            let (mine, other) = sides(difference)
            switch (difference.facet, mine, other) {
            case (.badDebtFlag, .bool(true), .bool(false)): wrongs.append(.flag)
            case (.ban, .text(.some), .text(nil)): wrongs.append(.ban)
            case (.subscription(let id), .bool(false), .bool(true)): wrongs.append(.cancel(id))
            case (.items(let id), .list(let mine), .list(let other))
            where mine.count < other.count:
                wrongs.append(.deleteItems(id))
            case (.payments(let id), .count(let mine), .count(let other)) where mine > other:
                wrongs.append(.charge(id))
            default: continue
            }
        }
        // A handful: a set of them would take longer than the order that brings equal ones together.
        wrongs.sort()
        return wrongs.indices.filter { $0 == 0 || wrongs[$0] != wrongs[$0 - 1] }.map { wrongs[$0] }
    }
}

extension Consequence {
    fileprivate var lost: SubscriptionID? {
        switch self {
        case .cancel(let id), .deleteItems(let id): id
        case .flag, .ban, .charge: nil
        }
    }

    fileprivate var isLoss: Bool { lost != nil }

    fileprivate var isCharge: Bool { if case .charge = self { true } else { false } }
}
