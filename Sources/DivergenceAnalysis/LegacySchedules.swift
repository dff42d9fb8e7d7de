package import BillingModel
package import LegacyPaths
package import ShadowRun

/// The schedules of an episode's legacy runs.
///
/// The world takes its own course: facts, what nobody knows the author of, and runs without a model
/// (Path D's too, whose payments are facts) stand at their instants. Each modelled run is an actor:
/// it reads, and then its effects take place one after the other. It may not read before its
/// trigger is there; the order in which runs begin is the order in which triggers were delivered.
/// What a run does follows from what it reads, so that it may have more to do in one schedule than
/// in another: each run has as many turns as the most that it ever has to do, and lets those pass
/// that it does not need.
package struct LegacySchedules {
    /// The episode.
    let timeline: Timeline
    /// The places of the runs that are actors, in order of start.
    package let runs: [Int]
    /// The instants of the world, those too close to let anything in between as one.
    package let blocks: [Block]
    /// All schedules.
    package let space: ScheduleSpace
    /// When each actor's steps took place; a turn that the record lacks, when the last one did.
    private let times: [[Instant]]

    /// Instants of the world between which nothing else comes.
    package struct Block: Hashable, Sendable {
        /// The first of them.
        package var start: Instant
        /// The last of them.
        package var end: Instant
    }

    /// The schedules of an episode.
    ///
    /// - Parameters:
    ///   - timeline: The episode.
    ///   - turns: For each of the timeline's runs, how many effects it may have to do; empty where
    ///     those that were recorded are the most.
    package init(_ timeline: Timeline, turns: [Int] = []) {
        self.timeline = timeline
        let runs = timeline.runs.indices.filter { timeline.runs[$0].canBeRerun }
        self.runs = runs
        let steps = runs.map { run in
            1 + max(timeline.runs[run].effects.count, turns.isEmpty ? 0 : turns[run])
        }
        times = zip(runs, steps).map { run, steps in
            let recorded = timeline.runs[run]
            let known = [recorded.at] + recorded.landing.map { recorded.effects[$0].at }
            let last = known.last ?? recorded.at
            return known + Array(repeating: last, count: steps - known.count)
        }
        let room = steps.reduce(1, +)
        let blocks = Self.blocks(of: timeline, apart: TimeSpan(microseconds: Int64(room)))
        self.blocks = blocks
        let actors = zip(runs, steps).map { run, steps in
            let begins = Self.earliest(timeline.runs[run], timeline)
            // Within a block too, a run only comes when all of it has happened.
            let passed = blocks.firstIndex { begins < $0.start } ?? blocks.count
            return ScheduleSpace.Actor(begins: passed, steps: steps)
        }
        space = ScheduleSpace(world: blocks.count, actors: actors)
    }

    private static func blocks(of timeline: Timeline, apart room: TimeSpan) -> [Block] {
        var instants = timeline.facts.map(\.at) + timeline.residuals.map(\.at)
        for run in timeline.runs where !run.canBeRerun {
            instants.append(run.at)
            instants += run.effects.map(\.at)
        }
        var blocks: [Block] = []
        for instant in instants.sorted() {
            if let last = blocks.last, instant.since(last.end) <= room {
                blocks[blocks.count - 1].end = instant
            } else {
                blocks.append(Block(start: instant, end: instant))
            }
        }
        return blocks
    }

    /// The instant from which on a run may have begun: its trigger's, where that is in the episode.
    ///
    /// Where clocks have it begin before its trigger, the record is right.
    private static func earliest(_ run: RecordedRun, _ timeline: Timeline) -> Instant {
        let reference = run.execution.trigger?.rawValue ?? ""
        let trigger = timeline.triggers.first { $0.isMeant(by: reference) }
        return min(trigger?.at ?? timeline.openedAt, run.at)
    }

    // MARK: - From schedules to times and back

    /// The schedule as it was recorded; `nil` where instants are too close for it to be told.
    package var recorded: Schedule? {
        var steps: [(at: Instant, actor: Int, number: Int)] = []
        for (actor, times) in times.enumerated() {
            steps += times.enumerated().map { ($1, actor, $0) }
        }
        steps.sort { ($0.at, $0.actor, $0.number) < ($1.at, $1.actor, $1.number) }
        var order: [Int] = []
        var rest = blocks[...]
        for step in steps {
            while let next = rest.first, next.end <= step.at {
                // Of what happens at one instant only facts are sure to come first.
                if next.end == step.at, hasMoreThanFacts(at: step.at) { return nil }
                order.append(Schedule.world)
                rest = rest.dropFirst()
            }
            if let next = rest.first, next.start <= step.at { return nil }
            order.append(step.actor)
        }
        let schedule = Schedule(order + rest.map { _ in Schedule.world })
        return space.contains(schedule) ? schedule : nil
    }

    /// The turns of each run in a schedule.
    ///
    /// Each step stays at its recorded instant where it can, and comes right behind the one before
    /// it where it can't.
    package func turns(in schedule: Schedule) -> [RunTurns] {
        var instants = runs.map { _ in [Instant]() }
        var passed = 0
        var now = Instant(microseconds: .min)
        for (place, step) in schedule.steps.enumerated() {
            guard step != Schedule.world else {
                now = blocks[passed].end
                passed += 1
                continue
            }
            let next = now.advanced(by: TimeSpan(microseconds: 1))
            var at = max(next, times[step][instants[step].count])
            if passed < blocks.count {
                let behind = schedule.steps[place...].firstIndex(of: Schedule.world) ?? place
                let room = TimeSpan(microseconds: Int64(place - behind))
                at = max(next, min(at, blocks[passed].start.advanced(by: room)))
            }
            instants[step].append(at)
            now = at
        }
        return zip(runs, instants).compactMap { run, instants in
            instants.first.map {
                RunTurns(run: run, read: $0, effects: Array(instants.dropFirst()))
            }
        }
    }

    private func hasMoreThanFacts(at instant: Instant) -> Bool {
        timeline.residuals.contains { $0.at == instant }
            || timeline.runs.contains { run in
                !run.canBeRerun
                    && (run.at == instant || run.effects.contains { $0.at == instant })
            }
    }

    /// What comes of a schedule.
    package func play(
        _ schedule: Schedule,
        _ settings: JudgeSettings,
        expected: PathSet
    ) -> LegacyRun.Played {
        LegacyRun.played(timeline.retimed(turns(in: schedule)), settings, expected: expected)
    }
}
