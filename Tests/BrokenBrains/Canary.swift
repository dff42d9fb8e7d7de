package import BillingModel
package import DunningBrain

/// A brain that is broken on purpose, and an account on which it shows.
package struct Canary: Sendable, CustomStringConvertible {
    /// The invariant that the brain breaks.
    package let invariant: Invariant
    /// What is wrong with the brain.
    package let defect: String
    /// The account.
    package let state: AccountState
    /// The broken brain.
    package let brain: Brain

    /// The invariant and the defect.
    package var description: String { "\(invariant): \(defect)" }

    /// Every brain that is broken on purpose.
    package static let all = harmful + miscounting + incoherent

    /// A brain that decides as it likes.
    package init(
        _ invariant: Invariant,
        _ defect: String,
        on state: AccountState,
        deciding decide: @escaping @Sendable (AccountState, Instant, Policy) -> Decision
    ) {
        self.invariant = invariant
        self.defect = defect
        self.state = state
        brain = Brain(name: defect, decide: decide)
    }

    /// A brain that looks at another account than the one it was shown.
    init(
        _ invariant: Invariant,
        _ defect: String,
        on state: AccountState,
        seeing see: @escaping @Sendable (inout AccountState) -> Void
    ) {
        self.init(invariant, defect, on: state) { decide($0.with(see), at: $1, $2) }
    }

    /// A brain that spoils a sound decision.
    init(
        _ invariant: Invariant,
        _ defect: String,
        on state: AccountState,
        spoiling spoil: @escaping @Sendable (inout Decision) -> Void
    ) {
        self.init(invariant, defect, on: state) { state, now, policy in
            var decision = decide(state, at: now, policy)
            spoil(&decision)
            return decision
        }
    }
}

extension Decision {
    /// Plans one more effect, by the decision's own rule.
    mutating func add(_ effect: Effect, on invoices: [String] = []) {
        plan.append(
            PlannedEffect(effect: effect, rule: rule, invoices: invoices.map { InvoiceID($0) })
        )
    }

    /// Forgets the effects that match.
    mutating func forget(_ matches: (Effect) -> Bool) {
        plan.removeAll { matches($0.effect) }
    }
}

extension Canary {
    private static let clear = AccountState.example(.payGo, [], [.to("cdn")])
    private static let debtor = AccountState.example(.payGo, [.owed("in_1")], [.to("cdn")])

    /// Those that harm, or that give too much.
    package static let harmful: [Canary] = [
        Canary(
            .nothingTakenWithoutDebt,
            "flags everybody",
            on: clear,
            spoiling: {
                $0.add(.setFlag(bit: 15, to: true))
            }
        ),
        Canary(
            .nothingTakenWithoutDebt,
            "bans everybody",
            on: clear,
            spoiling: {
                $0.add(.setBan(.badDebt))
            }
        ),
        Canary(
            .nothingTakenWithoutDebt,
            "cancels everybody",
            on: clear,
            spoiling: {
                $0.add(.cancelSubscription(SubscriptionID("sub_1"), reason: "bad_debt"))
            }
        ),
        Canary(
            .nothingTakenWithoutDebt,
            "empties everybody",
            on: clear,
            spoiling: {
                $0.add(.deleteItems(SubscriptionID("sub_1"), [ItemID("si_cdn")]))
            }
        ),
        Canary(
            .nothingTakenWithoutDebt,
            "knows no hold-down",
            on: .example(.payGo, [.owed("in_1", marked: .noon)]),
            deciding: { state, now, policy in
                var hasty = policy
                hasty.confirmation = .zero
                return decide(state, at: now, hasty)
            }
        ),
        Canary(
            .nothingTakenWithoutDebt,
            "bans by override",
            on: clear.with { state in
                state.override = Override(flagged: true, by: "admin:7", since: nil, until: nil)
            },
            spoiling: { $0.add(.setBan(.badDebt)) }
        ),
        Canary(
            .nothingTakenWithoutDebt,
            "knows no override",
            on: debtor.with { state in
                state.override = Override(flagged: false, by: "admin:7", since: nil, until: nil)
            },
            seeing: { $0.override = nil }
        ),
        Canary(
            .otherTypesAreLeftAlone,
            "knows no types",
            on: .marked(.msp),
            seeing: {
                $0.type = .known(.startup)
            }
        ),
        Canary(
            .foreignMarksStay,
            "clears all flags",
            on: .marked(),
            spoiling: {
                $0.add(.setFlag(bit: 3, to: false))
            }
        ),
        Canary(
            .foreignMarksStay,
            "lifts every ban",
            on: .marked().with { $0.ban = .abuse },
            seeing: { $0.ban = .badDebt }
        ),
        Canary(
            .foreignMarksStay,
            "bans for abuse",
            on: debtor,
            spoiling: {
                $0.add(.setBan(.abuse), on: ["in_1"])
            }
        ),
        Canary(
            .onlyWhatWasTakenIsGivenBack,
            "brings back whatever was canceled",
            on: .example(.payGo, [], [.to("cdn", status: .canceled, canceled: .noon)]),
            seeing: { state in
                for index in state.subscriptions.indices {
                    state.subscriptions[index].cancelReason = "bad_debt"
                }
            }
        ),
        Canary(
            .onlyWhatWasTakenIsGivenBack,
            "gives items away",
            on: clear,
            spoiling: {
                $0.add(.restoreItems(SubscriptionID("sub_1"), [ItemID("si_gift")]))
            }
        ),
        Canary(
            .onlyWhatWasTakenIsGivenBack,
            "lifts a ban that is not there",
            on: clear,
            spoiling: {
                $0.add(.setBan(nil))
            }
        ),
        Canary(
            .gapsCauseNoEffect,
            "acts on what it has",
            on: .marked().with { $0.missing = ["invoices"] },
            seeing: { $0.missing = [] }
        ),
        Canary(
            .gapsCauseNoEffect,
            "keeps the gap to itself",
            on: .marked().with { $0.missing = ["invoices"] },
            spoiling: { $0.reasons = [] }
        ),
        Canary(
            .gapsCauseNoEffect,
            "takes no type for pay_go",
            on: debtor.with { $0.type = nil },
            seeing: { $0.type = .known(.payGo) }
        ),
    ]
}
