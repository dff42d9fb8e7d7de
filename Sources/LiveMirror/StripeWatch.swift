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
    /// How much of the past is asked for at once.
    package var slice: TimeSpan
    /// How many requests a second there may be.
    package var requestsASecond: Int
    /// How the facts of many customers are asked for.
    package var baselines: Baselines
    /// Where Stripe sends events, and whom it believes there; `nil` where they are only asked for.
    package var webhook: WebhookTap.Settings?
    /// Whether a key that could write is used all the same.
    package var acceptsWritingKey = false

    /// How the facts of many customers are asked for.
    package enum Baselines: String, CaseIterable, Sendable {
        /// All that Stripe lists, a hundred objects with a request.
        case lists
        /// Each customer of an account by itself, with three requests at least.
        case each
    }

    /// An account from its parts.
    package init(
        connection: CurlSettings,
        mode: StripeMode,
        every: TimeSpan,
        lag: TimeSpan,
        slice: TimeSpan = .minutes(60),
        requestsASecond: Int = 20,
        baselines: Baselines = .lists,
        webhook: WebhookTap.Settings?
    ) {
        self.connection = connection
        self.mode = mode
        self.every = every
        self.lag = lag
        self.slice = slice
        self.requestsASecond = requestsASecond
        self.baselines = baselines
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
        try StripeClient(
            try CurlClient(connection),
            limiter: RateLimiter(perSecond: requestsASecond, burst: 5),
            clock: clock,
            seed: 0x5eed
        )
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
                backfill: EventBackfill.Settings(lag: lag, slice: slice),
                line: EventLine(mode: mode),
                pollEvery: every
            ),
            report: report
        )
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
