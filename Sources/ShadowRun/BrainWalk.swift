package import BillingModel

/// The shadow run of an episode, step by step, with the brain woken when one likes.
///
/// Facts come when they came and holds run out when they do. One decision is made at a time, each
/// on the account as it then is: that is what the brain asks of whoever runs it. Invariants are not
/// checked on the way: they were in the run as recorded, and there are many walks.
package struct BrainWalk: Sendable {
    private var run: BrainRun
    /// When the brain was woken so far.
    package private(set) var wakes: [Instant] = []

    /// The episode at its opening, after what the brain set right before the first trigger.
    package init(_ timeline: Timeline, _ settings: JudgeSettings) {
        run = BrainRun(startOf: timeline, settings, checksInvariants: false)
    }

    /// The account as it is by now.
    package var state: AccountState { run.final }

    /// What was done to the customer so far.
    package var taken: Set<Consequence> { Set(run.taken.map(\.consequence)) }

    /// Lets time pass: holds that run out before an instant wake the brain.
    package mutating func pass(to instant: Instant) {
        run.runHolds(before: instant)
    }

    /// Learns a fact at its instant.
    package mutating func learn(_ timed: TimedFact) {
        if let fact = timed.fact { run.final.learn(fact, at: timed.at) }
    }

    /// Wakes the brain.
    package mutating func wake(at instant: Instant) {
        run.decide(at: instant)
        wakes.append(instant)
    }

    /// All that what comes next depends on, and all that is asked of the end.
    package struct Position: Hashable, Sendable {
        var state: AccountState
        var hold: Instant?
        var taken: Set<Consequence>
    }

    /// Where the walk stands: two walks of one position have the same future.
    package var position: Position {
        Position(state: run.final, hold: run.hold, taken: taken)
    }
}
