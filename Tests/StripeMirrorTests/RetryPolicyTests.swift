import BillingModel
import StripeMirror
import Testing

struct RetryPolicyTests {
    private static let now = Instant(microseconds: 1_772_323_200_000_000)
    private let policy = RetryPolicy(
        attemptsMax: 4,
        firstWait: .seconds(1),
        longestWait: .seconds(10),
        longestAskedWait: .seconds(100)
    )

    private func verdict(
        _ status: Int,
        _ head: [String: String] = [:],
        attempt: Int = 0,
        chance: UInt64 = 0
    ) -> RetryPolicy.Verdict {
        policy.verdict(
            on: .success(StripeAnswer(status: status, head: head)),
            attempt: attempt,
            at: Self.now,
            chance: chance
        )
    }

    private static func refused(_ status: Int) -> RetryPolicy.Verdict {
        .giveUp(.refused(status: status, code: nil))
    }

    @Test("a success is accepted", arguments: [200, 201, 204, 299])
    func accepts(status: Int) { #expect(verdict(status) == .accept) }

    @Test(
        "what may pass is tried again",
        arguments: [408, 409, 425, 429, 500, 502, 503, 504, 599]
    )
    func retries(status: Int) {
        #expect(verdict(status) == .retry(after: TimeSpan(microseconds: 500_000)))
    }

    @Test(
        "what will not pass is given up at once",
        arguments: [199, 301, 302, 307, 308, 400, 401, 402, 403, 404, 424]
    )
    func givesUp(status: Int) { #expect(verdict(status) == Self.refused(status)) }

    @Test("Stripe's own word comes before the status")
    func shouldRetry() {
        #expect(verdict(400, ["stripe-should-retry": "true"]) != Self.refused(400))
        #expect(verdict(500, ["stripe-should-retry": "false"]) == Self.refused(500))
        #expect(verdict(500, ["stripe-should-retry": "maybe"]) != Self.refused(500))
        #expect(verdict(200, ["stripe-should-retry": "true"]) == .accept)
    }

    @Test("after the last try it is given up, whatever Stripe says")
    func lastTry() {
        #expect(verdict(429, attempt: 2) != Self.refused(429))
        #expect(verdict(429, attempt: 3) == Self.refused(429))
        #expect(verdict(429, ["stripe-should-retry": "true"], attempt: 3) == Self.refused(429))
    }

    @Test(
        "a wait lies between half and all of a span that doubles, up to the longest",
        arguments: [(0, 500, 1000), (1, 1000, 2000), (2, 2000, 4000)]
    )
    func waits(attempt: Int, least: Int64, most: Int64) {
        let low = TimeSpan(microseconds: least * 1000)
        let high = TimeSpan(microseconds: most * 1000)
        #expect(verdict(500, attempt: attempt) == .retry(after: low))
        #expect(verdict(500, attempt: attempt, chance: .max) == .retry(after: high))
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            guard
                case .retry(let wait) = verdict(500, attempt: attempt, chance: random.next())
            else { return #expect(Bool(false)) }
            #expect(low <= wait && wait <= high)
        }
    }

    @Test("no wait is longer than the longest, for any number of tries")
    func longest() {
        let patient = RetryPolicy(attemptsMax: .max, longestWait: .seconds(10))
        for attempt in [5, 31, 63, 64, 1000, Int.max - 2] {
            let verdict = patient.again(.transport(.timeout), attempt: attempt, chance: .max)
            #expect(verdict == .retry(after: .seconds(10)))
        }
    }

    @Test(
        "Retry-After is obeyed, by seconds and by a date, and where it makes no sense it is not",
        arguments: [
            ("7", 7), ("0", nil), ("100", 100), ("86400", 100), ("-1", nil), ("soon", nil),
            ("", nil),
            ("Sun, 01 Mar 2026 00:00:30 GMT", 30), ("Sat, 28 Feb 2026 23:00:00 GMT", nil),
            ("99999999999999999999", nil),
        ]
    )
    func retryAfter(text: String, seconds: Int64?) {
        let own = TimeSpan(microseconds: 500_000)
        let asked = seconds.map { TimeSpan(microseconds: $0 * 1_000_000 + 125_000) }
        #expect(verdict(429, ["retry-after": text]) == .retry(after: asked ?? own))
    }

    @Test("a date is held against the sender's clock where it tells it")
    func retryAfterDate() {
        let head = [
            "retry-after": "Sun, 01 Mar 2026 05:00:30 GMT", "date": "Sun, 01 Mar 2026 05:00:00 GMT",
        ]
        #expect(verdict(429, head) == .retry(after: TimeSpan(microseconds: 30_125_000)))
    }

    @Test(
        "of failures of the connection those that may pass are tried again",
        arguments: [
            (TransportFailure.connection("cut"), true), (.timeout, true), (.untrusted("x"), false),
            (.bodyTooLong(limit: 1), false), (.setUp("x"), false), (.stopped, false),
        ]
    )
    func transport(failure: TransportFailure, isRetried: Bool) {
        let verdict = policy.verdict(on: .failure(failure), attempt: 0, at: Self.now, chance: 0)
        let given = RetryPolicy.Verdict.giveUp(.transport(failure))
        #expect((verdict != given) == isRetried)
    }

    @Test("a refusal is told by Stripe's short name for it, and never by its message")
    func refusalCode() {
        let body =
            #"{"error":{"code":"resource_missing","type":"x","message":"No such cus_SECRET"}}"#
        let failure = StripeFailure(StripeAnswer(status: 404, body: body.bytes))
        #expect(failure == .refused(status: 404, code: "resource_missing"))
        #expect(!failure.description.contains("SECRET"))
        let odd = #"{"error":{"code":"Mr. Smith","type":"api_error"}}"#
        let second = StripeFailure(StripeAnswer(status: 500, body: odd.bytes))
        #expect(second == .refused(status: 500, code: "api_error"))
    }
}

struct HTTPDateTests {
    @Test(
        "the head's date is read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
            ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"),
            ("Tue, 31 Dec 2024 23:59:59 GMT", "2024-12-31T23:59:59Z"),
            ("Tue, 31 Dec 2024 23:59:59 CET", nil), ("Tue, 31 Foo 2024 23:59:59 GMT", nil),
            ("Tue, 1 Dec 2024 23:59:59 GMT", nil), ("nonsense", nil), ("", nil),
            ("Tue, 32 Dec 2024 23:59:59 GMT", nil), ("Tue, é1 Dec 2024 23:59:59 GMT", nil),
        ]
    )
    func reads(text: String, expected: String?) {
        let date = StripeAnswer(status: 200, head: ["date": text]).date
        #expect(date == expected.flatMap { Instant(rfc3339: $0) })
    }
}
