import BillingModel
import Foundation
import StripeMirror

extension StripeClock {
    /// This machine's clock, with waits cut short: the tests that use it ask a server of their own.
    static let hurried = StripeClock(
        now: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
        sleep: { _ in Thread.sleep(forTimeInterval: 0.001) }
    )
}
