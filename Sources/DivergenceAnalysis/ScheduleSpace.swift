package import BillingModel

/// All schedules of some actors beside a world that takes its own course.
///
/// The world takes its steps in one order. An actor takes its own in theirs, and may begin once the
/// world has taken so many; beyond that nobody waits for anybody. A schedule is any order that
/// respects this.
package struct ScheduleSpace: Hashable, Sendable {
    /// Who takes steps beside the world.
    package struct Actor: Hashable, Sendable {
        /// How many steps of the world must have been taken before its first.
        package var begins: Int
        /// How many steps it takes.
        package var steps: Int

        /// An actor.
        package init(begins: Int, steps: Int) {
            self.begins = begins
            self.steps = steps
        }
    }

    /// How many steps the world takes.
    package let world: Int
    /// The others.
    package let actors: [Actor]

    /// The schedules of some actors beside a world of so many steps.
    package init(world: Int, actors: [Actor]) {
        self.world = world
        self.actors = actors.map { actor in
            Actor(begins: min(max(0, actor.begins), world), steps: max(0, actor.steps))
        }
    }

    /// The actors in the order in which they are woven in: those that begin last come first.
    ///
    /// Whoever was woven in before then stands wholly behind the step of the world that an actor
    /// waits for, so the steps that it may mingle with are as many whatever the others did. That
    /// makes the count a product, and a draw of each weave by itself a uniform draw of the whole.
    private var weaving: [Int] {
        actors.indices.sorted { left, right in
            (actors[right].begins, left) < (actors[left].begins, right)
        }
    }

    // MARK: - Counting

    /// How many schedules there are; `Int.max` where there are as many or more.
    ///
    /// - Complexity: O(n) in the steps of all actors.
    package var count: Int {
        var result = 1
        var woven = 0
        for place in weaving {
            let actor = actors[place]
            woven += actor.steps
            let ways = Self.ways(ofChoosing: actor.steps, among: world - actor.begins + woven)
            let (product, overflow) = result.multipliedReportingOverflow(by: ways)
            if overflow { return .max }
            result = product
        }
        return result
    }

    /// The binomial coefficient, or `Int.max` where it is that or more.
    private static func ways(ofChoosing chosen: Int, among all: Int) -> Int {
        var result: UInt = 1
        for step in 0..<UInt(max(0, min(chosen, all - chosen))) {
            // Divides without a rest: this is the coefficient of one choice more.
            let product = result.multipliedFullWidth(by: UInt(all) - step)
            guard product.high < step + 1 else { return .max }
            result = (step + 1).dividingFullWidth(product).quotient
        }
        return Int(clamping: result)
    }

    // MARK: - All of them

    /// Visits every schedule once, in order.
    ///
    /// - Parameter visit: Called with each; returns whether to go on.
    /// - Returns: Whether all were visited.
    @discardableResult
    package func forEach(_ visit: (Schedule) -> Bool) -> Bool {
        var taken = Array(repeating: 0, count: actors.count)
        var schedule = Schedule([])
        return extend(&schedule, 0, &taken, visit)
    }

    private func extend(
        _ schedule: inout Schedule,
        _ passed: Int,
        _ taken: inout [Int],
        _ visit: (Schedule) -> Bool
    ) -> Bool {
        var isEnd = true
        if passed < world {
            isEnd = false
            schedule.steps.append(Schedule.world)
            guard extend(&schedule, passed + 1, &taken, visit) else { return false }
            schedule.steps.removeLast()
        }
        for place in actors.indices where taken[place] < actors[place].steps {
            isEnd = false
            guard passed >= actors[place].begins else { continue }
            schedule.steps.append(place)
            taken[place] += 1
            guard extend(&schedule, passed, &taken, visit) else { return false }
            taken[place] -= 1
            schedule.steps.removeLast()
        }
        return isEnd ? visit(schedule) : true
    }

    // MARK: - Some of them

    /// Draws a schedule, each as likely as any other.
    package func draw(_ lots: inout SplitMix64) -> Schedule {
        var steps = Array(repeating: Schedule.world, count: world)
        for place in weaving {
            let actor = actors[place]
            var woven: [Int] = []
            woven.reserveCapacity(steps.count + actor.steps)
            var rest = steps[...]
            var passed = 0
            while passed < actor.begins, let step = rest.popFirst() {
                if step == Schedule.world { passed += 1 }
                woven.append(step)
            }
            var left = actor.steps
            while left > 0 {
                if lots.below(left + rest.count) < left {
                    woven.append(place)
                    left -= 1
                } else if let step = rest.popFirst() {
                    woven.append(step)
                }
            }
            steps = woven + rest
        }
        return Schedule(steps)
    }

    /// Whether an order of steps is one of its schedules.
    package func contains(_ schedule: Schedule) -> Bool {
        var passed = 0
        var taken = Array(repeating: 0, count: actors.count)
        for step in schedule.steps {
            if step == Schedule.world {
                passed += 1
            } else {
                guard actors.indices.contains(step), passed >= actors[step].begins else {
                    return false
                }
                taken[step] += 1
            }
        }
        return passed == world && taken == actors.map(\.steps)
    }

    /// Visits every schedule where there are no more than a bound, else as many different ones as
    /// the bound, drawn by lot.
    ///
    /// - Parameters:
    ///   - bound: The most schedules to visit, at least 1.
    ///   - lots: Who draws.
    ///   - visit: Called with each; returns whether to go on.
    package func explore(
        upTo bound: Int,
        _ lots: inout SplitMix64,
        _ visit: (Schedule) -> Bool
    ) {
        guard count > bound else {
            forEach(visit)
            return
        }
        var drawn: Set<Schedule> = []
        while drawn.count < bound {
            let schedule = draw(&lots)
            guard drawn.insert(schedule).inserted else { continue }
            guard visit(schedule) else { return }
        }
    }
}
