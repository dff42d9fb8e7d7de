import BillingModel
import LiveMirror
import MirrorLog
import MirrorStore
import ParityReport
import ShadowRun
import Synchronization
import Testing

/// What a live mirror finds is what a replay of its records finds.
@Suite("live verdicts")
struct LiveVerdictTests {
    /// A clock that goes on by a little whenever it is looked at.
    private final class StepClock: Sendable {
        private let time = Mutex(Instant(microseconds: 1_772_366_400_000_000))

        var clock: JudgeLoop.Clock {
            JudgeLoop.Clock { [self] in
                time.withLock { time in
                    time = time.advanced(by: TimeSpan(microseconds: 30_000))
                    return time
                }
            } sleep: { [self] span in
                time.withLock { $0 = $0.advanced(by: span) }
            }
        }
    }

    private func batch(_ lines: some Collection<[UInt8]>) throws -> CapturedBatch {
        let reader = try RecordReader()
        return CapturedBatch(
            source: "test",
            records: try lines.map { try CapturedRecord(line: $0, reader) }
        )
    }

    @Test("are a replay's, byte for byte, however often the judge dies", arguments: 1...4)
    func deaths(_ seed: UInt64) throws {
        let lines = try Fleet.small.get().lines
        var random = SplitMix64(seed: seed)
        let scratch = try Scratch()
        let path = scratch.file("mirror.sqlite")
        let clock = StepClock()
        var kept = 0
        while kept < lines.count {
            // What the judge before it left behind is all that this one has.
            let store = try SQLiteStore(path: path)
            var rounds = random.number(1...12)
            var judge = LiveJudge(settings: JudgeSettings(), stretch: 1)
            let loop = JudgeLoop(store, owner: "w", clock: clock.clock, pace: quick)
            try loop.run(&judge) {
                rounds -= 1
                let end = min(lines.count, kept + random.number(0...60))
                // A record may be delivered again at any time.
                let start = max(0, kept - random.number(0...3))
                if let next = try? batch(lines[start..<end]), (try? store.keep(next)) != nil {
                    kept = end
                }
                return rounds <= 0
            }
        }
        let store = try SQLiteStore(path: path)
        try finish(store, clock)
        let expected = try Fleet.verdicts(of: lines)
        #expect(expected.count > 60)
        #expect(expected.contains { $0.contains(#""divergence":{"#) })
        #expect(try store.verdicts().sorted() == expected.sorted())
        #expect(try Fleet.verdicts(of: store.lines()) == expected, "the log is a query away")
    }

    @Test("are a replay's, byte for byte, however the clock jumps meanwhile", arguments: 1...3)
    func clockJumps(_ seed: UInt64) throws {
        let lines = try Fleet.small.get().lines
        var random = SplitMix64(seed: seed)
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let jumps = Mutex(
            (random: SplitMix64(seed: seed + 100), back: 0, last: Instant(microseconds: 0))
        )
        let steady = StepClock()
        let jumping = JudgeLoop.Clock {
            let time = steady.clock.now()
            return jumps.withLock { jumps in
                let hours = jumps.random.below(12) == 0 ? jumps.random.below(49) - 24 : 0
                let now = time.advanced(by: .minutes(Int64(hours) * 60))
                if now < jumps.last { jumps.back += 1 }
                jumps.last = now
                return now
            }
        } sleep: {
            steady.clock.sleep($0)
        }
        var kept = 0
        while kept < lines.count {
            var rounds = 60
            var judge = LiveJudge(settings: JudgeSettings())
            let loop = JudgeLoop(store, owner: "w", clock: jumping, pace: quick)
            do {
                try loop.run(&judge) {
                    rounds -= 1
                    let end = min(lines.count, kept + random.number(0...20))
                    if let next = try? batch(lines[kept..<end]), (try? store.keep(next)) != nil {
                        kept = end
                    }
                    return rounds <= 0
                }
            } catch let error as CaptureError {
                // Its own lease, from before a jump, may have run out; nothing is judged under it then.
                #expect(error.description.contains("another worker took over"))
            }
        }
        #expect(jumps.withLock { $0.back } > 5)
        // A lease may have been taken out under a clock that was ahead.
        steady.clock.sleep(.days(2))
        try finish(store, steady)
        #expect(try store.verdicts().sorted() == Fleet.verdicts(of: lines).sorted())
    }

