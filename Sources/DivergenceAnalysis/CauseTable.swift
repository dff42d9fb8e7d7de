import BillingModel
import DunningBrain
import LegacyPaths
import ShadowRun

/// One known defect: its name, and the edits of a legacy run that it stands for.
///
/// A new defect is a new row. The search does not change for it.
package struct CauseRow: Sendable {
    /// The class that an explanation by this row gives.
    package var cause: DivergenceClass
    /// The interventions that this row sees in a case.
    package var candidates: @Sendable (EpisodeCase) -> [Intervention]

    /// A row of a class and the interventions that it sees.
    package init(
        cause: DivergenceClass,
        candidates: @escaping @Sendable (EpisodeCase) -> [Intervention]
    ) {
        self.cause = cause
        self.candidates = candidates
    }

    /// The table of causes, from the particular to the general.
    package static let table: [CauseRow] = [
        CauseRow(cause: .voidedInvoiceFlag, candidates: voidedInvoiceFlag),
        CauseRow(cause: .paidThenFlagged, candidates: paidThenFlagged),
        CauseRow(cause: .race, candidates: race),
        CauseRow(cause: .missingUnflag, candidates: missingUnflag),
        CauseRow(cause: .duplicatePayment, candidates: duplicatePayment),
        CauseRow(cause: .stuckEvent, candidates: stuckEvent),
        CauseRow(cause: .partialFailure, candidates: partialFailure),
        CauseRow(cause: .inflatedDebt, candidates: inflatedDebt),
        CauseRow(cause: .driftLag, candidates: driftLag),
        CauseRow(cause: .uncoordinatedCancel, candidates: uncoordinatedCancel),
        CauseRow(cause: .adminOverride, candidates: adminOverride),
        CauseRow(cause: .policyChange, candidates: policyChange),
        CauseRow(cause: .timing, candidates: timing),
        CauseRow(cause: .voidedInvoiceFlag, candidates: voidedAfterEarlierEpisode),
        CauseRow(cause: .paidThenFlagged, candidates: paidInHoldDown),
    ]
}

// MARK: - An execution that looked too early, or not at all

/// Execution X, which acted on invoice I, starts only after I was voided, and reads I's status.
private func voidedInvoiceFlag(_ subject: EpisodeCase) -> [Intervention] {
    let recorded = actions(subject).compactMap { index, invoice -> Intervention? in
        guard let voided = subject.timeline.instant(.void, of: invoice) else { return nil }
        let run = subject.timeline.runs[index]
        let already = run.at <= voided ? "had already" : "nonetheless"
        let when = Words.sinceMarked(invoice, voided, subject.timeline)
        return Intervention(
            .voidedInvoiceFlag,
            .legacy(.start(run: index, at: max(run.at, voided.nextInstant))),
            execution: run.id,
            invoice: invoice,
            at: run.at,
            happened: "invoice \(invoice) was voided \(when); Path \(run.execution.path.rawValue) "
                + "\(already) \(Words.done(run.done))",
            had: "had it looked when the void was in"
        )
    }
    return recorded + voidedBeforeProcessing(subject)
}

/// The same of a run that never came: had the trigger been processed, the void would have mattered.
private func voidedBeforeProcessing(_ subject: EpisodeCase) -> [Intervention] {
    subject.unprocessed.compactMap { unprocessed in
        guard unprocessed.paths.contains(.c), let invoice = unprocessed.invoice,
            let voided = subject.timeline.instant(.void, of: invoice)
        else { return nil }
        let when = Words.sinceMarked(invoice, voided, subject.timeline)
        return Intervention(
            .voidedInvoiceFlag,
            .legacy(.startProcessing(unprocessed.trigger.record, at: voided.nextInstant)),
            invoice: invoice,
            at: unprocessed.trigger.at,
            happened: "invoice \(invoice) was voided \(when), which Path C would not have known",
            had: "had it looked when the void was in"
        )
    }
}

