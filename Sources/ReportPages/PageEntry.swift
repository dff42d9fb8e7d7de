import BillingModel
import DivergenceAnalysis
import DunningBrain
import MirrorLog
import ParityReport
import ShadowRun

/// A divergence as the page shows it: a short row for the table, and details on demand.
struct PageEntry {
    let episode: EpisodeVerdict
    let divergence: Divergence

    /// How many scalars of a name from the log are shown.
    static let mostOfName = 80
    /// How many scalars of a sentence are shown.
    static let mostOfStory = 600
    /// How many elements of a list are shown.
    static let mostOfList = 100
    /// What stands for a path where none acted.
    static let noPath = DivergenceFigures.noPath

    init(_ entry: ParityReport.Entry) {
        episode = entry.episode
        divergence = entry.divergence
    }

    /// The type of an episode's account.
    static func type(of episode: EpisodeVerdict) -> String {
        episode.accountType?.columnValue ?? EpisodeCell.untold
    }

    /// The letters of the paths that acted; ``noPath`` where none did.
    static func paths(of divergence: Divergence) -> [String] {
        divergence.paths.isEmpty ? [noPath] : divergence.paths.map(\.rawValue)
    }

    /// Writes what the table needs, as an array whose places `report.js` knows.
    func writeRow(_ words: inout WordTable, into text: inout JSONText) {
        let opened = episode.opened.description.prefix(19).replacing("T", with: " ")
        text.array { text in
            text.string(Self.name(divergence.id))
            text.string(Self.name(episode.account.rawValue))
            text.integer(words.types.place(of: Self.name(Self.type(of: episode))))
            text.integer(words.triggers.place(of: Self.name(episode.openedBy)))
            text.integer(episode.phase.rawValue)
            text.integer(divergence.extent == .lasting ? 1 : 0)
            text.array { text in
                for cause in divergence.classes {
                    text.integer(words.classes.place(of: cause.rawValue))
                }
            }
            text.string(Self.paths(of: divergence).joined(separator: " "))
            text.string(String(opened))
            text.array { text in
                for sum in divergence.amounts.sums {
                    text.integer(words.currencies.place(of: sum.currency.code))
                    // As text: a browser's numbers lose the last digits of very large sums.
                    text.string(String(sum.minorUnits))
                }
            }
            text.integer(divergence.subscriptions)
            text.string(PlainText.line(divergence.story, most: Self.mostOfStory))
        }
    }

    /// Writes what is shown of the divergence alone.
    func writeDetails(into text: inout JSONText) {
        text.object { text in
            text.member("closed", episode.closed.description)
            text.member("since", divergence.since.description)
            text.member("until", divergence.until?.description)
            text.member("effect", divergence.explanation.map { "\($0.effectiveness)" })
            text.array("edits") { text in
                for edit in divergence.explanation?.interventions ?? [] {
                    text.array { text in
                        text.string(edit.cause.words.name)
                        text.string(Self.name(edit.execution?.rawValue ?? ""))
                        text.string(Self.name(edit.invoice?.rawValue ?? ""))
                        text.string(edit.at.description)
                    }
                }
            }
            Self.list("facets", divergence.facets, into: &text) { facet, text in
                text.array { text in
                    for words in FacetWords(facet).cells { text.string(words) }
                }
            }
            Self.list("legacy", divergence.legacyOnly, into: &text) { taken, text in
                text.string(Self.name(taken.description))
            }
            Self.list("brain", divergence.brainOnly, into: &text) { taken, text in
                text.string(Self.name(taken.description))
            }
            text.array("breaches") { text in
                for breach in divergence.breaches.prefix(Self.mostOfList) {
                    let detail = PlainText.line(breach.detail, most: Self.mostOfStory)
                    text.string("invariant \(breach.invariant.rawValue): \(detail)")
                }
            }
        }
    }

    /// Writes what is shown of the divergence where there is room: its records, and those of them
    /// that show it again, by their places where they stand among the records.
    func writeMore(into text: inout JSONText) {
        text.object { text in
            Self.list("records", divergence.records, into: &text) { record, text in
                text.string(Self.name(record.rawValue))
            }
            let shown = divergence.records.prefix(Self.mostOfList)
            let places = Dictionary(zip(shown, 0...)) { first, _ in first }
            Self.list("reproducer", divergence.reproducer, into: &text) { record, text in
                if let place = places[record] {
                    text.integer(place)
                } else {
                    text.string(Self.name(record.rawValue))
                }
            }
            if let swimlane = divergence.swimlane {
                text.member("drawing", SwimlaneDrawing(swimlane).svg(standalone: false))
            }
        }
    }

    /// Writes the head of a list, and how many elements it has in all.
    private static func list<Element>(
        _ name: String,
        _ elements: [Element],
        into text: inout JSONText,
        _ write: (Element, inout JSONText) -> Void
    ) {
        text.array(name) { text in
            for element in elements.prefix(mostOfList) { write(element, &text) }
        }
        let rest = elements.count - mostOfList
        if rest > 0 { text.member("\(name)_more", Int64(rest)) }
    }

    private static func name(_ text: String) -> String { PlainText.line(text, most: mostOfName) }
}

/// Words that many rows repeat, each told once.
struct WordTable {
    var types = Words()
    var triggers = Words()
    var classes = Words()
    var currencies = Words()

    /// Words in the order in which they were met.
    struct Words {
        private(set) var all: [String] = []
        private var places: [String: Int] = [:]

        /// The place of a word, from 0.
        mutating func place(of word: String) -> Int {
            if let place = places[word] { return place }
            places[word] = all.count
            all.append(word)
            return all.count - 1
        }
    }
}
