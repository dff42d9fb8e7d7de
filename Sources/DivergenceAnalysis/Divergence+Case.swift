import BillingModel
import Crypto
import DunningBrain
import LegacyPaths
import MirrorLog
import ShadowRun

extension Divergence {
    /// Explains a case and gathers what a report says of it.
    init(
        _ subject: EpisodeCase,
        of account: AccountID,
        _ records: ArraySlice<MirrorRecord>,
        _ rows: [CauseRow]
    ) {
        let comparison = subject.comparison
        explanation = subject.explained(by: rows)
        breaches = subject.brain.breaches
        classes = subject.classes(explanation)
        extent = subject.extent
        facets = subject.facets
        legacyOnly = comparison.legacyOnly
        brainOnly = comparison.brainOnly
        self.records = records.map(\.id)
        let acting = subject.timeline.runs.filter { !$0.execution.effects.isEmpty }
        paths = Set(acting.map(\.execution.path)).sorted()
        reproducer = []
        let stake = Stake(subject, explanation, facets)
        amounts = stake.amounts
        subscriptions = stake.subscriptions
        (since, until) = subject.interval
        id = Self.identify(account, subject.episode.openedAt, facets)
        story = Story.tell(subject, explanation, breaches)
    }

    /// The id: the first 64 bits of SHA-256 over account, opening and facets, in hexadecimal.
    private static func identify(
        _ account: AccountID,
        _ opened: Instant,
        _ facets: [FacetDifference]
    ) -> String {
        let lines =
            [account.rawValue, opened.description]
            + facets.map { "\($0.facet) \($0.legacy.text) \($0.brain.text)" }
        let digest = SHA256.hash(data: Array(lines.joined(separator: "\n").utf8))
        return "dv_" + digest.prefix(8).hexadecimal
    }
}

extension FacetValue {
    /// The value as text, for an id.
    fileprivate var text: String {
        switch self {
        case .bool(let value): "\(value)"
        case .text(let value): value ?? "null"
        case .list(let values): "[" + values.joined(separator: ",") + "]"
        case .count(let value): "\(value)"
        }
    }
}

extension EpisodeCase {
    /// The facets of a difference that was done and undone, as they were while it lasted.
    var facetsAtHeight: [FacetDifference] {
        let opening = timeline.opening
        let legacy = comparison.legacyOnly.map { $0.facet(in: opening, isLegacy: true) }
        let brain = comparison.brainOnly.map { $0.facet(in: opening, isLegacy: false) }
        return (legacy + brain).sorted { $0.facet < $1.facet }
    }

    /// From when to when the runs differed, as far as what each did tells.
    fileprivate var interval: (since: Instant, until: Instant?) {
        let taken =
            timeline.taken.filter { comparison.legacyOnly.contains($0.consequence) }
            + brain.taken.filter { comparison.brainOnly.contains($0.consequence) }
        let planned = brain.planned.map(\.at)
        let unprocessed = unprocessed.map(\.trigger.at)
        let since = (taken.map(\.at) + planned + unprocessed).min() ?? episode.openedAt
        guard comparison.statesAgree else { return (since, nil) }
        let legacyActs = timeline.runs.flatMap { $0.effects.filter(\.ok).map(\.at) }
        let acts = legacyActs + timeline.residuals.map(\.at) + planned
        return (since, acts.max() ?? episode.closesAt)
    }
}

extension Consequence {
    /// The facet that this consequence shows in, for the run that took it and the one that did not.
    fileprivate func facet(in opening: AccountState, isLegacy: Bool) -> FacetDifference {
        func difference(_ facet: Facet, _ taken: FacetValue, _ other: FacetValue) -> FacetDifference
        {
            FacetDifference(
                facet,
                legacy: isLegacy ? taken : other,
                brain: isLegacy ? other : taken
            )
        }
        switch self {
        case .flag: return difference(.badDebtFlag, .bool(true), .bool(false))
        case .ban: return difference(.ban, .text(Ban.badDebt.rawValue), .text(nil))
        case .cancel(let id): return difference(.subscription(id), .bool(false), .bool(true))
        case .deleteItems(let id):
            let items = (opening.subscription(id)?.items ?? []).map(\.id.rawValue)
            return difference(.items(id), .list([]), .list(items))
        case .charge(let id): return difference(.payments(id), .count(2), .count(1))
        }
    }
}

/// The money and the subscriptions that a divergence is about.
private struct Stake {
    var amounts = Amounts()
    var subscriptions: Int

    init(_ subject: EpisodeCase, _ explanation: Explanation?, _ facets: [FacetDifference]) {
        let ids = facets.compactMap { difference -> SubscriptionID? in
            switch difference.facet {
            case .subscription(let id), .items(let id): return id
            default: return nil
            }
        }
        subscriptions = Set(ids).count
        for id in Self.invoices(subject, explanation) {
            guard let invoice = subject.timeline.final.invoice(id) else { continue }
            let amount = invoice.debtAmount > 0 ? invoice.debtAmount : invoice.amountDue
            if amount > 0 { amounts.add(Money(minorUnits: amount, currency: invoice.currency)) }
        }
    }

    /// The invoices that a divergence turns on: the second payment's where that is the cause, else
    /// those of the explanation, those acted on, and those that the brain's plan rests on.
    private static func invoices(
        _ subject: EpisodeCase,
        _ explanation: Explanation?
    ) -> [InvoiceID] {
        let interventions = explanation?.interventions ?? []
        if interventions.contains(where: { $0.cause == .duplicatePayment }) {
            let duplicates = interventions.filter { $0.cause == .duplicatePayment }
            return Set(duplicates.flatMap(\.paidAgain)).sorted()
        }
        var ids = Set(interventions.compactMap(\.invoice))
        for run in subject.timeline.runs where !run.taken.isEmpty { ids.formUnion(run.actedOn) }
        for plan in subject.brain.planned {
            for effect in plan.effects where effect.rule == .inDebt {
                ids.formUnion(effect.invoices)
            }
        }
        for unprocessed in subject.unprocessed {
            guard case .stripe(let event) = unprocessed.trigger.what,
                case .invoice(let invoice) = event.object
            else { continue }
            ids.insert(invoice.id)
        }
        return ids.sorted()
    }
}

extension Intervention {
    /// The invoices that a second payment was for: where it was the first one of others, only those
    /// that had been paid.
    fileprivate var paidAgain: [InvoiceID] {
        if case .legacy(.uncover(_, let covered)) = change { return covered }
        return [invoice].compactMap { $0 }
    }
}
