package import BillingModel

/// Keeps requests below a rate: so many a second, of which some may come at once.
///
/// It holds one instant: when the bucket would be full again. Time is handed in. A clock that jumps
/// back can't make it wait longer than a whole bucket takes, one that jumps ahead gives one bucket.
package struct RateLimiter: Hashable, Sendable {
    private let interval: Int64
    private let room: Int64
    private var full: Instant?

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - perSecond: How many requests a second there may be in the long run, 1 to 1,000,000.
    ///   - burst: How many may come at once after a rest, 1 at least.
    package init(perSecond: Int, burst: Int) {
        interval = 1_000_000 / Int64(min(max(perSecond, 1), 1_000_000))
        room = interval * Int64(min(max(burst, 1), 1_000_000))
    }

    /// Takes a place for a request; whoever takes one waits before taking the next.
    ///
    /// - Parameter now: The time.
    /// - Returns: How long to wait before it is sent.
    package mutating func take(at now: Instant) -> TimeSpan {
        let latest = now.advanced(by: TimeSpan(microseconds: room))
        let start = min(max(full ?? now, now), latest)
        let next = start.advanced(by: TimeSpan(microseconds: interval))
        full = next
        return max(.zero, next.since(latest))
    }
}
