package import BillingModel
package import DivergenceAnalysis
package import MirrorLog
import ShadowRun

/// `episodes.ndjson`: every episode of a report with what it came to, a line each.
///
/// By it several reports are read as one observation, and anybody can count again what a report
/// counts.
package struct EpisodeListing {
    private var text = JSONText()
    /// How many episodes may be kept as values.
    private let most: Int
    private var kept: [ListedEpisode] = []
    /// Whether all that were added are kept.
    package private(set) var isWhole = true
    private var refusal: RecordError?
    private var count = 0

    /// An empty listing.
    ///
    /// - Parameter most: How many episodes may be kept as values too, for ``episodes()``; from one
    ///   more on none is.
    package init(keeping most: Int = 0) {
        self.most = most
    }

    /// Adds an episode.
    package mutating func add(_ episode: EpisodeVerdict) {
        let start = text.bytes.count
        write(episode)
        keep(episode, from: start)
        text.endLine()
    }

    /// What ``ListedEpisode/all(in:)`` reads from the text of all that was added.
    ///
    /// - Precondition: It ``isWhole``.
    /// - Throws: ``RecordError`` with the line that does not read back.
    package func episodes() throws(RecordError) -> [ListedEpisode] {
        try check()
        precondition(isWhole, "the listing holds more episodes than were to be kept")
        return kept
    }

    /// Sees to it that all that was added reads back, whether it is kept or not.
    ///
    /// - Throws: ``RecordError`` with the line that does not.
    package func check() throws(RecordError) {
        if let refusal { throw refusal }
    }

    private mutating func keep(_ episode: EpisodeVerdict, from start: Int) {
        count += 1
        guard refusal == nil else { return }
        if episode.opened.readsBack, episode.closed.readsBack {
            return keep { ListedEpisode(episode) }
        }
        // The text is the authority on what it says.
        do throws(RecordError) {
            let episode = try ListedEpisode(Array(text.bytes[start...]))
            keep { episode }
        } catch {
            refusal = error.inside("line \(count)")
        }
    }

    private mutating func keep(_ episode: () -> ListedEpisode) {
        guard isWhole else { return }
        if kept.count < most { return kept.append(episode()) }
        (kept, isWhole) = ([], false)
    }

    private mutating func write(_ episode: EpisodeVerdict) {
        text.object { text in
            text.member("account", episode.account.rawValue)
            text.member("opened", episode.opened)
            text.member("closed", episode.closed)
            text.member("trigger", episode.openedBy)
            text.member("account_type", episode.accountType?.columnValue ?? EpisodeCell.untold)
            text.member("phase", Int64(episode.phase.rawValue))
            text.member("outcome", ListedEpisode.Outcome(episode.outcome).rawValue)
            if case .divergent(let divergence) = episode.outcome {
                text.member("divergence", divergence.id)
                text.member("classes", divergence.classes.map(\.rawValue))
            }
        }
    }

    /// Hands over what was written since this was last called.
    package mutating func drain() -> [UInt8] { text.drain() }

    /// How many bytes wait to be handed over.
    package var waiting: Int { text.bytes.count }
}

/// An episode as a listing has it.
package struct ListedEpisode: Hashable, Sendable {
    /// Whose it is, and when it opened.
    package var key: ReportDocument.EpisodeKey
    /// When the account had been quiet for the settle time.
    package var closed: Instant
    /// Its kind.
    package var cell: EpisodeCell
    /// What it came to.
    package var outcome: Outcome
    /// The divergence's id; `nil` of an episode that does not diverge.
    package var divergence: String?
    /// The divergence's classes, in the order of the table.
    package var classes: [DivergenceClass]

    /// What an episode came to, in a word.
    package enum Outcome: String, CaseIterable, Sendable {
        case match, divergent, open, incomplete

        init(_ outcome: EpisodeVerdict.Outcome) {
            switch outcome {
            case .match: self = .match
            case .divergent: self = .divergent
            case .open: self = .open
            case .incomplete: self = .incomplete
            }
        }

        /// Whether the episode was judged.
        package var isJudged: Bool { self == .match || self == .divergent }
    }

    /// The day that it opened on, within its phase.
    package var day: EpisodeDay {
        EpisodeDay(of: key.opened, phase: cell.phase)
    }

    /// An episode as a listing tells of it.
    init(_ episode: EpisodeVerdict) {
        key = ReportDocument.EpisodeKey(account: episode.account, opened: episode.opened)
        closed = episode.closed
        cell = EpisodeCell(episode)
        outcome = Outcome(episode.outcome)
        classes = []
        guard case .divergent(let divergence) = episode.outcome else { return }
        self.divergence = divergence.id
        classes = divergence.classes
    }

    /// Reads a whole listing.
    ///
    /// - Parameter listing: The text of `episodes.ndjson`, UTF-8.
    /// - Returns: Its episodes, in the order of its lines.
    /// - Throws: ``RecordError`` with the line that is none.
    package static func all(in listing: [UInt8]) throws(RecordError) -> [ListedEpisode] {
        var episodes: [ListedEpisode] = []
        for (index, line) in listing.split(separator: UInt8(ascii: "\n")).enumerated() {
            do throws(RecordError) {
                episodes.append(try ListedEpisode(Array(line)))
            } catch {
                throw error.inside("line \(index + 1)")
            }
        }
        return episodes
    }

    /// Reads a line of a listing.
    ///
    /// - Parameter line: UTF-8, without the line feed.
    /// - Throws: ``RecordError`` where it is none.
    package init(_ line: [UInt8]) throws(RecordError) {
        try self.init(JSONTree(line))
    }

    /// Reads an episode of a listing, parsed.
    init(_ tree: JSONTree) throws(RecordError) {
        let known = [
            "account", "opened", "closed", "trigger", "account_type", "phase", "outcome",
            "divergence", "classes",
        ]
        let object = try StrictObject(tree, known: known)
        func instant(_ key: String) throws(RecordError) -> Instant {
            let text = try object.string(key)
            guard let instant = Instant(rfc3339: text) else {
                throw object.error("`\(key)` is no time: `\(text)`")
            }
            return instant
        }
        closed = try instant("closed")
        let number = try object.integer("phase")
        guard let phase = Int(exactly: number).flatMap(Phase.init(rawValue:)) else {
            throw object.error("`phase` is \(number), not 1, 2, 3 or 4")
        }
        let word = try object.string("outcome")
        guard let outcome = Outcome(rawValue: word) else {
            throw object.error("`\(word)` is no outcome")
        }
        let account = AccountID(try object.string("account"))
        key = ReportDocument.EpisodeKey(account: account, opened: try instant("opened"))
        cell = EpisodeCell(
            trigger: try object.string("trigger"),
            accountType: try object.string("account_type"),
            phase: phase
        )
        self.outcome = outcome
        divergence = try object.optionalString("divergence")
        classes = []
        guard outcome == .divergent else { return }
        guard divergence != nil else { throw object.error("`divergence` is missing") }
        for name in try object.strings("classes") {
            guard let cause = DivergenceClass(rawValue: name) else {
                throw object.error("`\(name)` is no class")
            }
            classes.append(cause)
        }
    }
}
