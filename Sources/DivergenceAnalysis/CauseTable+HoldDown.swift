import BillingModel
import DunningBrain
import ShadowRun

/// Execution X, which acted on invoice I, starts only when the hold-downs of all that it acted on are
/// over, I having been paid in its own.
///
/// It is for what was undone again by itself: where it was not, the payment lacks what should have
/// followed it. It comes last, because X had no way to know.
func paidInHoldDown(_ subject: EpisodeCase) -> [Intervention] {
    guard subject.comparison.statesAgree else { return [] }
    let final = subject.timeline.final
    let holdDown = subject.settings.policy.confirmation
    return actions(subject).compactMap { index, invoice in
        let run = subject.timeline.runs[index]
        guard let acting = run.firstActing, let paid = subject.timeline.paid(invoice),
            let marked = final.invoice(invoice)?.markedUncollectibleAt,
            let last = run.actedOn.compactMap({ final.invoice($0)?.markedUncollectibleAt }).max(),
            acting < paid, paid < marked.advanced(by: holdDown)
        else { return nil }
        return Intervention(
            .paidThenFlagged,
            .legacy(.start(run: index, at: last.advanced(by: holdDown))),
            execution: run.id,
            invoice: invoice,
            at: run.at,
            happened: "invoice \(invoice) was paid \(paid.since(marked).words) after it was marked "
                + "uncollectible; Path \(run.execution.path.rawValue) had already "
                + Words.done(run.done),
            had: "had it waited for the hold-down to run out"
        )
    }
}

/// The runs that did something to the customer, or would have had it not been done already, with
/// each invoice that they acted on.
func actions(_ subject: EpisodeCase) -> [(index: Int, invoice: InvoiceID)] {
    let runs = subject.timeline.runs
    return subject.rerunnable.filter { runs[$0].doesSomething }.flatMap { index in
        runs[index].actedOn.map { (index, $0) }
    }
}
