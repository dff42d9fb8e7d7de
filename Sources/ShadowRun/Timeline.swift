package import BillingModel
package import LegacyPaths

/// One episode, taken apart: what was a fact, what legacy did, and in what order.
///
/// Facts hold in every run of the episode. What legacy did belongs to the legacy run alone, and is
/// what an intervention may edit.
///
/// A class, because much is read from it and nothing copied.
package final class Timeline: Sendable {
    /// The account as it stood when the episode opened.
    package let opening: AccountState
    /// The instant of the first record.
    package let openedAt: Instant
    /// The instant at which the account had been quiet for the settle time.
    package let closesAt: Instant
    /// The facts, in order of time.
    package let facts: [TimedFact]
    /// What should have woken a path, in order of time.
    package let triggers: [Trigger]
    /// The recorded runs of Paths B to E, in order of start.
    package let runs: [RecordedRun]
    /// The recorded runs of Path A, in order of start.
    ///
    /// They read nothing and do nothing to anybody.
    package let recordings: [Recording]
    /// What legacy did outside of any recorded effect, in order of time.
    package let residuals: [Residual]
    /// The account as the record has it at the close.
    package let final: AccountState
    /// What legacy did to the customer.
    package let taken: [Taken]
    /// Whether legacy stated a debt amount in this episode.
    package let statesDebtAmount: Bool
    /// Triggers with a row in `subs_stuck_events`, by event or record id.
    package let stuckEvents: [String]
    /// Stripe events with a row in `subs_dunning`.
    package let dunningRows: [String]
    /// Effects said to be ok that no row image of a mirrored table confirms.
    package let unconfirmed: [Unconfirmed]

    init(_ draft: TimelineDraft) {
        opening = draft.opening
        openedAt = draft.openedAt
        closesAt = draft.closesAt
        facts = draft.facts
        triggers = draft.triggers
        runs = draft.runs
        recordings = draft.recordings
        residuals = draft.residuals
        final = draft.final
        taken = draft.taken
        statesDebtAmount = draft.statesDebtAmount
        stuckEvents = draft.stuckEvents
        dunningRows = draft.dunningRows
        unconfirmed = draft.unconfirmed
    }
}

extension Timeline {
    /// The places of the runs that may be run again, in order of start.
    package var rerunnable: [Int] { runs.indices.filter { runs[$0].canBeRerun } }

    /// The same in order of what woke them.
    ///
    /// A path may be slow to start, so a run that was woken first need not start first.
    package var rerunnableAsWoken: [Int] {
        let woken = runs.map { run in
            triggers.first { $0.isMeant(by: run.execution.trigger) }?.at ?? run.at
        }
        return rerunnable.sorted { (woken[$0], $0) < (woken[$1], $1) }
    }
}

/// A ``Timeline`` under way.
struct TimelineDraft {
    let opening: AccountState
    let openedAt: Instant
    let closesAt: Instant
    var facts: [TimedFact] = []
    var triggers: [Trigger] = []
    var runs: [RecordedRun] = []
    var recordings: [Recording] = []
    var residuals: [Residual] = []
    var final = AccountState()
    var taken: [Taken] = []
    var statesDebtAmount = false
    var stuckEvents: [String] = []
    var dunningRows: [String] = []
    var unconfirmed: [Unconfirmed] = []

    init(opening: AccountState, openedAt: Instant, closesAt: Instant) {
        self.opening = opening
        self.openedAt = openedAt
        self.closesAt = closesAt
    }
}

/// A fact at its instant.
package struct TimedFact: Sendable {
    /// When it came to hold.
    package var at: Instant
    /// What holds; `nil` where the record only wakes a decision.
    package var fact: Fact?
    /// The record that says so.
    package var record: RecordID
    /// Whether the brain decides after it.
    package var wakes: Bool
}

