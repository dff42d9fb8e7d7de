import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun
import Synchronization

/// The divergences of a report, packed to be unpacked by `report.js`, within a room of so many bytes.
///
/// The rows of the table go in all at once, for searching and sorting; what is shown of one divergence
/// alone goes into blocks that are unpacked when it is opened. All stand in the order of their weight,
/// so that where the room ends it is the least weighty that go without.
struct TablePacking {
    /// How many divergences a block holds.
    static let blockSize = 128

    /// A kind of block, in the order in which they are given room.
    private enum Kind: String, CaseIterable {
        /// What differs, and what made it vanish.
        case details
        /// The records, and the drawing.
        case more
    }

    private let found: DivergenceList
    /// The places of the divergences in the list: those first that weigh most.
    ///
    /// Money is left out of that, for sums of two currencies have no order.
    private let order: [Int]
    private let room: Int
    private let jobs: Int

    /// The packing of a report's divergences.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - room: How many bytes the packed table may have.
    ///   - jobs: How many threads may pack at once; it makes no difference to what comes out.
    init(_ report: ParityReport, room: Int, jobs: Int = 1) {
        found = report.found
        order = found.placesByWeight
        self.room = room
        self.jobs = jobs
    }

    /// The packed table.
    ///
    /// - Throws: ``PageError/outOfMemory`` and ``PageError/unreadable(_:)``.
    func model() throws(PageError) -> ReportModel.TableModel {
        let (rows, blocks) = try parts()
        let words = rows.words
        return ReportModel.TableModel(
            count: HTML(Figures.grouped(order.count)),
            classes: DivergenceClass.allCases.filter { words.classes.all.contains($0.rawValue) }
                .map { .init(value: HTML($0.rawValue), name: HTML($0.words.name)) },
            types: words.types.all.sorted().prefix(Self.mostChoices)
                .map { .init(value: HTML($0), name: HTML($0)) },
            paths: (LegacyPath.allCases.map(\.rawValue) + [PageEntry.noPath]).map {
                .init(value: HTML($0), name: HTML(LegacyPath.title($0)))
            },
            currencies: words.currencies.all.sorted().prefix(Self.mostChoices)
                .map { .init(value: HTML($0), name: HTML($0)) },
            rows: Self.markup(rows.text),
            blocks: blocks,
            isCut: rows.count < order.count,
            shown: HTML(Figures.grouped(rows.count))
        )
    }

    /// The most choices that a filter offers: types are names from the log.
    private static let mostChoices = 200

    /// The rows that there is room for.
    private struct Rows {
        var words = WordTable()
        var text: [UInt8] = []
        var count = 0
    }

    /// What can be packed by itself.
    private enum Piece {
        case rows
        case block(Kind, Range<Int>)
    }

    /// A packed piece.
    private enum PackedPiece {
        case rows(Rows)
        case block(name: String, text: [UInt8])
        /// One that there was no more room for.
        case none
    }

    /// Rows and blocks that there is room for: first the rows, then blocks of one kind, then those of
    /// the next.
    private func parts() throws(PageError) -> (Rows, [ReportModel.Block]) {
        var shown = order.count
        while true {
            let (rows, blocks) = try parts(of: shown)
            if rows.count == shown { return (rows, blocks) }
            // Not even all rows have room: blocks are of those that have.
            shown = rows.count
        }
    }

    /// The rows of the first so many divergences or of fewer, and blocks where it is all of them.
    private func parts(of shown: Int) throws(PageError) -> (Rows, [ReportModel.Block]) {
        var rows = Rows()
        var blocks: [ReportModel.Block] = []
        var room = room
        // What there is room for is known in order only; what is packed beyond that is thrown away.
        let isFull = Atomic(false)
        try inOrder(pieces(of: shown), jobs: jobs) { piece throws(PageError) in
            switch piece {
            case .rows: return .rows(try packedRows(of: shown))
            case .block(let kind, let places):
                guard !isFull.load(ordering: .relaxed) else { return .none }
                let name = "\(kind.rawValue)-\(places.lowerBound / Self.blockSize)"
                return .block(name: name, text: try Packed(block(kind, order[places])).text)
            }
        } _: { (piece: PackedPiece) in
            switch piece {
            case .rows(let packed):
                rows = packed
                room -= packed.text.count
                if packed.count < shown { isFull.store(true, ordering: .relaxed) }
            case .block(let name, let text):
                // With the element around it.
                room -= text.count + 80
                guard room >= 0 else { return isFull.store(true, ordering: .relaxed) }
                blocks.append(.init(name: HTML(name), text: Self.markup(text)))
            case .none: break
            }
        }
        return (rows, blocks)
    }

    private func pieces(of shown: Int) -> [Piece] {
        let blocks = Kind.allCases.flatMap { kind in
            stride(from: 0, to: shown, by: Self.blockSize).map { start in
                Piece.block(kind, start..<min(start + Self.blockSize, shown))
            }
        }
        return [.rows] + blocks
    }

    private func packedRows(of shown: Int) throws(PageError) -> Rows {
        var rows = Rows(count: shown)
        while true {
            rows.words = WordTable()
            // Where no row is left, what is around them goes in whether there is room or not.
            var stream = try PackingStream(most: rows.count > 0 ? room : .max)
            try writeRows(order.prefix(rows.count), &rows.words, into: &stream)
            if let packed = stream.finish() {
                rows.text = packed.text
                return rows
            }
            rows.count /= 2
        }
    }

    private func block(_ kind: Kind, _ places: ArraySlice<Int>) throws(PageError) -> [UInt8] {
        var text = JSONText()
        do {
            try text.array { text in
                for place in places {
                    let entry = PageEntry(try found.entry(place, isDrawn: kind == .more))
                    switch kind {
                    case .details: entry.writeDetails(into: &text)
                    case .more: entry.writeMore(into: &text)
                    }
                }
            }
        } catch {
            throw .unreadable("\(error)")
        }
        return text.bytes
    }

    private static func markup(_ packed: [UInt8]) -> HTML {
        HTML(markup: String(decoding: packed, as: UTF8.self))
    }

    /// Writes rows and the words that they share, as far as there is room: the text is never held
    /// whole, for there may be any number of rows.
    private func writeRows(
        _ places: ArraySlice<Int>,
        _ words: inout WordTable,
        into stream: inout PackingStream
    ) throws(PageError) {
        var text = JSONText()
        do {
            try text.object { text in
                try text.array("rows") { text in
                    for place in places where !stream.isFull {
                        PageEntry(try found.entry(place)).writeRow(&words, into: &text)
                        if text.bytes.count >= 1 << 16 { stream.add(text.drain()) }
                    }
                }
                Self.write(words, into: &text)
            }
        } catch {
            throw .unreadable("\(error)")
        }
        stream.add(text.drain())
    }

    private static func write(_ words: WordTable, into text: inout JSONText) {
        text.member("types", words.types.all)
        text.member("triggers", words.triggers.all)
        text.member("currencies", words.currencies.all)
        text.member("block", Int64(Self.blockSize))
        text.array("classes") { text in
            for name in words.classes.all {
                guard let words = DivergenceClass(rawValue: name)?.words else { continue }
                text.object { text in
                    text.member("id", name)
                    text.member("name", words.name)
                    text.member("meaning", words.meaning)
                    text.member("severity", words.severity.rawValue)
                    text.member("word", words.severity.word)
                    text.member("mark", words.severity.mark)
                }
            }
        }
    }
}
