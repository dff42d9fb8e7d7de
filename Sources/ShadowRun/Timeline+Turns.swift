package import BillingModel
package import LegacyPaths

/// When a run gets its turns in a schedule.
package struct RunTurns: Hashable, Sendable {
    /// The place of the run in ``Timeline/runs``.
    package var run: Int
    /// When it reads.
    package var read: Instant
    /// When its effects take place, one after the other; a turn with nothing left to do passes.
    package var effects: [Instant]

    /// The turns of a run.
    package init(run: Int, read: Instant, effects: [Instant]) {
        self.run = run
        self.read = read
        self.effects = effects
    }
}

extension Timeline {
    /// The episode with some of its runs at other times, and all else as it was recorded.
    ///
    /// It is there for the models to be run again on it: the recorded end of the episode is not
    /// made up anew.
    /// - Parameter turns: Runs that can be run again, each with its new times.
    /// - Returns: A copy to run the models on.
    package func retimed(_ turns: [RunTurns]) -> Timeline {
        var draft = TimelineDraft(opening: opening, openedAt: openedAt, closesAt: closesAt)
        draft.facts = facts
        draft.triggers = triggers
        draft.runs = runs
        draft.recordings = recordings
        draft.residuals = residuals
        draft.final = final
        draft.taken = taken
        draft.statesDebtAmount = statesDebtAmount
        draft.stuckEvents = stuckEvents
        draft.dunningRows = dunningRows
        draft.unconfirmed = unconfirmed
        for turn in turns { draft.runs[turn.run].take(turn) }
        return Timeline(draft)
    }
}

extension LegacyRun {
    /// What came of a schedule.
    package struct Played: Sendable {
        /// How the episode ended.
        package var outcome: LegacyOutcome
        /// What each run of the timeline did, as its model has it, in the order of the model.
        package var effects: [[TimedEffect]]
        /// The runs that did something else than was recorded.
        package var changed: Set<Int>
    }

    /// Runs the models of an episode again and tells what each of them did.
    package static func played(
        _ timeline: Timeline,
        _ settings: JudgeSettings,
        expected: PathSet
    ) -> Played {
        var run = LegacyRun(timeline, [], settings)
        run.keepsPlayed = true
        run.played = Array(repeating: [], count: timeline.runs.count)
        let outcome = run.outcome(expected)
        return Played(outcome: outcome, effects: run.played, changed: run.changed)
    }
}

extension RecordedRun {
    /// The places of its effects in the order in which they took place.
    package var landing: [Int] { effects.landing }

    fileprivate mutating func take(_ turns: RunTurns) {
        if turns.read != at { unseen = [] }
        at = turns.read
        self.turns = turns.effects
        for (place, instant) in zip(landing, turns.effects) { effects[place].at = instant }
    }
}

extension [TimedEffect] {
    /// The places of the effects in the order in which they take place.
    fileprivate var landing: [Int] {
        indices.sorted { (self[$0].at, $0) < (self[$1].at, $1) }
    }

    /// The same effects in the same order, each at its turn.
    ///
    /// Those for which there is no turn come right behind the last one.
    func taking(_ turns: [Instant]) -> [TimedEffect] {
        var result = self
        var last = turns.last
        for (number, place) in landing.enumerated() {
            if number < turns.count {
                result[place].at = turns[number]
            } else if let before = last {
                last = before.advanced(by: TimeSpan(microseconds: 1))
                result[place].at = last ?? before
            }
        }
        return result
    }
}