/// What should wake a path.
package struct Trigger: Sendable {
    /// The record.
    package var record: RecordID
    /// Its event time.
    package var at: Instant
    /// What it is.
    package var what: LegacyTrigger

    /// Whether an execution's reference means this trigger.
    package func isMeant(by reference: RecordID?) -> Bool {
        guard let reference else { return false }
        return isMeant(by: reference.rawValue)
    }

    /// Whether a row's reference means this trigger.
    package func isMeant(by reference: String) -> Bool {
        if record.rawValue == reference { return true }
        if case .stripe(let event) = what { return event.id == reference }
        return false
    }
}

/// One recorded run of Path A.
package struct Recording: Sendable {
    /// The record.
    package var id: RecordID
    /// Whether the log holds what it reacted to.
    package var hasTrigger: Bool
    /// The record that it reacted to.
    package var trigger: RecordID?
    /// How it ended.
    package var outcome: Execution.Outcome
    /// Whether its model gives the recorded effects.
    package var isExact: Bool
}

/// One recorded run of a path, with what its model says of it.
package struct RecordedRun: Sendable {
    /// The record.
    package var id: RecordID
    /// When it started, and read.
    package var at: Instant
    /// What was recorded.
    package var execution: Execution
    /// What it reacted to; `nil` where the log does not hold it.
    package var trigger: LegacyTrigger?
    /// The account as it stood at the start, as far as it read it.
    package var read: AccountState
    /// Invoices as they stood before news of the second in which it read, where it read before the news.
    package var unseen: [UnseenNews] = []
    /// The deployed version whose model gives the recorded effects; `nil` for an unmodelled run,
    /// whose recorded effects stand whatever is edited.
    package var version: ServiceVersion?
    /// The effects that are legacy's alone: all but the payments that are facts.
    package var effects: [TimedEffect] = []
    /// What it did to the customer.
    package var taken: [Consequence] = []
    /// The invoices that it acted on, sorted.
    package var actedOn: [InvoiceID] = []
    /// In a schedule, when its effects take place one after the other; empty as recorded.
    var turns: [Instant] = []

    /// What its effects do to a customer, whether or not that was so already.
    package var done: [Consequence] {
        var result: [Consequence] = []
        for effect in effects where effect.ok {
            if let consequence = Consequence(effect.effect), !result.contains(consequence) {
                result.append(consequence)
            }
        }
        return result.sorted()
    }

    /// Whether ``done`` holds anything.
    package var doesSomething: Bool {
        effects.contains { $0.ok && Consequence($0.effect) != nil }
    }

    /// When its last effect landed, or it ended.
    package var end: Instant {
        execution.effects.reduce(max(at, execution.finished ?? at)) { max($0, $1.at) }
    }
}

/// News of an invoice that a run did not see yet.
package struct UnseenNews: Hashable, Sendable {
    /// The invoice.
    package var invoice: InvoiceID
    /// As it stood before; `nil` where it was not known.
    package var before: Invoice?
}

extension AccountState {
    /// Goes back to before some news, given in order of time.
    mutating func forget(_ news: some BidirectionalCollection<UnseenNews>) {
        for piece in news.reversed() {
            if let before = piece.before {
                put(before)
            } else {
                invoices.removeAll { $0.id == piece.invoice }
            }
        }
    }
}

/// Something legacy did that no recorded effect tells of.
package struct Residual: Sendable {
    /// When it was seen.
    package var at: Instant
    /// The record that shows it.
    package var record: RecordID
    /// What was done.
    package var change: Change
    /// The run whose API call caused it, by its place in ``Timeline/runs``.
    package var owner: Int?

    /// What can be seen to have been done.
    package enum Change: Sendable {
        /// An effect.
        case effect(Effect)
        /// An invoice came to stand like this.
        case invoice(Invoice)
        /// A second payment of an invoice came in.
        case duplicatePayment(Invoice)
    }
}

