import DivergenceAnalysis
import DunningBrain
import MirrorLog

/// A case's expectation written anew from what its log gives now.
package struct CaseAcceptance: Sendable {
    /// The text of `expect.json`.
    package var text: [UInt8]
    /// What is different from the expectation before, in the order of the file; everything where
    /// there was none.
    package var changes: [TreeDifference]
    /// Why the case can't hold whatever is expected of it.
    package var problems: [String]

    /// Accepts what comes of a case.
    ///
    /// - Parameters:
    ///   - subject: The case.
    ///   - region: Whose data the corpus may hold.
    ///   - ticket: The ticket that a case without an expectation comes from.
    /// - Throws: ``RecordError`` where the expectation before can't be read: what it says beside the
    ///   outcome must not be lost.
    package init(
        _ subject: CorpusCase,
        in region: CorpusRegion,
        ticket: String? = nil
    ) throws {
        if let flaw = subject.flaw { throw RecordError(flaw) }
        var expectation = CaseExpectation(ticket: ticket, settings: .init(), outcome: .object([]))
        if let old = subject.expectation {
            do throws(RecordError) {
                expectation = try CaseExpectation(reading: old)
            } catch {
                throw error.inside("expect.json")
            }
        }
        var said: [TreeDifference] = []
        if let ticket, ticket != expectation.ticket {
            said.append(
                TreeDifference(place: "ticket", expected: expectation.ticket, actual: ticket)
            )
            expectation.ticket = ticket
        }
        let settings = try subject.settings(expectation.settings, .standard)
        let outcome = try subject.outcome(settings)
        let tree = try outcome.tree
        changes = said + TreeDifference.between(expected: expectation.outcome, actual: tree)
        problems = try subject.broken(outcome, region)
        expectation.outcome = tree
        text = expectation.text
    }

    /// Accepts what comes of cases, each on a thread of its own.
    ///
    /// - Parameters:
    ///   - cases: The cases.
    ///   - region: Whose data the corpus may hold.
    ///   - ticket: The ticket that they come from, where it is to be said anew.
    /// - Returns: What came of each, in their order.
    package static func all(
        of cases: [CorpusCase],
        in region: CorpusRegion,
        ticket: String? = nil
    ) -> [Result<CaseAcceptance, any Error>] {
        inParallel(cases) { subject in
            try CaseAcceptance(subject, in: region, ticket: ticket)
        }
    }
}
