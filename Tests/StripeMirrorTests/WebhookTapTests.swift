import BillingModel
import Foundation
import MirrorLog
import ScriptedStripe
import StripeMirror
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10)))
struct WebhookTapTests {
    private static let second: Int64 = 1_772_323_200
    private static let now = Instant(microseconds: second * 1_000_000)
    private static let key = "whsec_0123456789"
    private static let token = "0123456789abcdef0123"

    private static func signature(_ body: [UInt8], at second: Int64 = second) -> String {
        let digest = SlowHMAC.hexadecimal("\(second).".bytes + body, key: key.bytes)
        return "Stripe-Signature: t=\(second),v1=\(digest)"
    }

    /// Runs a tap for as long as the body takes.
    private func withTap(
        _ sink: some CaptureSink,
        limits: WebhookKeeper.Limits = .init(),
        _ body: (UInt16, WebhookTap, WebhookKeeper) async throws -> Void
    ) async throws {
        let secret = try #require(WebhookSecret(Self.key))
        let token = try #require(WebhookToken(Self.token))
        let keeper = WebhookKeeper(sink: sink, line: EventLine(mode: .test), limits: limits)
        let settings = WebhookTap.Settings(
            port: 0,
            routes: [
                WebhookRoute(path: "/stripe", trust: .signature(.init(secrets: [secret]))),
                WebhookRoute(path: "/bridge", trust: .token(token)),
            ],
            bodyLimit: 100_000
        )
        let tap = try WebhookTap(settings, keeper: keeper) { Self.now }
        let task = Task { try await tap.run() }
        let port = try await tap.port()
        try await body(port, tap, keeper)
        await tap.stop(within: 1)
        try await task.value
    }

    @Test("a signed event is kept, and then answered with 200; again it is kept once")
    func keeps() async throws {
        let sink = MemorySink()
        try await withTap(sink) { port, _, keeper in
            let client = try PlainClient(port: port)
            let body = MadeUpEvent.pretty("evt_1", created: Self.second).bytes
            for _ in 0..<3 {
                let answer = await client.send("POST /stripe", [Self.signature(body)], body)
                #expect(answer?.status == 200)
                #expect(answer?.head.hasPrefix("HTTP/1.1 200 kept") == true)
                #expect(answer?.body == "")
                #expect(sink.kept.records.count == 1)
            }
            #expect(keeper.tally.records == 3 && keeper.tally.redelivered == 2)
        }
    }

    @Test("the head's names are read whatever their case, as proxies write them")
    func lowerCase() async throws {
        try await withTap(MemorySink()) { port, _, _ in
            let body = MadeUpEvent.pretty("evt_1", created: Self.second).bytes
            let line = Self.signature(body).replacing("Stripe-S", with: "stripe-s")
            let answer = try await PlainClient(port: port).send("POST /stripe", [line], body)
            #expect(answer?.status == 200)
        }
    }

    @Test(
        "what is not believed is refused with words, and not kept",
        arguments: [
            ("", "no Stripe-Signature"), ("Stripe-Signature: t=1", "can't be read"),
            (
                "Stripe-Signature: t=1,v1=" + String(repeating: "a", count: 64),
                "no signature is that"
            ),
        ]
    )
    func refuses(line: String, words: String) async throws {
        let sink = MemorySink()
        try await withTap(sink) { port, tap, _ in
            let body = MadeUpEvent.pretty("evt_1", created: Self.second).bytes
            let head = line.isEmpty ? [] : [line]
            let answer = try await PlainClient(port: port).send("POST /stripe", head, body)
            #expect(answer?.status == 400)
            #expect(answer?.body.contains(words) == true)
            #expect(sink.kept.records.isEmpty && sink.kept.rejects.isEmpty)
            #expect(tap.refusals.values.reduce(0, +) == 1)
        }
    }

    @Test("a clock that is off is told from a wrong secret", arguments: [-4000, 4000])
    func skew(offset: Int64) async throws {
        try await withTap(MemorySink()) { port, _, _ in
            let body = MadeUpEvent.pretty("evt_1", created: Self.second).bytes
            let signature = Self.signature(body, at: Self.second + offset)
            let answer = try await PlainClient(port: port).send("POST /stripe", [signature], body)
            #expect(answer?.status == 400)
            #expect(answer?.body.contains("clock") == true)
        }
    }

    @Test("a body is taken up to the limit; a longer one is refused, and the connection goes on")
    func limit() async throws {
        let sink = MemorySink()
        try await withTap(sink) { port, _, _ in
            let client = try PlainClient(port: port)
            let long = Array(repeating: UInt8(ascii: " "), count: 100_001)
            #expect(await client.send("POST /stripe", [Self.signature(long)], long)?.status == 413)
            let event = MadeUpEvent.json("evt_1", created: Self.second).bytes
            let body = event + Array(repeating: 0x20, count: 100_000 - event.count)
            #expect(await client.send("POST /stripe", [Self.signature(body)], body)?.status == 200)
            #expect(sink.kept.records.count == 1)
        }
    }

