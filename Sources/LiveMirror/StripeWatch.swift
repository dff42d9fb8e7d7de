package import BillingModel
import MirrorLog
import PostgresMirror
import ServiceLifecycle
package import StripeMirror

/// A Stripe account to be watched: the configuration with its secrets read.
package struct StripeWatch: Sendable {
    /// The connection.
    package var connection: CurlSettings
    /// The mode whose events are taken.
    package var mode: StripeMode
    /// How often new events are asked for.
    package var every: TimeSpan
    /// How much later than it was created an event is listed at most.
    package var lag: TimeSpan
    /// Where Stripe sends events, and whom it believes there; `nil` where they are only asked for.
    package var webhook: WebhookTap.Settings?
    /// Whether a key that could write is used all the same.
    package var acceptsWritingKey = false

    /// An account from its parts.
    package init(
        connection: CurlSettings,
        mode: StripeMode,
        every: TimeSpan,
        lag: TimeSpan,
        webhook: WebhookTap.Settings?
    ) {
        self.connection = connection
        self.mode = mode
        self.every = every
        self.lag = lag
        self.webhook = webhook
    }

    /// What is to be known of its key.
    package var keyCheck: StripeKeyCheck {
        StripeKeyCheck(connection.key, mode: mode, acceptsWriting: acceptsWritingKey)
    }

    /// A client of its own for one thread.
    ///
    /// - Throws: ``StripeFailure`` and ``RecordError`` where there is no memory for it.
    func client(_ clock: StripeClock) throws -> StripeClient {
        try StripeClient(try CurlClient(connection), clock: clock, seed: 0x5eed)
    }

    /// The source that asks for events.
    func source(
        _ sink: some CaptureSink,
        _ clock: StripeClock,
        report: @escaping (StripeSource.Report) -> Void
    ) throws -> StripeSource {
        try StripeSource(
            client: client(clock),
            sink: sink,
            clock: clock,
            settings: StripeSource.Settings(
                backfill: EventBackfill.Settings(lag: lag),
                line: EventLine(mode: mode),
                pollEvery: every
            ),
            report: report
        )
    }

    /// What Stripe knows of accounts, for the baselines of a database.
    ///
    /// - Parameters:
    ///   - clock: The time.
    ///   - shouldStop: Asked often.
    /// - Returns: How a baseline comes by its Stripe part. One that can't be had is left out, and the
    ///   baseline then says that facts are missing.
    /// - Throws: ``StripeFailure`` and ``RecordError`` where there is no memory for a client.
    func baselinePart(
        _ clock: StripeClock,
        _ shouldStop: @escaping () -> Bool
    ) throws -> BaselineAccount.StripePart {
        let client = try client(clock)
        return { account in
            // No customer at Stripe is a fact as well.
            guard let customer = account.stripeCustomer else { return Array("{}".utf8) }
            return try? client.facts(of: customer, shouldStop: shouldStop).json
        }
    }
}

/// The webhook's end point as a service.
struct WebhookService: Service {
    let tap: WebhookTap

    func run() async throws {
        let tap = tap
        try await withGracefulShutdownHandler {
            try await tap.run()
        } onGracefulShutdown: {
            Task { await tap.stop() }
        }
    }
}