/// Execution X, which acted on invoice I, reads I's status when it acts, I being paid by then.
private func paidThenFlagged(_ subject: EpisodeCase) -> [Intervention] {
    actions(subject).compactMap { index, invoice in
        let run = subject.timeline.runs[index]
        guard let acting = run.firstActing, let paid = subject.timeline.paid(invoice),
            paid <= acting
        else { return nil }
        let gap = acting.since(paid).words
        return Intervention(
            .paidThenFlagged,
            .legacy(.readWhenActing(run: index)),
            execution: run.id,
            invoice: invoice,
            at: acting,
            happened: "invoice \(invoice) had been paid \(gap) before Path "
                + "\(run.execution.path.rawValue) \(Words.done(run.done)) for it",
            had: "had it looked at the invoice when it acted"
        )
    }
}

/// The executions of the episode run one after the other, each with a fresh read: as they started,
/// or, where that is another order, as they were woken.
private func race(_ subject: EpisodeCase) -> [Intervention] {
    let (runs, places) = (subject.timeline.runs, subject.rerunnable)
    for (number, place) in places.enumerated() {
        let end = runs[place].end
        for next in places.dropFirst(number + 1) where runs[next].at <= end {
            let started = race(
                runs[place],
                runs[next],
                asWoken: false,
                had: "had they run one after the other, each reading afresh"
            )
            guard subject.timeline.rerunnableAsWoken != places else { return [started] }
            let woken = race(
                runs[place],
                runs[next],
                asWoken: true,
                had: "had they run one after the other, as they were woken, each reading afresh"
            )
            return [started, woken]
        }
    }
    return []
}

private func race(
    _ run: RecordedRun,
    _ other: RecordedRun,
    asWoken: Bool,
    had: String
) -> Intervention {
    Intervention(
        .race,
        .legacy(.serialize(asWoken: asWoken)),
        execution: run.id,
        at: run.at,
        happened: "Path \(run.execution.path.rawValue) (\(run.id)) and "
            + "Path \(other.execution.path.rawValue) (\(other.id)) ran at the same time, each on "
            + "what it had read before the other wrote",
        had: had
    )
}

// MARK: - Payments

/// The payment that cleared the debt is followed at once by unflag, unban and reactivation.
private func missingUnflag(_ subject: EpisodeCase) -> [Intervention] {
    subject.timeline.payments.map { at, record, invoice in
        Intervention(
            .missingUnflag,
            .legacy(.releaseAfterPayment(at: at)),
            execution: subject.timeline.runs.first { $0.id == record }?.id,
            invoice: invoice,
            at: at,
            happened: "invoice \(invoice) was paid and nothing was owed any more, but nobody "
                + "unflagged the account or brought its subscriptions back",
            had: "had the payment been followed at once by unflag, unban and reactivation"
        )
    }
}

/// The second payment that covers an invoice is left out.
private func duplicatePayment(_ subject: EpisodeCase) -> [Intervention] {
    let byRuns = subject.timeline.runs.indices.flatMap { index in
        let run = subject.timeline.runs[index]
        return run.taken.compactMap { consequence -> Intervention? in
            guard case .charge(let invoice) = consequence else { return nil }
            return duplicate(
                .omitPayment(run: index, invoice: invoice),
                invoice,
                covered: subject.timeline.final.invoice(invoice)?.covers ?? [],
                execution: run.id,
                at: run.effects.first { PaymentShape.isPayment($0.effect, of: invoice) }?.at
                    ?? run.at
            )
        }
    }
    let byEvents = subject.timeline.residuals.enumerated().compactMap { index, residual in
        guard case .duplicatePayment(let invoice) = residual.change else {
            return Intervention?.none
        }
        return duplicate(
            .omitResidual(index),
            invoice.id,
            covered: invoice.covers,
            execution: residual.owner.map { subject.timeline.runs[$0].id },
            at: residual.at
        )
    }
    let inPart = subject.timeline.coveredTwice.map { at, record, invoice, covered in
        duplicate(
            .uncover(invoice: invoice, covered),
            invoice,
            covered: covered,
            execution: subject.timeline.runs.first { $0.id == record }?.id,
            at: at
        )
    }
    return byRuns + byEvents + inPart
}

