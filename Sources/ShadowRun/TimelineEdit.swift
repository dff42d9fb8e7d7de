package import BillingModel

/// One thing changed in the legacy run of an episode: the vocabulary that causes are told in.
///
/// Runs are named by their place in ``Timeline/runs``.
package enum TimelineEdit: Hashable, Sendable {
    /// A run starts only at an instant, and looks up the invoice's status.
    case start(run: Int, at: Instant)
    /// A run reads when it acts, the invoice's status included.
    case readWhenActing(run: Int)
    /// The runs follow one another, each with a fresh read: in order of start, or of what woke them.
    case serialize(asWoken: Bool)
    /// As soon as nothing is owed, from an instant on, all that was taken is given back.
    case releaseAfterPayment(at: Instant)
    /// A payment is left out: an effect of a run.
    case omitPayment(run: Int, invoice: InvoiceID)
    /// A payment is left out: one that came in by itself.
    case omitResidual(Int)
    /// A payment of an invoice leaves out what was paid before.
    case uncover(invoice: InvoiceID, [InvoiceID])
    /// A trigger is processed at once by the paths that should have.
    case process(RecordID, paths: [LegacyPath])
    /// The runs that process a trigger start only at an instant, and look up the invoice's status.
    case startProcessing(RecordID, at: Instant)
    /// The cancellation of the runs that process a trigger waits for the debt to be confirmed.
    case deferProcessedCancel(RecordID)
    /// What failed of a run takes place.
    case complete(run: Int)
    /// What supersedes was noticed: superseded invoices are void when a run reads.
    case voidSuperseded(run: Int)
    /// Drift remediation runs at an instant.
    case runDrift(at: Instant)
    /// A run's cancellation waits for the debt to be confirmed.
    case deferCancel(run: Int)
    /// Every path respects an administrator's override.
    case respectOverride
    /// What an earlier episode's execution took was never taken.
    case undoEarlier(PastAction)
}

/// What an execution of an earlier episode did to the customer.
package struct PastAction: Hashable, Sendable {
    /// The execution.
    package var execution: RecordID
    /// Its path.
    package var path: LegacyPath
    /// When it started.
    package var at: Instant
    /// What it did.
    package var taken: [Consequence]
    /// The invoices that it acted on.
    package var actedOn: [InvoiceID]

    /// An action from its parts.
    package init(
        execution: RecordID,
        path: LegacyPath,
        at: Instant,
        taken: [Consequence],
        actedOn: [InvoiceID]
    ) {
        self.execution = execution
        self.path = path
        self.at = at
        self.taken = taken
        self.actedOn = actedOn
    }
}
