import BillingModel
import MirrorLog
import ScriptedStripe
import StripeMirror
import Testing

/// The back-fill over made up histories, with everything that can go wrong.
struct BackfillPropertyTests {
    private static let begin: Int64 = 1_772_323_200
    private static let lag: Int64 = 60

    /// Events over some hours, in bursts of one second too, each listed late by less than the lag.
    private func history(_ random: inout SplitMix64) -> [ListedObjects.Object] {
        var second = Self.begin - Int64(random.below(20_000))
        return (0..<(20 + random.below(150))).map { number in
            if random.below(3) > 0 { second += Int64(random.below(200)) }
            let late = random.below(4) == 0 ? Int64(random.below(Int(Self.lag) - 2)) : 0
            let id = "evt_\(random.below(1_000_000))x\(number)"
            return ListedObjects.Object(
                id: id,
                created: second,
                listed: second + late,
                json: MadeUpEvent.json(id, created: second)
            )
        }
    }

    private func settings(_ random: inout SplitMix64) -> StripeSource.Settings {
        StripeSource.Settings(
            backfill: EventBackfill.Settings(
                lag: .seconds(Self.lag),
                slice: .minutes(Int64(2000 + random.below(60_000))),
                pageSize: 1 + random.below(12),
                types: []
            ),
            pollEvery: .seconds(Int64(1 + random.below(100))),
            restAfterFailure: .seconds(20)
        )
    }

    /// Every event once, none lost; and nothing was called complete that was not.
    private func expectAll(_ stripe: MadeUpStripe, in sink: MemorySink, _ seed: UInt64) {
        let kept = sink.kept
        let ids = kept.records.filter { $0.kind == .stripe }.map(\.id.rawValue)
        #expect(ids.sorted() == stripe.events.map(\.id).sorted(), "seed \(seed)")
        #expect(kept.rejects.isEmpty, "seed \(seed)")
        var there: Set<String> = []
        for record in kept.records {
            guard case .mark(let mark) = record.body, case .through(let through) = mark.says else {
                there.insert(record.id.rawValue)
                continue
            }
            let lost = stripe.events.filter {
                $0.created <= through.unixSeconds && !there.contains($0.id)
            }
            #expect(lost.isEmpty, "seed \(seed): complete through \(through) without \(lost.count)")
        }
    }

    private func run(
        _ stripe: MadeUpStripe,
        _ sink: MemorySink,
        _ time: MadeUpTime,
        _ settings: StripeSource.Settings,
        seed: UInt64,
        until isOver: () -> Bool
    ) throws {
        let client = try StripeClient(
            stripe,
            policy: RetryPolicy(attemptsMax: 3),
            clock: time.clock,
            seed: seed
        )
        let source = try StripeSource(
            client: client,
            sink: sink,
            clock: time.clock,
            settings: settings
        )
        try source.run(shouldStop: isOver)
    }

    @Test("while events arrive, and one request of four fails, each is kept", arguments: 1...60)
    func arriving(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let time = MadeUpTime(Self.begin)
        let stripe = MadeUpStripe(history(&random), time: time, seed: seed)
        stripe.failuresPerThousand = 250
        let sink = MemorySink()
        let settings = settings(&random)
        try run(stripe, sink, time, settings, seed: seed) {
            time.now.unixSeconds > stripe.end
        }
        expectAll(stripe, in: sink, seed)
    }

