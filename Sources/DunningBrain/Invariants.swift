package import BillingModel

/// What must hold of every decision, whatever the account and whatever the policy's settings.
///
/// A breach is a defect of the brain and blocks every gate. The number is the one that the
/// specification of the brain gives it.
package enum Invariant: Int, CaseIterable, Sendable {
    /// Harm needs debt.
    case nothingTakenWithoutDebt = 1
    /// Debt is made of invoices that are still owed.
    case onlyOwedInvoicesContribute
    /// A plan is the whole difference.
    case decidingAgainPlansNothing
    /// Delivery has no say.
    case orderMakesNoDifference
    /// Some types are not dunned.
    case otherTypesAreLeftAlone
    /// Dunning minds its own marks.
    case foreignMarksStay
    /// Giving back is not giving.
    case onlyWhatWasTakenIsGivenBack
    /// One truth in four places.
    case marksAgreeWithDebt
    /// Some segments are spared.
    case sparedSegmentsAreSpared
    /// Sums are sums of one currency.
    case currenciesStayApart
    /// Severity grows with debt.
    case severityFollowsDebt
    /// Facts decide, and not the message that brought them.
    case factsDecideNotTheirShape
    /// Not knowing is no ground for harm.
    case gapsCauseNoEffect
    /// Nothing is done without saying why.
    case effectsNameTheirGrounds

    /// The invariant as a sentence.
    package var statement: String {
        switch self {
        case .nothingTakenWithoutDebt:
            "without confirmed debt nobody is flagged, banned, canceled or loses items, "
                + "override aside"
        case .onlyOwedInvoicesContribute:
            "a paid, void or superseded invoice never contributes to a debt"
        case .decidingAgainPlansNothing:
            "deciding again after the plan was applied plans nothing"
        case .orderMakesNoDifference:
            "the order in which records arrive makes no difference to what is decided"
        case .otherTypesAreLeftAlone:
            "accounts of unsupported and unknown types see no effect"
        case .foreignMarksStay:
            "a ban for abuse is never lifted or overwritten, and no bit but 15 is touched"
        case .onlyWhatWasTakenIsGivenBack:
            "only what was taken for bad debt is given back"
        case .marksAgreeWithDebt:
            "once all is settled, flag, timestamp and metadata stand exactly on accounts in debt, "
                + "override aside"
        case .sparedSegmentsAreSpared:
            "under a graduated policy sponsored accounts are never dunned and enterprise is never "
                + "canceled automatically"
        case .currenciesStayApart:
            "currencies are never mixed, and each invoice counts once"
        case .severityFollowsDebt:
            "more debt never lowers the severity, and less never raises it"
        case .factsDecideNotTheirShape:
            "the same facts give the same decision, whatever brought them in whatever shape"
        case .gapsCauseNoEffect:
            "an account that was gathered incompletely sees no effect, and a reason says so"
        case .effectsNameTheirGrounds:
            "every effect names its rule and the invoices it rests on"
        }
    }
}

/// An invariant that a decision does not keep.
package struct Breach: Hashable, Sendable {
    /// The invariant.
    package var invariant: Invariant
    /// How the decision breaks it, as a clause.
    package var detail: String

    /// A breach of an invariant.
    package init(_ invariant: Invariant, _ detail: String) {
        self.invariant = invariant
        self.detail = detail
    }
}

/// Examines a decision against every invariant.
///
/// Runs on every decision of every shadow run, so it costs little where little happens. What it
/// holds a decision against is reckoned anew, in other words than the brain's own.
/// - Parameters:
///   - decision: What `brain` decided on `state`.
///   - state: The account.
///   - now: When it was decided.
///   - policy: The settings it was decided under.
///   - brain: The function that decided; relations between decisions ask it again.
/// - Returns: The breaches in the order of the invariants, none for a sound decision.
/// - Complexity: O(n) for n invoices and subscriptions where nothing is planned or owed.
package func breaches(
    of decision: Decision,
    on state: AccountState,
    at now: Instant,
    _ policy: Policy,
    brain: Brain
) -> [Breach] {
    if decision.changesNothing, state.isQuiet { return [] }
    let examination = Examination(decision, on: state, at: now, policy, brain: brain)
    var found: [Breach] = []
    for (invariant, check) in checks {
        if let detail = check.detail(examination) { found.append(Breach(invariant, detail)) }
    }
    return found
}

extension Decision {
    /// Whether it plans nothing, counts nothing and waits for nothing.
    fileprivate var changesNothing: Bool { plan.isEmpty && reasons.isEmpty && holds.isEmpty }
}

extension AccountState {
    /// Whether no invariant has anything to say about leaving this account alone: it is gathered
    /// whole, owes nothing, and bears no mark of bad debt.
    ///
    /// Most accounts are like that most of the time, and looking closer would only find so again.
    fileprivate var isQuiet: Bool {
        type != nil && missing.isEmpty && override == nil && !isFlagged && ban == nil
            && badDebtAt == nil && metadata.badDebt == nil && metadata.badDebtAmount == nil
            && !invoices.indices.contains { invoices[$0].status == .uncollectible }
    }
}

/// How one invariant is examined.
enum Check: Sendable {
    /// On every decision.
    case always(@Sendable (Examination) -> String?)
    /// Where something is planned: by asking the brain again, which costs as much as deciding.
    case whereEffects(@Sendable (Examination) -> String?)
    /// Not at all: there is nothing that it could say here.
    case vacuous(because: String)

    fileprivate func detail(_ examination: Examination) -> String? {
        switch self {
        case .always(let check): check(examination)
        case .whereEffects(let check):
            examination.decision.plan.isEmpty ? nil : check(examination)
        case .vacuous: nil
        }
    }
}

extension Invariant {
    /// Why no decision of the binary policy can break this invariant; `nil` where one can.
    package var vacuousBecause: String? {
        for (invariant, check) in checks where invariant == self {
            if case .vacuous(let reason) = check { return reason }
        }
        return nil
    }
}

/// The invariants with their checks, in order.
private let checks: [(Invariant, Check)] = [
    (.nothingTakenWithoutDebt, .always(takingWithoutDebt)),
    (.onlyOwedInvoicesContribute, .always(contributionNotOwed)),
    (.decidingAgainPlansNothing, .whereEffects(planAfterPlan)),
    (.orderMakesNoDifference, .whereEffects(differenceByOrder)),
    (.otherTypesAreLeftAlone, .always(effectOnOtherType)),
    (.foreignMarksStay, .always(foreignMarkTouched)),
    (.onlyWhatWasTakenIsGivenBack, .always(givingWhatWasNotTaken)),
    (.marksAgreeWithDebt, .always(markAgainstDebt)),
    (
        .sparedSegmentsAreSpared,
        .vacuous(because: "the binary policy knows no segments and treats supported types alike")
    ),
    (.currenciesStayApart, .always(amountNotReckoned)),
    (.severityFollowsDebt, .whereEffects(severityAgainstDebt)),
    (.factsDecideNotTheirShape, .whereEffects(differenceByShape)),
    (.gapsCauseNoEffect, .always(effectDespiteGap)),
    (.effectsNameTheirGrounds, .always(effectWithoutGrounds)),
]
