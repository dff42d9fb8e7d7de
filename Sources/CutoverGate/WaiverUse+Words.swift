import BillingModel
import DivergenceAnalysis
import ParityReport
import ShadowRun

extension WaiverUse: CustomStringConvertible {
    /// The waiver, what became of it, and what to do, in one sentence.
    package var description: String {
        let phase = waiver.phase.rawValue
        return "waiver `\(waiver.id)` (\(waiver.cause.rawValue), phase \(phase), \(waiver.ticket), "
            + "\(waiver.owner)): \(state.words(of: self))"
    }
}

extension WaiverUse.State {
    /// The state's name, as reports write it.
    package var name: String {
        switch self {
        case .inForce: "in_force"
        case .expired: "expired"
        case .exceeded: "exceeded"
        case .unused: "unused"
        case .endless: "endless"
        case .wrongPhase: "wrong_phase"
        }
    }

    fileprivate func words(of use: WaiverUse) -> String {
        let cap = use.waiver.cap
        switch self {
        case .inForce:
            let used = "\(Figures.grouped(use.count)) of \(Figures.grouped(cap.count))"
            let sums = use.money.sums.map { sum in
                let most = cap.money.sums.first { $0.currency == sum.currency }?.minorUnits ?? 0
                return ", \(Figures.grouped(sum.minorUnits)) of \(Figures.grouped(most)) "
                    + sum.currency.code
            }
            return "in force, \(used) divergences\(sums.joined()), until \(use.waiver.expires)"
        case .expired:
            return "expired at \(use.waiver.expires); mend the cause, or have it renewed"
        case .exceeded(let excess):
            let list = excess.map(\.words).joined(separator: ", ")
            return "exceeded by \(list); mend the cause, or have the cap raised"
        case .unused:
            return "unused; remove it"
        case .endless:
            return "holds nothing, for it ends only at \(use.waiver.expires), later than the limit "
                + "`waiver_term` lets it; have it made shorter"
        case .wrongPhase:
            return "not for this phase"
        }
    }
}

extension WaiverUse.Excess {
    /// By what, in minor units where it is money.
    package var words: String {
        switch self {
        case .count(let count):
            count == 1 ? "1 divergence" : "\(Figures.grouped(count)) divergences"
        case .money(let money): "\(Figures.grouped(money.minorUnits)) \(money.currency)"
        case .uncovered(let money):
            "\(Figures.grouped(money.minorUnits)) \(money.currency), which the cap does not name"
        case .unknown: "a sum too large to count"
        }
    }
}
