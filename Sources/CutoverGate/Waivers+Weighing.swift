package import BillingModel
package import DivergenceAnalysis
package import ShadowRun

/// How much a phase's evidence holds of one class.
package struct ClassTotal: Hashable, Sendable {
    /// The class.
    package var cause: DivergenceClass
    /// How many divergences are of it.
    package var count: Int
    /// The money at stake in them.
    package var money: Amounts

    /// A total.
    package init(_ cause: DivergenceClass, count: Int, money: Amounts = Amounts()) {
        self.cause = cause
        self.count = count
        self.money = money
    }
}

/// A waiver laid beside what there was to waive.
package struct WaiverUse: Hashable, Sendable {
    /// The waiver.
    package let waiver: Waiver
    /// How many divergences there are of its class.
    package let count: Int
    /// The money at stake in them.
    package let money: Amounts
    /// What came of it.
    package let state: State

    /// What becomes of a waiver.
    package enum State: Hashable, Sendable {
        /// It covers all that there is of its class.
        case inForce
        /// Its time is over; what it covered blocks again.
        case expired
        /// There is more than it covers, so it covers none of it.
        case exceeded(by: [Excess])
        /// There is nothing for it to cover: it should be removed.
        case unused
        /// It ends later than a waiver may: it is none.
        case endless
        /// It is for another phase's gate.
        case wrongPhase
    }

    /// By what a cap is exceeded.
    package enum Excess: Hashable, Sendable {
        /// So many divergences more than the cap.
        case count(Int)
        /// So much more money than the cap.
        case money(Money)
        /// Money of a currency that the cap does not name.
        case uncovered(Money)
        /// A sum that left the range, so that nobody knows by how much.
        case unknown
    }

    /// Whether divergences of its class are excused.
    package var excuses: Bool { state == .inForce }
}

extension Waivers {
    /// Weighs each waiver against what a phase's evidence holds.
    ///
    /// A waiver covers all of its class or nothing: past its cap it is no matter of which
    /// divergence was one too many. It is first asked for the phase, then for the time, then
    /// whether there is anything to cover, then for the caps.
    ///
    /// - Parameters:
    ///   - totals: How much there is of each class; totals of one class are added up.
    ///   - phase: The phase whose gate is asked.
    ///   - now: When it is asked.
    ///   - term: The longest time that a waiver may still have to run.
    /// - Returns: Every waiver with what became of it, in the order of classes, phases and ids.
    package func weigh(
        _ totals: [ClassTotal],
        phase: Phase,
        at now: Instant,
        term: TimeSpan
    ) -> [WaiverUse] {
        waivers.map { waiver in
            var total = ClassTotal(waiver.cause, count: 0)
            for part in totals where part.cause == waiver.cause {
                let (sum, overflow) = total.count.addingReportingOverflow(max(0, part.count))
                total.count = overflow ? .max : sum
                total.money.add(part.money)
            }
            let state: WaiverUse.State
            let excess = waiver.cap.excess(of: total)
            if waiver.phase != phase {
                state = .wrongPhase
            } else if now >= waiver.expires {
                state = .expired
            } else if waiver.expires.since(now) > term {
                state = .endless
            } else if total.count == 0, excess.isEmpty {
                state = .unused
            } else {
                state = excess.isEmpty ? .inForce : .exceeded(by: excess)
            }
            return WaiverUse(waiver: waiver, count: total.count, money: total.money, state: state)
        }
    }
}

extension Waiver.Cap {
    /// By what a total exceeds this cap.
    ///
    /// Money counts by its size: a negative amount is a mistake of somebody's, not a discount.
    fileprivate func excess(of total: ClassTotal) -> [WaiverUse.Excess] {
        var excess: [WaiverUse.Excess] = []
        if total.count > count { excess.append(.count(total.count - count)) }
        if total.money.isSaturated { excess.append(.unknown) }
        for sum in total.money.sums where sum.minorUnits != 0 {
            let size = Int64(clamping: sum.minorUnits.magnitude)
            let named = money.sums.first { $0.currency == sum.currency }
            guard let most = named?.minorUnits else {
                excess.append(.uncovered(Money(minorUnits: size, currency: sum.currency)))
                continue
            }
            guard size > most else { continue }
            excess.append(.money(Money(minorUnits: size - most, currency: sum.currency)))
        }
        return excess
    }
}

extension Sequence<WaiverUse> {
    /// The classes whose divergences are excused, in the order of the table.
    ///
    /// A divergence of several classes is excused only where all of them are.
    package var excused: [DivergenceClass] {
        let causes = filter(\.excuses).map(\.waiver.cause)
        return DivergenceClass.allCases.filter(causes.contains)
    }
}