private func duplicate(
    _ edit: TimelineEdit,
    _ invoice: InvoiceID,
    covered: [InvoiceID],
    execution: RecordID?,
    at instant: Instant
) -> Intervention {
    let again =
        covered.isEmpty
        ? "invoice \(invoice) had been paid, and was paid again"
        : "\(Words.list(covered.map { "invoice \($0)" })) had been paid, and was paid again through "
            + "invoice \(invoice)"
    return Intervention(
        .duplicatePayment,
        .legacy(edit),
        execution: execution,
        invoice: invoice,
        at: instant,
        happened: again,
        had: "had the second payment been left out"
    )
}

// MARK: - Executions that did not run, or not to their end

/// The trigger without an execution, or with a stuck one, is processed.
private func stuckEvent(_ subject: EpisodeCase) -> [Intervention] {
    subject.unprocessed.map { unprocessed in
        let paths = unprocessed.paths.map { "Path \($0.rawValue)" }
        let who = paths.isEmpty ? "it counts as stuck" : "\(Words.list(paths)) never handled it"
        return Intervention(
            .stuckEvent,
            .legacy(.process(unprocessed.trigger.record, paths: unprocessed.paths)),
            at: unprocessed.trigger.at,
            happened: "\(Words.trigger(unprocessed.trigger)) arrived and \(who)",
            had: "had it been processed"
        )
    }
}

/// The effects that failed take place.
private func partialFailure(_ subject: EpisodeCase) -> [Intervention] {
    let runs = subject.timeline.runs
    let broken = runs.indices.filter { index in
        runs[index].execution.outcome == .failed || runs[index].effects.contains { !$0.ok }
    }
    return broken.map { index in
        let run = runs[index]
        let failed = run.effects.filter { !$0.ok }
        let steps = Words.count(failed.count, "step")
        return Intervention(
            .partialFailure,
            .legacy(.complete(run: index)),
            execution: run.id,
            at: failed.first?.at ?? run.end,
            happened: "Path \(run.execution.path.rawValue) failed half-way: \(steps) of "
                + "\(run.id) did not take place",
            had: "had it come to its end"
        )
    }
}

// MARK: - Path B's view of the world

/// Superseded invoices are voided before the read.
private func inflatedDebt(_ subject: EpisodeCase) -> [Intervention] {
    let runs = subject.timeline.runs
    return subject.rerunnable.filter { runs[$0].execution.path == .b }.compactMap { index in
        let run = runs[index]
        let superseded = run.read.invoices.filter {
            countsForLegacy($0) && run.read.invoiceSuperseding($0) != nil
        }
        guard let first = superseded.first else { return nil }
        let names = Words.list(superseded.map { "invoice \($0.id)" })
        return Intervention(
            .inflatedDebt,
            .legacy(.voidSuperseded(run: index)),
            execution: run.id,
            invoice: first.id,
            at: run.at,
            happened: "\(names) had been replaced and never voided; Path B counted it as debt and "
                + Words.done(run.done),
            had: "had it been voided when it was replaced"
        )
    }
}

/// Path B runs at the trigger, not at its next schedule.
private func driftLag(_ subject: EpisodeCase) -> [Intervention] {
    subject.timeline.triggers.compactMap { trigger in
        let type = subject.timeline.accountType(at: trigger.at)
        guard type?.support == .supported else { return nil }
        return Intervention(
            .driftLag,
            .legacy(.runDrift(at: trigger.at)),
            at: trigger.at,
            happened: "after \(Words.trigger(trigger)) the account waits for the next drift run, "
                + "which no event starts",
            had: "had drift remediation run then"
        )
    }
}

// MARK: - Coordination