    @Test(
        "are at every moment a replay's of the records so far",
        arguments: 1...3,
        [1, 5, .max]
    )
    func everyMoment(_ seed: UInt64, stretch: Int) throws {
        var random = SplitMix64(seed: seed)
        let lines = try random.disturbed(Fleet.small.get().lines(ofFirst: 8))
        let records = try batch(lines).records
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let clock = StepClock()
        var kept = 0
        var judge = LiveJudge(settings: JudgeSettings(), stretch: stretch, room: 1000 / stretch)
        var checkpoints = 0
        var (compared, comparisons): (Int64, Int) = (0, 0)
        var (isUnderWay, idle) = (false, 20)
        try JudgeLoop(store, owner: "w", clock: clock.clock, pace: quick).run(&judge) {
            // What is there at the start is judged at once: nothing is yet.
            guard isUnderWay else { return false }
            let end = min(records.count, kept + random.number(0...records.count / 25))
            let next = CapturedBatch(source: "test", records: Array(records[kept..<end]))
            #expect(throws: Never.self) { try store.keep(next) }
            kept = end
            if kept == records.count { idle -= 1 }
            return idle < 0
        } look: { judge in
            isUnderWay = true
            checkpoints = max(checkpoints, judge.checkpointCount)
            guard judge.offset != compared else { return }
            (compared, comparisons) = (judge.offset, comparisons + 1)
            let all = (try? store.records(after: 0, limit: 1_000_000)) ?? []
            let taken = all.prefix { $0.offset <= compared }.map(\.line)
            let (found, expected) = (try? store.verdicts(), try? Fleet.verdicts(of: taken))
            #expect(found != nil && found?.sorted() == expected?.sorted(), "seed \(seed)")
        }
        #expect(comparisons >= 10)
        #expect(stretch > 1 || checkpoints > 0)
        #expect(judge.tally.settled == (try store.verdicts().count))
        #expect(judge.tally.divergent == (try store.verdicts().count { $0.contains("divergence") }))
    }

