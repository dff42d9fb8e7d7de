import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import RegressionCorpus
import ShadowRun
import Synchronization

/// A case with every question that judging it puts to the right brain.
///
/// Judging is a function of the case and of the brain's answers. A brain that answers all of these
/// questions as the right one does is asked no others, and comes out the same: the case need not be
/// judged to know that it does not catch that brain. This is what makes it quick to try many brains
/// on many cases.
struct AskedCase: Sendable {
    /// The case.
    let subject: CorpusCase
    private let expectation: CaseExpectation
    private let answers: [Question: Decision]

    /// What a brain is asked.
    private struct Question: Hashable {
        var state: AccountState
        var now: Instant
        var policy: Policy
    }

    /// Judges a case with the right brain and listens.
    init(_ subject: CorpusCase) throws {
        self.subject = subject
        expectation = try CaseExpectation(reading: subject.expectation ?? [])
        let heard = Mutex<[Question: Decision]>([:])
        let listening = Brain(name: Brain.standard.name) { state, now, policy in
            let decision = Brain.standard.decide(state, now, policy)
            let question = Question(state: state, now: now, policy: policy)
            heard.withLock { $0[question] = decision }
            return decision
        }
        _ = try subject.outcome(subject.settings(expectation.settings, listening))
        answers = heard.withLock { $0 }
    }

    /// Whether a brain answers some question of the case in another way than the right one.
    func hears(_ brain: Brain) -> Bool {
        answers.contains { question, decision in
            brain.decide(question.state, question.now, question.policy) != decision
        }
    }

    /// What gives a brain away in this case; `nil` where the case holds with it.
    func trace(of brain: Brain) throws -> Trace? {
        guard hears(brain) else { return nil }
        let outcome = try subject.outcome(subject.settings(expectation.settings, brain))
        let differences = TreeDifference.between(
            expected: expectation.outcome,
            actual: try outcome.tree
        )
        guard !differences.isEmpty else { return nil }
        let breached = Set(outcome.divergences.flatMap { $0.divergence.breaches.map(\.invariant) })
        return Trace(name: subject.name, breached: breached)
    }
}

/// What gives a brain away in one case.
struct Trace: Sendable {
    /// The case, which does not hold.
    let name: String
    /// The invariants that a decision of the brain broke in it; where there are none, only what is
    /// expected of the case came out differently.
    let breached: Set<Invariant>
}
