package import BillingModel
package import LegacyPaths

/// How a legacy run ended, recorded or edited.
package struct LegacyOutcome: Sendable {
    /// The account at the opening.
    package var opening: AccountState
    /// The account at the close.
    package var final: AccountState
    /// What was done to the customer.
    package var taken: [Taken]
    /// The triggers that nothing processed, with the paths that should have.
    package var unprocessed: [Unprocessed]
    /// Whether legacy stated a debt amount.
    package var statesDebtAmount: Bool
}

/// A trigger that has no execution, or only a stuck one, of a path that should react to it.
package struct Unprocessed: Sendable {
    /// The trigger.
    package var trigger: Trigger
    /// The paths that should have reacted and have not.
    package var paths: [LegacyPath]
}

/// How the two runs of an episode compare.
package struct Comparison: Hashable, Sendable {
    /// Facets on which the final states differ, those that came in as they went out aside.
    package var differences: [FacetDifference] = []
    /// Facets that differ at the close with the same two values as at the opening.
    package var standing: [FacetDifference] = []
    /// What legacy did to the customer and the brain did not.
    package var legacyOnly: [Consequence] = []
    /// What the brain did to the customer and legacy did not.
    package var brainOnly: [Consequence] = []

    /// Whether final states agree.
    package var statesAgree: Bool { differences.isEmpty }
    /// Whether final states agree and each run took what the other took.
    package var isMatch: Bool { statesAgree && legacyOnly.isEmpty && brainOnly.isEmpty }

    /// Compares a legacy run with the shadow run of the same episode.
    package init(_ legacy: borrowing LegacyOutcome, _ brain: borrowing BrainRun) {
        let atClose = Self.differences(legacy.final, brain.final, legacy.statesDebtAmount)
        let atOpening =
            atClose.isEmpty
            ? [] : Self.differences(legacy.opening, brain.opening, legacy.statesDebtAmount)
        for difference in atClose {
            if atOpening.contains(difference) {
                standing.append(difference)
            } else {
                differences.append(difference)
            }
        }
        differences += legacy.unprocessed.map {
            FacetDifference(.processed($0.trigger.record), legacy: .bool(false), brain: .bool(true))
        }
        if differences.count > 1 { differences.sort { $0.facet < $1.facet } }
        guard !legacy.taken.isEmpty || !brain.taken.isEmpty else { return }
        legacyOnly = Self.missing(from: brain.taken, brain.opening, in: legacy.taken)
        brainOnly = Self.missing(from: legacy.taken, legacy.opening, in: brain.taken)
    }

    private static func differences(
        _ legacy: AccountState,
        _ brain: AccountState,
        _ comparesAmount: Bool
    ) -> [FacetDifference] {
        var result = FacetDifference.between(
            legacy: legacy,
            brain: brain,
            comparesAmount: comparesAmount
        )
        for (id, count) in legacy.paymentsOverOne {
            // The brain takes no payment, and one that covers an invoice is right: a second that
            // came in with the first of another invoice is not made right by being a fact.
            result.append(FacetDifference(.payments(id), legacy: .count(count), brain: .count(1)))
        }
        return result
    }

    /// What one run took and the other neither took nor had in force at its opening.
    private static func missing(
        from other: [Taken],
        _ opening: AccountState,
        in mine: [Taken]
    ) -> [Consequence] {
        var result: [Consequence] = []
        for taken in mine where !result.contains(taken.consequence) {
            let isShared = other.contains { $0.consequence == taken.consequence }
            if !isShared, !taken.consequence.isInForce(in: opening) {
                result.append(taken.consequence)
            }
        }
        return result.sorted()
    }
}

extension Timeline {
    /// How the legacy run was recorded to end.
    ///
    /// - Parameter expected: The paths that should have an execution for whatever they react to.
    /// - Returns: The end, and what had been left unprocessed by then.
    package func recorded(_ expected: PathSet) -> LegacyOutcome {
        recorded(unprocessed(expected))
    }

    /// How the legacy run was recorded to end, where what it left unprocessed is known.
    package func recorded(_ unprocessed: [Unprocessed]) -> LegacyOutcome {
        LegacyOutcome(
            opening: opening,
            final: final,
            taken: taken,
            unprocessed: unprocessed,
            statesDebtAmount: statesDebtAmount
        )
    }

    /// The triggers that lack an execution, or have only a stuck one.
    ///
    /// - Parameter expected: The paths that should have an execution for whatever they react to.
    /// - Returns: The triggers in order of time, each with the paths that owe it an execution.
    package func unprocessed(_ expected: PathSet) -> [Unprocessed] {
        var result: [Unprocessed] = []
        var type = opening.type
        var next = 0
        for index in triggers.indices {
            // The account's type as it was then, with what was learned at that instant.
            while next < facts.count, facts[next].at <= triggers[index].at {
                if case .accountType(let news)? = facts[next].fact { type = news }
                next += 1
            }
            let owed = owed(triggers[index], of: type, expected)
            if !owed.isEmpty || isStuck(triggers[index]) {
                result.append(Unprocessed(trigger: triggers[index], paths: owed.paths))
            }
        }
        return result
    }

    /// The paths that should have reacted to a trigger and have not.
    private func owed(
        _ trigger: Trigger,
        of type: AccountType?,
        _ expected: PathSet
    ) -> PathSet {
        var owed = trigger.what.paths(of: type).intersection(expected)
        guard !owed.isEmpty else { return owed }
        for index in runs.indices where owed.contains(runs[index].execution.path) {
            if runs[index].execution.outcome != .stuck, trigger.isMeant(by: runs[index].reference) {
                owed.remove(runs[index].execution.path)
            }
        }
        guard owed.contains(.a) else { return owed }
        let isRecorded =
            recordings.indices.contains {
                recordings[$0].outcome != .stuck && trigger.isMeant(by: recordings[$0].reference)
            } || dunningRows.contains { trigger.isMeant(by: $0) }
        if isRecorded { owed.remove(.a) }
        return owed
    }

    /// Whether `subs_stuck_events` holds it and nothing has completed it.
    private func isStuck(_ trigger: Trigger) -> Bool {
        guard stuckEvents.contains(where: { trigger.isMeant(by: $0) }) else { return false }
        let isCompleted =
            runs.indices.contains {
                runs[$0].execution.outcome == .completed && trigger.isMeant(by: runs[$0].reference)
            }
            || recordings.indices.contains {
                recordings[$0].outcome == .completed
                    && trigger.isMeant(by: recordings[$0].reference)
            }
        return !isCompleted
    }

    /// The account's type as it was at an instant, with what was learned at that instant.
    package func accountType(at instant: Instant) -> AccountType? {
        var type = opening.type
        for timed in facts where timed.at <= instant {
            if case .accountType(let news)? = timed.fact { type = news }
        }
        return type
    }
}

extension RecordedRun {
    /// What it says that it reacted to.
    fileprivate var reference: RecordID? { execution.trigger }
}

extension Recording {
    /// What it says that it reacted to.
    fileprivate var reference: RecordID? { trigger }
}
