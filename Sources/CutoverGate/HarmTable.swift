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
    }

    /// The harm in a question's scope.
    package init(_ question: GateQuestion) {
        let entries = question.divergences
        let horizon = question.observation.horizon
        legacy = Harm(entries.filter { !$0.isBlocking }, \.wrongsOfLegacy, horizon)
        brain = Harm(entries.filter(\.isBlocking), \.wrongsOfBrain, horizon)
        strictness = Harm(entries.filter { !$0.isBlocking }, \.wrongsOfBrain, horizon)
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

extension HarmTable.Harm {
    fileprivate init(
        _ entries: [ReportDocument.Entry],
        _ taken: (ReportDocument.Entry) -> [Consequence],
        _ horizon: Instant
    ) {
        let harmful = entries.filter { !taken($0).isEmpty }
        func customers(_ isMeant: (Consequence) -> Bool) -> Int {
            Set(harmful.filter { taken($0).contains(where: isMeant) }.map(\.account)).count
        }
        flagged = customers { $0 == .flag }
        banned = customers { $0 == .ban }
        canceled = customers(\.isLoss)
        charged = customers(\.isCharge)
        self.customers = Set(harmful.map(\.account)).count
        for entry in harmful {
            subscriptions += Set(taken(entry).compactMap(\.lost)).count
            let end = max(entry.until ?? horizon, entry.since)
            let (sum, overflow) = hours.addingReportingOverflow(
                end.since(entry.since).microseconds / 3_600_000_000
            )
            hours = overflow ? .max : sum
            for money in entry.amounts.sums { amounts.add(money) }
        }
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
        var wrongs = Set(taken)
        for difference in facets {
            let (mine, other) = sides(difference)
            switch (difference.facet, mine, other) {
            case (.badDebtFlag, .bool(true), .bool(false)): wrongs.insert(.flag)
            case (.ban, .text(.some), .text(nil)): wrongs.insert(.ban)
            case (.subscription(let id), .bool(false), .bool(true)): wrongs.insert(.cancel(id))
            case (.items(let id), .list(let mine), .list(let other))
            where mine.count < other.count:
                wrongs.insert(.deleteItems(id))
            case (.payments(let id), .count(let mine), .count(let other)) where mine > other:
                wrongs.insert(.charge(id))
            default: continue
            }
        }
        return wrongs.sorted()
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
