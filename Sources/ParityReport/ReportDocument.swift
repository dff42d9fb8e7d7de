package import BillingModel
package import DivergenceAnalysis
package import DunningBrain
package import MirrorLog
package import ShadowRun

/// What a `report.json` says, read back as a value.
///
/// It is what programs that come later rely on: the comparison of two reports, and whoever decides
/// on the strength of some of them. It holds what the text says and nothing else, so a report that
/// was written by another version of the program is told from one of this version.
package struct ReportDocument: Hashable, Sendable {
    /// What went into the report.
    package var input: Input
    /// The counts.
    package var summary: Summary
    /// Judged episodes that diverge, in the order in which they stand.
    package var divergences: [Entry]
    /// Differences that accounts brought into an episode and took out unchanged.
    package var standing: [ParityReport.StandingEntry]
    /// Effects that no row image confirms.
    package var unconfirmed: [UnconfirmedEffect]
    /// What the gate weighs besides the divergences.
    package var evidence: Evidence
    /// Each judged account's last settled state, where it was asked for.
    package var settled: [SettledAccount]?

    /// What went into a report.
    package struct Input: Hashable, Sendable {
        /// The order-free digest of the log.
        package var log: String
        /// The digest of the policy.
        package var policy: String
        /// The name of the brain.
        package var brain: String
        /// The program's name and version.
        package var program: String
        /// How long an account had to be quiet for an episode to close.
        package var settle: TimeSpan
        /// The phase whose scope was asked for; `nil` for all.
        package var scope: Phase?
        /// All settings, those among them that this program does not know.
        package var settings: [JSONTree.Member]
    }

    /// An episode's name: no account has two that open at one time.
    package struct EpisodeKey: Hashable, Comparable, Sendable {
        /// The account.
        package var account: AccountID
        /// When it opened.
        package var opened: Instant

        /// An episode's name.
        package init(account: AccountID, opened: Instant) {
            self.account = account
            self.opened = opened
        }

        /// Orders by time, then by account, as reports do.
        package static func < (lhs: Self, rhs: Self) -> Bool {
            (lhs.opened, lhs.account) < (rhs.opened, rhs.account)
        }
    }

    /// A divergence with the episode it came from.
    package struct Entry: Hashable, Sendable {
        /// Derived from account, opening and facets.
        package var id: String
        /// The account.
        package var account: AccountID
        /// Its type when the episode opened.
        package var accountType: AccountType?
        /// The first record's event time.
        package var opened: Instant
        /// When the account had been quiet for the settle time.
        package var closed: Instant
        /// What opened the episode.
        package var trigger: String
        /// The phase whose scope the episode is first in.
        package var phase: Phase
        /// Whether final states differ, or something was done and undone.
        package var extent: Divergence.Extent
        /// When the runs first differed.
        package var since: Instant
        /// When they agreed again; `nil` where they did not before the close.
        package var until: Instant?
        /// The causes, at least one, in the order of their table, none of them twice.
        package var classes: [DivergenceClass]
        /// The facets that differ, with both values.
        package var facets: [FacetDifference]
        /// What the intervention does; `nil` where there is none.
        package var effect: Effectiveness?
        /// The edits that made the difference vanish.
        package var interventions: [AppliedIntervention]
        /// Invariants that the shadow run broke.
        package var breaches: [Breach]
        /// What happened and what would have had to be different, in one sentence.
        package var story: String
        /// The episode's records, in event-time order.
        package var records: [RecordID]
        /// The smallest subset of records that diverges alike; `nil` where the report has none.
        package var reproducer: [RecordID]?
        /// What legacy did to the customer and the brain did not.
        package var legacyOnly: [Consequence]
        /// What the brain did to the customer and legacy did not.
        package var brainOnly: [Consequence]
        /// The money at stake.
        package var amounts: Amounts
        /// How many subscriptions are at stake.
        package var subscriptions: Int

        /// The episode's name.
        package var episode: EpisodeKey { EpisodeKey(account: account, opened: opened) }
        /// Whether one of the classes blocks every gate.
        package var isBlocking: Bool { classes.contains(where: \.isBlocking) }
    }

    /// An intervention as a report names it.
    package struct AppliedIntervention: Hashable, Sendable {
        /// The class that it stands for.
        package var cause: DivergenceClass
        /// The execution that it changes, if one.
        package var execution: RecordID?
        /// The invoice that it turns on, if one.
        package var invoice: InvoiceID?
        /// When the changed thing takes place.
        package var at: Instant
    }

    /// An effect that its execution tells of and no row image confirms.
    package struct UnconfirmedEffect: Hashable, Sendable {
        /// The execution.
        package var execution: RecordID
        /// The table without an image of it.
        package var table: String
    }

    /// An account's last settled state in both runs.
    package struct SettledAccount: Hashable, Sendable {
        /// The account.
        package var account: AccountID
        /// When it had settled.
        package var at: Instant
        /// Where legacy left the customer.
        package var legacy: Customer
        /// Where the brain would have left them.
        package var brain: Customer
    }

    /// Where a customer stands.
    package struct Customer: Hashable, Sendable {
        /// Whether bit 15 is set.
        package var isFlagged: Bool
        /// Whether there is a ban.
        package var isBanned: Bool
        /// The live subscriptions.
        package var liveSubscriptions: [SubscriptionID]
    }
}

