import BillingModel
import DivergenceAnalysis
import ParityReport

/// Where everything of a picture stands, in whole pixels.
struct SwimlaneLayout {
    /// Sizes of a picture.
    enum Size {
        /// How wide the names on the left are.
        static let gutter = 172
        /// Where the first instant stands.
        static let start = 184
        /// How high a row of a lane is, and of a track.
        static let row = (lane: 18, track: 13)
        /// How much room there is above and below what stands in a lane.
        static let margin = 5
        /// How many rows a lane has at most.
        static let mostRows = 8
        /// The least that a picture is wide.
        static let leastWidth = 740
    }

    /// The time line.
    let axis: SwimlaneAxis
    /// The lanes, from top to bottom.
    private(set) var lanes: [LaneBox] = []
    /// What is but an instant.
    private(set) var marks: [Mark] = []
    /// What takes time.
    private(set) var bars: [Bar] = []
    /// What the brain waits for.
    private(set) var waits: [Wait] = []
    /// Stale reads.
    private(set) var arrows: [Arrow] = []
    /// What would have had to be different, in lines, and where the first stands.
    private(set) var wish: [String] = []
    private(set) var wishY = 0
    /// The facets.
    private(set) var tracks: [TrackBox] = []
    /// How wide and how high it all is.
    private(set) var width = Size.leastWidth
    /// Where the lanes begin, below the times.
    let top = 38
    private(set) var bottom = 0

    /// A lane.
    struct LaneBox {
        var lane: Swimlane.Lane
        var y: Int
        var height: Int
    }

    /// What kind of mark an instant gets.
    enum Shape { case fact, echo, quiet, decision, plan }

    /// Something at an instant.
    struct Mark {
        var lane: Swimlane.Lane
        var shape: Shape
        var x: Int
        var y: Int
        var label: String
        var name: String
        var at: Instant
        var title: String
        var isKey = false
        var isLeftOut = false
        var isWhatIf = false

        /// Whether it stands for something that nobody needs to be told of.
        var isSilent: Bool {
            label.isEmpty && !isKey && !isLeftOut && (shape == .quiet || shape == .echo)
        }
    }

    /// Something that takes time.
    struct Bar {
        var lane: Swimlane.Lane
        var from: Int
        var to: Int
        var y: Int
        var done: [Int]
        var failed: [Int]
        var leftOut: [Int]
        var label: String
        var name: String
        var at: Instant
        var isKey: Bool
        var isWhatIf: Bool
        var isStale = false
    }

    /// A hold of the brain, from a decision to the next that it asks for.
    struct Wait {
        var from: Int
        var to: Int
        var y: Int
    }

    /// From where a path had it to where it wrote, and what changed meanwhile.
    struct Arrow {
        var from: (x: Int, y: Int)
        var to: (x: Int, y: Int)
        var change: (x: Int, y: Int)?
    }

    /// The tracks of a facet.
    struct TrackBox {
        var name: String
        var y: Int
        var isReported: Bool
        var rows: [Row]

        /// One run's values.
        struct Row {
            var name: String
            var y: Int
            var stretches: [Stretch]
            var differing: [(from: Int, to: Int)] = []
        }

        /// A value from one place to another.
        struct Stretch {
            var from: Int
            var to: Int
            var isOn: Bool
            var text: String?
        }
    }

    /// Lays out what a picture shows.
    init(_ swimlane: Swimlane) {
        let spacing = SwimlaneAxis.Spacing(
            start: Size.start,
            steps: 8...26,
            gaps: 76...200,
            fill: 520,
            room: 820
        )
        axis = SwimlaneAxis(swimlane.instants, spacing)
        bottom = top
        width = max(width, axis.end + 90)
        for lane in Set(swimlane.lanes).sorted() { place(lane, of: swimlane) }
        point(swimlane)
        bottom += 8
        if !swimlane.had.isEmpty {
            let words = swimlane.had.joined(separator: ", and ")
            let room = (width - Size.start - 8) / 6
            wish = PlainText.wrapped(PlainText.line(words, most: 400), at: room)
            wishY = bottom + 12
            bottom += 6 + 14 * wish.count
        }
        for track in swimlane.tracks { place(track, of: swimlane) }
        bottom += 6
    }

    // MARK: - Lanes

