import BillingModel

/// A time of a story: seconds after noon of 2 March 2026, written as a number.
struct Moment: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The time.
    let instant: Instant

    /// The start of every story.
    static let noon = Instant(microseconds: 1_772_452_800_000_000)

    init(_ instant: Instant) {
        self.instant = instant
    }

    init(integerLiteral seconds: Int64) {
        instant = Self.noon.advanced(by: .seconds(seconds))
    }

    static func minutes(_ count: Int64) -> Moment { Moment(noon.advanced(by: .minutes(count))) }

    static func hours(_ count: Int64) -> Moment { .minutes(60 * count) }

    static func days(_ count: Int64) -> Moment { Moment(noon.advanced(by: .days(count))) }

    /// So many microseconds later.
    func plus(microseconds: Int64) -> Moment {
        Moment(instant.advanced(by: TimeSpan(microseconds: microseconds)))
    }

    /// So many milliseconds later.
    func plus(milliseconds: Int64) -> Moment { plus(microseconds: 1000 * milliseconds) }

    /// The start of its second, which is all that Stripe tells.
    var second: Instant { Instant(microseconds: instant.unixSeconds * 1_000_000) }
}
