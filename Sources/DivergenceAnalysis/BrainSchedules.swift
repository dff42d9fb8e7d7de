import BillingModel
import ShadowRun

/// All deliveries of an episode's wake-ups to the brain.
///
/// Every trigger wakes the brain at least once, at any time from its own instant on, in any order
/// among the others, and as often as it is delivered again. Which trigger a wake-up stands for makes
/// no difference to a function of the account and the time, so a delivery is told by the instants
/// at which the brain decides. The instants that can matter are the first and the last between two
/// facts: in between only time passes, and what time brings about the brain asks to be woken for.
/// Whatever was not delivered by the close is delivered then.
///
/// Deliveries are followed side by side from fact to fact. Two that stand at one position have the
/// same future, so that one of them is enough: that makes few positions of very many deliveries,
/// and what holds of all positions is proved of all deliveries.
struct BrainSchedules {
    /// The most positions followed side by side.
    let mostPositions: Int

    private let timeline: Timeline
    private let settings: JudgeSettings
    private let points: [Point]
    private let wakes: Int

    /// An instant at which the brain may be woken, after the facts of that instant.
    private struct Point {
        var at: Instant
        var facts: ArraySlice<TimedFact>
        /// How many wake-ups are there to be delivered by now, the latest ones included.
        var released: Int
        /// Whether the run as recorded decides here.
        var wakes: Bool
    }

    init(_ timeline: Timeline, _ settings: JudgeSettings, mostPositions: Int) {
        self.timeline = timeline
        self.settings = settings
        self.mostPositions = max(1, mostPositions)
        var points: [Point] = []
        var released = 0
        var rest = timeline.facts[...]
        while let first = rest.first {
            let facts = rest.prefix { $0.at == first.at }
            rest = rest.dropFirst(facts.count)
            let wakes = facts.contains(where: \.wakes)
            if wakes { released += 1 }
            points.append(
                Point(at: first.at, facts: facts, released: released, wakes: wakes)
            )
            let next = rest.first?.at ?? timeline.closesAt
            let last = next.advanced(by: TimeSpan(microseconds: -1))
            if last > first.at, next != timeline.closesAt {
                points.append(Point(at: last, facts: [], released: released, wakes: false))
            }
        }
        self.points = points
        wakes = released
    }

    /// Follows all deliveries to the close, and compares where they end with the run as recorded.
    ///
    /// Both are woken once more at the close: a wake-up that was delivered again would do that, and
    /// by then the reference too has seen those facts that wake nobody.
    func explore() -> BrainExposure {
        var exposure = BrainExposure(wakes: wakes, points: points.count)
        var reference = BrainWalk(timeline, settings)
        var walks = [reference]
        for point in points {
            pass(&reference, to: point)
            if point.wakes { reference.wake(at: point.at) }
            var next = Positions(limit: mostPositions)
            for var walk in walks {
                pass(&walk, to: point)
                next.insert(walk)
                guard point.released > 0 else { continue }
                // A delivery more than once right away matters as long as it changes anything.
                for _ in 0..<2 * wakes {
                    let before = walk.position
                    walk.wake(at: point.at)
                    next.insert(walk)
                    if walk.position == before { break }
                }
            }
            walks = next.walks
            exposure.positions += walks.count
            if next.isCut { exposure.isExhaustive = false }
        }
        close(&reference)
        for var walk in walks where exposure.counterexample == nil {
            close(&walk)
            exposure.counterexample = .init(walk, reference)
        }
        return exposure
    }

    private func pass(_ walk: inout BrainWalk, to point: Point) {
        walk.pass(to: point.at)
        for fact in point.facts { walk.learn(fact) }
    }

    private func close(_ walk: inout BrainWalk) {
        walk.pass(to: timeline.closesAt)
        walk.wake(at: timeline.closesAt)
    }

    /// Walks of different positions, in the order in which they were met.
    private struct Positions {
        var walks: [BrainWalk] = []
        var isCut = false
        private let limit: Int
        private var known: Set<BrainWalk.Position> = []

        init(limit: Int) {
            self.limit = limit
        }

        mutating func insert(_ walk: BrainWalk) {
            guard known.insert(walk.position).inserted else { return }
            guard walks.count < limit else {
                isCut = true
                return
            }
            walks.append(walk)
        }
    }
}

extension BrainExposure.Counterexample {
    /// What makes a walk a counterexample to a reference; `nil` where nothing does.
    fileprivate init?(_ walk: BrainWalk, _ reference: BrainWalk) {
        let differences = FacetDifference.between(
            legacy: walk.state,
            brain: reference.state,
            comparesAmount: true
        )
        let taken = walk.taken.subtracting(reference.taken).sorted()
        guard !differences.isEmpty || !taken.isEmpty else { return nil }
        self.init(wakes: walk.wakes, differences: differences, taken: taken)
    }
}
