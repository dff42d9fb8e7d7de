import CutoverGate
import Foundation

/// A gate that looks again and again, and stops at the first look that gives its verdict.
///
/// What a bound says depends on the two counts alone, so a table of them stands for all streams.
struct Looks {
    /// For each number of episodes, the counts of events at which the verdict falls.
    private let stops: [ClosedRange<Int>?]

    /// Looks for a GO.
    ///
    /// - Parameters:
    ///   - bound: The bound.
    ///   - limit: The limit that the rate must be shown to keep.
    ///   - horizon: The number of episodes at which the last look is taken.
    ///   - step: The episodes between two looks.
    init(forGo bound: some RateBound, limit: Rate, until horizon: Int, every step: Int = 1) {
        var most = -1
        var needed = Self.needed(bound, events: 0, limit: limit)
        stops = (0...horizon).map { episodes in
            while needed <= episodes {
                most += 1
                needed = Self.needed(bound, events: most + 1, limit: limit)
            }
            return most >= 0 && episodes.isMultiple(of: step) ? 0...most : nil
        }
    }

    /// Looks for a NO-GO after every episode.
    ///
    /// - Parameters:
    ///   - bound: The bound, at the level of one stratum.
    ///   - limit: The limit that the rate must be shown to break.
    ///   - horizon: The number of episodes at which the last look is taken.
    init(forNoGo bound: some RateBound, limit: Rate, until horizon: Int) {
        var least = 1
        stops = (0...horizon).map { episodes in
            while least <= episodes, !bound.shows(Tally(events: least, of: episodes), above: limit)
            {
                least += 1
            }
            return least <= episodes ? least...episodes : nil
        }
    }

    /// The fewest episodes that make a GO of so many events.
    static func needed(_ bound: some RateBound, events: Int, limit: Rate) -> Int {
        let seen = Tally(events: events, of: events)
        return events + (bound.cleanEpisodesNeeded(seen, within: limit) ?? .max / 2)
    }

    /// Draws streams, each episode by itself, and counts those that ever get the verdict.
    ///
    /// - Parameters:
    ///   - rate: The true rate.
    ///   - streams: How many streams to draw.
    ///   - seed: The seed of all of them.
    /// - Returns: The streams with the verdict, of all.
    func simulate(rate: Rate, streams: Int, seed: UInt64) -> Tally {
        var random = SeededRandom(seed: seed)
        let threshold = UInt64(rate.share * 0x1p64)
        var stopped = 0
        for _ in 0..<streams {
            var events = 0
            for stop in stops.dropFirst() {
                if random.next() < threshold { events += 1 }
                if let stop, stop.contains(events) {
                    stopped += 1
                    break
                }
            }
        }
        return Tally(events: stopped, of: streams)
    }

    /// The exact chance that the verdict has fallen by each number of episodes.
    ///
    /// The chances of all counts of events among the streams that go on, carried from one episode to
    /// the next.
    ///
    /// - Parameter rate: The true rate, as a share.
    /// - Returns: One chance for each number of episodes.
    func chances(rate: Double) -> [Double] {
        var ongoing: [Double] = [1]
        // Counts below this one no stream can have any more.
        var first = 0
        var stopped = 0.0
        return stops.enumerated().map { episodes, stop in
            if episodes > 0 { Self.step(&ongoing, rate: rate) }
            if let stop {
                let lower = max(first, stop.lowerBound) - first
                let upper = min(first + ongoing.count - 1, stop.upperBound) - first
                if lower <= upper {
                    stopped += ongoing[lower...upper].reduce(0, +)
                    for index in lower...upper { ongoing[index] = 0 }
                }
            }
            // What weighs next to nothing is let go, so that long streams stay quick.
            while ongoing.count > 1, ongoing[ongoing.count - 1] < 1e-16 { ongoing.removeLast() }
            if episodes.isMultiple(of: 64) {
                let light = min(ongoing.prefix { $0 < 1e-16 }.count, ongoing.count - 1)
                ongoing.removeFirst(light)
                first += light
            }
            return stopped
        }
    }

    private static func step(_ ongoing: inout [Double], rate: Double) {
        ongoing.append(0)
        for index in ongoing.indices.dropFirst().reversed() {
            ongoing[index] = ongoing[index] * (1 - rate) + ongoing[index - 1] * rate
        }
        ongoing[0] *= 1 - rate
    }
}
