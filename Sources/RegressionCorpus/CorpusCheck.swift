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
        refuseClaimsMadeTwice()
    }

    /// Two cases that claim the same prove nothing more than one.
    private mutating func refuseClaimsMadeTwice() {
        var first: [String: String] = [:]
        for place in checks.indices {
            guard let claim = checks[place].claim else { continue }
            if let other = first[claim] {
                checks[place].problems.append("its claim is that of `\(other)` too")
            } else {
                first[claim] = checks[place].name
            }
        }
    }

    /// Those that don't hold.
    package var failures: [CaseCheck] { checks.filter { !$0.holds } }

    /// Whether there are cases and all of them hold.
    package var holds: Bool { !checks.isEmpty && failures.isEmpty }

    /// The outcome in a sentence.
    package var headline: String {
        guard !checks.isEmpty else { return "there is no case: nothing was shown" }
        let all = Figures.grouped(checks.count)
        guard checks.count > 1 || !failures.isEmpty else { return "the one case holds" }
        guard !failures.isEmpty else { return "all \(all) cases hold" }
        let failing = Figures.grouped(failures.count)
        return "\(failing) of \(all) cases \(failures.count == 1 ? "does" : "do") not hold"
    }

    /// The most differences that are told of one case to people.
    private static let mostProblems = 8
    /// The most of a claim or a difference that a terminal shows: some lines of it.
    private static let longestLine = 400

    /// The outcome for a terminal: the cases that don't hold, with what is different.
    package var text: String {
        var text = ""
        for check in failures {
            let claim = check.claim ?? "(it does not say what it proves)"
            text += PlainText.line("\(check.name): \(claim)", most: Self.longestLine) + "\n"
            for problem in check.problems.prefix(Self.mostProblems) {
                text += PlainText.line("  \(problem)", most: Self.longestLine) + "\n"
            }
            let rest = check.problems.count - Self.mostProblems
            if rest > 0 { text += "  and \(Figures.grouped(rest)) more\n" }
            text += "\n"
        }
        return text + headline + "\n"
    }

    /// The outcome for a pull request.
    package var markdown: String {
        var text = "# Regression corpus\n\n**\(headline)**\n"
        var told = 0
        for check in failures.prefix(Self.mostInMarkdown) {
            let section = Self.section(check)
            guard text.utf8.count + section.utf8.count <= Self.mostBytesInMarkdown else { break }
            text += section
            told += 1
        }
        let rest = failures.count - told
        if rest > 0 {
            text += "\nAnd \(Figures.grouped(rest)) more \(rest == 1 ? "case" : "cases").\n"
        }
        return text
    }

    /// What is told of a case that does not hold.
    private static func section(_ check: CaseCheck) -> String {
        let shown = { (text: String) in
            Markdown.plain(PlainText.line(text, most: longestInMarkdown))
        }
        var text = "\n### \(shown(check.name))\n\n\(shown(check.claim ?? ""))\n\n"
        for problem in check.problems.prefix(mostProblems) { text += "- \(shown(problem))\n" }
        let rest = check.problems.count - mostProblems
        return rest > 0 ? text + "- and \(Figures.grouped(rest)) more\n" : text
    }

    /// GitHub takes 65,536 characters; nobody reads so many cases.
    private static let mostBytesInMarkdown = 60_000
    private static let mostInMarkdown = 20
    private static let longestInMarkdown = 200

    /// The outcome as JUnit's XML.
    package var junit: String {
        let cases = checks.map { JUnit.Case(name: $0.name, problems: $0.problems) }
        return JUnit(suite: "corpus", cases: cases).xml
    }
}
