import BillingModel
import LegacyPaths

/// What happened to an account within one episode: enough to live it again in another order.
struct Chapter {
    /// The account as it was before.
    let opening: AccountState
    /// What Stripe did, in order.
    var facts: [Fact] = []
    /// What the paths did, in order of start, with what each read.
    var runs: [(path: LegacyPath, run: ModelRun)] = []

    /// A step that nobody's execution took.
    struct Fact {
        var at: Instant
        var subject: Telling.Subject
        var turn: Turn
    }

    init(opening: AccountState) {
        self.opening = opening
    }

    /// The account as it would be had the executions run one after the other, in order of start,
    /// each at once and with a fresh read.
    var serial: AccountState {
        var state = opening
        var rest = facts[...]
        for (path, run) in runs {
            while let fact = rest.first, fact.at <= run.at {
                fact.turn.apply(to: fact.subject, of: &state, at: fact.at)
                rest = rest.dropFirst()
            }
            var fresh = run
            fresh.read = state
            for effect in path.effects(of: fresh) {
                state.apply(effect, at: run.at, by: run.execution)
            }
        }
        for fact in rest { fact.turn.apply(to: fact.subject, of: &state, at: fact.at) }
        return state
    }
}

extension AccountState {
    /// Whether flag, ban, timestamp and metadata contradict each other: some say bad debt, some
    /// not.
    var isContradictory: Bool {
        let marks = [isFlagged, ban == .badDebt, badDebtAt != nil, metadata.badDebt == "true"]
        return marks.contains(true) && marks.contains(false)
    }

    /// Whether nothing says bad debt or shuts the account out.
    var isClear: Bool {
        !isFlagged && ban == nil && badDebtAt == nil && metadata.badDebt == nil
    }
}
