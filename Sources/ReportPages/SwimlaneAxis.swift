import BillingModel
import DivergenceAnalysis

/// Where instants stand on a line: close ones equally far apart, long gaps cut short and told.
struct SwimlaneAxis {
    /// From how long on a gap is cut short.
    static let longGap = TimeSpan.seconds(5)

    /// A gap that was cut short.
    struct Break: Hashable {
        /// Where it begins.
        var from: Int
        /// Where it ends.
        var to: Int
        /// How long it is: `2 d 3 h`.
        var length: String
    }

    /// The instants, in order, each once.
    private(set) var instants: [Instant]
    /// Where each of them stands.
    private(set) var places: [Int]
    /// The gaps that were cut short, in order.
    private(set) var breaks: [Break] = []

    /// How far apart instants are to stand.
    struct Spacing {
        /// Where the first stands.
        var start: Int
        /// How far close ones are to be apart, at least and at most.
        var steps: ClosedRange<Int>
        /// How wide a long gap is drawn, at least and at most.
        var gaps: ClosedRange<Int>
        /// How much room is to be filled, if it takes no more than that.
        var fill: Int
        /// How much room there is, if they can be that close.
        var room: Int
    }

    /// A line of instants.
    ///
    /// - Parameters:
    ///   - instants: The instants, in any order.
    ///   - spacing: How far apart they are to stand.
    init(_ instants: some Sequence<Instant>, _ spacing: Spacing) {
        let sorted = instants.sorted()
        self.instants = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }
            .map { sorted[$0] }
        let gaps = zip(self.instants, self.instants.dropFirst()).map { $1.since($0) }
        let long = gaps.count { $0 >= Self.longGap }
        let close = gaps.count - long
        let rest = (spacing.room - long * spacing.gaps.lowerBound) / max(1, close)
        let step = min(max(rest, spacing.steps.lowerBound), spacing.steps.upperBound)
        let free = (spacing.fill - close * step) / max(1, long)
        let width = min(max(free, spacing.gaps.lowerBound), spacing.gaps.upperBound)
        var place = spacing.start
        places = self.instants.isEmpty ? [] : [place]
        for gap in gaps {
            let from = place
            place += gap >= Self.longGap ? width : step
            if gap >= Self.longGap {
                breaks.append(Break(from: from, to: place, length: Self.words(gap)))
            }
            places.append(place)
        }
    }

    /// Where an instant stands; one that is not on the line where the last one before it does.
    func place(of instant: Instant) -> Int {
        var low = 0
        var high = instants.count
        while low < high {
            let middle = (low + high) / 2
            if instants[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? places[low - 1] : places.first ?? 0
    }

    /// Where the last instant stands.
    var end: Int { places.last ?? 0 }

    /// The first instant, and each behind a gap that was cut short, with its place.
    var landmarks: [(instant: Instant, place: Int)] {
        zip(instants, places).filter { _, place in
            place == places.first || breaks.contains { $0.to == place }
        }.map { ($0, $1) }
    }

    /// A length of time in its two largest units: `43 s`, `15 min`, `2 d 3 h`.
    static func words(_ span: TimeSpan) -> String {
        let units: [(name: String, seconds: Int64)] = [
            ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1),
        ]
        let seconds = max(0, span.microseconds / 1_000_000)
        guard let first = units.firstIndex(where: { seconds >= $0.seconds }) else {
            return span.words
        }
        var parts = ["\(seconds / units[first].seconds) \(units[first].name)"]
        if first + 1 < units.count {
            let next = seconds % units[first].seconds / units[first + 1].seconds
            if next > 0 { parts.append("\(next) \(units[first + 1].name)") }
        }
        return parts.joined(separator: " ")
    }
}

extension Swimlane {
    /// All instants that a picture shows.
    var instants: [Instant] {
        var result: [Instant] = []
        result.reserveCapacity(events.count + 2 * runs.count + decisions.count + 8)
        func add(_ instant: Instant) { if instant <= end { result.append(instant) } }
        for instant in [opened, closed, end] { add(instant) }
        for place in events.indices { add(events[place].at) }
        for run in runs {
            add(run.start)
            add(run.end)
            for place in run.deeds.indices { add(run.deeds[place].at) }
        }
        for place in decisions.indices {
            add(decisions[place].at)
            if let until = wait(after: place) { add(until) }
        }
        for read in staleReads {
            add(read.read)
            add(read.changed)
            add(read.wrote)
        }
        for track in tracks {
            for stretches in [track.legacy, track.whatIf ?? [], track.brain] {
                for place in stretches.indices { add(stretches[place].from) }
            }
        }
        return result
    }
}