    @Test("while the sink can't keep it is 503, to be sent again, and the health says so")
    func unavailable() async throws {
        let sink = MemorySink()
        sink.fail(with: [CaptureError("the disk is full", isPassing: true)])
        try await withTap(sink) { port, _, _ in
            let client = try PlainClient(port: port)
            #expect(await client.send("GET /healthz")?.status == 200)
            let body = MadeUpEvent.pretty("evt_1", created: Self.second).bytes
            let answer = await client.send("POST /stripe", [Self.signature(body)], body)
            #expect(answer?.status == 503)
            #expect(answer?.head.contains("Retry-After: 5") == true)
            #expect(await client.send("GET /healthz")?.status == 503)
            #expect(sink.kept.records.isEmpty)
            #expect(await client.send("POST /stripe", [Self.signature(body)], body)?.status == 200)
            #expect(await client.send("GET /healthz")?.status == 200)
            #expect(sink.kept.records.count == 1)
        }
    }

    @Test("what can't be read is kept as a reject, and not asked for again")
    func poison() async throws {
        let sink = MemorySink()
        try await withTap(sink) { port, _, _ in
            let client = try PlainClient(port: port)
            let thin = #"{"id":"evt_65","object":"v2.core.event"}"#
            let live = MadeUpEvent.json("evt_2", created: 7, livemode: true)
            for text in [thin, live, "no JSON", "{}"] {
                let body = text.bytes
                let answer = await client.send("POST /stripe", [Self.signature(body)], body)
                #expect(answer?.status == 200)
                #expect(answer?.body.hasPrefix("kept, but not read") == true)
            }
            #expect(sink.kept.rejects.count == 4)
            #expect(sink.kept.records.isEmpty)
        }
    }

    @Test("envelopes are taken from who shows the token, and from nobody else")
    func envelopes() async throws {
        let sink = MemorySink()
        try await withTap(sink) { port, _, _ in
            let client = try PlainClient(port: port)
            let first = MadeUpEvent.json("evt_1", created: 7)
            let second = MadeUpEvent.json("evt_2", created: 8)
            let body = #"[{"data":\#(first)},{"data":\#(second)}]"#.bytes
            let good = ["Authorization: Bearer \(Self.token)"]
            for head in [[], ["Authorization: Bearer wrong"], ["Authorization: \(Self.token)"]] {
                #expect(await client.send("POST /bridge", head, body)?.status == 400)
            }
            #expect(await client.send("POST /bridge", good, body)?.status == 200)
            #expect(await client.send("POST /stripe", good, body)?.status == 400)
            #expect(sink.kept.records.map(\.id.rawValue) == ["evt_1", "evt_2"])
            let asked = await client.send(
                "OPTIONS /bridge",
                ["WebHook-Request-Origin: eventgrid.azure.net"]
            )
            #expect(asked?.head.contains("WebHook-Allowed-Origin: eventgrid.azure.net") == true)
        }
    }

    @Test("other paths and methods are refused")
    func others() async throws {
        try await withTap(MemorySink()) { port, _, _ in
            let client = try PlainClient(port: port)
            #expect(await client.send("POST /")?.status == 404)
            #expect(await client.send("GET /stripe")?.status == 405)
            #expect(await client.send("OPTIONS /stripe")?.status == 405)
            #expect(await client.send("POST /healthz")?.status == 404)
        }
    }

    @Test(
        "many senders at once are each kept, in fewer batches than deliveries",
        arguments: [1, 2, 3]
    )
    func many(seed: Int) async throws {
        let sink = SlowSink()
        try await withTap(sink) { port, _, keeper in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for sender in 0..<16 {
                    group.addTask { try await Self.send(20, from: sender, to: port) }
                }
                for try await kept in group { #expect(kept == 20) }
            }
            #expect(keeper.tally.records == 320)
            #expect(keeper.tally.batches < 320)
        }
        #expect(sink.memory.kept.records.count == 320)
    }

    private static func send(_ count: Int, from sender: Int, to port: UInt16) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let client = try PlainClient(port: port)
                        return (0..<count).count { number in
                            let id = "evt_\(sender)x\(number)"
                            let body = MadeUpEvent.pretty(id, created: second).bytes
                            return client.sendNow("POST /stripe", [signature(body)], body)?.status
                                == 200
                        }
                    }
                )
            }
        }
    }

    @Test("a queue that is full refuses, and loses nothing that it took")
    func full() async throws {
        let sink = SlowSink()
        var limits = WebhookKeeper.Limits()
        limits.waitingMax = 2
        let keeper = WebhookKeeper(sink: sink, line: EventLine(), limits: limits)
        let answers = Mutex<[Int: Int]>([:])
        let count = 50
        for number in 0..<count {
            let body = MadeUpEvent.json("evt_\(number)", created: 7).bytes
            keeper.keep(body, seen: Self.now) { answer in
                answers.withLock { $0[answer.status.rawValue, default: 0] += 1 }
            }
        }
        while answers.withLock({ $0.values.reduce(0, +) }) < count { await Task.yield() }
        let told = answers.withLock { $0 }
        #expect(told[503, default: 0] > 0)
        #expect(told[200] == sink.memory.kept.records.count)
    }
}

/// A sink that takes a while, as one on a disk does.
final class SlowSink: CaptureSink {
    let memory = MemorySink()

    func keep(_ batch: CapturedBatch) throws(CaptureError) -> Int {
        Thread.sleep(forTimeInterval: 0.002)
        return try memory.keep(batch)
    }

    func position(of source: String) -> String? { memory.position(of: source) }
}
