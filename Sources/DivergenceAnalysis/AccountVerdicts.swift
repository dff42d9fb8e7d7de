package import BillingModel
package import ShadowRun

/// All that was found out about one account.
package struct AccountVerdicts: Sendable {
    /// The account.
    package var account: AccountID
    /// Its episodes, in order of time.
    package var episodes: [EpisodeVerdict] = []
    /// Where judging it may begin the next time; `nil` where nowhere but at its first record.
    package internal(set) var checkpoint: AccountCheckpoint?
    /// What became of each of its records.
    package internal(set) var ledger = DeliveryLedger()
    /// Its type at the end; `nil` where nobody said.
    package private(set) var type: AccountType?
    /// The tag `account_type` of its Stripe customer differs from the column.
    package private(set) var hasTagDrift = false
    /// How faithful the models are, for each path by its order.
    package private(set) var fidelity: [Fidelity] = Array(
        repeating: Fidelity(),
        count: LegacyPath.allCases.count
    )
    /// Effects said to be ok that no row image confirms, of tables that the log has images of.
    package private(set) var unconfirmed: [Unconfirmed] = []
    /// How many consequences only row images tell of, with no execution behind them.
    package private(set) var unattributed = 0

    /// How many of a path's executions its model gives exactly.
    package struct Fidelity: Hashable, Sendable {
        /// Recorded executions.
        package var executions = 0
        /// Those whose model gives the recorded effects.
        package var exact = 0

        /// No executions.
        package init() {}
    }

    init(account: AccountID) {
        self.account = account
    }

    mutating func count(_ timeline: Timeline, _ coverage: LogCoverage) {
        for recording in timeline.recordings { count(.a, isExact: recording.isExact) }
        let runs = timeline.runs
        for index in runs.indices {
            count(runs[index].execution.path, isExact: runs[index].version != nil)
        }
        unconfirmed += timeline.unconfirmed.filter { coverage.tables.contains($0.table) }
        unattributed += timeline.residuals.count { residual in
            if case .effect = residual.change { residual.owner == nil } else { false }
        }
    }

    private mutating func count(_ path: LegacyPath, isExact: Bool) {
        let place = path.place
        fidelity[place].executions += 1
        if isExact { fidelity[place].exact += 1 }
    }

    mutating func finish(_ state: AccountState) {
        type = state.type
        if let tag = state.metadata.accountType, let type = state.type {
            hasTagDrift = tag != type.columnValue
        }
    }
}