    @Test("are put right where another program's lie in the store")
    func reconciliation() throws {
        let lines = try Fleet.small.get().lines
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let clock = StepClock()
        try store.keep(batch(lines))
        let now = clock.clock.now()
        let lease = try #require(
            try store.lease(of: 1, to: "old", at: now, until: now.advanced(by: .seconds(1)))
        )
        let foreign = StoredVerdict(
            account: AccountID("acct_gone"),
            opened: now,
            content: Array("?".utf8)
        )
        #expect(try store.commit([.put(foreign)], under: lease, through: 1))
        try store.giveBack(lease)
        try finish(store, clock)
        #expect(try store.verdicts().sorted() == Fleet.verdicts(of: lines).sorted())
    }

    @Test("of records in any order are the same")
    func order() throws {
        let lines = try Fleet.small.get().lines
        var random = SplitMix64(seed: 11)
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let clock = StepClock()
        var shuffled = random.shuffled(lines)[...]
        while !shuffled.isEmpty {
            try store.keep(batch(shuffled.prefix(400)))
            shuffled = shuffled.dropFirst(400)
            try finish(store, clock)
        }
        #expect(try store.verdicts().sorted() == Fleet.verdicts(of: lines).sorted())
    }

    @Test("of several workers are together what one finds, whoever dies", arguments: 1...3)
    func partitions(_ seed: UInt64) throws {
        let lines = try Fleet.small.get().lines
        var random = SplitMix64(seed: seed)
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let clock = StepClock()
        try store.keep(batch(lines))
        for round in 0..<12 {
            // All partitions but one are somebody else's for now; who had them before is dead.
            let far = clock.clock.now().advanced(by: .days(9))
            var others: [Lease] = []
            for _ in 0..<3 {
                let until = far.advanced(by: .days(1))
                let lease = try store.lease(of: 3, to: "other", at: far, until: until)
                others.append(try #require(lease))
            }
            let free = round < 9 ? random.number(0...2) : round - 9
            for lease in others where lease.partition == free { try store.giveBack(lease) }
            var judge = LiveJudge(settings: JudgeSettings())
            var rounds = round < 9 ? random.number(1...30) : 60
            let loop = JudgeLoop(
                store,
                owner: "w\(round)",
                partitions: 3,
                clock: clock.clock,
                pace: quick
            )
            try loop.run(&judge) {
                rounds -= 1
                return rounds <= 0
            }
            clock.clock.sleep(.days(20))
        }
        #expect(try store.verdicts().sorted() == Fleet.verdicts(of: lines).sorted())
    }

    @Test("are nobody else's while one has the lease")
    func lease() throws {
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let clock = StepClock().clock
        let now = clock.now()
        _ = try store.lease(of: 1, to: "other", at: now, until: now.advanced(by: .days(1)))
        var judge = LiveJudge(settings: JudgeSettings())
        var rounds = 5
        var waited = 0
        try JudgeLoop(store, owner: "w", clock: clock, pace: quick).run(&judge) {
            rounds -= 1
            return rounds <= 0
        } tell: { event in
            if case .waiting = event { waited += 1 }
        }
        #expect(waited == 1)
    }

    @Test("stop where another took the lease over")
    func takenOver() throws {
        let scratch = try Scratch()
        let store = try SQLiteStore(path: scratch.file("mirror.sqlite"))
        let clock = StepClock().clock
        var judge = LiveJudge(settings: JudgeSettings())
        let error = #expect(throws: CaptureError.self) {
            try JudgeLoop(store, owner: "sleeper", clock: clock, pace: quick).run(&judge) {
                false
            } look: { _ in
                // It slept through its lease, and another came.
                let later = clock.now().advanced(by: .days(1))
                _ = try? store.lease(of: 1, to: "heir", at: later, until: later)
                clock.sleep(.days(2))
            }
        }
        #expect(error?.description.contains("another worker took over") == true)
    }

    private var quick: JudgeLoop.Pace {
        var pace = JudgeLoop.Pace()
        pace.batch = 97
        return pace
    }

    /// Judges until nothing is left to do.
    private func finish(_ store: SQLiteStore, _ clock: StepClock) throws {
        var judge = LiveJudge(settings: JudgeSettings())
        var rounds = 40
        try JudgeLoop(store, owner: "last", clock: clock.clock).run(&judge) {
            rounds -= 1
            return rounds <= 0
        }
        #expect(judge.rejected == 0)
    }
}

extension SplitMix64 {
    /// A number of a range.
    fileprivate mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// Lines some of which come late, again, or again with another time.
    fileprivate mutating func disturbed(_ lines: [[UInt8]]) throws -> [[UInt8]] {
        let reader = try RecordReader()
        var arrivals: [(time: Int, line: [UInt8])] = []
        for (place, line) in lines.enumerated() {
            let isLate = below(12) == 0
            arrivals.append((place + (isLate ? below(lines.count) : 0), line))
            guard below(15) == 0 else { continue }
            var again = try reader.read(copying: line)
            again.at = again.at.advanced(by: .minutes(Int64(below(5)) * 30 - 60))
            let other = Array(RecordWriter().line(again).dropLast())
            arrivals.append((place + below(lines.count), other))
        }
        return arrivals.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element.line)
    }

    /// Elements in another order (Fisher and Yates).
    fileprivate mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for place in elements.indices.dropFirst().reversed() {
            elements.swapAt(place, number(0...place))
        }
        return elements
    }
}
