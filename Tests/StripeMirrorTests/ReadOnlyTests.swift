import BillingModel
import Foundation
import MirrorLog
import ScriptedStripe
import StripeMirror
import Synchronization
import Testing

/// Whole runs against a server that records every request: none writes.
@Suite(.timeLimit(.minutes(10)))
struct ReadOnlyTests {
    private static let begin = Int64(Date().timeIntervalSince1970)

    /// A server with events, invoices, subscriptions and a customer, of whose answers every third goes
    /// wrong in some way.
    private func stripe(_ events: ListedObjects, seed: UInt64) throws -> ScriptedStripe {
        let random = Mutex(SplitMix64(seed: seed))
        return try ScriptedStripe { request, _ in
            let path = request.target.prefix { $0 != "?" }
            let second = Int64(Date().timeIntervalSince1970)
            let body =
                switch path {
                case "/v1/events": events.page(request.target, at: second) ?? "{}"
                case "/v1/customers/cus_1": #"{"id":"cus_1","object":"customer"}"#
                default: #"{"object":"list","data":[],"has_more":false}"#
                }
            let now = Instant(microseconds: second * 1_000_000)
            let good = ScriptedAnswer(
                head: ["Date: \(MadeUpDate.text(now))"],
                body: Array(body.utf8)
            )
            switch random.withLock({ $0.below(24) }) {
            case 0: return .json(status: 429, "{}")
            case 1: return .answer(ScriptedAnswer(status: 429, head: ["Retry-After: 1"]))
            case 2: return .json(status: 500, "oops")
            case 3: return .half(good)
            case 4: return .raw(Array("garbage".utf8))
            case 5: return .json("<html>busy</html>")
            case 6: return .hangUp
            case 7: return .answer(ScriptedAnswer(status: 302, head: ["Location: /v1/charges"]))
            default: return .answer(good)
            }
        }
    }

    @Test("a whole run through every fault sends GET and nothing else, and keeps every event once")
    func wholeRun() throws {
        let objects = (0..<400).map { number in
            let created = Self.begin - 40_000 + Int64(number / 3) * 250
            let id = "evt_\(number)"
            let json = MadeUpEvent.json(id, created: created)
            return ListedObjects.Object(id: id, created: created, json: json)
        }
        let stripe = try stripe(ListedObjects(objects), seed: 5)
        defer { stripe.stop() }
        let sink = MemorySink()
        let settings = CurlSettings(
            address: try StripeAddress(stripe.address, allowsPlainLoopback: true),
            key: StripeKey("rk_test_0123456789abcdef"),
            timeout: .seconds(5)
        )
        let client = try StripeClient(
            CurlClient(settings),
            limiter: RateLimiter(perSecond: 100_000, burst: 1000),
            clock: .hurried,
            seed: 1
        )
        _ = client.probe(shouldStop: { false })
        _ = try client.facts(of: CustomerID("cus_1"), shouldStop: { false })
        let isCaughtUp = Mutex(false)
        let source = try StripeSource(
            client: client,
            sink: sink,
            clock: .hurried,
            settings: StripeSource.Settings(
                backfill: EventBackfill.Settings(slice: .days(5), pageSize: 10),
                restAfterFailure: TimeSpan(microseconds: 1000)
            )
        ) { report in
            if case .complete(let time) = report, time.unixSeconds > Self.begin - 600 {
                isCaughtUp.withLock { $0 = true }
            }
        }
        try source.run(shouldStop: { isCaughtUp.withLock { $0 } })
        let ids = sink.kept.records.filter { $0.kind == .stripe }.map(\.id.rawValue)
        #expect(ids.sorted() == objects.map(\.id).sorted())
        #expect(stripe.received.count > 40)
        for request in stripe.received {
            #expect(request.method == "GET")
            #expect(request.body.isEmpty)
            #expect(request.target.hasPrefix("/v1/"))
        }
        let paths = Set(stripe.received.map { $0.target.prefix { $0 != "?" } })
        #expect(
            paths == [
                "/v1/events", "/v1/invoices", "/v1/subscriptions", "/v1/customers",
                "/v1/customers/cus_1",
            ]
        )
    }

    @Test("no source names an option of libcurl that would send anything but GET")
    func sources() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let writing = [
            "CURLOPT_POST", "CURLOPT_CUSTOMREQUEST", "CURLOPT_UPLOAD", "CURLOPT_PUT",
            "CURLOPT_COPYPOSTFIELDS", "CURLOPT_MIMEPOST", "CURLOPT_NOBODY", "CURLOPT_READ",
            "curl_easy_send", "curl_ws_send", "URLSession", "HTTPClient",
        ]
        var count = 0
        for folder in ["Sources/StripeMirror", "Sources/CLibCurl"] {
            let path = root.appending(path: folder).path
            for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
            where name.hasSuffix(".swift") || name.hasSuffix(".h") {
                let text = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
                for word in writing { #expect(!text.contains(word), "\(name): \(word)") }
                // One place performs requests, and it is the one that sets GET.
                if text.contains("curl_easy_perform") {
                    count += 1
                    #expect(text.contains("(CURLOPT_HTTPGET, 1)"))
                }
            }
        }
        #expect(count == 1)
    }
}
