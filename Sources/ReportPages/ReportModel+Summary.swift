import BillingModel
import CutoverGate
import DivergenceAnalysis
import ParityReport
import ShadowRun

/// Gathers what stands above the table from a report and what the gate says of it.
struct ReportSummary {
    let report: ParityReport
    let answers: [PhaseAnswer]
    /// What the divergences come to.
    let figures: DivergenceFigures

    init(report: ParityReport, answers: [PhaseAnswer]) {
        (self.report, self.answers) = (report, answers)
        figures = report.found.figures
    }

    /// The decision of the widest scope.
    private var widest: GateDecision? { answers.last { $0.decision != nil }?.decision }

    /// The outcome in a sentence.
    var headline: String { report.headline.replacing("**", with: "") }

    /// From when to when was observed, and with what.
    var period: String {
        let from = report.activity.first.map { "\($0.description.prefix(10)) to " } ?? "up to "
        return from + report.episodes.horizon.description.prefix(10)
    }

    /// The figures at the top.
    var tiles: [ReportModel.Tile] {
        let episodes = report.episodes
        let harm = widest?.harm
        let blocking = figures.blocking
        return [
            .init(
                number: HTML(Figures.percentage(episodes.match, of: episodes.judged)),
                name: HTML("agree"),
                note: HTML(
                    "\(Figures.grouped(episodes.match)) of \(Figures.grouped(episodes.judged)) "
                        + "judged episodes came out alike"
                ),
                kind: HTML("plain")
            ),
            .init(
                number: HTML(Figures.grouped(episodes.divergent)),
                name: HTML("diverge"),
                note: HTML("\(Figures.grouped(figures.customers)) customers are concerned"),
                kind: HTML("plain")
            ),
            .init(
                number: HTML(Figures.grouped(blocking)),
                name: HTML("block every gate"),
                note: HTML("unexplained, or a defect of the brain"),
                kind: HTML(blocking > 0 ? "bad" : "good")
            ),
            .init(
                number: HTML(harm.map { Figures.grouped($0.legacy.customers) } ?? "–"),
                name: HTML("wronged by legacy"),
                note: HTML("customers whom the brain would have spared it"),
                kind: HTML("plain")
            ),
            .init(
                number: HTML(harm.map { Figures.grouped($0.brain.customers) } ?? "–"),
                name: HTML("would be wronged by the brain"),
                note: HTML("customers whom legacy spared it, and nothing says why"),
                kind: HTML((harm?.brain.customers ?? 0) > 0 ? "bad" : "good")
            ),
        ]
    }

    /// What to do, the most urgent first.
    var steps: [HTML] {
        var steps: [HTML] = []
        for cause in [DivergenceClass.brainDefect, .unexplained] {
            let count = figures[cause].count
            guard count > 0 else { continue }
            let what =
                cause == .brainDefect
                ? "Mend the brain: it broke its own rules in"
                : "Find out what happened: nothing explains"
            steps.append(
                HTML(
                    markup: "\(what) <a href=\"#?class=\(cause.rawValue)\">"
                        + "\(Figures.grouped(count)) episodes</a>."
                )
            )
        }
        guard report.episodes.judged > 0 else {
            return [HTML("Mirror for longer: nothing was judged, so nothing was shown.")]
        }
        let known = figures.count - figures.blocking
        if known > 0 {
            steps.append(
                HTML(
                    "Read the known defects below. Each class must be waived by name before a cut-over, "
                        + "or be gone from the log."
                )
            )
        }
        steps.append(
            HTML(
                markup: "Ask the gate with what a replay is not given: <code>dunning-parity gate "
                    + "--phase 1 FOLDER --corpus corpora/cases --waivers waivers.yaml</code>"
            )
        )
        return steps
    }

