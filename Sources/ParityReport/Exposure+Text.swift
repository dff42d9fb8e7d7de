import BillingModel
package import DivergenceAnalysis
import ShadowRun

extension EpisodeExposure {
    /// What could have gone wrong, for people: within 100 columns.
    package var text: String {
        let names = classes.isEmpty ? "match" : classes.map(\.rawValue).joined(separator: ", ")
        let id = divergence.map { " (\($0))" } ?? ""
        var lines = ["\(account), episode of \(episode.openedAt): \(names)\(id)"]
        lines += legacy.lines + brain.lines
        if let worst = legacy.worst {
            let extent = worst.comparison.statesAgree ? "transient" : "lasting"
            lines += ["", "the worst for legacy, \(extent):"]
            lines += ScheduleStory(worst, of: episode.timeline).text
            lines += worst.comparison.text
        }
        if let found = brain.counterexample {
            lines += ["", "a delivery that makes a difference to the brain:"]
            lines += ScheduleStory(found, of: episode.timeline).text
            lines += found.differences.text("this delivery", "reference")
            lines += found.taken.map { "  only this delivery: \($0.words)" }
        }
        return lines.map { $0.cut(to: 100) + "\n" }.joined()
    }
}

extension LegacyExposure {
    /// "462 schedules, all run; 120 diverge (25.97 %)".
    fileprivate var lines: [String] {
        let count =
            schedules == .max
            ? "more than \(Figures.grouped(Int.max - 1))" : Figures.grouped(schedules)
        let share = Figures.percentage(diverging, of: explored)
        let run = isExhaustive ? "all run" : "\(Figures.grouped(explored)) drawn by lot and run"
        let noun = schedules == 1 ? "schedule" : "schedules"
        return [
            "  legacy: \(count) \(noun), \(run); \(Figures.grouped(diverging)) diverge (\(share))"
        ]
    }
}

extension BrainExposure {
    fileprivate var lines: [String] {
        let wakes = "\(wakes) wake-up\(wakes == 1 ? "" : "s")"
        let points = "\(points) point\(points == 1 ? "" : "s")"
        let verdict =
            if counterexample != nil {
                "one ends elsewhere"
            } else if isExhaustive {
                "proved that none diverges"
            } else {
                "none was found to diverge, with too many positions to look at all"
            }
        return [
            "  brain:  \(wakes) at \(points), delivered in any way; "
                + "\(Figures.grouped(positions)) positions; \(verdict)"
        ]
    }
}

extension ScheduleStory {
    /// A step a line: "  00:00:03.2  Path C  reads".
    fileprivate var text: [String] {
        let clocks = lines.map(\.after.clock)
        let width = clocks.map(\.count).max() ?? 0
        let names = lines.map(\.who.count).max() ?? 0
        return zip(lines, clocks).map { line, clock in
            "  \(clock.padded(to: width))  \(line.who.padded(to: names))  \(line.what)"
        }
    }
}

extension Comparison {
    /// What differs in the end, and what only one of the runs did.
    fileprivate var text: [String] {
        differences.text("legacy", "brain") + legacyOnly.map { "  only legacy: \($0.words)" }
            + brainOnly.map { "  only the brain: \($0.words)" }
    }
}

extension [FacetDifference] {
    fileprivate func text(_ one: String, _ other: String) -> [String] {
        map { "  in the end: \($0.facet): \(one) \($0.legacy.words), \(other) \($0.brain.words)" }
    }
}

extension FacetValue {
    /// The value for people.
    fileprivate var words: String {
        switch self {
        case .bool(let value): "\(value)"
        case .text(let value): value ?? "none"
        case .list(let values): values.isEmpty ? "none" : values.joined(separator: " ")
        case .count(let count): "\(count)"
        }
    }
}

extension Consequence {
    /// What was done, in a word or two.
    package var words: String {
        switch self {
        case .flag: "flagged"
        case .ban: "banned"
        case .cancel(let id): "canceled \(id)"
        case .deleteItems(let id): "deleted the items of \(id)"
        case .charge(let id): "charged again by \(id)"
        }
    }
}

extension TimeSpan {
    /// Hours, minutes and seconds, with as many digits of a fraction as are needed: `00:00:03.2`.
    fileprivate var clock: String {
        let sign = microseconds < 0 ? "-" : ""
        let (seconds, micros) = microseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        var text = "\(sign)\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        guard micros > 0 else { return text }
        let digits = String(micros)
        text += "." + String(repeating: "0", count: 6 - digits.count) + digits
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    fileprivate func cut(to width: Int) -> String {
        count > width ? prefix(width - 1) + "…" : self
    }
}

extension ExposureStudy {
    /// A row for each class, within 100 columns.
    package var table: TextTable {
        var table = TextTable([
            ("class", .left), ("episodes", .right), ("open", .right), ("explored", .right),
            ("schedules", .right), ("diverge", .right), ("in some", .right), ("in all", .right),
        ])
        for row in rows {
            table.add([
                row.cause?.rawValue ?? "match", Figures.grouped(row.episodes),
                Figures.grouped(row.open), Figures.grouped(row.explored),
                Figures.grouped(row.schedules),
                row.explored == 0 ? "-" : Figures.percentage(row.share, of: 1_000_000),
                Figures.grouped(row.some), Figures.grouped(row.all),
            ])
        }
        return table
    }

    /// The table, what it says of near misses, and what of the brain.
    package var text: String {
        var lines: [String] = []
        if let matched = rows.first(where: { $0.cause == nil }) {
            let share = Figures.percentage(matched.some, of: matched.explored)
            lines.append(
                "near misses: \(Figures.grouped(matched.some)) of "
                    + "\(Figures.grouped(matched.explored)) open episodes that matched (\(share))"
            )
        }
        lines.append(
            "brain: in \(Figures.grouped(brain.proved)) of \(Figures.grouped(brain.explored)) "
                + "judged episodes it is proved that no delivery of wake-ups diverges,"
        )
        lines.append(
            "  in \(Figures.grouped(brain.diverging)) one does, and "
                + "\(Figures.grouped(brain.cut)) have too many positions to tell"
        )
        if let found = brain.counterexample { lines += ["", found.text] }
        return table.text + "\n" + lines.joined(separator: "\n") + "\n"
    }
}
