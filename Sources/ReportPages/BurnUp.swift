package import BillingModel
package import CutoverGate
import ParityReport

/// The way to as many clean episodes as the bound on unexplained divergences needs: how far it was
/// gone, and when its end is reached at the rate at which they came.
package struct BurnUp {
    /// How many clean episodes there were by the end of each day, with the day's number.
    package let points: [(day: Int64, clean: Int)]
    /// How many are needed; `nil` where no number would do.
    package let needed: Int?
    /// The day on which as many are reached, RFC 3339, where that can be told.
    package let reached: String?
    /// The number of that day.
    private let reachedDay: Int64?

    /// The way of a decision.
    package init(_ decision: GateDecision) {
        let observation = decision.question.observation
        let points = decision.burnUp.enumerated().map { place, point in
            (day: Self.number(of: point.day) ?? Int64(place), clean: point.clean)
        }
        self.points = points
        needed = decision.cleanNeeded
        let end = Self.end(
            points,
            needed: decision.cleanNeeded,
            from: observation.from,
            horizon: observation.horizon
        )
        reached = end.map { String($0.description.prefix(10)) }
        reachedDay = reached.flatMap(Self.number)
    }

    /// When the number needed is reached: in the past, the day on which it was; else the horizon and
    /// as much time more as the rest takes at the average rate since the first record.
    ///
    /// - Parameters:
    ///   - points: How many there were by which day.
    ///   - needed: How many are needed.
    ///   - from: The first event time.
    ///   - horizon: Up to when was observed.
    /// - Returns: `nil` where no number would do, or nothing came yet that would give a rate.
    package static func end(
        _ points: [(day: Int64, clean: Int)],
        needed: Int?,
        from: Instant?,
        horizon: Instant
    ) -> Instant? {
        guard let needed else { return nil }
        if let past = points.first(where: { $0.clean >= needed }) {
            let (seconds, overflow) = past.day.multipliedReportingOverflow(by: 86_400)
            return overflow ? nil : Instant(unixSeconds: seconds)
        }
        guard let from, let clean = points.last?.clean, clean > 0 else { return nil }
        let seconds = horizon.since(from).microseconds / 1_000_000
        let (product, overflow) = seconds.multipliedReportingOverflow(by: Int64(needed - clean))
        guard !overflow, seconds > 0 else { return nil }
        return horizon.advanced(by: .seconds(product / Int64(clean)))
    }

    private static func number(of day: String) -> Int64? {
        Instant(rfc3339: day + "T00:00:00Z").map { $0.unixSeconds / 86_400 }
    }

    /// How many more clean episodes are needed; `nil` where no number would do.
    package var missing: Int? { needed.map { max(0, $0 - (points.last?.clean ?? 0)) } }

    /// The days that the picture begins and ends with, RFC 3339; empty where it shows nothing.
    var days: (first: String, last: String) {
        func name(_ day: Int64?) -> String {
            guard let day else { return "" }
            let (seconds, overflow) = day.multipliedReportingOverflow(by: 86_400)
            let instant = overflow ? nil : Instant(unixSeconds: seconds)
            return instant.map { String($0.description.prefix(10)) } ?? ""
        }
        let last = points.last.map { max($0.day, reachedDay ?? $0.day) }
        return (name(points.first?.day), name(last))
    }

    /// What the picture shows, in a sentence.
    package var caption: String {
        let clean = Figures.grouped(points.last?.clean ?? 0)
        guard let needed, let missing else {
            return "\(clean) clean episodes; with this many unexplained ones no number would do"
        }
        let start = "\(clean) clean episodes of \(Figures.grouped(needed)) needed overall"
        guard missing > 0 else { return start + (reached.map { ", reached on \($0)" } ?? "") }
        let more = "\(start): \(Figures.grouped(missing)) more"
        guard let reached else { return more + ", and no rate yet that would give a date" }
        return more + ", by \(reached) at the average rate so far"
    }

    /// The way as a picture: what was seen drawn through, what is to come dashed, the number needed
    /// as a line across.
    package var svg: String {
        guard let first = points.first?.day, let last = points.last else { return "" }
        let ahead = max(last.day, reachedDay ?? last.day)
        let days = max(1, Int(clamping: ahead - first))
        let top = max(1, max(last.clean, needed ?? 0))
        func place(_ day: Int64, _ clean: Int) -> String {
            let x = Scaled.share(Int(clamping: day - first), of: days, in: 600)
            return "\(x),\(190 - Scaled.share(clean, of: top, in: 180))"
        }
        let line = points.map { place($0.day, $0.clean) }.joined(separator: " ")
        var text = """
            <svg class="burn" viewBox="0 0 600 200" role="img" aria-label="\(HTML(caption).markup)">\
            <path class="axis" d="M0 190.5H600"/>
            """
        if let needed {
            let height = 190 - Scaled.share(needed, of: top, in: 180)
            text += "<path class=\"limit\" d=\"M0 \(height).5H600\"/>"
            if let reachedDay, reachedDay > last.day {
                let ends = "\(place(last.day, last.clean)) \(place(reachedDay, needed))"
                text += "<polyline class=\"ahead\" points=\"\(ends)\"/>"
            }
        }
        return text + "<polyline class=\"clean\" points=\"\(line)\"/></svg>"
    }
}