    @Test("crashed at any request, and gone on with, each event is kept once", arguments: 1...80)
    func crashes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let time = MadeUpTime(Self.begin)
        let stripe = MadeUpStripe(history(&random), time: time, seed: seed)
        stripe.failuresPerThousand = 50
        let sink = MemorySink()
        let settings = settings(&random)
        while time.now.unixSeconds <= stripe.end {
            // It stops either with a request under way, or with its page just kept.
            let requestsLeft = 1 + random.below(12)
            let last = stripe.requests.count + requestsLeft
            let diesAsking = random.below(2) == 0
            try run(stripe, sink, time, settings, seed: random.next()) {
                stripe.requests.count > last || (!diesAsking && stripe.requests.count == last)
                    || time.now.unixSeconds > stripe.end
            }
            time.pass(.seconds(Int64(random.below(30))))
        }
        try run(stripe, sink, time, settings, seed: seed) {
            time.now.unixSeconds > stripe.end + 5000
        }
        expectAll(stripe, in: sink, seed)
    }

    @Test("whatever the machine's clock does, nothing is lost", arguments: 1...40)
    func clockJumps(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let time = MadeUpTime(Self.begin)
        let stripe = MadeUpStripe(history(&random), time: time, seed: seed)
        let sink = MemorySink()
        let settings = settings(&random)
        var jumps = SplitMix64(seed: seed &+ 1)
        stripe.beforeRequest = { _ in
            guard jumps.below(6) == 0 else { return }
            let days = [-4000, -40, -1, 0, 0, 1, 40, 4000][jumps.below(8)]
            let seconds = jumps.below(100_000) - 50_000
            time.setSkew(.seconds(Int64(days) * 86_400 + Int64(seconds)))
        }
        try run(stripe, sink, time, settings, seed: seed) {
            time.now.unixSeconds > stripe.end
        }
        stripe.beforeRequest = { _ in }
        time.setSkew(.zero)
        try run(stripe, sink, time, settings, seed: seed) {
            time.now.unixSeconds > stripe.end + 1000
        }
        expectAll(stripe, in: sink, seed)
    }

    @Test("answers that do not say what time it is lose nothing", arguments: 1...40)
    func noDates(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let time = MadeUpTime(Self.begin)
        let stripe = MadeUpStripe(history(&random), time: time, seed: seed)
        stripe.datesPerThousand = seed.isMultiple(of: 2) ? 0 : 500
        let sink = MemorySink()
        let settings = settings(&random)
        try run(stripe, sink, time, settings, seed: seed) {
            time.now.unixSeconds > stripe.end
        }
        expectAll(stripe, in: sink, seed)
    }

    @Test("a sink that fails for a while loses nothing; one that fails for good ends the source")
    func failingSink() throws {
        var random = SplitMix64(seed: 3)
        let time = MadeUpTime(Self.begin)
        let stripe = MadeUpStripe(history(&random), time: time, seed: 3)
        let sink = MemorySink()
        let full = CaptureError("the disk is full", isPassing: true)
        sink.fail(with: [nil, full, full, nil, full])
        let settings = settings(&random)
        try run(stripe, sink, time, settings, seed: 3) { time.now.unixSeconds > stripe.end }
        expectAll(stripe, in: sink, 3)
        sink.fail(with: [CaptureError("the file is no store", isPassing: false)])
        #expect(throws: CaptureError.self) {
            try run(stripe, sink, time, settings, seed: 3) { false }
        }
    }

    @Test("a position that can't be read ends the source rather than to begin anew")
    func strangePosition() throws {
        let time = MadeUpTime(Self.begin)
        let stripe = MadeUpStripe([], time: time, seed: 1)
        let sink = MemorySink()
        sink.setPosition("v9 whatever", of: StripeSource.name)
        #expect(throws: CaptureError.self) {
            try run(stripe, sink, time, StripeSource.Settings(), seed: 1) { false }
        }
        #expect(stripe.requests.isEmpty)
    }

    @Test("an event that can't be read is rejected with its id, and stops nothing")
    func poison() throws {
        let time = MadeUpTime(Self.begin)
        let good = MadeUpEvent.json("evt_1", created: Self.begin - 100)
        let bad =
            #"{"id":"evt_2","object":"event","created":\#(Self.begin - 90),"type":"invoice.paid"}"#
        let live = MadeUpEvent.json("evt_3", created: Self.begin - 80, livemode: true)
        let events = [good, bad, live].enumerated().map { place, json in
            ListedObjects.Object(
                id: "evt_\(place + 1)",
                created: Self.begin - 100 + Int64(place) * 10,
                json: json
            )
        }
        let stripe = MadeUpStripe(events, time: time, seed: 1)
        let sink = MemorySink()
        var settings = StripeSource.Settings(line: EventLine(mode: .test))
        settings.backfill.slice = .days(10)
        try run(stripe, sink, time, settings, seed: 1) { time.now.unixSeconds > Self.begin + 100 }
        #expect(sink.kept.records.filter { $0.kind == .stripe }.map(\.id.rawValue) == ["evt_1"])
        #expect(Set(sink.kept.rejects.map(\.place)) == ["stripe:evt_2", "stripe:evt_3"])
        #expect(sink.kept.rejects.contains { $0.content == bad.bytes })
    }

    @Test("the alarm works: a lag that is shorter than events are late loses some")
    func canary() throws {
        var lost = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            let time = MadeUpTime(Self.begin)
            let stripe = MadeUpStripe(history(&random), time: time, seed: seed)
            let sink = MemorySink()
            var settings = settings(&random)
            settings.backfill.lag = .zero
            settings.pollEvery = .seconds(1)
            try run(stripe, sink, time, settings, seed: seed) {
                time.now.unixSeconds > stripe.end
            }
            lost += stripe.events.count - sink.kept.records.count { $0.kind == .stripe }
        }
        #expect(lost > 0)
    }
}
