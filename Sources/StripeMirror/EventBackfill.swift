package import BillingModel
package import MirrorLog

/// Which events are asked for next, and what is complete by then.
///
/// Stripe lists events newest first, and new ones arrive while a list is paged. So time is read in
/// windows, the oldest first: slices of the past, then again and again the tail up to the newest
/// event. In a window events are handed on as they come, newest first.
///
/// An event may be listed later than it was created, by a *lag* at most. So what a window makes
/// complete ends a lag before the window was opened, and there the next one begins: whatever was
/// listed late, or arrived while the window was paged, stands in the next.
///
/// Time is Stripe's own, as the heads of its answers tell it: this machine's clock may jump, and at
/// worst events are read again.
///
/// A value: ``next(at:)`` says what to do, ``take(_:told:now:)`` takes what came. Whoever keeps the
/// records keeps ``Progress/position`` with them, and goes on from there after a crash.
package struct EventBackfill: Hashable, Sendable {
    /// How the back-fill reads.
    package struct Settings: Hashable, Sendable {
        /// How much later than it was created an event is listed at most.
        package var lag: TimeSpan
        /// How long a window of the past is.
        package var slice: TimeSpan
        /// For how long Stripe keeps events.
        package var kept: TimeSpan
        /// How much of the oldest that Stripe keeps is given up, since it may vanish while it is read.
        package var margin: TimeSpan
        /// How many events are asked for at once, 1 to 100.
        package var pageSize: Int
        /// The types that are asked for, 20 at most; none for all.
        package var types: [String]

        /// Settings; what is not given is as Stripe's documentation suggests.
        package init(
            lag: TimeSpan = .minutes(2),
            slice: TimeSpan = .minutes(60),
            kept: TimeSpan = .days(30),
            margin: TimeSpan = .minutes(60),
            pageSize: Int = 100,
            types: [String] = EventBackfill.dunningTypes
        ) {
            self.lag = lag
            self.slice = max(slice, .seconds(1))
            self.kept = kept
            self.margin = margin
            self.pageSize = min(max(pageSize, 1), 100)
            self.types = Array(types.prefix(20))
        }
    }

    /// The types of event that dunning reads, as many as Stripe lets be named.
    package static let dunningTypes = [
        "customer.created", "customer.updated", "customer.deleted",
        "customer.subscription.created", "customer.subscription.updated",
        "customer.subscription.deleted", "customer.subscription.paused",
        "customer.subscription.resumed", "invoice.created", "invoice.deleted",
        "invoice.finalized", "invoice.finalization_failed", "invoice.marked_uncollectible",
        "invoice.overdue", "invoice.paid", "invoice.payment_action_required",
        "invoice.payment_failed", "invoice.payment_succeeded", "invoice.updated",
        "invoice.voided",
    ]

    /// What to do next.
    package enum Step: Hashable, Sendable {
        /// Ask Stripe this.
        case ask(StripeRequest)
        /// All was read: ask again later.
        case rest
    }

    /// What a page brought.
    package struct Progress: Hashable, Sendable {
        /// What the mirror can say of its completeness now, to be kept with the page's records.
        package var says: [Mark.Says] = []
        /// The position to keep with them; `nil` where it did not change.
        package var position: BackfillPosition?
        /// Whether the newest event was reached.
        package var isCaughtUp = false

        /// Nothing was brought.
        package init() {}
    }

    private struct Window: Hashable, Sendable {
        var lower: Instant
        var upper: Instant?
        var through: Instant?
        var cursor: String?
    }

    private let settings: Settings
    private var complete: Instant?
    private var window: Window?
    private var stripeTime: Instant?
    private var isResting = false

    /// A back-fill that goes on where another one ended.
    ///
    /// - Parameters:
    ///   - settings: How it reads.
    ///   - position: How far the other came; `nil` begins with the oldest that Stripe keeps.
    package init(settings: Settings = Settings(), from position: BackfillPosition? = nil) {
        self.settings = settings
        complete = position?.complete
        if let position, let half = position.window {
            window = Window(
                lower: position.complete,
                upper: half.upper,
                through: half.through,
                cursor: half.cursor
            )
        }
    }

    /// What to do next.
    ///
    /// After a ``Step/rest`` the next call begins a new window.
    /// - Parameter now: The time by this machine's clock, which may be wrong.
    /// - Returns: What to ask for, or to rest.
    package mutating func next(at now: Instant) -> Step {
        if let window { return .ask(request(for: window)) }
        if isResting {
            isResting = false
            return .rest
        }
        guard let stripeTime else { return .ask(look) }
        let opened = open(at: stripeTime, now)
        window = opened
        return .ask(request(for: opened))
    }

    /// Takes the page that answers what was asked last.
    ///
    /// - Parameters:
    ///   - page: The page.
    ///   - told: When the answer was made, by Stripe's clock.
    ///   - now: When it was asked for, by this machine's clock: what is complete never lies beyond
    ///     either, so that one of the two may be ahead.
    /// - Returns: What to keep with the page's records.
    /// - Throws: ``RecordError`` where the page leads nowhere; nothing has changed then.
    package mutating func take(
        _ page: ListPage,
        told: Instant?,
        now: Instant
    ) throws(RecordError) -> Progress {
        if page.hasMore, let window, page.cursor == window.cursor {
            throw RecordError("the page ends with the event that it was to begin behind")
        }
        let newest = page.elements.compactMap(\.created).max()
        guard let time = told ?? later(stripeTime, newest) else {
            isResting = true
            return Progress()
        }
        stripeTime = time
        guard var window else { return Progress() }
        var progress = Progress()
        tellGap(in: &window, at: time, &progress)
        let through = window.through ?? wholeSecond(min(time, now), minus: settings.lag)
        window.through = through
        if page.hasMore, let cursor = page.cursor, window.lower <= window.upper ?? time {
            window.cursor = cursor
            self.window = window
            complete = window.lower
            let half = BackfillPosition.Window(
                upper: window.upper,
                through: through,
                cursor: cursor
            )
            progress.position = BackfillPosition(complete: window.lower, window: half)
            return progress
        }
        let reached = max(window.lower, through)
        if through > window.lower { progress.says.append(.through(through)) }
        progress.isCaughtUp = window.upper == nil
        progress.position = BackfillPosition(complete: reached)
        complete = reached
        isResting = progress.isCaughtUp
        self.window = nil
        return progress
    }

    /// Reads the window from its newest event again, for Stripe no longer knows the event that the
    /// next page begins behind.
    ///
    /// - Returns: Whether there was such an event; `false` where Stripe's complaint is about
    ///   something else.
    package mutating func restartWindow() -> Bool {
        guard window?.cursor != nil else { return false }
        window?.cursor = nil
        return true
    }

    /// Asks for the newest event alone, to learn what time it is.
    private var look: StripeRequest { StripeRequest(.events, [.init("limit", "1")]) }

    /// A slice where it lies a lag behind both clocks, else the tail.
    private func open(at time: Instant, _ now: Instant) -> Window {
        let lower = complete ?? oldestKept(at: time)
        let upper = lower.advanced(by: settings.slice)
        let past = wholeSecond(min(time, now), minus: settings.lag)
        guard upper <= past else { return Window(lower: lower) }
        return Window(lower: lower, upper: upper, through: upper)
    }

    private func request(for window: Window) -> StripeRequest {
        var query = [
            StripeRequest.QueryItem("limit", "\(settings.pageSize)"),
            .init("created[gte]", "\(window.lower.unixSeconds)"),
        ]
        if let upper = window.upper { query.append(.init("created[lte]", "\(upper.unixSeconds)")) }
        query += settings.types.map { .init("types[]", $0) }
        if let cursor = window.cursor { query.append(.init("starting_after", cursor)) }
        return StripeRequest(.events, query)
    }

    /// The oldest second that can be read in peace.
    private func oldestKept(at time: Instant) -> Instant {
        wholeSecond(time, minus: settings.kept).advanced(by: settings.margin)
    }

    /// Tells a gap where the mirror was away for longer than Stripe keeps events.
    private func tellGap(in window: inout Window, at time: Instant, _ progress: inout Progress) {
        guard window.lower < time.advanced(by: settings.kept.negated) else { return }
        let end = oldestKept(at: time)
        progress.says.append(.gap(from: window.lower, to: end))
        window.lower = end
        if let through = window.through { window.through = max(through, end) }
    }

    private func wholeSecond(_ time: Instant, minus span: TimeSpan) -> Instant {
        let earlier = time.advanced(by: span.negated)
        return Instant(unixSeconds: earlier.unixSeconds) ?? earlier
    }

    private func later(_ first: Instant?, _ second: Instant?) -> Instant? {
        guard let first, let second else { return first ?? second }
        return max(first, second)
    }
}
