import BillingModel
package import DivergenceAnalysis
import ParityReport

/// A picture of one divergence, as SVG.
///
/// Lanes for Stripe, the paths and the brain, time running right with long gaps cut short, and
/// below them the facets that differ: as legacy had them, as it would have been, as the brain has
/// them. All coordinates are whole numbers, and all that is said in colour is said in form too.
package struct SwimlaneDrawing {
    private let swimlane: Swimlane
    let layout: SwimlaneLayout

    /// A drawing of what a picture shows.
    package init(_ swimlane: Swimlane) {
        self.swimlane = swimlane
        layout = SwimlaneLayout(swimlane)
    }

    /// The drawing.
    ///
    /// - Parameter standalone: Whether it is a document of its own, with its style, a caption and a
    ///   legend; else it is for a page whose style holds ``style``.
    /// - Returns: An `svg` element that is also well-formed XML.
    package func svg(standalone: Bool) -> String {
        let classes = swimlane.classes.map(\.rawValue).joined(separator: ", ")
        let name = SwimlaneWords.record(.init(swimlane.account.rawValue))
        let caption = standalone ? self.caption : []
        let head = standalone ? 18 * caption.count + 8 : 0
        let height = layout.bottom + head + (standalone ? Self.legendHeight : 0)
        var text = "<svg\(standalone ? Self.namespace : "") class=\"sl\" role=\"img\" "
        text += "viewBox=\"0 0 \(layout.width) \(height)\" width=\"\(layout.width)\">"
        text += "<title>\(Self.escaped("\(classes) of account \(name)"))</title>"
        text +=
            "<desc>\(Self.escaped(PlainText.line(swimlane.story, most: standalone ? 600 : 240)))</desc>"
        if standalone {
            text += "<style>\(Self.style)</style>"
            text += "<rect class=\"sl-bg\" width=\"\(layout.width)\" height=\"\(height)\"/>"
            for (place, line) in caption.enumerated() {
                let weight = place == 0 ? " class=\"sl-k\"" : ""
                text += "<text x=\"8\" y=\"\(16 + 18 * place)\"\(weight)>"
                text += "\(Self.escaped(line))</text>"
            }
            text += "<g transform=\"translate(0 \(head))\">"
        }
        text += body(isWhole: standalone)
        if standalone { text += "</g>" + Self.legend(at: head + layout.bottom) }
        return text + "</svg>\n"
    }

    static let namespace = " xmlns=\"http://www.w3.org/2000/svg\""

    /// The account and the story, in lines.
    private var caption: [String] {
        let name = SwimlaneWords.record(.init(swimlane.account.rawValue))
        let classes = swimlane.classes.map(\.rawValue).joined(separator: ", ")
        let story = PlainText.line(swimlane.story, most: 600)
        let room = max(40, (layout.width - 16) / 6)
        let lines = PlainText.wrapped(story, at: room)
        let omitted = swimlane.omitted
        return [PlainText.line("\(classes): account \(name), \(swimlane.id)", most: room)]
            + lines
            + (omitted > 0 ? ["\(omitted) more events, deeds or facets are not drawn"] : [])
    }

    // MARK: - Parts

    /// The drawing without its frame.
    ///
    /// - Parameter isWhole: Whether every mark is told apart; else those that have nothing to say
    ///   are drawn as one, to save room.
    /// - Returns: The elements.
    private func body(isWhole: Bool) -> String {
        let silent = isWhole ? [] : layout.marks.filter(\.isSilent)
        let marks = isWhole ? layout.marks : layout.marks.filter { !$0.isSilent }
        return times + lanes + wish + tracks(isReported: true) + tracks(isReported: false)
            + layout.waits.map(wait).joined()
            + layout.bars.map { bar($0, isWhole: isWhole) }.joined()
            + layout.arrows.map(arrow).joined() + dots(silent)
            + marks.map { mark($0, isWhole: isWhole) }.joined()
    }

    /// Marks that have nothing to say.
    private func dots(_ marks: [SwimlaneLayout.Mark]) -> String {
        let dots = marks.filter { $0.shape == .quiet }.map { "M\($0.x) \($0.y)h0" }.joined()
        let rings = marks.filter { $0.shape == .echo }
            .map { "M\($0.x - 4) \($0.y)a4 4 0 1 0 8 0a4 4 0 1 0-8 0" }.joined()
        return (dots.isEmpty ? "" : "<path class=\"sl-u\" d=\"\(dots)\"/>")
            + (rings.isEmpty ? "" : "<path class=\"sl-e\" d=\"\(rings)\"/>")
    }

    /// Times at the top, and gaps through all of it.
    private var times: String {
        var text = "<text class=\"sl-d\" x=\"8\" y=\"12\">\(SwimlaneWords.day(swimlane.opened))"
        text += "</text>"
        var day = SwimlaneWords.day(swimlane.opened)
        for (instant, x) in layout.axis.landmarks {
            let today = SwimlaneWords.day(instant)
            let clock = SwimlaneWords.clock(instant)
            let words = today == day ? clock : "\(today.dropFirst(5)) \(clock.prefix(5))"
            day = today
            let end = instant == swimlane.closed ? " closed" : ""
            text += Self.text(words + end, x - 4, 12, "sl-d")
        }
        let gaps = layout.axis.breaks.map { (from: $0.from + 8, to: $0.to - 8, $0.length) }
        guard !gaps.isEmpty else { return text }
        let bands = gaps.map { "M\($0.from) 18H\($0.to)V\(layout.bottom)H\($0.from)z" }.joined()
        let signs = gaps.map { from, to, _ in
            "M\(from) 32h\((to - from) / 2 - 8)l4-4 8 8 4-4H\(to)"
        }.joined()
        text += "<path class=\"sl-g\" d=\"\(bands)\"/><path class=\"sl-z\" d=\"\(signs)\"/>"
        for (from, to, length) in gaps { text += Self.text(length, (from + to) / 2, 26, "sl-n") }
        return text
    }

    /// What would have had to be different.
    private var wish: String {
        guard !layout.wish.isEmpty else { return "" }
        var text = "<g class=\"sl-w\">" + Self.text("What if", 8, layout.wishY, nil)
        for (place, line) in layout.wish.enumerated() {
            let y = layout.wishY + 14 * place
            text += Self.text(line, SwimlaneLayout.Size.start, y, nil)
        }
        return text + "</g>"
    }

    private var lanes: String {
        let lines = layout.lanes.map { "M0 \($0.y)H\(layout.width)" }.joined()
        let names = layout.lanes.map { box in
            Self.text(box.lane.name, 8, box.y + box.height / 2 + 4, nil)
        }
        return "<path class=\"sl-l\" d=\"\(lines)\"/><g class=\"sl-m\">" + names.joined() + "</g>"
    }

    /// What shows where the pointer rests: the record, and in a document of its own when it was.
    private func title(_ name: String, _ at: Instant?, _ words: String) -> String {
        let parts = [name, at.map { "\($0)" } ?? "", words].filter { !$0.isEmpty }
        guard !parts.isEmpty else { return "" }
        return "<title>\(Self.escaped(parts.joined(separator: ", ")))</title>"
    }

    private func mark(_ mark: SwimlaneLayout.Mark, isWhole: Bool) -> String {
        var classes = mark.isKey ? "sl-k" : ""
        if mark.isLeftOut { classes += " sl-o" }
        if mark.isWhatIf {
            classes += " sl-w"
        } else if mark.lane == .brain {
            classes += " sl-i"
        } else if !mark.isKey {
            classes += " sl-m"
        }
        var text = Self.group(classes) + title(mark.name, isWhole ? mark.at : nil, mark.title)
        let (x, y) = (mark.x, mark.y)
        switch mark.shape {
        case .fact: text += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"5\"/>"
        case .quiet: text += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"3\"/>"
        case .echo: text += "<circle class=\"sl-e\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\"/>"
        case .decision, .plan:
            let style = mark.shape == .plan ? "sl-b" : "sl-b sl-e"
            text += "<path class=\"\(style)\" d=\"M\(x) \(y - 6)l6 6-6 6-6-6z\"/>"
        }
        if mark.isLeftOut { text += "<path class=\"sl-s\" d=\"M\(x - 7) \(y + 7)l14-14\"/>" }
        if !mark.label.isEmpty { text += Self.text(mark.label, x + 10, y + 4, nil) }
        return text + "</g>"
    }

    private func bar(_ bar: SwimlaneLayout.Bar, isWhole: Bool) -> String {
        let classes = bar.isWhatIf ? "sl-w" : bar.isKey ? "sl-p sl-k" : "sl-p"
        let (top, width) = (bar.y - 6, bar.to - bar.from)
        var text = Self.group(classes) + title(bar.name, isWhole ? bar.at : nil, "")
        text += "<rect x=\"\(bar.from)\" y=\"\(top)\" width=\"\(width)\" height=\"12\" rx=\"3\"/>"
        text += "<circle class=\"sl-e\" cx=\"\(bar.from)\" cy=\"\(bar.y)\" r=\"4\"/>"
        let done = Set(bar.done).sorted().map { "M\($0) \(top)v12" }.joined()
        if !done.isEmpty { text += "<path class=\"sl-t\" d=\"\(done)\"/>" }
        let failed = Set(bar.failed).sorted().map { "M\($0 - 4) \(top + 2)l8 8m0-8l-8 8" }.joined()
        let leftOut = Set(bar.leftOut).sorted().map { "M\($0 - 7) \(top + 13)l14-14" }.joined()
        if !(failed + leftOut).isEmpty {
            text += "<path class=\"sl-s\" d=\"\(failed + leftOut)\"/>"
        }
        if !bar.label.isEmpty { text += Self.text(bar.label, bar.to + 10, bar.y + 4, nil) }
        return text + "</g>"
    }

    private func wait(_ wait: SwimlaneLayout.Wait) -> String {
        "<path class=\"sl-h\" d=\"M\(wait.from) \(wait.y)H\(wait.to)\"/>"
    }

    private func arrow(_ arrow: SwimlaneLayout.Arrow) -> String {
        let (from, to) = (arrow.from, arrow.to)
        var text = "<g class=\"sl-a\">"
        if let change = arrow.change {
            let side = change.y < to.y ? 6 : -6
            text += "<path class=\"sl-c\" d=\"M\(change.x) \(change.y + side)V\(to.y - side)\"/>"
        }
        let end = to.y - 7
        let start = from.y == to.y ? from.y - 5 : from.y + 5
        let bow = from.y == to.y ? end - 9 : end - 14
        text += "<path d=\"M\(from.x) \(start)C\(from.x) \(bow) \(to.x) \(bow) \(to.x) \(end)"
        return text + "m-4-6l4 6 4-6\"/></g>"
    }

    /// The tracks of the facets that the verdict names, or of the others.
    ///
    /// What looks the same is one path, whichever track it is in.
    private func tracks(isReported: Bool) -> String {
        let boxes = layout.tracks.filter { $0.isReported == isReported }
        guard !boxes.isEmpty else { return "" }
        let rows = boxes.flatMap(\.rows)
        var text = Self.group(isReported ? "sl-k" : "sl-q")
        for box in boxes { text += Self.text(box.name, 8, box.y + 10, nil) }
        text += "</g>" + Self.group(isReported ? "" : "sl-q")
        // Piece by piece into one path: a drawing has many, and each would be a text of its own.
        for (name, style) in [("legacy", "sl-y"), ("what if", "sl-w"), ("brain", "sl-b")] {
            var bars = ""
            for row in rows where row.name == name {
                for stretch in row.stretches where stretch.isOn {
                    bars += "M\(stretch.from) \(row.y - 5)H\(stretch.to)v10H\(stretch.from)z"
                }
            }
            text += Self.path(style, bars)
        }
        var (lines, hatched) = ("", "")
        for row in rows {
            for stretch in row.stretches where !stretch.isOn {
                lines += "M\(stretch.from) \(row.y)H\(stretch.to)"
            }
            for (from, to) in row.differing { hatched += "M\(from) \(row.y)H\(to)" }
        }
        text += Self.path("sl-f", lines) + Self.path("sl-x", hatched)
        text += Self.group("sl-r")
        for row in rows { text += Self.text(row.name, SwimlaneLayout.Size.gutter, row.y + 3, nil) }
        text += "</g>" + Self.group("sl-v")
        for row in rows {
            for stretch in row.stretches {
                guard let words = stretch.text else { continue }
                text += Self.text(words, stretch.from + 3, row.y + 3, nil)
            }
        }
        return text + "</g></g>"
    }

    // MARK: - Words

    static func text(_ words: String, _ x: Int, _ y: Int, _ style: String?) -> String {
        let style = style.map { " class=\"\($0)\"" } ?? ""
        return "<text\(style) x=\"\(x)\" y=\"\(y)\">\(escaped(words))</text>"
    }

    /// A path; nothing where it has nothing to draw.
    private static func path(_ style: String, _ steps: String) -> String {
        steps.isEmpty ? "" : "<path class=\"\(style)\" d=\"\(steps)\"/>"
    }

    private static func group(_ classes: String) -> String {
        let trimmed = classes.first == " " ? String(classes.dropFirst()) : classes
        return trimmed.isEmpty ? "<g>" : "<g class=\"\(trimmed)\">"
    }

    /// Text as XML 1.0 and HTML may hold it: marks escaped, and what neither can hold left out.
    static func escaped(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x22, 0x26, 0x27, 0x3C, 0x3E: false
            default: (0x20..<0x7F).contains(byte)
            }
        }
        guard !isPlain else { return text }
        let line = PlainText.line(text, most: .max)
        guard line.utf8.contains(where: mayNeedEscaping) else { return line }
        var result = ""
        for scalar in line.unicodeScalars {
            switch scalar {
            case "&", "<", ">", "\"": result += Markup.reference(to: scalar) ?? ""
            case "'": result += "&#39;"
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether a byte is a mark, or the first of a scalar that neither XML nor HTML may hold.
    private static func mayNeedEscaping(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x26, 0x27, 0x3C, 0x3E, 0xEF: true
        default: false
        }
    }
}
