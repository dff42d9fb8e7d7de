import Foundation
import ScriptedStripe
import Synchronization
import Testing

/// The webhook's end point as a process that is killed between what it keeps and what it answers.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped), .timeLimit(.minutes(10)))
struct WatchWebhookTests {
    private static let token = "0123456789abcdef0123456789abcdef"
    private static let rounds = 25
    private static let perRound = 24
    private static let senders = 6

    /// What senders hold, as Stripe holds it: sent again until somebody answers 200.
    private struct Outbox {
        var waiting: [Int]
        var answered: [Int] = []
        var attempts = 0
        var isOver = false

        /// The next to be sent: now and then one that was taken already, for that happens too.
        mutating func next() -> Int? {
            guard !isOver, !waiting.isEmpty else { return nil }
            attempts += 1
            guard attempts % 7 == 0, let taken = answered.first else { return waiting.popLast() }
            return taken
        }

        /// Notes what became of one.
        mutating func note(_ number: Int, isKept: Bool) {
            guard !answered.contains(number) else { return }
            if isKept { answered.append(number) } else { waiting.append(number) }
        }
    }

    /// A mirror whose Stripe lists nothing and passes events on through EventBridge.
    private struct Mirror {
        let folder: Folder
        let port: UInt16

        init(_ stripe: ScriptedStripe) throws {
            folder = try Folder()
            port = try Loopback.freePort()
            let key = try folder.write("key", ["rk_test_0123456789abcdef"])
            let token = try folder.write("token", [WatchWebhookTests.token])
            try folder.write(
                "watch.yaml",
                [
                    "store: \(folder.path("mirror.sqlite"))",
                    "reports: { folder: \(folder.path("reports")), every: 30d }",
                    "stripe:",
                    "  key_file: \(key)",
                    "  mode: test",
                    "  api: \(stripe.address)",
                    "  webhook:",
                    "    listen: 127.0.0.1:\(port)",
                    "    envelopes: { path: /bridge, token_file: \(token) }",
                ]
            )
        }

        var configuration: [String] { ["--config", folder.path("watch.yaml")] }

        func start() throws -> Process { try Tool.start(["watch"] + configuration) }

        /// The ids of the events that it has, in the log's order.
        func kept() throws -> [Int] {
            let run = try Tool.run(["store", "log"] + configuration)
            #expect(run.status == 0, "\(run.errors)")
            return run.output.split(separator: "\n").compactMap { line in
                // The record's own id stands first, and the event within has it once more.
                line.firstMatch(of: #/"id":"evt_(\d+)"/#).flatMap { Int($0.1) }
            }
        }
    }

    private static func envelope(_ number: Int) -> [UInt8] {
        let event = """
            {"id":"evt_\(number)","object":"event","api_version":"2024-06-20","created":1772323200,\
            "data":{"object":{"id":"in_\(number)","object":"invoice","customer":"cus_\(number % 9)",\
            "status":"open","currency":"usd","amount_due":5000,"amount_paid":0,\
            "amount_remaining":5000,"created":1700000000,"metadata":{}}},"livemode":false,\
            "pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"invoice.updated"}
            """
        let envelope = #"{"version":"0","detail-type":"invoice.updated","detail":"# + event + "}"
        return Array(envelope.utf8)
    }

    /// Sends what waits, over one connection after the other, until it is over or nothing waits.
    private static func send(_ outbox: borrowing Mutex<Outbox>, to port: UInt16) {
        while outbox.withLock({ !$0.isOver && !$0.waiting.isEmpty }) {
            guard let client = try? PlainClient(port: port) else {
                usleep(5000)
                continue
            }
            while let number = outbox.withLock({ $0.next() }) {
                let answer = client.sendNow(
                    "POST /bridge",
                    ["Authorization: Bearer " + token],
                    envelope(number)
                )
                outbox.withLock { $0.note(number, isKept: answer?.status == 200) }
                guard answer != nil else { break }
            }
        }
    }

    @Test("killed between keeping and answering, it has what it answered for, and all of it once")
    func kills() throws {
        let nothing = #"{"object":"list","url":"/v1/events","has_more":false,"data":[]}"#
        let stripe = try ScriptedStripe { _, _ in .json(nothing) }
        defer { stripe.stop() }
        let mirror = try Mirror(stripe)
        let total = Self.rounds * Self.perRound
        let outbox = Mutex(Outbox(waiting: Array(0..<total)))
        for round in 1...Self.rounds + 1 {
            let isLast = round > Self.rounds
            let process = try mirror.start()
            defer { kill(process.processIdentifier, SIGKILL) }
            outbox.withLock { $0.isOver = false }
            let group = DispatchGroup()
            for _ in 0..<Self.senders {
                group.enter()
                Thread.detachNewThread {
                    Self.send(outbox, to: mirror.port)
                    group.leave()
                }
            }
            // The kill comes while others are under way, for six are sending.
            let goal = isLast ? total : min(total, round * Self.perRound)
            for _ in 0..<240_000 where outbox.withLock({ $0.answered.count }) < goal { usleep(500) }
            kill(process.processIdentifier, isLast ? SIGTERM : SIGKILL)
            process.waitUntilExit()
            outbox.withLock { $0.isOver = true }
            group.wait()
            let kept = try mirror.kept()
            #expect(Set(kept).count == kept.count, "none twice")
            #expect(Set(kept).isSuperset(of: outbox.withLock { $0.answered }), "none lost")
        }
        #expect(try mirror.kept().sorted() == Array(0..<total))
        #expect(outbox.withLock { $0.attempts } > total)
    }
}
