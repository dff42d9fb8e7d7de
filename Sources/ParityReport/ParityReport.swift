package import BillingModel
package import DivergenceAnalysis
import DunningBrain
package import ShadowRun

/// What a replay found, as a value: the one source of every rendering.
///
/// It holds no clock, host or path, so the same log, policy and program give the same report.
package struct ParityReport: Sendable {
    /// The version of the report's form.
    package static let schema = 1

    /// What went in.
    package var input: Input
    /// The counts of records.
    package var records: RecordCounts
    /// The counts of accounts and episodes.
    package var episodes: EpisodeCounts
    /// Judged episodes that diverge, in order of opening, account and id.
    package var found: DivergenceList
    /// Differences that accounts brought into an episode and took out unchanged, in order of
    /// account and facet.
    package var standing: [StandingEntry]
    /// How faithful the models are, for each path in order.
    package var fidelity: [(path: LegacyPath, count: AccountVerdicts.Fidelity)]
    /// How many accounts there are of each type, in order of the type's name.
    package var types: [(type: String, accounts: Int)]
    /// The types that are on no list, sorted.
    package var unknownTypes: [String]
    /// How many accounts' Stripe tag differs from their type.
    package var tagDrift: Int
    /// How many episodes of each kind came to what, in order.
    package var cells: [(cell: EpisodeCell, tally: EpisodeTally)]
    /// How many episodes of each day came to what, in order.
    package var days: [(day: EpisodeDay, tally: EpisodeTally)]
    /// When and how much each source delivered.
    package var activity: MirrorActivity
    /// What became of every record; orphans in order of account and time.
    package var ledger: DeliveryLedger
    /// How often legacy ended the same situation in what, in order of the situation's words.
    package var situations: [SituationTally]
    /// Effects that no row image confirms.
    package var unconfirmed: [Unconfirmed]
    /// Consequences that row images tell of with no execution behind them.
    package var unattributed: Int
    /// Each judged account's last settled state, in order of account, where it was asked for.
    package var settled: [SettledEntry]?

    /// A divergence with the episode it came from.
    package struct Entry: Sendable {
        /// The episode.
        package var episode: EpisodeVerdict
        /// The difference.
        package var divergence: Divergence
    }

    /// A standing difference.
    package struct StandingEntry: Hashable, Sendable {
        /// The account.
        package var account: AccountID
        /// The facet with both values.
        package var difference: FacetDifference
        /// The first episode that it stood in.
        package var since: Instant
        /// In how many judged episodes it stood.
        package var episodes: Int
        /// The divergence that it came from; `nil` where it was there before the log began.
        package var origin: String?

        /// A standing difference from its parts.
        package init(
            account: AccountID,
            difference: FacetDifference,
            since: Instant,
            episodes: Int,
            origin: String?
        ) {
            self.account = account
            self.difference = difference
            self.since = since
            self.episodes = episodes
            self.origin = origin
        }
    }

    /// An account's last settled state in both runs.
    package struct SettledEntry: Sendable {
        /// The account.
        package var account: AccountID
        /// When it had settled.
        package var at: Instant
        /// Where the customer stands in each run.
        package var state: EpisodeVerdict.Settled
    }

    /// What went into a report.
    package struct Input: Sendable {
        /// The order-free digest of the log.
        package var logDigest: String
        /// The digest of the policy.
        package var policyDigest: String
        /// The settings.
        package var settings: JudgeSettings
        /// The phase whose scope was asked for; `nil` for all.
        package var scope: Phase?
        /// The version of the program.
        package var program: String

        /// What went into a report.
        package init(
            logDigest: String,
            settings: JudgeSettings,
            scope: Phase?,
            program: String
        ) {
            self.logDigest = logDigest
            self.policyDigest = settings.policy.digest
            self.settings = settings
            self.scope = scope
            self.program = program
        }
    }

    /// The counts of records.
    package struct RecordCounts: Sendable {
        /// Records that could be read, redeliveries included.
        package var records = 0
        /// Lines that could not be read, or were left out as test mode.
        package var rejected = 0
        /// Records whose id had come before.
        package var redelivered = 0
        /// Stripe records that no account was found for.
        package var unmapped = 0

        /// No records.
        package init() {}
    }

    /// The counts of accounts and episodes.
    package struct EpisodeCounts: Sendable {
        /// Accounts with records.
        package var accounts = 0
        /// Episodes that were judged.
        package var judged = 0
        /// Of those, the ones in which both runs agree.
        package var match = 0
        /// Of those, the ones in which they differ.
        package var divergent = 0
        /// Episodes that had not settled at the horizon.
        package var open = 0
        /// Episodes that can't be judged, by why, in the order of the reasons.
        package var incomplete = EpisodeVerdict.Incompleteness.allCases.map { ($0, 0) }
        /// Episodes outside the phase's scope.
        package var outOfScope = 0
        /// Up to when the log is complete.
        package var horizon = Instant(microseconds: 0)
        /// The paths that the log shows.
        package var paths: Set<LegacyPath> = []

        /// Episodes that can't be judged.
        package var incompleteCount: Int { incomplete.reduce(0) { $0 + $1.1 } }
    }
}

extension ParityReport {
    /// The divergences, where they are in memory.
    ///
    /// - Precondition: None was put on disk.
    package var divergences: [Entry] {
        get {
            precondition(found.isHeld, "divergences on disk are read one at a time")
            return found.held
        }
        _modify {
            precondition(found.isHeld, "divergences on disk stay as they are")
            yield &found.held
        }
    }

    /// How many divergences are of each class, in the order of the table; one of several classes
    /// counts in each.
    package var classCounts: [(cause: DivergenceClass, count: Int)] {
        let figures = found.figures
        return DivergenceClass.allCases.map { ($0, figures[$0].count) }
    }

    /// How many divergences block every gate: unexplained ones and brain defects.
    package var blockingCount: Int { found.figures.blocking }
}
