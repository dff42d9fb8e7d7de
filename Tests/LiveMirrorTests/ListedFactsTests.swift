import BillingModel
import LiveMirror
import MirrorLog
import PostgresMirror
import ScriptedStripe
import StripeMirror
import Testing

@Suite("what Stripe lists, for baselines", .timeLimit(.minutes(10)))
struct ListedFactsTests {
    /// Customers with subscriptions and invoices of their own, and the server that has them.
    private struct World {
        var customers: [String] = []
        var objects: [String: [ListedObjects.Object]] = [:]

        /// A world by lot, in which pages are crossed.
        init(seed: UInt64) {
            var random = SplitMix64(seed: seed)
            for number in 0..<130 {
                let id = "cus_\(number)"
                customers.append(id)
                add("customers", id, #"{"id":"\#(id)","object":"customer"}"#, &random)
                for kind in ["subscriptions", "invoices"] {
                    for place in 0..<random.below(5) {
                        let name = "\(kind.prefix(2))_\(number)_\(place)"
                        let owner =
                            random.below(2) == 0
                            ? #""\#(id)""# : #"{"id":"\#(id)","x":[{"id":"no"}]}"#
                        add(kind, name, #"{"id":"\#(name)","customer":\#(owner)}"#, &random)
                    }
                }
            }
        }

        private mutating func add(
            _ kind: String,
            _ id: String,
            _ json: String,
            _ random: inout SplitMix64
        ) {
            let created = Int64(random.below(1_000_000))
            objects[kind, default: []].append(.init(id: id, created: created, json: json))
        }

        /// What it answers to a request, as Stripe would.
        func answer(to target: String) -> ScriptedReply {
            let path = target.prefix { $0 != "?" }.split(separator: "/").map(String.init)
            let kind = path.count > 1 ? path[1] : ""
            if path.count == 3 {
                let found = objects[kind]?.first { $0.id == path[2] }
                return found.map { .json($0.json) } ?? .json(status: 404, "{}")
            }
            var list = objects[kind] ?? []
            if let owner = ListedObjects.query(of: target)["customer"] {
                let number = owner.dropFirst(4)
                list = list.filter { $0.id.split(separator: "_")[1] == number }
            }
            guard let page = ListedObjects(list).page(target, at: .max) else {
                return .json(status: 400, "{}")
            }
            return .json(page)
        }
    }

    private func client(_ stripe: ScriptedStripe) throws -> StripeClient {
        try StripeClient(
            CurlClient(
                CurlSettings(
                    address: try StripeAddress(stripe.address, allowsPlainLoopback: true),
                    key: StripeKey("rk_test_0123456789abcdef")
                )
            ),
            limiter: RateLimiter(perSecond: 1_000_000, burst: 100_000),
            clock: StripeClock(now: { Instant(microseconds: 0) }, sleep: { _ in }),
            seed: 1
        )
    }

    @Test("they are what asking for each customer brings, to the byte", arguments: 0..<4)
    func sameAsEach(seed: UInt64) throws {
        let world = World(seed: seed)
        let stripe = try ScriptedStripe { request, _ in world.answer(to: request.target) }
        defer { stripe.stop() }
        let client = try client(stripe)
        let listed = try ListedFacts()
        try client.listAll(shouldStop: { false }) { facts in
            try listed.keep(facts)
            // What comes twice is there once.
            try listed.keep(facts)
        }
        let requests = stripe.received.count
        for id in world.customers {
            let each = try client.facts(of: CustomerID(id), shouldStop: { false })
            #expect(each.missing.isEmpty)
            #expect(try listed.json(of: CustomerID(id)) == each.json)
        }
        #expect(requests * 20 < stripe.received.count - requests)
        #expect(try listed.json(of: CustomerID("cus_none")) == nil)
    }

    @Test("lists that can't be had are no baselines, rather than empty ones")
    func failing() throws {
        let world = World(seed: 9)
        let stripe = try ScriptedStripe { request, number in
            number > 2 ? .json(status: 403, "{}") : world.answer(to: request.target)
        }
        defer { stripe.stop() }
        let watch = StripeWatch(
            connection: CurlSettings(
                address: try StripeAddress(stripe.address, allowsPlainLoopback: true),
                key: StripeKey("rk_test_0123456789abcdef")
            ),
            mode: .test,
            every: .seconds(1),
            lag: .seconds(1),
            webhook: nil
        )
        let clock = StripeClock(now: { Instant(microseconds: 0) }, sleep: { _ in })
        let parts = try watch.baselineParts(clock, shouldStop: { false })
        let error = #expect(throws: PostgresError.self) { _ = try parts() }
        #expect(error?.isPassing == false)
        #expect(error?.problem.contains("403") == true)
    }
}
