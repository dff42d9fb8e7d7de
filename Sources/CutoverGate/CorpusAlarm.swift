import BillingModel
import Crypto
import DivergenceAnalysis
import DunningBrain
import MirrorLog
package import RegressionCorpus

/// Defects that are planted to see whether a corpus notices.
///
/// A corpus all of whose cases hold proves nothing while a brain that bans everybody passes it too.
enum CorpusAlarm {
    /// Brains that are broken on purpose, each in one way that would harm customers or legacy's
    /// heirs.
    static let brains: [Brain] = [
        Brain(name: "a brain that does nothing") { _, _, _ in Decision(rule: .clear) },
        seeing("a brain that holds no one's override") { $0.override = nil },
        seeing("a brain that takes open invoices for debt") { state in
            state.changeInvoices(where: { $0.status == .open }) { $0.giveUp() }
        },
        seeing("a brain that takes voided invoices for debt") { state in
            state.changeInvoices(where: { $0.status == .void }) { $0.giveUp() }
        },
        seeing("a brain that takes paid invoices for debt") { state in
            state.changeInvoices(where: { $0.status == .paid }) { $0.giveUp() }
        },
        seeing("a brain that counts replaced invoices") { state in
            state.changeInvoices(where: { _ in true }) { invoice in
                invoice.covers = []
                invoice.replaces = []
            }
        },
        seeing("a brain that duns restricted accounts") { state in
            if state.type?.support != .supported { state.type = .known(.payGo) }
        },
        seeing("a brain that cancels what it should empty") { $0.type = .known(.payGo) },
        seeing("a brain that decides without its facts") { $0.missing = [] },
        Brain(name: "a brain that does not wait") { state, now, policy in
            var hasty = policy
            hasty.confirmation = .zero
            return decide(state, at: now, hasty)
        },
        Brain(name: "a brain that never gives back") { state, now, policy in
            var decision = decide(state, at: now, policy)
            if decision.rule == .clear { decision.plan = [] }
            return decision
        },
    ]

    private static func seeing(
        _ name: String,
        _ change: @escaping @Sendable (inout AccountState) -> Void
    ) -> Brain {
        Brain(name: name) { state, now, policy in
            var seen = state
            change(&seen)
            return decide(seen, at: now, policy)
        }
    }

    /// What a corpus does not notice, in words: broken brains first, then lost classes.
    static func silent(
        _ cases: [CorpusCase],
        _ region: CorpusRegion,
        _ checks: [CaseCheck]
    ) -> [String] {
        let unnoticed = brains.filter { brain in
            cases.allSatisfy { CaseCheck($0, in: region, brain: brain).holds }
        }
        let holders = Dictionary(
            grouping: checks.flatMap { check in
                check.classes.map { (cause: $0, name: check.name) }
            },
            by: \.cause
        )
        let lost = DivergenceClass.allCases.filter { cause in
            let names = Set(holders[cause, default: []].map(\.name))
            let rows = CauseRow.table.filter { $0.cause != cause }
            guard rows.count < CauseRow.table.count, !names.isEmpty else { return false }
            return cases.filter { names.contains($0.name) }.allSatisfy {
                CaseCheck($0, in: region, rows: rows).holds
            }
        }
        return unnoticed.map(\.name) + lost.map { "a table of causes without \($0.rawValue)" }
    }
}

extension AccountState {
    fileprivate mutating func changeInvoices(
        where isMeant: (Invoice) -> Bool,
        _ change: (inout Invoice) -> Void
    ) {
        for place in invoices.indices where isMeant(invoices[place]) { change(&invoices[place]) }
    }
}

extension Invoice {
    /// Makes it look as if it had been given up on long ago, and never paid.
    fileprivate mutating func giveUp() {
        status = .uncollectible
        badDebtPaid = nil
        amountRemaining = max(amountRemaining, amountDue)
        markedUncollectibleAt = markedUncollectibleAt ?? Instant(microseconds: 0)
    }
}

extension CorpusEvidence {
    /// Checks a corpus with the brain, and its alarms with defects that are planted.
    ///
    /// - Parameters:
    ///   - cases: The cases.
    ///   - region: Whose data the corpus may hold.
    package init(_ cases: [CorpusCase], _ region: CorpusRegion) {
        let check = CorpusCheck(cases, in: region)
        self.init(
            cases: cases.count,
            failing: check.failures.map(\.name),
            classes: Set(check.checks.flatMap(\.classes)),
            silentAlarms: CorpusAlarm.silent(cases, region, check.checks),
            digest: Self.digest(cases),
            logs: cases.sorted { $0.name < $1.name }.map { subject in
                let digest = SHA256.hash(data: subject.log).hexadecimal
                return CaseLog(name: subject.name, digest: String(digest.prefix(12)))
            }
        )
    }

    private static func digest(_ cases: [CorpusCase]) -> String {
        var hash = SHA256()
        for subject in cases.sorted(by: { $0.name < $1.name }) {
            let files = [
                Array(subject.name.utf8), subject.log, subject.expectation ?? [],
                Array((subject.policy ?? "").utf8),
            ]
            // Each file's digest rather than its bytes, so that none runs over into the next.
            for file in files { hash.update(data: Array(SHA256.hash(data: file))) }
        }
        return hash.finalize().hexadecimal
    }
}
