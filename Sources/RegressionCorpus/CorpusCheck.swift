import DivergenceAnalysis
package import DunningBrain
import ParityReport

/// What became of checking a corpus.
package struct CorpusCheck: Sendable {
    /// The cases, by name.
    package var checks: [CaseCheck]

    /// Checks cases, each on a thread of its own.
    ///
    /// - Parameters:
    ///   - cases: The cases.
    ///   - region: Whose data the corpus may hold.
    ///   - brain: The brain to judge with.
    package init(_ cases: [CorpusCase], in region: CorpusRegion, brain: Brain = .standard) {
        let sorted = cases.sorted { $0.name < $1.name }
        let results: [Result<CaseCheck, Never>] = inParallel(sorted) { subject in
            CaseCheck(subject, in: region, brain: brain)
        }
        checks = results.map { $0.get() }
    }

    /// Those that don't hold.
    package var failures: [CaseCheck] { checks.filter { !$0.holds } }

    /// Whether there are cases and all of them hold.
    package var holds: Bool { !checks.isEmpty && failures.isEmpty }

    /// The outcome in a sentence.
    package var headline: String {
        guard !checks.isEmpty else { return "there is no case: nothing was shown" }
        let all = Figures.grouped(checks.count)
        guard !failures.isEmpty else { return "all \(all) cases hold" }
        let failing = Figures.grouped(failures.count)
        return "\(failing) of \(all) cases \(failures.count == 1 ? "does" : "do") not hold"
    }

    /// The most differences that are told of one case to people.
    private static let mostProblems = 8

    /// The outcome for a terminal: the cases that don't hold, with what is different.
    package var text: String {
        var text = ""
        for check in failures {
            text += "\(check.name): \(check.claim ?? "(it does not say what it proves)")\n"
            for problem in check.problems.prefix(Self.mostProblems) { text += "  \(problem)\n" }
            let rest = check.problems.count - Self.mostProblems
            if rest > 0 { text += "  and \(Figures.grouped(rest)) more\n" }
            text += "\n"
        }
        return text + headline + "\n"
    }

    /// The outcome for a pull request.
    package var markdown: String {
        var text = "# Regression corpus\n\n**\(headline)**\n"
        for check in failures.prefix(Self.mostInMarkdown) {
            text += "\n### \(Markdown.plain(check.name))\n\n"
            text += "\(Markdown.plain(check.claim ?? ""))\n\n"
            for problem in check.problems.prefix(Self.mostProblems) {
                text += "- \(Markdown.plain(String(problem.prefix(Self.longestProblem))))\n"
            }
            let rest = check.problems.count - Self.mostProblems
            if rest > 0 { text += "- and \(Figures.grouped(rest)) more\n" }
        }
        let rest = failures.count - Self.mostInMarkdown
        if rest > 0 { text += "\nAnd \(Figures.grouped(rest)) more cases.\n" }
        return text
    }

    /// The most cases that go into a comment: with this many, and problems this long, it stays
    /// below the 65,536 characters that GitHub takes.
    private static let mostInMarkdown = 20
    private static let longestProblem = 200

    /// The outcome as JUnit's XML.
    package var junit: String {
        let cases = checks.map { JUnit.Case(name: $0.name, problems: $0.problems) }
        return JUnit(suite: "corpus", cases: cases).xml
    }
}
