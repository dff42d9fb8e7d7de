import BillingModel
package import DivergenceAnalysis
import ParityReport

/// The swimlane of one divergence as text: lanes of letters above, and what each letter stands for
/// below.
package struct SwimlaneText {
    /// A line of text.
    package struct Line: Hashable, Sendable {
        /// The text.
        package var text: String
        /// Whether the smallest reproducer needs what it tells.
        package var isKey = false
    }

    /// The most letters that are told; what comes after has a `+`.
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    /// How wide the names on the left are.
    private static let gutter = 20

    /// The lines.
    package private(set) var lines: [Line] = []

    private let swimlane: Swimlane
    private let width: Int
    private let axis: SwimlaneAxis
    private var legend: [Line] = []
    private var lettersUsed = 0

    /// A swimlane in text.
    ///
    /// - Parameters:
    ///   - swimlane: What it shows.
    ///   - width: How many columns it may have, 60 at least.
    package init(_ swimlane: Swimlane, width: Int) {
        self.swimlane = swimlane
        self.width = max(60, width)
        let room = self.width - Self.gutter - 1
        axis = SwimlaneAxis(
            swimlane.instants,
            SwimlaneAxis.Spacing(start: 0, steps: 1...4, gaps: 12...24, fill: room - 8, room: room)
        )
        lines += times
        var told: [(at: Instant, order: Int, lane: Swimlane.Lane, line: (String) -> Line)] = []
        gather(&told)
        draw(told)
        for track in swimlane.tracks { lines += tracks(track) }
        lines += [Line(text: "")] + legend + key
    }

    // MARK: - Columns

    /// The column of an instant: as the axis has it, closer together where there is no room.
    private func column(_ instant: Instant) -> Int { fitted(axis.place(of: instant)) }

    private func fitted(_ place: Int) -> Int {
        let room = width - Self.gutter - 2
        return axis.end <= room ? place : place * room / axis.end
    }

    private func line(_ name: String, _ cells: [Character]) -> String {
        let gap = String(repeating: " ", count: max(1, Self.gutter - name.count))
        var text = name + gap + String(cells)
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    private var blank: [Character] {
        Array(repeating: " ", count: width - Self.gutter)
    }

    /// Puts words where nothing else stands, and says whether there was room.
    private func put(_ words: String, at column: Int, into cells: inout [Character]) -> Bool {
        let end = column + words.count
        guard column >= 0, end <= cells.count else { return false }
        let guarded = cells[max(0, column - 1)..<min(cells.count, end + 1)]
        guard guarded.allSatisfy({ $0 == " " }) else { return false }
        cells.replaceSubrange(column..<end, with: words)
        return true
    }

    /// The times at which something begins, and the gaps that were cut short.
    private var times: [Line] {
        var clocks = blank
        var gaps = blank
        for (instant, place) in axis.landmarks {
            _ = put(SwimlaneWords.clock(instant), at: fitted(place), into: &clocks)
        }
        for gap in axis.breaks {
            let (from, to) = (fitted(gap.from), fitted(gap.to))
            let words = "/ \(gap.length) /"
            _ = put(words, at: from + max(1, (to - from - words.count + 1) / 2), into: &gaps)
        }
        return [
            Line(text: line(SwimlaneWords.day(swimlane.opened), clocks)),
            Line(text: line("", gaps)),
        ]
    }

    // MARK: - Lanes

    private typealias Told = (
        at: Instant, order: Int, lane: Swimlane.Lane, line: (String) -> Line
    )

    private func gather(_ told: inout [Told]) {
        for event in swimlane.events {
            let words = SwimlaneWords.phrase(event.says) + (event.isLeftOut ? " (left out)" : "")
            told.append(
                (
                    event.at, 0, event.lane,
                    legendLine(
                        event.at,
                        event.lane,
                        event.record,
                        words,
                        event.isKey
                    )
                )
            )
        }
        for (place, run) in swimlane.runs.enumerated() {
            var words = SwimlaneWords.run(run)
            if let stale = swimlane.staleReads.first(where: { $0.run == place }) {
                words += "; out of date since \(SwimlaneWords.clock(stale.changed))"
            }
            told.append(
                (
                    run.start, run.isWhatIf ? 2 : 1, run.lane,
                    legendLine(
                        run.start,
                        run.lane,
                        run.record,
                        words,
                        run.isKey
                    )
                )
            )
        }
        for decision in swimlane.decisions {
            var words = SwimlaneWords.decision(decision)
            if let until = decision.until {
                words += ", until \(SwimlaneWords.clock(until))"
            }
            told.append(
                (
                    decision.at, 3, .brain,
                    legendLine(
                        decision.at,
                        .brain,
                        nil,
                        words,
                        false
                    )
                )
            )
        }
    }

    private func legendLine(
        _ at: Instant,
        _ lane: Swimlane.Lane,
        _ record: RecordID?,
        _ words: String,
        _ isKey: Bool
    ) -> (String) -> Line {
        let name = record.map { PlainText.line($0.rawValue, most: 24) } ?? ""
        let most = width
        return { letter in
            let start = "\(letter)\(isKey ? "*" : " ") \(SwimlaneWords.clock(at))  "
            let text = start + lane.name.padded(to: 9) + words + (name.isEmpty ? "" : "  [\(name)]")
            return Line(text: PlainText.line(text, most: most), isKey: isKey)
        }
    }

    /// Draws the lanes, a letter for each thing in order of time.
    private mutating func draw(_ told: [Told]) {
        let order = told.indices.sorted {
            (told[$0].at, told[$0].order, $0) < (told[$1].at, told[$1].order, $1)
        }
        var names: [Int: Character] = [:]
        for (number, place) in order.enumerated() {
            let letter = number < Self.letters.count ? Self.letters[number] : "+"
            names[place] = letter
            legend.append(told[place].line(String(letter)))
        }
        for lane in Set(swimlane.lanes).sorted() {
            var cells = blank
            if lane == .brain { drawWaits(into: &cells) }
            for run in swimlane.runs where run.lane == lane { draw(run, into: &cells) }
            for place in order where told[place].lane == lane {
                let column = column(told[place].at)
                let isTaken = Self.letters.contains(cells[column]) || cells[column] == "+"
                cells[column] = isTaken ? "+" : names[place] ?? "+"
            }
            lines.append(Line(text: line(lane.name, cells)))
        }
    }

    private func drawWaits(into cells: inout [Character]) {
        for (place, decision) in swimlane.decisions.enumerated() {
            guard let end = swimlane.wait(after: place) else { continue }
            let (from, to) = (column(decision.at), column(end))
            for place in from..<max(from, to) { cells[place] = "." }
        }
    }

    private func draw(_ run: Swimlane.Run, into cells: inout [Character]) {
        let (from, to) = (column(run.start), max(column(run.start), column(run.end)))
        for place in from...to where cells[place] == " " { cells[place] = run.isWhatIf ? "~" : "-" }
        for deed in run.deeds {
            let place = column(deed.at)
            if place != from { cells[place] = deed.isDone ? (run.isWhatIf ? "~" : "=") : "x" }
        }
        let index = swimlane.runs.firstIndex(of: run)
        for stale in swimlane.staleReads where stale.run == index {
            let place = column(stale.wrote)
            if place != from { cells[place] = ">" }
        }
    }

    // MARK: - Facets

    private func tracks(_ track: Swimlane.Track) -> [Line] {
        let name = SwimlaneWords.facet(track.facet)
        let differing = track.differing(from: swimlane.opened, to: swimlane.closed)
        let rows: [(String, [Swimlane.Stretch]?, Instant)] = [
            ("legacy", track.legacy, swimlane.closed), ("what if", track.whatIf, swimlane.end),
            ("brain", track.brain, swimlane.closed),
        ]
        var result: [Line] = [Line(text: PlainText.line(name, most: Self.gutter + 40))]
        for (row, stretches, end) in rows {
            guard let stretches else { continue }
            var cells = blank
            for (place, stretch) in stretches.enumerated() {
                let next = place + 1 < stretches.count ? stretches[place + 1].from : end
                let (from, to) = (column(stretch.from), column(min(next, end)))
                let mark: Character = SwimlaneWords.isOn(stretch.value) ? "=" : "."
                for cell in from..<max(from, to) { cells[cell] = mark }
            }
            if row == "legacy" {
                for span in differing {
                    let (from, to) = (column(span.from), column(span.to))
                    for cell in from..<max(from, to) {
                        cells[cell] = cells[cell] == "=" ? "#" : "%"
                    }
                }
            }
            result.append(Line(text: line("  " + row, cells)))
        }
        return result
    }

    private var key: [Line] {
        let omitted = swimlane.omitted
        let more = omitted > 0 ? [Line(text: "and \(omitted) more that are not shown")] : []
        let words = [
            "* in the smallest reproducer   -== a path runs and writes   > what was out of date",
            "~ what would have been   . off   = on   # on, % off where legacy differs from the brain",
        ]
        return more + [Line(text: "")] + words.map { Line(text: PlainText.line($0, most: width)) }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