/// Path C's cancel on a failed payment waits for the debt to be confirmed.
private func uncoordinatedCancel(_ subject: EpisodeCase) -> [Intervention] {
    let recorded = subject.rerunnable.compactMap { index -> Intervention? in
        let run = subject.timeline.runs[index]
        guard run.execution.path == .c, let invoice = run.trigger?.failedInvoice else { return nil }
        return Intervention(
            .uncoordinatedCancel,
            .legacy(.deferCancel(run: index)),
            execution: run.id,
            invoice: invoice,
            at: run.at,
            happened: "a payment of invoice \(invoice) failed for the last time and Path C "
                + "\(Words.done(run.done)) at once, while the invoice was still open",
            had: "had it waited for the debt to be confirmed"
        )
    }
    return recorded
        + subject.unprocessed.compactMap { unprocessed in
            guard unprocessed.paths.contains(.c),
                let invoice = unprocessed.trigger.what.failedInvoice
            else { return nil }
            return Intervention(
                .uncoordinatedCancel,
                .legacy(.deferProcessedCancel(unprocessed.trigger.record)),
                invoice: invoice,
                at: unprocessed.trigger.at,
                happened:
                    "a payment of invoice \(invoice) failed for the last time, on which Path C "
                    + "cancels at once",
                had: "had it waited for the debt to be confirmed"
            )
        }
}

/// The override of Path E is known to the other paths.
private func adminOverride(_ subject: EpisodeCase) -> [Intervention] {
    var overrides: [(override: Override, at: Instant)] = []
    if let held = subject.timeline.opening.override,
        held.isInForce(at: subject.timeline.openedAt)
    {
        overrides.append((held, held.since ?? subject.timeline.openedAt))
    }
    for timed in subject.timeline.facts {
        if case .override(let override?)? = timed.fact { overrides.append((override, timed.at)) }
    }
    // The one that another path decided against, where that can be told.
    let others = subject.timeline.runs.filter { $0.execution.path != .e && $0.doesSomething }
    let opposed = overrides.last { word in
        others.contains { $0.at >= word.at && word.override.isInForce(at: $0.at) }
    }
    guard let (override, since) = opposed ?? overrides.last else { return [] }
    let word = override.flagged ? "flagged" : "unflagged"
    return [
        Intervention(
            .adminOverride,
            .legacy(.respectOverride),
            at: since,
            happened: "\(override.by) had \(word) the account by hand, and another path decided "
                + "against it",
            had: "had every path known of that"
        )
    ]
}

// MARK: - Settings

/// The brain decides under the binary policy (graduated phases only).
///
/// Under a policy whose hold-down outlasts an episode nothing is decided in it, which would agree
/// with whatever legacy left undone.
private func policyChange(_ subject: EpisodeCase) -> [Intervention] {
    let binary = Policy()
    guard subject.settings.phase >= .segments, subject.settings.policy != binary,
        subject.settings.settle >= binary.confirmation
    else { return [] }
    return [
        Intervention(
            .policyChange,
            .binaryPolicy,
            at: subject.timeline.openedAt,
            happened: "the brain decided under a policy that differs from the binary one",
            had: "had it decided under the binary policy"
        )
    ]
}

/// The settle time is longer.
private func timing(_ subject: EpisodeCase) -> [Intervention] {
    guard subject.longer != nil else { return [] }
    let settle = subject.settings.settle.words
    return [
        Intervention(
            .timing,
            .longerSettle,
            at: subject.episode.closesAt,
            happened: "the account was still at work when \(settle) without a record had passed",
            had: "had the episode been kept open for \(subject.settings.longerSettle.words)"
        )
    ]
}

/// As ``voidedInvoiceFlag(_:)``, for an execution of an earlier episode.
///
/// It comes last, because it undoes what was right when it was done: the invoice was debt for as
/// long as it was not voided.
private func voidedAfterEarlierEpisode(_ subject: EpisodeCase) -> [Intervention] {
    subject.episode.past.flatMap { action in
        action.actedOn.compactMap { invoice -> Intervention? in
            guard subject.timeline.opening.invoice(invoice)?.status != .void,
                let voided = subject.timeline.instant(.void, of: invoice)
            else { return nil }
            let when = Words.sinceMarked(invoice, voided, subject.timeline)
            return Intervention(
                .voidedInvoiceFlag,
                .legacy(.undoEarlier(action)),
                execution: action.execution,
                invoice: invoice,
                at: action.at,
                happened: "invoice \(invoice) was voided \(when); Path \(action.path.rawValue) "
                    + "had \(Words.done(action.taken)) for it on \(action.at.day), and nobody "
                    + "took that back",
                had: "had nothing been done before the void was in"
            )
        }
    }
}
