import BillingModel
package import DivergenceAnalysis
package import DunningBrain
package import MirrorLog
import ParityReport
package import ShadowRun

/// What became of checking one case.
package struct CaseCheck: Sendable {
    /// The case's name.
    package var name: String
    /// What the case proves.
    package var claim: String?
    /// The classes of the divergences that came, each once, in the order of their table.
    package var classes: [DivergenceClass] = []
    /// What is wrong, a line each; none where the case holds.
    package var problems: [String] = []

    /// Whether the case holds.
    package var holds: Bool { problems.isEmpty }

    /// Checks a case.
    ///
    /// - Parameters:
    ///   - subject: The case.
    ///   - region: Whose data the corpus may hold.
    ///   - brain: The brain to judge with.
    ///   - rows: The rows of the table of causes.
    /// - Complexity: That of replaying the log.
    package init(
        _ subject: CorpusCase,
        in region: CorpusRegion,
        brain: Brain = .standard,
        rows: [CauseRow] = CauseRow.table
    ) {
        name = subject.name
        claim = subject.claim
        do {
            try check(subject, region, brain, rows)
        } catch let error as RecordError {
            problems.append(error.reason)
        } catch {
            problems.append("\(error)")
        }
    }

    private mutating func check(
        _ subject: CorpusCase,
        _ region: CorpusRegion,
        _ brain: Brain,
        _ rows: [CauseRow]
    ) throws {
        if let flaw = subject.flaw { throw RecordError(flaw) }
        if claim == nil { problems.append("README.md does not begin with `# ` and a claim") }
        guard let text = subject.expectation else {
            problems.append("there is no expect.json; write one with `corpus accept \(name)`")
            return
        }
        let expectation: CaseExpectation
        do throws(RecordError) {
            expectation = try CaseExpectation(reading: text)
        } catch {
            throw error.inside("expect.json")
        }
        let outcome = try subject.outcome(
            subject.settings(expectation.settings, brain),
            rows: rows
        )
        classes = Set(outcome.divergences.flatMap(\.divergence.classes)).sorted()
        problems += TreeDifference.between(expected: expectation.outcome, actual: try outcome.tree)
            .map(\.description)
        problems += try subject.broken(outcome, region)
    }
}

extension CorpusCase {
    /// The settings of a judgement: the case's policy and its expectation's settings.
    package func settings(
        _ settings: CaseSettings,
        _ brain: Brain
    ) throws(RecordError) -> JudgeSettings {
        var policy = Policy()
        if let yaml = self.policy {
            do throws(RecordError) {
                policy = try Policy(yaml: yaml)
            } catch {
                throw error.inside("policy.yaml")
            }
        }
        return settings.judging(policy, brain)
    }

    /// The rules of every case that an outcome breaks, whatever is expected of it.
    package func broken(
        _ outcome: CaseOutcome,
        _ region: CorpusRegion
    ) throws(RecordError) -> [String] {
        var problems: [String] = []
        let hasNothing = outcome.read == 0
        let wasRefused = outcome.judgedCount == 0 && (hasNothing || !outcome.refused.isEmpty)
        if mustBeRefused, !wasRefused {
            problems.append("the name says that the log is refused, and it is not")
        }
        if !mustBeRefused, wasRefused {
            let prefix = Self.refusedPrefix
            problems.append("the log is refused, but the name does not begin with `\(prefix)`")
        }
        for other in try CorpusRegion.all(in: log) where !region.admits(other) {
            problems.append(region.refusal(of: other))
        }
        return problems
    }
}
