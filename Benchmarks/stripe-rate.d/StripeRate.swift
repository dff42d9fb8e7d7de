import BillingModel
import Dispatch
import Foundation
import MirrorLog
import ScriptedStripe
import StripeMirror
import Synchronization

/// How many events a second the Stripe mirror takes, into a sink that does nothing.
@main
struct StripeRate {
    static func main() async throws {
        try await webhooks(senders: 1, each: 4000)
        try await webhooks(senders: 16, each: 1000)
        try await webhooks(senders: 64, each: 500)
        try backfill(pages: 500)
    }

    private static func now() -> Instant {
        Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    private static func report(_ what: String, _ count: Int, _ start: DispatchTime) {
        let end = DispatchTime.now()
        let seconds = Double(end.uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
        let rate = Int(Double(count) / seconds)
        print("\(what): \(count) events in \(rounded(seconds)) s, \(rate) a second")
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    // MARK: - Webhooks

    /// Signed deliveries over connections that stay open, each sender waiting for its answer.
    private static func webhooks(senders: Int, each: Int) async throws {
        guard let secret = WebhookSecret("whsec_0123456789abcdef") else { return }
        let sink = IdleSink()
        let keeper = WebhookKeeper(sink: sink, line: EventLine())
        let route = WebhookRoute(path: "/stripe", trust: .signature(.init(secrets: [secret])))
        let tap = try WebhookTap(.init(port: 0, routes: [route]), keeper: keeper) { now() }
        let task = Task { try await tap.run() }
        let port = try await tap.port()
        let deliveries = (0..<senders).map { sender in
            (0..<each).map { number in
                let body = Array(MadeUpInvoice.event("evt_\(sender)x\(number)").utf8)
                return (body, secret.header(for: body, at: now()))
            }
        }
        let start = DispatchTime.now()
        let kept = await withTaskGroup(of: Int.self) { group in
            for deliveries in deliveries {
                group.addTask { await send(deliveries, to: port) }
            }
            return await group.reduce(0, +)
        }
        let batches = keeper.tally.batches
        report("webhooks, \(senders) at once, \(batches) batches", kept, start)
        await tap.stop(within: 1)
        _ = try? await task.value
    }

    private static func send(_ deliveries: [([UInt8], String)], to port: UInt16) async -> Int {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                guard let client = try? PlainClient(port: port) else {
                    return continuation.resume(returning: 0)
                }
                continuation.resume(
                    returning: deliveries.count { body, header in
                        client.sendNow("POST /stripe", [header], body)?.status == 200
                    }
                )
            }
        }
    }

    // MARK: - Back-fill

    /// Pages of a hundred events, made before, from a server on this machine, without a rate limit.
    private static func backfill(pages: Int) throws {
        let second = now().unixSeconds - 600
        let bodies = (0..<pages).map { page in
            let events = (0..<100).map { MadeUpInvoice.event("evt_\(page)x\($0)", created: second) }
            let data = events.joined(separator: ",")
            return #"{"object":"list","data":[\#(data)],"has_more":\#(page < pages - 1)}"#
        }
        let stripe = try ScriptedStripe { request, _ in
            let after = ListedObjects.query(of: request.target)["starting_after"] ?? ""
            let page = after.dropFirst(4).prefix { $0 != "x" }
            return .json(bodies[after.isEmpty ? 0 : min((Int(page) ?? 0) + 1, pages - 1)])
        }
        defer { stripe.stop() }
        let address = try StripeAddress(stripe.address, allowsPlainLoopback: true)
        let clock = StripeClock(now: { now() }, sleep: { _ in })
        let client = try StripeClient(
            CurlClient(CurlSettings(address: address, key: StripeKey("rk_test_0123456789"))),
            limiter: RateLimiter(perSecond: 1_000_000, burst: 1000),
            clock: clock,
            seed: 1
        )
        let sink = IdleSink()
        let isDone = Mutex(false)
        let source = try StripeSource(
            client: client,
            sink: sink,
            clock: clock,
            settings: .init(backfill: .init(slice: .days(40)))
        ) { report in
            if case .complete = report { isDone.withLock { $0 = true } }
        }
        let start = DispatchTime.now()
        try source.run(shouldStop: { isDone.withLock { $0 } })
        report("back-fill", sink.count, start)
    }
}

/// A sink that counts and keeps nothing.
private final class IdleSink: CaptureSink {
    private let records = Mutex(0)

    var count: Int { records.withLock { $0 } }

    func keep(_ batch: CapturedBatch) -> Int {
        records.withLock { $0 += batch.records.count }
        return 0
    }

    func position(of source: String) -> String? { nil }
}
