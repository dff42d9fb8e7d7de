import BillingModel
import StripeMirror
import Testing

struct RateLimiterTests {
    @Test("a burst goes at once, and then one each interval")
    func burst() {
        var limiter = RateLimiter(perSecond: 10, burst: 3)
        var now = Instant(microseconds: 1_000_000)
        let waits = (0..<5).map { _ in
            let wait = limiter.take(at: now)
            now = now.advanced(by: wait)
            return wait.microseconds
        }
        #expect(waits == [0, 0, 0, 100_000, 100_000])
    }

    @Test("never are there more than the burst and the rate allow", arguments: 1...40)
    func neverMore(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (rate, burst) = (1 + random.below(50), 1 + random.below(10))
        var limiter = RateLimiter(perSecond: rate, burst: burst)
        var now = Instant(microseconds: 0)
        var sent: [Int64] = []
        for _ in 0..<300 {
            now = now.advanced(by: TimeSpan(microseconds: Int64(random.below(2_000_000 / rate))))
            now = now.advanced(by: limiter.take(at: now))
            sent.append(now.microseconds)
        }
        for first in sent.indices {
            for last in sent[first...].indices {
                let span = sent[last] - sent[first]
                let allowed = Int64(burst) + span * Int64(rate) / 1_000_000 + 1
                #expect(Int64(last - first + 1) <= allowed)
            }
        }
    }

    @Test("a clock that jumps back makes nobody wait longer than a bucket takes")
    func jumpsBack() {
        var limiter = RateLimiter(perSecond: 10, burst: 3)
        _ = limiter.take(at: Instant(microseconds: 1_000_000_000_000))
        let wait = limiter.take(at: Instant(microseconds: 0))
        #expect(wait <= TimeSpan(microseconds: 400_000))
    }

    @Test("no rate and no burst are one each")
    func least() {
        var limiter = RateLimiter(perSecond: 0, burst: -4)
        #expect(limiter.take(at: Instant(microseconds: 0)) == .zero)
        #expect(limiter.take(at: Instant(microseconds: 0)) == .seconds(1))
    }
}