extension ReportDocument {
    /// The counts of a report.
    package struct Summary: Hashable, Sendable {
        /// Records that could be read, redeliveries included.
        package var records: Int
        /// Lines that could not be read, or were left out as test mode.
        package var rejected: Int
        /// Records whose id had come before.
        package var redelivered: Int
        /// Stripe records that no account was found for.
        package var unmapped: Int
        /// Accounts with records.
        package var accounts: Int
        /// The counts of episodes.
        package var episodes: Episodes
        /// How many divergences are of each class, in the order of the table.
        package var divergences: [Tally<DivergenceClass>]
        /// How faithful the models are, for each path in order.
        package var fidelity: [Fidelity]
        /// How many accounts there are of each type.
        package var types: [Tally<String>]
        /// The types that are on no list.
        package var unknownTypes: [String]
        /// How many accounts' Stripe tag differs from their type.
        package var tagDrift: Int
        /// Effects that no row image confirms.
        package var unconfirmed: Int
        /// Consequences that row images tell of with no execution behind them.
        package var unattributed: Int
        /// Standing differences.
        package var standing: Int
        /// Up to when the log is complete.
        package var horizon: Instant
        /// The paths that the log shows.
        package var paths: [LegacyPath]
    }

    /// The counts of episodes.
    package struct Episodes: Hashable, Sendable {
        /// Those that were judged.
        package var judged: Int
        /// Of those, the ones in which both runs agree.
        package var match: Int
        /// Of those, the ones in which they differ.
        package var divergent: Int
        /// Those that had not settled.
        package var open: Int
        /// Those that can't be judged.
        package var incomplete: Int
        /// Those that can't be judged, by why, in the order of the reasons.
        package var reasons: [Tally<EpisodeVerdict.Incompleteness>]
        /// Those outside the phase's scope.
        package var outOfScope: Int
    }

    /// How often something occurs.
    package struct Tally<Subject: Hashable & Sendable>: Hashable, Sendable {
        /// What occurs.
        package var subject: Subject
        /// How often.
        package var count: Int
    }

    /// How faithful the model of a path is.
    package struct Fidelity: Hashable, Sendable {
        /// The path.
        package var path: LegacyPath
        /// Its recorded executions.
        package var executions: Int
        /// Of those, the ones that the model reproduces exactly.
        package var exact: Int

        /// A path's counts.
        package init(path: LegacyPath, executions: Int, exact: Int) {
            self.path = path
            self.executions = executions
            self.exact = exact
        }
    }
}
