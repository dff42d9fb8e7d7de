import BillingModel
import DivergenceAnalysis
import Testing

/// Counting, listing and drawing schedules.
struct ScheduleSpaceTests {
    /// A small space of a seed.
    private static func space(_ seed: UInt64) -> ScheduleSpace {
        var random = SeededRandom(seed: seed)
        let world = random.number(0...4)
        let actors = (0..<random.number(0...3)).map { _ in
            ScheduleSpace.Actor(begins: random.number(0...world), steps: random.number(0...3))
        }
        return ScheduleSpace(world: world, actors: actors)
    }

    /// The schedules of a space by the slow and obvious way: all orders of all steps, each once, and
    /// of those the ones in which nobody begins too early.
    private static func obvious(_ space: ScheduleSpace) -> Set<Schedule> {
        var bag = Array(repeating: Schedule.world, count: space.world)
        for (place, actor) in space.actors.enumerated() {
            bag += Array(repeating: place, count: actor.steps)
        }
        var orders: Set<[Int]> = [[]]
        for size in 0..<bag.count {
            var longer: Set<[Int]> = []
            for order in orders where order.count == size {
                for step in Set(bag) {
                    let used = order.count { $0 == step }
                    if used < bag.count(where: { $0 == step }) { longer.insert(order + [step]) }
                }
            }
            orders = longer
        }
        return Set(orders.map { Schedule($0) }).filter { schedule in
            space.actors.indices.allSatisfy { place in
                guard let first = schedule.steps.firstIndex(of: place) else { return true }
                let passed = schedule.steps[..<first].count { $0 == Schedule.world }
                return passed >= space.actors[place].begins
            }
        }
    }

    @Test("the count is that of the schedules found the slow way", arguments: UInt64(0)..<60)
    func count(seed: UInt64) {
        let space = Self.space(seed)
        #expect(space.count == Self.obvious(space).count, "seed \(seed): \(space)")
    }

    @Test("all schedules are listed, each once and in order", arguments: UInt64(0)..<60)
    func list(seed: UInt64) {
        let space = Self.space(seed)
        var listed: [Schedule] = []
        let isWhole = space.forEach { schedule in
            listed.append(schedule)
            return true
        }
        #expect(isWhole)
        #expect(listed == listed.sorted(), "seed \(seed)")
        #expect(Set(listed).count == listed.count, "seed \(seed)")
        #expect(Set(listed) == Self.obvious(space), "seed \(seed)")
        #expect(listed.allSatisfy { space.contains($0) })
    }

    @Test("what is drawn is a schedule of the space", arguments: UInt64(0)..<60)
    func drawn(seed: UInt64) {
        let space = Self.space(seed)
        let all = Self.obvious(space)
        var lots = SplitMix64(seed: seed)
        for _ in 0..<20 { #expect(all.contains(space.draw(&lots)), "seed \(seed)") }
    }

    @Test(
        "each schedule is drawn as often as any other",
        arguments: [
            ScheduleSpace(
                world: 2,
                actors: [.init(begins: 0, steps: 2), .init(begins: 1, steps: 2)]
            ),
            ScheduleSpace(
                world: 3,
                actors: [.init(begins: 2, steps: 3), .init(begins: 1, steps: 2)]
            ),
            ScheduleSpace(
                world: 1,
                actors: [
                    .init(begins: 0, steps: 1), .init(begins: 1, steps: 2),
                    .init(begins: 0, steps: 2),
                ]
            ),
        ]
    )
    func uniform(space: ScheduleSpace) {
        let draws = 100 * space.count
        var lots = SplitMix64(seed: 7)
        var counts: [Schedule: Int] = [:]
        for _ in 0..<draws { counts[space.draw(&lots), default: 0] += 1 }
        #expect(counts.count == space.count)
        let squares = counts.values.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
        // Of a uniform draw it is about as large as the count, give or take its root; four times
        // the deviation is met once in ten thousand times, and the seed is fixed.
        let freedom = Double(space.count - 1)
        #expect(squares < freedom + 4 * (2 * freedom).squareRoot(), "\(squares) of \(freedom)")
    }

    @Test("a count too large for a number says so, and schedules are drawn all the same")
    func saturated() {
        let actors = Array(repeating: ScheduleSpace.Actor(begins: 3, steps: 12), count: 9)
        let space = ScheduleSpace(world: 20, actors: actors)
        #expect(space.count == .max)
        var lots = SplitMix64(seed: 1)
        #expect(space.contains(space.draw(&lots)))
        let large = ScheduleSpace(world: 33, actors: [.init(begins: 0, steps: 33)])
        #expect(large.count == 7_219_428_434_016_265_740)
    }

    @Test("below the bound all are visited, above it as many different ones as the bound")
    func bound() {
        let space = ScheduleSpace(
            world: 3,
            actors: [.init(begins: 0, steps: 3), .init(begins: 1, steps: 3)]
        )
        for bound in [1, 10, space.count - 1, space.count, space.count + 1] {
            var lots = SplitMix64(seed: 3)
            var visited: Set<Schedule> = []
            space.explore(upTo: bound, &lots) { visited.insert($0).inserted }
            #expect(visited.count == min(bound, space.count), "bound \(bound)")
        }
    }

    @Test("the same seed draws the same, another seed another, and purposes do not meet")
    func lots() {
        func first(_ lots: SplitMix64) -> [UInt64] {
            var lots = lots
            return (0..<4).map { _ in lots.next() }
        }
        #expect(first(SplitMix64(seed: 5, for: "a")) == first(SplitMix64(seed: 5, for: "a")))
        #expect(first(SplitMix64(seed: 5, for: "a")) != first(SplitMix64(seed: 6, for: "a")))
        #expect(first(SplitMix64(seed: 5, for: "a")) != first(SplitMix64(seed: 5, for: "b")))
        #expect(first(SplitMix64(seed: 5, for: "ab")) != first(SplitMix64(seed: 5, for: "ba")))
    }
}
