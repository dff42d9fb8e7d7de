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
        drawLanes()
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

    /// One thing to tell.
    private struct Told {
        var at: Instant
        /// What comes first of the same instant.
        var order: Int
        var lane: Swimlane.Lane
        var record: RecordID?
        var words: String
        var isKey = false
        var isWhatIf = false
    }

    /// All that there is to tell, in order of time.
    private var told: [Told] {
        var told = swimlane.events.map { event in
            let words = SwimlaneWords.phrase(event.says) + (event.isLeftOut ? " (left out)" : "")
            return Told(
                at: event.at,
                order: 0,
                lane: event.lane,
                record: event.record,
                words: words,
                isKey: event.isKey
            )
        }
        for (place, run) in swimlane.runs.enumerated() {
            let stale = swimlane.staleReads.first { $0.run == place }
            let since = stale.map { "stale since \(SwimlaneWords.clock($0.changed)); " }
            told.append(
                Told(
                    at: run.start,
                    order: run.isWhatIf ? 2 : 1,
                    lane: run.lane,
                    record: run.record,
                    words: (since ?? "") + SwimlaneWords.run(run),
                    isKey: run.isKey,
                    isWhatIf: run.isWhatIf
                )
            )
        }
        for decision in swimlane.decisions {
            let until = decision.until.map { ", until \(SwimlaneWords.clock($0))" }
            told.append(
                Told(
                    at: decision.at,
                    order: 3,
                    lane: .brain,
                    words: SwimlaneWords.decision(decision) + (until ?? ""),
                    isWhatIf: decision.isWhatIf
                )
            )
        }
        let order = told.indices.sorted {
            (told[$0].at, told[$0].order, $0) < (told[$1].at, told[$1].order, $1)
        }
        return order.map { told[$0] }
    }

    /// What a letter stands for; where the line is too short, words go before the record does.
    private func legendLine(_ letter: Character, _ told: Told) -> Line {
        let record = told.record.map { "  [" + PlainText.line($0.rawValue, most: 24) + "]" } ?? ""
        let star = told.isKey ? "*" : " "
        let start = "\(letter)\(star) \(SwimlaneWords.clock(told.at))  "
        let lane = told.lane.name.padded(to: 9)
        let room = width - start.count - lane.count - record.unicodeScalars.count
        let words = PlainText.line(told.words, most: max(8, room))
        return Line(
            text: PlainText.line(start + lane + words + record, most: width),
            isKey: told.isKey
        )
    }

    /// Draws the lanes, a letter for each thing in order of time; what would have been has rows of
    /// its own.
    private mutating func drawLanes() {
        let all = told
        let letters = all.indices.map { $0 < Self.letters.count ? Self.letters[$0] : "+" }
        legend = zip(letters, all).map { legendLine($0, $1) }
        for lane in Set(swimlane.lanes).sorted() {
            for isWhatIf in [false, true] {
                let theirs = all.indices.filter {
                    all[$0].lane == lane && all[$0].isWhatIf == isWhatIf
                }
                guard !theirs.isEmpty else { continue }
                var cells = blank
                if lane == .brain, !isWhatIf { drawWaits(into: &cells) }
                for run in swimlane.runs where run.lane == lane && run.isWhatIf == isWhatIf {
                    draw(run, into: &cells)
                }
                for place in theirs {
                    let column = column(all[place].at)
                    let isTaken = Self.letters.contains(cells[column]) || cells[column] == "+"
                    cells[column] = isTaken ? "+" : letters[place]
                }
                let isBelow = isWhatIf && swimlane.lanesOfRecord.contains(lane)
                lines.append(Line(text: line(isBelow ? "  what if" : lane.name, cells)))
            }
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
            "* in the smallest reproducer   -== a path runs and writes   > a stale write",
            "~ what would have been   . off   = on   # on, % off where legacy differs from the brain",
        ]
        return more + [Line(text: "")] + words.map { Line(text: PlainText.line($0, most: width)) }
    }
}

extension Swimlane {
    /// The lanes on which something was recorded, and not only what would have been.
    fileprivate var lanesOfRecord: Set<Lane> {
        Set(
            events.map(\.lane) + runs.filter { !$0.isWhatIf }.map(\.lane)
                + (decisions.contains { !$0.isWhatIf } ? [.brain] : [])
        )
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
