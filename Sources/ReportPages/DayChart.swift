import ParityReport

/// How often something happened on each day, as small bars.
package struct DayChart {
    /// Counts of stretches of days, in order.
    package let bars: [Int]
    /// How many days each bar stands for.
    package let daysEach: Int
    /// What the whole says in words.
    package let label: String

    /// The most bars that a chart has; of a longer time each stands for several days.
    package static let mostBars = 120

    /// A chart of what happened on which day.
    ///
    /// - Parameters:
    ///   - name: What is counted.
    ///   - counts: How often, for each day.
    ///   - calendar: All days of the chart, in order, as RFC 3339 dates.
    package init(_ name: String, _ counts: [String: Int], over calendar: [String]) {
        let each = max(1, (calendar.count + Self.mostBars - 1) / Self.mostBars)
        let days = calendar.map { counts[$0] ?? 0 }
        daysEach = each
        bars = stride(from: 0, to: days.count, by: each).map { start in
            days[start..<min(start + each, days.count)].reduce(0, +)
        }
        let total = Figures.grouped(days.reduce(0, +))
        guard let most = days.max(), most > 0, let place = days.firstIndex(of: most) else {
            label = "\(name): none on any day"
            return
        }
        label =
            "\(name): \(total) over \(Figures.grouped(calendar.count)) days, "
            + "at most \(Figures.grouped(most)), on \(calendar[place])"
    }

    /// The chart as SVG, as wide as it is let be.
    package var svg: String {
        let top = max(1, bars.max() ?? 1)
        let marks = bars.enumerated().map { place, count in
            guard count > 0 else { return "" }
            // At least one unit high: a day with one must not look like a day without.
            let height = max(2, Scaled.share(count, of: top, in: 24))
            let (x, y) = (place * 4, 26 - height)
            return "<rect x=\"\(x)\" y=\"\(y)\" width=\"3\" height=\"\(height)\"/>"
        }.joined()
        let width = max(1, bars.count * 4)
        return """
            <svg class="days" viewBox="0 0 \(width) 27" preserveAspectRatio="none" role="img" \
            aria-label="\(HTML(label).markup)"><path d="M0 26.5H\(width)"/>\(marks)</svg>
            """
    }
}

/// Whole numbers brought to the size of a picture.
package enum Scaled {
    /// How long a part is where the whole has a length; the whole length where the part is larger.
    ///
    /// - Parameters:
    ///   - part: The part.
    ///   - whole: The whole.
    ///   - length: How long the whole is drawn.
    /// - Returns: From 0 to `length`, rounded down.
    package static func share(_ part: Int, of whole: Int, in length: Int) -> Int {
        guard part > 0, whole > 0 else { return 0 }
        guard part < whole else { return length }
        let product = part.multipliedFullWidth(by: length)
        return whole.dividingFullWidth(product).quotient
    }
}
