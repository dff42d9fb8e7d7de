import DivergenceAnalysis

extension ParityReport {
    /// `junit.xml`: a test for what would make the replay's exit code 1 or worse.
    ///
    /// Known defects of legacy are what a replay is there to find, so a class that is explained is no
    /// failure; what nothing explains, a defect of the brain, and having judged nothing are.
    package var junit: String {
        var cases = [
            JUnit.Case(
                name: "episodes were judged",
                problems: episodes.judged > 0
                    ? [] : ["no episode settled with its facts complete by \(episodes.horizon)"]
            )
        ]
        for cause in DivergenceClass.allCases where cause.isBlocking {
            let figures = found.figures[cause]
            let told = figures.first.map { one in
                let account = PlainText.line("\(one.account)", most: 80)
                return "\(one.id): account \(account): \(PlainText.line(one.story, most: 600))"
            }
            let rest = figures.count - told.count
            let more = rest > 0 ? ["and \(Figures.grouped(rest)) more, in report.json"] : []
            cases.append(JUnit.Case(name: "no \(cause.rawValue)", problems: told + more))
        }
        return JUnit(suite: "replay", cases: cases).xml
    }

    /// The most divergences of one class that are told of.
    static let mostProblems = 50
}
