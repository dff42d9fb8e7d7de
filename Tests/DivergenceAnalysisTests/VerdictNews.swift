import BillingModel
import DivergenceAnalysis

/// Asks an engine again and again, and tells what has changed about its settled verdicts meanwhile.
final class VerdictNews {
    private var known: [AccountID: [VerdictSummary]] = [:]

    /// What is new or other than when it was last asked, account after account; then what is no more.
    func next(_ engine: inout ParityEngine) throws -> [String] {
        var news: [String] = []
        try engine.judgeAll { found in
            let settled = found.episodes.filter { !$0.isOpen }
            let before = known.updateValue(settled.map(\.summary), forKey: found.account) ?? []
            news += settled.filter { !before.contains($0.summary) }.map {
                "\($0.opened) \($0.gist)"
            }
            let gone = before.map(\.opened).filter { time in !settled.contains { $0.opened == time }
            }
            news += gone.map { "\($0) withdrawn" }
        }
        return news
    }
}
