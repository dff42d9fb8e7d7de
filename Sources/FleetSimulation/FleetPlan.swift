package import BillingModel
package import MirrorLog

/// What a fleet is made of: everything that a simulation depends on.
///
/// Two runs of one plan give the same bytes. See `corpora/fleets` for plans in YAML and for what
/// each part means.
package struct FleetPlan: Sendable {
    /// Where the random numbers start.
    package var seed: UInt64
    /// The beginning of the simulated time.
    package var start: Instant
    /// How many days are simulated.
    package var days: Int
    /// How many accounts there are of each type.
    package var accounts: [Weighted<AccountType>]
    /// How often each currency is billed in.
    package var currencies: [Weighted<Currency>]
    /// How often each API version is met.
    package var shapes: [Weighted<StripeShape>]
    /// How often each envelope is met.
    package var envelopes: [Weighted<StripeEnvelope>]
    /// What the ordinary life of an account is like.
    package var billing: Billing
    /// How long things take.
    package var latencies: Latencies
    /// How the mirror gets to see records.
    package var delivery: Delivery
    /// How many accounts are left to race by themselves: their payment, a drift run and new bad
    /// debt meet within seconds.
    package var contended: Int
    /// How many of each defect there are, see ``Defect``.
    package var defects: [Weighted<Defect>]

    /// The end of the simulated time.
    package var end: Instant { start.advanced(by: .days(Int64(days))) }

    /// The ordinary life of an account.
    package struct Billing: Sendable {
        /// How far an account's invoices are apart.
        package var every: TimeSpan
        /// The share of accounts that begin in debt, in thousandths.
        package var debtors: Int
        /// The share of invoices that are told of as drafts first, in thousandths.
        package var drafts: Int
        /// The share of payments that come with an event of the charge, in thousandths.
        package var charges: Int
        /// How an invoice, or the time between two, turns out.
        package var outcomes: [Weighted<HealthyStory>]
    }

    /// How long things take, in milliseconds.
    package struct Latencies: Sendable {
        /// From a Stripe event to the start of the path that it wakes.
        package var forward: Milliseconds
        /// From a request to the start of its path.
        package var request: Milliseconds
        /// From one effect of an execution to the next.
        package var write: Milliseconds
        /// From a call of Stripe's API to the event that it produces.
        package var echo: Milliseconds
        /// From the effect on the database to its commit, which the row image carries.
        package var image: Milliseconds
    }

    /// How the mirror gets to see records.
    ///
    /// Shares are in thousandths.
    package struct Delivery: Sendable {
        /// From what happened to the mirror's seeing it.
        package var lag: Milliseconds
        /// The share of records that come later than others behind them.
        package var outOfOrder: Int
        /// How much later those come at most.
        package var outOfOrderUpTo: TimeSpan
        /// The share of records that come very late.
        package var late: Int
        /// How late those come at most.
        package var lateUpTo: TimeSpan
        /// The share of records that come twice.
        package var duplicated: Int
        /// Lines that can't be read, for a thousand that can.
        package var unreadable: Int
        /// The share of Stripe records that don't name their account.
        package var withoutAccount: Int
        /// How far apart the marks are by which sources say how complete they are.
        package var marksEvery: TimeSpan
        /// The tables whose row images are mirrored.
        package var tables: [RowChange.Table]
    }
}

/// A value and how often it is to be met.
package struct Weighted<Value: Sendable>: Sendable {
    /// The value.
    package var value: Value
    /// A count, or a weight beside the weights of its neighbours.
    package var weight: Int

    /// A value of a weight.
    package init(_ value: Value, _ weight: Int) {
        self.value = value
        self.weight = weight
    }
}

/// A length of time in milliseconds that varies between two ends, both included.
package struct Milliseconds: Sendable {
    /// The shortest.
    package var least: Int
    /// The longest, not below the shortest.
    package var most: Int
}

/// Why a plan can't be carried out: a sentence without a capital or a full stop, with the place.
package struct FleetPlanError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and where.
    package var description: String

    /// A reason in words.
    package init(_ description: String) {
        self.description = description
    }
}