    /// The phases, each with what holds it back.
    var phases: [ReportModel.PhaseCard] {
        answers.map { answer in
            guard let decision = answer.decision else { return Self.unseen(answer) }
            let failing = decision.criteria.filter { $0.verdict == .noGo }
            let missing = decision.criteria.filter { $0.verdict == .insufficient }
            let passed = decision.criteria.count - failing.count - missing.count
            let verdict = decision.verdict
            return ReportModel.PhaseCard(
                number: answer.phase.rawValue,
                title: HTML(answer.phase.title),
                meaning: HTML(answer.phase.meaning),
                mark: HTML(verdict.mark),
                shape: HTML(verdict.shape),
                verdict: HTML(verdict.rawValue),
                failing: failing.map(Self.line),
                missing: missing.map(Self.line),
                passed: HTML(
                    "\(passed) of \(decision.criteria.count) criteria pass; \(verdict.meaning)."
                )
            )
        }
    }

    private static func unseen(_ answer: PhaseAnswer) -> ReportModel.PhaseCard {
        ReportModel.PhaseCard(
            number: answer.phase.rawValue,
            title: HTML(answer.phase.title),
            meaning: HTML(answer.phase.meaning),
            mark: HTML(GateVerdict.insufficient.mark),
            shape: HTML(GateVerdict.insufficient.shape),
            verdict: HTML("NOT ASKED"),
            failing: [],
            missing: [],
            passed: HTML("The gate could not be asked: \(answer.reason).")
        )
    }

    private static func line(_ criterion: Criterion) -> ReportModel.CriterionLine {
        let notGiven: [Criterion.Name: String] = [
            .corpus: "not given to a replay; give --corpus to gate",
            .dependency: "not given to a replay; give --record to gate",
            .earlierEvidence: "not given to a replay; give --record to gate",
            .signOffs: "not given to a replay; give --waivers to gate",
        ]
        let isMissing = criterion.verdict == .insufficient
        return ReportModel.CriterionLine(
            name: HTML(criterion.name.words),
            value: HTML(criterion.value, most: 120),
            limit: HTML(criterion.limit, most: 120),
            next: HTML((isMissing ? notGiven[criterion.name] : nil) ?? criterion.next, most: 300)
        )
    }

    /// All days from the first to the last on which an episode opened, as RFC 3339 dates.
    var calendar: [String] {
        let known = Set(report.days.map(\.day.day)).sorted()
        guard let first = known.first, let last = known.last else { return [] }
        var days: [String] = []
        var next = Instant(rfc3339: first + "T00:00:00Z")
        while let day = next, days.count < Self.mostDays {
            let name = String(day.description.prefix(10))
            guard name <= last, name != days.last else { break }
            days.append(name)
            next = day.advanced(by: .days(1))
        }
        return days
    }

    /// Ten years: a log that spans more shows its first ten.
    private static let mostDays = 3660

    /// The classes that occur, and those that block: these first, then the most frequent.
    var classes: [ReportModel.ClassRow] {
        let calendar = calendar
        let shown = report.classCounts.filter { $0.count > 0 || $0.cause.isBlocking }
        let ordered = shown.enumerated().sorted { lhs, rhs in
            let (left, right) = (lhs.element, rhs.element)
            guard left.cause.isBlocking == right.cause.isBlocking else {
                return left.cause.isBlocking
            }
            return (right.count, lhs.offset) < (left.count, rhs.offset)
        }.map(\.element)
        return ordered.map { cause, count in
            let those = figures[cause]
            let words = cause.words
            let money = those.amounts.sums.map { sum in
                "<span>\(Figures.grouped(sum.minorUnits)) \(sum.currency)</span>"
            }
            return ReportModel.ClassRow(
                id: HTML(cause.rawValue),
                name: HTML(words.name),
                meaning: HTML(words.meaning),
                severity: HTML(words.severity.rawValue),
                word: HTML(words.severity.word),
                mark: HTML(words.severity.mark),
                count: HTML(Figures.grouped(count)),
                customers: HTML(Figures.grouped(those.accounts)),
                lasting: HTML(Figures.grouped(those.lasting)),
                subscriptions: HTML(Figures.grouped(those.subscriptions)),
                money: HTML(markup: money.joined(separator: " ")),
                chart: HTML(markup: DayChart(words.name, those.byDay, over: calendar).svg),
                isEmpty: count == 0
            )
        }
    }

    /// The names of the classes that don't occur.
    var absent: String {
        report.classCounts.filter { $0.count == 0 && !$0.cause.isBlocking }
            .map { $0.cause.words.name }.joined(separator: ", ")
    }
}
