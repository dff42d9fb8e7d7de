import BillingModel
import DivergenceAnalysis
import MirrorLog
import ParityReport
import ShadowRun

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

    private let entries: [PageEntry]
    private let room: Int

    /// The packing of a report's divergences.
    ///
    /// - Parameters:
    ///   - report: The report.
    ///   - room: How many bytes the packed table may have.
    init(_ report: ParityReport, room: Int) {
        entries = PageEntry.byWeight(report.divergences)
        self.room = room
    }

    /// The packed table.
    ///
    /// - Throws: ``PageError/outOfMemory``.
    func model() throws(PageError) -> ReportModel.TableModel {
        var (shown, words, rows) = (entries[...], WordTable(), [UInt8]())
        while true {
            words = WordTable()
            rows = try Packed(Self.rows(shown, &words)).text
            guard rows.count > room, !shown.isEmpty else { break }
            shown = shown.prefix(shown.count / 2)
        }
        return ReportModel.TableModel(
            count: HTML(Figures.grouped(entries.count)),
            classes: DivergenceClass.allCases.filter { words.classes.all.contains($0.rawValue) }
                .map { .init(value: HTML($0.rawValue), name: HTML($0.words.name)) },
            types: words.types.all.sorted().prefix(Self.mostChoices)
                .map { .init(value: HTML($0), name: HTML($0)) },
            paths: (LegacyPath.allCases.map(\.rawValue) + [PageEntry.noPath]).map {
                .init(value: HTML($0), name: HTML(LegacyPath.title($0)))
            },
            currencies: words.currencies.all.sorted().prefix(Self.mostChoices)
                .map { .init(value: HTML($0), name: HTML($0)) },
            rows: Self.markup(rows),
            blocks: try blocks(shown, room: room - rows.count),
            isCut: shown.count < entries.count,
            shown: HTML(Figures.grouped(shown.count))
        )
    }

    /// The most choices that a filter offers: types are names from the log.
    private static let mostChoices = 200

    /// The blocks that there is room for: first those of one kind, then those of the next.
    private func blocks(
        _ shown: ArraySlice<PageEntry>,
        room: Int
    ) throws(PageError) -> [ReportModel.Block] {
        var blocks: [ReportModel.Block] = []
        var room = room
        for kind in Kind.allCases {
            var start = shown.startIndex
            while start < shown.endIndex {
                let end = min(start + Self.blockSize, shown.endIndex)
                let text = try Packed(Self.block(kind, shown[start..<end])).text
                // With the element around it.
                room -= text.count + 80
                guard room >= 0 else { break }
                let name = "\(kind.rawValue)-\(start / Self.blockSize)"
                blocks.append(.init(name: HTML(name), text: Self.markup(text)))
                start = end
            }
        }
        return blocks
    }

    private static func block(_ kind: Kind, _ entries: ArraySlice<PageEntry>) -> [UInt8] {
        var text = JSONText()
        text.array { text in
            for entry in entries {
                switch kind {
                case .details: entry.writeDetails(into: &text)
                case .more: entry.writeMore(into: &text)
                }
            }
        }
        return text.bytes
    }

    private static func markup(_ packed: [UInt8]) -> HTML {
        HTML(markup: String(decoding: packed, as: UTF8.self))
    }

    private static func rows(
        _ entries: ArraySlice<PageEntry>,
        _ words: inout WordTable
    ) -> [UInt8] {
        var text = JSONText()
        text.object { text in
            text.array("rows") { text in
                for entry in entries { entry.writeRow(&words, into: &text) }
            }
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
        return text.bytes
    }
}