    /// What is to be put into one lane, before it is known in which row.
    private struct Item {
        var from: Int
        var to: Int
        var order: Int
        var put: (inout SwimlaneLayout, _ y: Int, _ showsLabel: Bool) -> Void
        var bare: Int
    }

    private mutating func place(_ lane: Swimlane.Lane, of swimlane: Swimlane) {
        var items: [Item] = []
        for place in swimlane.events.indices where swimlane.events[place].lane == lane {
            items.append(item(swimlane.events[place]))
        }
        for (place, run) in swimlane.runs.enumerated() where run.lane == lane {
            items.append(item(run, isStale: swimlane.staleReads.contains { $0.run == place }))
        }
        if lane == .brain { items += decisions(swimlane) }
        let y = bottom
        var ends: [Int] = []
        let order = items.indices.sorted {
            (items[$0].from, items[$0].order, $0) < (items[$1].from, items[$1].order, $1)
        }
        for place in order {
            let item = items[place]
            var row = ends.firstIndex { $0 <= item.from } ?? ends.count
            let fits = row < Size.mostRows
            if fits {
                if row == ends.count { ends.append(0) }
                ends[row] = item.to
                width = max(width, item.to + 8)
            } else {
                row = ends.firstIndex { $0 <= item.bare } ?? ends.count - 1
            }
            item.put(&self, y + Size.margin + row * Size.row.lane + Size.row.lane / 2, fits)
        }
        bottom += max(1, ends.count) * Size.row.lane + 2 * Size.margin
        lanes.append(LaneBox(lane: lane, y: y, height: bottom - y))
    }

    private func item(_ event: Swimlane.Event) -> Item {
        let x = axis.place(of: event.at)
        let isQuiet = event.lane == .path(.a) || event.lane == .database || event.isEcho
        let label = isQuiet && !event.isLeftOut ? "" : SwimlaneWords.phrase(event.says)
        let mark = Mark(
            lane: event.lane,
            shape: event.isEcho ? .echo : isQuiet ? .quiet : .fact,
            x: x,
            y: 0,
            label: label,
            name: SwimlaneWords.record(event.record),
            at: event.at,
            title: label.isEmpty ? SwimlaneWords.phrase(event.says) : "",
            isKey: event.isKey,
            isLeftOut: event.isLeftOut
        )
        return item(mark)
    }

    private func item(_ mark: Mark, order: Int = 0) -> Item {
        let width = Self.width(of: mark.label, isBold: mark.isKey)
        let end = mark.x + (mark.label.isEmpty ? 6 : 14 + width)
        return Item(
            from: mark.x - 6,
            to: end,
            order: order,
            put: { layout, y, showsLabel in
                var placed = mark
                placed.y = y
                if !showsLabel { placed.label = "" }
                layout.marks.append(placed)
            },
            bare: mark.x - 6
        )
    }

    private func item(_ run: Swimlane.Run, isStale: Bool) -> Item {
        let from = axis.place(of: run.start)
        let to = max(from + 10, axis.place(of: run.end))
        let label = SwimlaneWords.run(run)
        let name = run.record.map(SwimlaneWords.record) ?? ""
        let bar = Bar(
            lane: run.lane,
            from: from,
            to: to,
            y: 0,
            done: run.deeds.filter(\.isDone).map { axis.place(of: $0.at) },
            failed: run.deeds.filter { !$0.isDone }.map { axis.place(of: $0.at) },
            leftOut: run.deeds.filter(\.isLeftOut).map { axis.place(of: $0.at) },
            label: label,
            name: name,
            at: run.start,
            isKey: run.isKey,
            isWhatIf: run.isWhatIf,
            isStale: isStale
        )
        return Item(
            from: from - 8,
            to: to + 14 + Self.width(of: label, isBold: run.isKey),
            order: run.isWhatIf ? 2 : 1,
            put: { layout, y, showsLabel in
                var placed = bar
                placed.y = y
                if !showsLabel { placed.label = "" }
                layout.bars.append(placed)
            },
            bare: from - 8
        )
    }

