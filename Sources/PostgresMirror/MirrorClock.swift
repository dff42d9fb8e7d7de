package import BillingModel
import Glibc

/// The clocks of the mirror: handed in, so that tests have their own.
package struct MirrorClock: Sendable {
    /// The time of day, which may jump: what records say of when they were seen.
    package var wall: @Sendable () -> Instant
    /// Milliseconds that only count up: what waiting goes by.
    package var ticks: @Sendable () -> Int64

    /// Clocks from functions.
    package init(
        wall: @escaping @Sendable () -> Instant,
        ticks: @escaping @Sendable () -> Int64
    ) {
        self.wall = wall
        self.ticks = ticks
    }

    /// The machine's own.
    package static let system = MirrorClock(
        wall: { Instant(microseconds: microseconds(CLOCK_REALTIME)) },
        ticks: { microseconds(CLOCK_MONOTONIC) / 1000 }
    )

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    }
}
