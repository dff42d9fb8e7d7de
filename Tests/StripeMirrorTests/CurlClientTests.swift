import BillingModel
import Foundation
import ScriptedStripe
import StripeMirror
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10)))
struct CurlClientTests {
    private static let key = StripeKey("rk_test_0123456789abcdef")
    private static let request = StripeRequest(.events, [.init("limit", "1")])

    private func client(
        _ stripe: ScriptedStripe,
        timeout: TimeSpan = .seconds(20),
        bodyLimit: Int = 1 << 20
    ) throws -> CurlClient {
        try CurlClient(
            CurlSettings(
                address: StripeAddress(stripe.address, allowsPlainLoopback: true),
                key: Self.key,
                timeout: timeout,
                bodyLimit: bodyLimit
            )
        )
    }

    private func ask(
        timeout: TimeSpan = .seconds(20),
        bodyLimit: Int = 1 << 20,
        shouldStop: () -> Bool = { false },
        _ reply: ScriptedReply
    ) throws -> Result<StripeAnswer, TransportFailure> {
        let stripe = try ScriptedStripe { _, _ in reply }
        defer { stripe.stop() }
        return try client(stripe, timeout: timeout, bodyLimit: bodyLimit)
            .perform(Self.request, shouldStop: shouldStop)
    }

    @Test("an answer comes with its status, its head and all of its body")
    func answers() throws {
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let head = ["Retry-After: 7 ", "STRIPE-Should-Retry:true", "Date: x:y"]
        let answer = try ask(.answer(ScriptedAnswer(status: 429, head: head, body: body))).get()
        #expect(answer.status == 429)
        #expect(answer.body == body)
        #expect(answer.head["retry-after"] == "7")
        #expect(answer.head["stripe-should-retry"] == "true")
        #expect(answer.head["date"] == "x:y")
    }

    @Test("what is sent is GET, with the key in its head and nothing in its body")
    func sends() throws {
        let stripe = try ScriptedStripe { _, _ in .json("{}") }
        defer { stripe.stop() }
        let client = try client(stripe)
        for _ in 0..<3 { _ = client.perform(Self.request, shouldStop: { false }) }
        #expect(stripe.received.count == 3)
        for request in stripe.received {
            #expect(request.line == "GET /v1/events?limit=1 HTTP/1.1")
            #expect(request.field("authorization") == "Bearer rk_test_0123456789abcdef")
            #expect(request.body.isEmpty && request.field("transfer-encoding") == nil)
        }
    }

    @Test("half a body is a failure, not an answer")
    func half() throws {
        let body = Array(repeating: UInt8(ascii: "a"), count: 1000)
        guard case .failure(.connection) = try ask(.half(ScriptedAnswer(body: body))) else {
            return #expect(Bool(false))
        }
    }

    @Test(
        "what is no HTTP, and nothing at all, is a failure",
        arguments: ["garbage\r\n\r\n", "", "HTTP/9 x\r\n\r\n", "\u{0}\u{1}\u{2}"]
    )
    func garbage(text: String) throws {
        guard case .failure(.connection) = try ask(.raw(Array(text.utf8))) else {
            return #expect(Bool(false))
        }
        guard case .failure(.connection) = try ask(.hangUp) else { return #expect(Bool(false)) }
    }

    @Test("a body that does not end is given up after the time that a request may take")
    func stalled() throws {
        let answer = ScriptedAnswer(body: Array("{}".utf8))
        let outcome = try ask(timeout: TimeSpan(microseconds: 300_000), .stalled(answer))
        #expect(outcome == .failure(.timeout))
    }

    @Test("a stop ends a request that is under way")
    func stops() throws {
        let answer = ScriptedAnswer(body: Array("{}".utf8))
        #expect(try ask(shouldStop: { true }, .stalled(answer)) == .failure(.stopped))
    }

    @Test("a body is taken up to the limit, and no byte more", arguments: [999, 1000, 1001])
    func limit(count: Int) throws {
        let body = Array(repeating: UInt8(ascii: "a"), count: count)
        let outcome = try ask(bodyLimit: 1000, .answer(ScriptedAnswer(body: body)))
        if count <= 1000 {
            #expect(try outcome.get().body.count == count)
        } else {
            #expect(outcome == .failure(.bodyTooLong(limit: 1000)))
        }
    }

    @Test("a redirect is not followed, to whatever host", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) throws {
        let other = try ScriptedStripe { _, _ in .json("{}") }
        defer { other.stop() }
        let head = ["Location: \(other.address)/v1/events"]
        let answer = try ask(.answer(ScriptedAnswer(status: status, head: head))).get()
        #expect(answer.status == status)
        #expect(other.received.isEmpty)
    }

    @Test("nobody there is a failure of the connection")
    func nobody() throws {
        let stripe = try ScriptedStripe { _, _ in .hangUp }
        let client = try client(stripe)
        stripe.stop()
        Thread.sleep(forTimeInterval: 0.05)
        guard case .failure(.connection) = client.perform(Self.request, shouldStop: { false })
        else {
            return #expect(Bool(false))
        }
    }

    @Test("a peer of TLS that can't prove who it is gets no key")
    func untrusted() throws {
        let stripe = try ScriptedStripe { _, _ in .json("{}") }
        defer { stripe.stop() }
        let address = try StripeAddress("https://127.0.0.1:\(stripe.port)")
        let settings = CurlSettings(address: address, key: Self.key, timeout: .seconds(2))
        let outcome = try CurlClient(settings).perform(Self.request, shouldStop: { false })
        #expect((try? outcome.get()) == nil)
        #expect(stripe.received.isEmpty)
    }
}
