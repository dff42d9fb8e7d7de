package import BillingModel

/// What `watch` is told to do: the file `watch.yaml`.
package struct WatchConfiguration: Hashable, Sendable {
    /// Where the store is kept.
    package var store: Store
    /// How long an account must be quiet for an episode to close.
    package var settle: TimeSpan
    /// The file of the policy that the brain decides under; `nil` for the standard one.
    package var policy: String?
    /// Where reports are written, a folder for each day.
    package var reports: String
    /// How often the day's report is written anew.
    package var every: TimeSpan
    /// Where metrics and health are served; `nil` for nowhere.
    package var status: Address?
    /// The database that is watched; `nil` for none.
    package var postgres: Database?
    /// The Stripe account that is watched; `nil` for none.
    package var stripe: Stripe?
    /// Logs that others append to.
    package var follow: [Followed]

    /// A Stripe account that is watched.
    package struct Stripe: Hashable, Sendable {
        /// The file of a key that is restricted to reads.
        package var keyFile: String
        /// Whether it is of live mode, rather than test mode.
        package var isLive: Bool
        /// Where Stripe is, where that is not Stripe itself.
        package var api: String?
        /// How often new events are asked for.
        package var every: TimeSpan
        /// How much later than it was created an event is listed at most.
        package var lag: TimeSpan
        /// How much of the past is asked for at once.
        package var slice: TimeSpan
        /// How many requests a second there may be: a share of the account's own limit.
        package var requestsASecond: Int
        /// How the facts of many customers are asked for.
        package var baselines: StripeWatch.Baselines
        /// Where Stripe sends events; `nil` where they are only asked for.
        package var webhook: Webhook?
    }

    /// Where Stripe sends events.
    package struct Webhook: Hashable, Sendable {
        /// Where it listens.
        package var listen: Address
        /// Where events come that Stripe itself sends and signs; `nil` for nowhere.
        package var signed: Signed?
        /// Where events come that another passes on in an envelope; `nil` for nowhere.
        package var envelopes: Envelopes?
    }

    /// A path that takes what Stripe has signed.
    package struct Signed: Hashable, Sendable {
        /// The path.
        package var path: String
        /// The files of the signing secrets, several while one is changed for another.
        package var secretFiles: [String]
    }

    /// A path that takes what EventBridge and Event Grid pass on, which bears no signature.
    package struct Envelopes: Hashable, Sendable {
        /// The path.
        package var path: String
        /// The file of the token that the sender shows.
        package var tokenFile: String
    }

    /// A PostgreSQL database that is watched.
    package struct Database: Hashable, Sendable {
        /// A connection string of libpq, by keywords or a URL.
        package var connection: String
        /// The replication slot.
        package var slot: String
        /// The publication.
        package var publication: String
        /// The file that says what its tables mean; `nil` for the standard mapping.
        package var mapping: String?
        /// How many milliseconds apart it is noted up to when all was delivered: fewer give sooner
        /// verdicts and a longer log.
        package var markMilliseconds: Int
    }

    /// Where a store is kept.
    package enum Store: Hashable, Sendable {
        /// In one SQLite file.
        case file(String)
        /// In PostgreSQL, by a connection string of libpq, the accounts split among several workers.
        case postgres(String, partitions: Int)
    }

    /// A log that another program appends to.
    package struct Followed: Hashable, Sendable {
        /// The name under which its position is kept.
        package var name: String
        /// The file.
        package var file: String
    }

    /// A host and a port.
    package struct Address: Hashable, Sendable, CustomStringConvertible {
        /// The IPv4 address of an interface.
        package var host: String
        /// The port; 0 lets the system choose.
        package var port: UInt16

        package var description: String { "\(host):\(port)" }
    }
}