    private func decisions(_ swimlane: Swimlane) -> [Item] {
        var items: [Item] = []
        var last: Swimlane.Decision?
        for (place, decision) in swimlane.decisions.enumerated() {
            let x = axis.place(of: decision.at)
            let saysNews = last?.rule != decision.rule || last?.isWhatIf != decision.isWhatIf
            let isPlan = !decision.plan.isEmpty
            var label = isPlan || saysNews ? SwimlaneWords.decision(decision) : ""
            let waitsTo = swimlane.wait(after: place).map { axis.place(of: $0) - 8 }
            if waitsTo != nil, let until = decision.until {
                let length = SwimlaneAxis.words(until.since(decision.at))
                label = (isPlan ? label + ", waits " : "waits ") + length
            }
            let mark = Mark(
                lane: .brain,
                shape: isPlan ? .plan : .decision,
                x: x,
                y: 0,
                label: label,
                name: "",
                at: decision.at,
                title: label.isEmpty ? SwimlaneWords.decision(decision) : "",
                isWhatIf: decision.isWhatIf
            )
            var item = item(mark)
            if let to = waitsTo, item.to < to {
                let (from, put) = (item.to, item.put)
                item.put = { layout, y, showsLabel in
                    put(&layout, y, showsLabel)
                    layout.waits.append(Wait(from: from, to: to, y: y))
                }
            }
            items.append(item)
            last = decision
        }
        return items
    }

    // MARK: - Arrows

    private mutating func point(_ swimlane: Swimlane) {
        for read in swimlane.staleReads {
            let run = swimlane.runs[read.run]
            let start = axis.place(of: run.start)
            guard
                let bar = bars.first(where: {
                    $0.lane == run.lane && $0.from == start && !$0.isWhatIf && $0.isStale
                })
            else { continue }
            let from = axis.place(of: read.read)
            let source = marks.first { $0.lane == read.from && $0.x == from && $0.shape == .fact }
            let changed = axis.place(of: read.changed)
            let change = swimlane.events.first { $0.record == read.by && $0.at == read.changed }
            let changeMark = change.flatMap { change in
                marks.first { $0.lane == change.lane && $0.x == changed }
            }
            let changeBar = bars.first {
                !$0.isWhatIf && $0.y != bar.y && ($0.done + [$0.from]).contains(changed)
            }
            arrows.append(
                Arrow(
                    from: (from, source?.y ?? bar.y),
                    to: (axis.place(of: read.wrote), bar.y),
                    change: (changeMark?.y ?? changeBar?.y).map { (changed, $0) }
                )
            )
        }
    }

    // MARK: - Tracks

    private mutating func place(_ track: Swimlane.Track, of swimlane: Swimlane) {
        var box = TrackBox(
            name: SwimlaneWords.facet(track.facet),
            y: bottom,
            isReported: track.isReported,
            rows: []
        )
        let runs: [(String, [Swimlane.Stretch]?, Instant)] = [
            ("legacy", track.legacy, swimlane.closed), ("what if", track.whatIf, swimlane.end),
            ("brain", track.brain, swimlane.closed),
        ]
        for (name, stretches, end) in runs {
            guard let stretches else { continue }
            box.rows.append(
                TrackBox.Row(
                    name: name,
                    y: bottom + Size.row.track / 2,
                    stretches: placed(stretches, of: track, until: end)
                )
            )
            bottom += Size.row.track
        }
        let differing = track.differing(from: swimlane.opened, to: swimlane.closed)
        box.rows[0].differing = differing.map {
            (axis.place(of: $0.from), axis.place(of: $0.to))
        }
        tracks.append(box)
        bottom += 7
    }

    private func placed(
        _ stretches: [Swimlane.Stretch],
        of track: Swimlane.Track,
        until end: Instant
    ) -> [TrackBox.Stretch] {
        stretches.enumerated().compactMap { place, stretch in
            let next = place + 1 < stretches.count ? stretches[place + 1].from : end
            let (from, to) = (axis.place(of: stretch.from), axis.place(of: min(next, end)))
            guard to > from else { return nil }
            let text = SwimlaneWords.value(stretch.value, of: track.facet)
            return TrackBox.Stretch(
                from: from,
                to: to,
                isOn: SwimlaneWords.isOn(stretch.value),
                text: text.flatMap { 6 + Self.width(of: $0) <= to - from ? $0 : nil }
            )
        }
    }

    /// How wide a text is at most, as a browser is likely to set it.
    static func width(of text: String, isBold: Bool = false) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? isBold ? 7 : 6 : 12) }
    }
}

extension Swimlane {
    /// The lanes on which there is something.
    var lanes: [Lane] {
        events.map(\.lane) + runs.map(\.lane) + (decisions.isEmpty ? [] : [.brain])
    }
}
