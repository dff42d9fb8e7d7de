import BillingModel
import MirrorLog
import StripeMirror
import Testing

/// A transport that gives the answers it was given, one after the other.
final class ListedAnswers: StripeTransport {
    private var answers: [Result<StripeAnswer, TransportFailure>]
    private(set) var count = 0

    init(_ answers: [Result<StripeAnswer, TransportFailure>]) { self.answers = answers }

    func perform(
        _ request: StripeRequest,
        shouldStop: () -> Bool
    ) -> Result<StripeAnswer, TransportFailure> {
        count += 1
        return answers.isEmpty ? .failure(.connection("no more")) : answers.removeFirst()
    }
}

struct StripeClientTests {
    private static let empty = #"{"object":"list","data":[],"has_more":false}"#
    private static let good = Result<StripeAnswer, TransportFailure>.success(
        StripeAnswer(status: 200, body: empty.bytes)
    )

    private static func status(
        _ status: Int,
        _ body: String = ""
    ) -> Result<StripeAnswer, TransportFailure> {
        .success(StripeAnswer(status: status, body: body.bytes))
    }

    private func client(
        _ transport: ListedAnswers,
        _ time: MadeUpTime,
        note: @escaping (StripeClient.Attempt) -> Void = { _ in }
    ) throws -> StripeClient {
        try StripeClient(
            transport,
            policy: RetryPolicy(attemptsMax: 4),
            clock: time.clock,
            seed: 1,
            note: note
        )
    }

    @Test("garbage, half a body, 429 and 500 are asked for again until the answer can be read")
    func again() throws {
        let transport = ListedAnswers([
            Self.status(200, "<html>"), Self.status(200, String(Self.empty.prefix(20))),
            Self.status(500), Self.good,
        ])
        let time = MadeUpTime(0)
        var attempts: [StripeClient.Attempt] = []
        let client = try client(transport, time) { attempts.append($0) }
        let page = try client.page(StripeRequest(.events), shouldStop: { false }).page
        #expect(page.elements.isEmpty)
        #expect(transport.count == 4)
        #expect(attempts.count == 3)
        #expect(attempts.allSatisfy { $0.wait != nil && $0.endPoint == "/v1/events" })
        // Half of 0.5, 1 and 2 seconds at least.
        #expect(time.now >= Instant(microseconds: 1_750_000))
    }

    @Test("what does not pass is given up after so many tries, and with what was wrong last")
    func givesUp() throws {
        let transport = ListedAnswers(Array(repeating: Self.status(200, "[]"), count: 9))
        let client = try client(transport, MadeUpTime(0))
        #expect(throws: StripeFailure.unreadable("it is no list")) {
            try client.page(StripeRequest(.events), shouldStop: { false })
        }
        #expect(transport.count == 4)
    }

    @Test("a refusal is given up at once", arguments: [301, 400, 401, 403, 404])
    func refusal(status: Int) throws {
        let transport = ListedAnswers([Self.status(status), Self.good])
        let client = try client(transport, MadeUpTime(0))
        #expect(throws: StripeFailure.refused(status: status, code: nil)) {
            try client.page(StripeRequest(.events), shouldStop: { false })
        }
        #expect(transport.count == 1)
    }

    @Test("a stop ends a wait within a quarter of a second, and nothing more is asked")
    func stops() throws {
        let transport = ListedAnswers([Self.status(429), Self.good])
        let time = MadeUpTime(0)
        let client = try client(transport, time)
        #expect(throws: StripeFailure.transport(.stopped)) {
            try client.page(StripeRequest(.events)) { transport.count == 1 }
        }
        #expect(transport.count == 1)
        #expect(time.now <= Instant(microseconds: 250_000))
    }

    @Test("many requests stay below the rate")
    func rate() throws {
        let transport = ListedAnswers(Array(repeating: Self.good, count: 101))
        let time = MadeUpTime(0)
        let client = try StripeClient(
            transport,
            limiter: RateLimiter(perSecond: 10, burst: 1),
            clock: time.clock,
            seed: 1
        )
        for _ in 0..<101 { _ = try client.page(StripeRequest(.events), shouldStop: { false }) }
        #expect(time.now >= Instant(microseconds: 10_000_000))
    }

    @Test("facts that can't be had are noted, but for a key that is refused")
    func facts() throws {
        let customer = Self.status(200, #"{"id":"cus_1","object":"customer"}"#)
        let some = ListedAnswers([customer, Self.status(400), Self.good])
        let facts = try client(some, MadeUpTime(0))
            .facts(of: CustomerID("cus_1"), shouldStop: { false })
        #expect(facts.missing.count == 1)
        #expect(facts.missing.first?.hasPrefix("subscriptions: Stripe answered 400") == true)
        let none = ListedAnswers([customer, Self.status(401)])
        #expect(throws: StripeFailure.refused(status: 401, code: nil)) {
            try client(none, MadeUpTime(0)).facts(of: CustomerID("cus_1"), shouldStop: { false })
        }
    }

    @Test("the probe says what the key may not read")
    func probe() throws {
        let transport = ListedAnswers([Self.good, Self.status(403), Self.good, Self.good])
        let problems = try client(transport, MadeUpTime(0)).probe(shouldStop: { false })
        #expect(problems.map(\.endPoint) == ["/v1/invoices"])
        #expect(problems.first?.failure.isOfKey == true)
    }
}
