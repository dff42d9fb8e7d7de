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
        let entries = question.observation.divergences
        // What was counted already is explained, and what blocks never is: no account's count of
        // either is gone on with.
        var count = question.observation.explained[question.phase].harm
        let places = question.places.sorted { one, other in
            let (left, right) = (entries[one].account, entries[other].account)
            return left == right ? one < other : left < right
        }
        for place in places { count.add(entries[place], until: question.observation.horizon) }
        legacy = count.legacy.harm
        brain = count.brain.harm
        strictness = count.strictness.harm
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

/// The harm of a table while it is counted.
struct HarmCount {
    fileprivate var (legacy, brain, strictness) = (Count(), Count(), Count())

    /// Counts a divergence; those of an account come one after the other.
    ///
    /// - Parameters:
    ///   - entry: The divergence.
    ///   - horizon: When it ends, if it has not.
    mutating func add(_ entry: ReportDocument.Entry, until horizon: Instant) {
        if entry.isBlocking {
            brain.add(entry.wrongsOfBrain, of: entry, until: horizon)
        } else {
            strictness.add(entry.wrongsOfBrain, of: entry, until: horizon)
            legacy.add(entry.wrongsOfLegacy, of: entry, until: horizon)
        }
    }
}

/// One kind of harm while it is counted: customers count once, whatever was done to them how often.
private struct Count {
    private(set) var harm = HarmTable.Harm()
    /// The account whose divergences come now, and for what it was counted.
    private var account: AccountID?
    private var isCounted = (flagged: false, banned: false, canceled: false, charged: false)

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
        if entry.account != account {
            account = entry.account
            isCounted = (false, false, false, false)
            harm.customers += 1
        }
        func note(_ isSo: Bool, _ isCounted: inout Bool, _ customers: inout Int) {
            if isSo, !isCounted { customers += 1 }
            isCounted = isCounted || isSo
        }
        note(wrongs.contains(.flag), &isCounted.flagged, &harm.flagged)
        note(wrongs.contains(.ban), &isCounted.banned, &harm.banned)
        note(wrongs.contains(where: \.isLoss), &isCounted.canceled, &harm.canceled)
        note(wrongs.contains(where: \.isCharge), &isCounted.charged, &harm.charged)
        harm.subscriptions += Set(wrongs.compactMap(\.lost)).count
        let end = max(entry.until ?? horizon, entry.since)
        let (hours, overflow) = harm.hours.addingReportingOverflow(
            end.since(entry.since).microseconds / 3_600_000_000
        )
        harm.hours = overflow ? .max : hours
        for money in entry.amounts.sums { harm.amounts.add(money) }
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
