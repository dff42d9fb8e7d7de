package import BillingModel
package import DunningBrain
package import ShadowRun

/// What became of an episode.
package struct EpisodeVerdict: Sendable {
    /// The account.
    package var account: AccountID
    /// Its type when the episode opened.
    package var accountType: AccountType?
    /// The first record's event time.
    package var opened: Instant
    /// When the account had been quiet for the settle time.
    package var closed: Instant
    /// What opened it: the type of a Stripe event, a request's name, or a record's kind.
    package var openedBy: String
    /// The phase whose scope it is first in.
    package var phase: Phase
    /// The outcome.
    package var outcome: Outcome
    /// Differences that came in as they went out.
    package var standing: [FacetDifference]
    /// Both accounts at the close, where the episode was judged.
    package var settled: Settled?
    /// The kind of moment that legacy was in and what it made of it, where it was judged.
    package var situation: Situation?
    /// What the brain planned, at each instant that it planned anything, where it was judged.
    package var decided: [BrainRun.Planned] = []
    /// What the brain's last decision rested on, where it decided anything.
    package var conclusion: BrainRun.Conclusion?

    /// What an episode can come to.
    package enum Outcome: Sendable {
        /// Both runs agree.
        case match
        /// They differ.
        ///
        /// Indirect, so that a verdict is cheap to hand on.
        indirect case divergent(Divergence)
        /// It can't be judged, and counts for coverage only.
        case incomplete(Incompleteness)
        /// It has not settled at the end of what was delivered.
        case open
    }

    /// Why an episode can't be judged.
    package enum Incompleteness: String, CaseIterable, Sendable {
        /// A source says that something is missing in its time.
        case gap
        /// The account's state at the opening is not known.
        case noBaseline = "no_baseline"
        /// The state holds a null where a fact belongs, or lacks a page.
        case missingFacts = "missing_facts"
    }

    /// An account at the close of an episode, in both runs.
    package struct Settled: Sendable {
        /// As legacy left it.
        package var legacy: Standing
        /// As the brain would have left it.
        package var brain: Standing
    }

    /// Where a customer stands.
    package struct Standing: Hashable, Sendable {
        /// Bit 15.
        package var isFlagged: Bool
        /// Any ban.
        package var isBanned: Bool
        /// The live subscriptions, sorted.
        package var liveSubscriptions: [SubscriptionID]

        /// Where the customer of an account stands.
        package init(_ state: borrowing AccountState) {
            isFlagged = state.isFlagged
            isBanned = state.ban != nil
            let subscriptions = state.subscriptions
            liveSubscriptions = subscriptions.indices.filter { subscriptions[$0].isLive }
                .map { subscriptions[$0].id }
        }
    }
}

/// A difference between what legacy did and what the brain would have done.
package struct Divergence: Sendable {
    /// Derived from account, opening and facets: the same in every replay.
    package var id: String
    /// Whether final states differ, or something was done and undone.
    package var extent: Extent
    /// The causes, in the order of their table.
    package var classes: [DivergenceClass]
    /// The facets that differ, with both values; of a transient divergence, as they were at its
    /// height.
    package var facets: [FacetDifference]
    /// What legacy did to the customer and the brain did not.
    package var legacyOnly: [Consequence]
    /// What the brain did to the customer and legacy did not.
    package var brainOnly: [Consequence]
    /// The edits that made it vanish.
    package var explanation: Explanation?
    /// Invariants that the shadow run broke.
    package var breaches: [Breach]
    /// The episode's records, in event-time order.
    package var records: [RecordID]
    /// The paths that changed something in the episode, or tried to, in order.
    package var paths: [LegacyPath]
    /// The smallest subset of the account's records that diverges in the same way, the baseline
    /// first; empty where it was not looked for.
    package var reproducer: [RecordID]
    /// The money at stake.
    package var amounts: Amounts
    /// How many subscriptions are at stake.
    package var subscriptions: Int
    /// When legacy and brain first differed.
    package var since: Instant
    /// When they agreed again; `nil` where they did not before the close.
    package var until: Instant?
    /// What happened and what would have had to be different, in one sentence.
    package var story: String
    /// What a picture of it shows; `nil` where none was asked for.
    package var swimlane: Swimlane?

    /// How far a difference goes.
    package enum Extent: String, Sendable {
        /// Final states agree, but something was done to the customer and undone.
        case transient
        /// Final states differ.
        case lasting
    }
}
