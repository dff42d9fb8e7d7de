package import BillingModel

/// What the mirror knows of time, handed in so that tests can make it up.
package struct StripeClock: Sendable {
    /// The time.
    package var now: @Sendable () -> Instant
    /// Waits so long; called with a quarter of a second at most.
    package var sleep: @Sendable (TimeSpan) -> Void

    /// A clock.
    package init(
        now: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (TimeSpan) -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    private static let pieceMax = TimeSpan(microseconds: 250_000)

    /// Waits, in pieces, so that a stop need not wait.
    ///
    /// The pieces are counted rather than the clock looked at: a clock that jumps makes no wait longer.
    /// - Parameters:
    ///   - span: How long.
    ///   - shouldStop: Asked before each piece.
    /// - Returns: Whether the whole span was waited.
    func wait(_ span: TimeSpan, _ shouldStop: () -> Bool) -> Bool {
        var rest = span
        while rest > .zero {
            guard !shouldStop() else { return false }
            let piece = min(rest, Self.pieceMax)
            sleep(piece)
            rest = rest.adding(piece.negated)
        }
        return !shouldStop()
    }
}
