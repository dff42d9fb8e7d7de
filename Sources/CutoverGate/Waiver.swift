package import BillingModel
package import DivergenceAnalysis
package import MirrorLog
package import ShadowRun

/// Somebody's word that divergences of one class are known, for one phase, up to a cap and a date.
///
/// No value of this type waives a brain defect or an unexplained divergence: the initializer
/// refuses both, so nothing that is built on it can.
package struct Waiver: Hashable, Sendable {
    /// Its name.
    package let id: String
    /// The class that it waives.
    package let cause: DivergenceClass
    /// The phase whose gate it is for, and no other's.
    package let phase: Phase
    /// Where the matter is tracked.
    package let ticket: String
    /// Who answers for it.
    package let owner: String
    /// The owner's role.
    package let role: String
    /// Why the divergences are acceptable.
    package let reason: String
    /// The first instant at which it holds no more.
    package let expires: Instant
    /// How much it covers.
    package let cap: Cap

    /// How much a waiver covers.
    package struct Cap: Hashable, Sendable {
        /// The most divergences.
        package let count: Int
        /// The most money at stake, by currency; one that is not named is not covered.
        package let money: Amounts

        /// A cap in count and in money.
        package init(count: Int, money: Amounts) {
            self.count = count
            self.money = money
        }
    }

    /// A waiver of a class that can be waived.
    ///
    /// - Parameters:
    ///   - id: Its name.
    ///   - cause: The class that it waives.
    ///   - phase: The phase whose gate it is for.
    ///   - ticket: Where the matter is tracked.
    ///   - owner: Who answers for it.
    ///   - role: The owner's role.
    ///   - reason: Why the divergences are acceptable.
    ///   - expires: The first instant at which it holds no more.
    ///   - cap: How much it covers.
    /// - Throws: ``RecordError`` with the reason where no waiver of the class is possible.
    package init(
        id: String,
        cause: DivergenceClass,
        phase: Phase,
        ticket: String,
        owner: String,
        role: String,
        reason: String,
        expires: Instant,
        cap: Cap
    ) throws(RecordError) {
        if let why = cause.whyNotWaivable { throw RecordError(why) }
        self.id = id
        self.cause = cause
        self.phase = phase
        self.ticket = ticket
        self.owner = owner
        self.role = role
        self.reason = reason
        self.expires = expires
        self.cap = cap
    }
}

extension DivergenceClass {
    /// Why no waiver of this class is possible; `nil` where one is.
    package var whyNotWaivable: String? {
        switch self {
        case .brainDefect:
            "`brain_defect` can't be waived: it says that the brain itself is wrong, and legacy's "
                + "past is no excuse for that; mend the brain"
        case .unexplained:
            "`unexplained` can't be waived: nobody can answer for what nobody understands; its "
                + "rate has a limit of its own"
        case .voidedInvoiceFlag, .paidThenFlagged, .race, .missingUnflag, .duplicatePayment,
            .stuckEvent, .partialFailure, .inflatedDebt, .driftLag, .uncoordinatedCancel,
            .adminOverride, .policyChange, .timing:
            nil
        }
    }
}

/// What `waivers.yaml` says: the waivers, and who signed which policy off.
package struct Waivers: Hashable, Sendable {
    /// The waivers, in the order of their classes, phases and ids.
    package let waivers: [Waiver]
    /// The sign-offs, in the order of account types, roles and times.
    package let signOffs: [SignOff]

    /// Neither waivers nor sign-offs.
    package init() {
        waivers = []
        signOffs = []
    }

    /// Waivers and sign-offs that don't contradict each other.
    ///
    /// - Parameters:
    ///   - waivers: The waivers, in any order.
    ///   - signOffs: The sign-offs, in any order.
    /// - Throws: ``RecordError`` for a second waiver of one id, or of one class and phase, and for a
    ///   second sign-off of one type, role and policy.
    package init(_ waivers: [Waiver], signOffs: [SignOff] = []) throws(RecordError) {
        for (index, waiver) in waivers.enumerated() {
            if let clash = waiver.clash(with: waivers[..<index]) { throw RecordError(clash) }
        }
        for (index, signOff) in signOffs.enumerated() {
            if let clash = signOff.clash(with: signOffs[..<index]) { throw RecordError(clash) }
        }
        self.waivers = waivers.sorted { first, second in
            (first.cause, first.phase, first.id) < (second.cause, second.phase, second.id)
        }
        self.signOffs = signOffs.sorted { first, second in
            (first.type.rawValue, first.role, first.at, first.policy)
                < (second.type.rawValue, second.role, second.at, second.policy)
        }
    }
}

extension Waiver {
    /// What speaks against this waiver beside those before it; `nil` where nothing does.
    ///
    /// Two waivers of one class and phase would have two caps, and it would be a matter of taste
    /// which one a divergence counts against.
    func clash(with others: some Sequence<Waiver>) -> String? {
        for other in others {
            if other.id == id { return "`\(id)` is the id of another waiver as well" }
            if other.cause == cause, other.phase == phase {
                return "`\(other.id)` waives `\(cause.rawValue)` in phase \(phase.rawValue) as well"
            }
        }
        return nil
    }
}
