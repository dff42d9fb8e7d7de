package import BillingModel

/// What a legacy path reacts to.
///
/// Indirect, so that it is cheap to hand on.
package indirect enum LegacyTrigger: Hashable, Sendable {
    /// A Stripe event that billing-webhooks forwarded.
    case stripe(StripeEvent)
    /// A request of a person or a schedule.
    case request(Request)
}

/// What differs between the deployed versions of the legacy services.
package struct ServiceVersion: Hashable, Sendable {
    /// Path B writes the metadata key `bad_debt_amount` beside `bad_debt`.
    package var statesDebtAmount = false
    /// Path D leaves out invoices whose bad debt is marked as paid.
    package var skipsMarkedPaid = false
    /// Path B puts a ban for bad debt over any other, and lifts any ban.
    package var ignoresAbuse = false

    /// The version as the specification of the paths has it.
    package init() {}

    /// Every version that a recorded execution may have come from, the specified one first.
    package static let all: [ServiceVersion] = {
        var versions: [ServiceVersion] = []
        for statesDebtAmount in [false, true] {
            for skipsMarkedPaid in [false, true] {
                for ignoresAbuse in [false, true] {
                    var version = ServiceVersion()
                    version.statesDebtAmount = statesDebtAmount
                    version.skipsMarkedPaid = skipsMarkedPaid
                    version.ignoresAbuse = ignoresAbuse
                    versions.append(version)
                }
            }
        }
        return versions
    }()
}

/// How a run of a model differs from what the path does: the edits that a counterfactual makes.
package struct ModelOptions: Hashable, Sendable {
    /// The deployed version to follow.
    package var version = ServiceVersion()
    /// Path C looks up the invoice's status in what it reads, in place of trusting the event.
    package var checksInvoiceStatus = false
    /// An administrator's override in force is respected: the path then does nothing.
    package var respectsOverride = false

    /// The path as it is.
    package init() {}

    /// The path as it is, of a deployed version.
    package init(version: ServiceVersion) {
        self.version = version
    }
}

/// One run to model: what woke the path, what it read, and when.
package struct ModelRun {
    /// What the path reacts to.
    package var trigger: LegacyTrigger
    /// The account as it stood when the path read it.
    package var read: AccountState
    /// When it read.
    package var at: Instant
    /// The execution, after which what it creates is named.
    package var execution: RecordID

    /// A run from its parts.
    package init(trigger: LegacyTrigger, read: AccountState, at: Instant, execution: RecordID) {
        self.trigger = trigger
        self.read = read
        self.at = at
        self.execution = execution
    }
}

extension LegacyPath {
    /// What this path does, defects included, in its order.
    ///
    /// Pure: effects come from what was read at the start, whatever has happened since. That gap
    /// is where the races live.
    package func effects(of run: ModelRun, _ options: ModelOptions = .init()) -> [Effect] {
        if options.respectsOverride, let override = run.read.override, self == .b || self == .c,
            override.isInForce(at: run.at)
        {
            return []
        }
        switch self {
        case .a: return webhookRecording(run)
        case .b: return driftRemediation(run, options)
        case .c: return subscriptionCancellation(run, options)
        case .d: return payBadDebt(run, options)
        case .e: return adminFlag(run)
        }
    }

    /// Whether this path should have an execution for a trigger of an account of this type.
    package func reacts(to trigger: LegacyTrigger, of type: AccountType?) -> Bool {
        trigger.paths(of: type).contains(self)
    }
}

extension LegacyTrigger {
    /// The paths that should have an execution for this trigger of an account of a type.
    ///
    /// Path B serves supported types and Path C `pay_go` only; for others they have nothing to do,
    /// with or without an execution.
    package func paths(of type: AccountType?) -> PathSet {
        switch self {
        case .stripe(let event):
            var paths: PathSet = []
            guard event.type.isInvoice else { return paths }
            paths.insert(.a)
            if type?.losesSubscriptions == true, event.cancels { paths.insert(.c) }
            return paths
        case .request(let request):
            switch request.kind {
            case .driftRun: return type?.support == .supported ? [.b] : []
            case .payBadDebt: return [.d]
            case .adminFlag, .adminUnflag: return [.e]
            case .setAccountType: return []
            }
        }
    }
}

extension StripeEvent {
    /// Whether it makes Path C act: given up on, or failed with no further attempt.
    fileprivate var cancels: Bool {
        guard type == .markedUncollectible || type == .paymentFailed,
            case .invoice(let invoice) = object
        else { return false }
        return type == .markedUncollectible || invoice.nextPaymentAttempt == nil
    }
}
