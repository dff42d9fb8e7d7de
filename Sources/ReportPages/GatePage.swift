import BillingModel
package import CutoverGate
import ParityReport
import ShadowRun

/// `gate.html`: one file that needs nothing else, in light and dark, on a screen and on paper.
package struct GatePage {
    private let decision: GateDecision
    private let history: [ChainRecord]

    /// The page of a decision.
    ///
    /// - Parameters:
    ///   - decision: The decision.
    ///   - history: What was ever recorded, in order; none where nobody keeps a record.
    package init(_ decision: GateDecision, history: [ChainRecord] = []) {
        self.decision = decision
        self.history = history
    }

    /// The page's text.
    ///
    /// - Throws: ``PageError``.
    package var html: String {
        get throws(PageError) { try PageFrame.render(.gate, model) }
    }

    private var model: GateModel {
        let question = decision.question
        let burnUp = BurnUp(decision)
        let phase = question.phase
        let passing = decision.criteria.count { $0.verdict == .go }
        let unexplained = decision.criteria.first { $0.name == .unexplained }
        return GateModel(
            policy: PageFrame.policy(style: PageFrame.style),
            style: HTML(markup: PageFrame.style),
            title: HTML("\(decision.verdict.rawValue) for phase \(phase.rawValue)"),
            mark: HTML(decision.verdict.mark),
            shape: HTML(decision.verdict.shape),
            verdict: HTML(decision.verdict.rawValue),
            phase: HTML(phase.meaning),
            headline: HTML(decision.headline),
            at: HTML(question.at.description),
            tally: HTML("\(passing) of \(decision.criteria.count) criteria pass"),
            steps: [.noGo, .insufficient].flatMap { verdict in
                decision.criteria.filter { $0.verdict == verdict }.map(Self.step)
            },
            criteria: decision.criteria.map(Self.row),
            conditions: [
                ("Limits that ask for less than the defaults", question.configuration.weakened),
                ("Waivers", question.excuses.lines),
            ].filter { !$0.1.isEmpty }.map { name, lines in
                GateModel.Conditions(name: HTML(name), lines: lines.map { HTML($0, most: 600) })
            },
            burnUp: HTML(markup: burnUp.svg),
            caption: HTML(burnUp.caption),
            firstDay: HTML(burnUp.days.first),
            lastDay: HTML(burnUp.days.last),
            slowest: HTML(unexplained?.verdict == .insufficient ? unexplained?.next ?? "" : ""),
            harm: [
                Self.harm("legacy did wrongly", decision.harm.legacy),
                Self.harm("the brain would have done wrongly", decision.harm.brain),
                Self.harm(
                    "the brain would do where a defect kept legacy from it",
                    decision.harm.strictness
                ),
            ],
            hasHistory: !history.isEmpty,
            history: history.reversed().prefix(Self.mostRecords).map(record),
            sources: [
                ("brain", question.observation.brain),
                ("policy", String(question.observation.policy.prefix(12))),
                ("from", question.observation.from?.description ?? "no record"),
                ("up to", question.observation.horizon.description),
                ("judged episodes in scope", Figures.grouped(question.tally.judged)),
            ].map { ReportModel.Figure(name: HTML($0.0), value: HTML($0.1, most: 120)) }
        )
    }

    /// The most lines that a criterion rests on: at a glance, and in all.
    private static let (fewDetails, mostDetails) = (8, 60)
    /// The most divergences and records that are listed.
    private static let (mostEvidence, mostRecords) = (12, 100)

    private static func step(_ criterion: Criterion) -> GateModel.Step {
        let details = criterion.details.prefix(mostDetails).map { HTML($0, most: 400) }
        let rest = criterion.details.count - mostDetails
        let unseen = criterion.evidence.count - mostEvidence
        return GateModel.Step(
            mark: HTML(criterion.verdict.mark),
            shape: HTML(criterion.verdict.shape),
            verdict: HTML(criterion.verdict.rawValue),
            name: HTML(criterion.name.words),
            next: HTML(criterion.next),
            details: Array(details.prefix(fewDetails)),
            hasRest: details.count > fewDetails,
            rest: Array(details.dropFirst(fewDetails)),
            more: HTML(rest > 0 ? "and \(Figures.grouped(rest)) more, in gate.json" : ""),
            evidence: criterion.evidence.prefix(mostEvidence).map { HTML($0, most: 80) },
            moreEvidence: HTML(unseen > 0 ? "and \(Figures.grouped(unseen)) more" : "")
        )
    }

    private static func row(_ criterion: Criterion) -> GateModel.Row {
        GateModel.Row(
            name: HTML(criterion.name.words),
            mark: HTML(criterion.verdict.mark),
            shape: HTML(criterion.verdict.shape),
            verdict: HTML(criterion.verdict.rawValue),
            value: HTML(criterion.value, most: 160),
            limit: HTML(criterion.limit, most: 160),
            bar: HTML(markup: LimitBar(criterion)?.svg ?? "")
        )
    }

    private static func harm(_ who: String, _ harm: HarmTable.Harm) -> GateModel.HarmRow {
        GateModel.HarmRow(
            who: HTML(who),
            figures: [
                harm.customers, harm.flagged, harm.banned, harm.canceled, harm.charged,
                harm.subscriptions, Int(clamping: harm.hours),
            ].map { HTML(Figures.grouped($0)) },
            money: HTML(Figures.money(harm.amounts))
        )
    }

    private func record(_ record: ChainRecord) -> GateModel.Record {
        let entry = record.entry
        let verdict = entry.verdict
        return GateModel.Record(
            sequence: record.sequence,
            at: HTML(entry.at.description),
            phase: entry.phase.rawValue,
            mark: HTML(verdict?.mark ?? "no-go"),
            shape: HTML(verdict?.shape ?? "↩"),
            verdict: HTML(verdict?.rawValue ?? "rolled back"),
            brain: HTML(entry.brain, most: 40),
            policy: HTML(String(entry.policy.prefix(12))),
            digest: HTML(String(record.digest.prefix(12))),
            isThis: record == history.last
        )
    }
}

/// A criterion's measure as a bar against its limit, which stands at two thirds of the width.
package struct LimitBar {
    /// How far the bar goes, the limit being at 100 of 150.
    package let length: Int
    private let criterion: Criterion

    /// The bar of a criterion; `nil` where it has no measure.
    package init?(_ criterion: Criterion) {
        guard let meter = criterion.meter else { return nil }
        self.criterion = criterion
        // Of a limit of none whatever is found is beyond it.
        guard meter.limit > 0 else {
            length = meter.value > 0 ? 150 : 0
            return
        }
        let isBeyond = meter.value > meter.limit
        let part = isBeyond ? meter.value - meter.limit : meter.value
        let share = Scaled.share(part, of: meter.limit, in: 100)
        length = min(150, isBeyond ? 100 + share : share)
    }

    /// The bar as SVG; what it must reach or stay within is told in words beside it.
    package var svg: String {
        let rule = criterion.meter?.mustReach == true ? "must reach" : "must stay within"
        let label = "found \(criterion.value), \(rule) \(criterion.limit)"
        return """
            <svg class="limit-bar" viewBox="0 0 150 14" role="img" aria-label="\(HTML(label).markup)">\
            <rect class="track" y="3" width="150" height="8" rx="2"/>\
            <rect class="\(criterion.verdict.mark)" y="3" width="\(length)" height="8" rx="2"/>\
            <path class="limit" d="M100 0V14"/></svg>
            """
    }
}