/// What is done to a customer: the effects that can harm.
package enum Consequence: Hashable, Comparable, Sendable {
    /// Flagged for bad debt.
    case flag
    /// Banned for bad debt.
    case ban
    /// A subscription canceled.
    case cancel(SubscriptionID)
    /// A subscription's items deleted.
    case deleteItems(SubscriptionID)
    /// Charged by an invoice that was paid already.
    case charge(InvoiceID)
}

/// A consequence that took place.
package struct Taken: Hashable, Sendable {
    /// What.
    package var consequence: Consequence
    /// When.
    package var at: Instant
    /// The record that did it.
    package var by: RecordID
}

/// An effect that the database does not bear out.
package struct Unconfirmed: Hashable, Sendable {
    /// The execution that says it did it.
    package var execution: RecordID
    /// The name of the table without an image of it.
    package var table: String
}

extension Consequence: CustomStringConvertible {
    /// The consequence as reports name it: `flag`, `cancel:sub_1`.
    package var description: String {
        switch self {
        case .flag: "flag"
        case .ban: "ban"
        case .cancel(let id): "cancel:\(id)"
        case .deleteItems(let id): "delete_items:\(id)"
        case .charge(let id): "charge:\(id)"
        }
    }
}

extension Consequence {
    /// What an effect does to a customer; `nil` for one that does no harm.
    package init?(_ effect: Effect) {
        switch effect {
        case .setFlag(badDebtFlagBit, true): self = .flag
        case .setBan(.badDebt): self = .ban
        case .cancelSubscription(let id, _): self = .cancel(id)
        case .deleteItems(let id, _): self = .deleteItems(id)
        case .payInvoice(let id, _, _): self = .charge(id)
        default: return nil
        }
    }

    /// What newly came into force between two states of an account.
    package static func between(_ before: AccountState, _ after: AccountState) -> [Consequence] {
        var result: [Consequence] = []
        if after.isFlagged, !before.isFlagged { result.append(.flag) }
        if after.ban == .badDebt, before.ban != .badDebt { result.append(.ban) }
        guard before.subscriptions != after.subscriptions else { return result }
        for old in before.subscriptions {
            guard let new = after.subscription(old.id) else { continue }
            if old.isLive, !new.isLive { result.append(.cancel(old.id)) }
            let hasLost = old.items.contains { item in !new.items.contains { $0.id == item.id } }
            if hasLost { result.append(.deleteItems(old.id)) }
        }
        return result
    }

    /// Whether it is in force in an account.
    package func isInForce(in state: borrowing AccountState) -> Bool {
        switch self {
        case .flag: state.isFlagged
        case .ban: state.ban == .badDebt
        case .cancel(let id): state.subscription(id).map { !$0.isLive } ?? false
        case .deleteItems(let id): state.subscription(id).map { !$0.itemsTaken.isEmpty } ?? false
        case .charge(let id): state.paymentCount(of: id) > 0
        }
    }
}

extension AccountState {
    /// Lets an effect take place and tells what newly came into force by it.
    ///
    /// That is what ``Consequence/between(_:_:)`` tells of the account before and after; here none
    /// need be kept from before, which would have all that the effect changes copied.
    package mutating func take(
        _ effect: Effect,
        at instant: Instant,
        by record: RecordID
    ) -> Consequence? {
        let consequence = consequence(of: effect)
        apply(effect, at: instant, by: record)
        return consequence
    }

    private func consequence(of effect: Effect) -> Consequence? {
        switch effect {
        case .setFlag(badDebtFlagBit, true): return isFlagged ? nil : .flag
        case .setBan(.badDebt): return ban == .badDebt ? nil : .ban
        case .cancelSubscription(let id, _):
            let (index, found) = subscriptionIndex(id)
            return found && subscriptions[index].isLive ? .cancel(id) : nil
        case .deleteItems(let id, let gone):
            let (index, found) = subscriptionIndex(id)
            guard found else { return nil }
            let hasSome = subscriptions[index].items.contains { gone.contains($0.id) }
            return hasSome ? .deleteItems(id) : nil
        default: return nil
        }
    }
}
