import BillingModel
import MirrorLog
package import ParityReport
import ShadowRun

/// What recorded verdicts rested on and the present look does not.
///
/// A NO-GO must not be mended by leaving out the log that it came from, nor a corpus by leaving out
/// the case that failed.
package struct EarlierEvidence: Hashable, Sendable {
    /// Episodes that spoke against a verdict and are not judged now, in order of time.
    package var forgotten: [Episode]
    /// Days of which an earlier verdict had judged more episodes, in order, in words.
    package var thinner: [String]
    /// Cases that an earlier verdict had and the corpus has not, or has with another log, sorted.
    package var lostCases: [String]

    /// What is missing: nothing, unless given.
    package init(
        forgotten: [Episode] = [],
        thinner: [String] = [],
        lostCases: [String] = []
    ) {
        self.forgotten = forgotten
        self.thinner = thinner
        self.lostCases = lostCases
    }

    /// Whether nothing is missing.
    package var isWhole: Bool { forgotten.isEmpty && thinner.isEmpty && lostCases.isEmpty }

    /// An episode that spoke against a verdict.
    package struct Episode: Hashable, Sendable {
        /// Which one.
        package var key: ReportDocument.EpisodeKey
        /// The id that its divergence had.
        package var divergence: String
        /// The record of the verdict.
        package var record: Int

        /// An episode.
        package init(key: ReportDocument.EpisodeKey, divergence: String, record: Int) {
            self.key = key
            self.divergence = divergence
            self.record = record
        }
    }
}

extension EarlierEvidence {
    /// What the present look has to be held against.
    struct Look {
        /// The phase that is asked about.
        var phase: Phase
        /// Since when what was judged must be judged again: what is older than all that is looked
        /// at may be left out, as logs are not kept for ever.
        var since: Instant
        /// How many episodes of each day are judged.
        var days: [(day: String, judged: Int)]
        /// The corpus; `nil` where none is given, which is a matter of another criterion.
        var corpus: CorpusEvidence?
        /// The episodes of all reports.
        var episodes: [ListedEpisode]
    }

    /// The share of a day's episodes that may be missing: late records merge some.
    private static let tolerance = Rate(partsPerMillion: 1000)

    /// Compares a look with what was recorded.
    ///
    /// - Parameters:
    ///   - records: The chain's records, in order.
    ///   - look: The present look.
    /// - Throws: ``RecordError`` where a record's body can't be read.
    /// - Complexity: O(n + m log m) for n listed episodes and m that spoke against a verdict.
    init(_ records: [ChainRecord], missingFrom look: Look) throws(RecordError) {
        self.init(lostCases: Self.lost(records, look.corpus))
        var open: [AccountID: [Episode]] = [:]
        for record in records {
            guard let body = record.entry.body else { continue }
            for episode in try Self.against(body, look.phase, record.sequence)
            where episode.key.opened >= look.since {
                open[episode.key.account, default: []].append(episode)
            }
        }
        for listed in look.episodes where listed.outcome.isJudged {
            guard let asked = open[listed.key.account] else { continue }
            // Late records may have moved its opening; what matters is that its time was judged.
            let span = min(listed.key.opened, listed.closed)...listed.closed
            open[listed.key.account] = asked.filter { !span.contains($0.key.opened) }
        }
        var met: Set<ReportDocument.EpisodeKey> = []
        forgotten = open.values.joined()
            .sorted { ($0.key, $0.record) < ($1.key, $1.record) }
            .filter { met.insert($0.key).inserted }
        thinner = Self.thinner(records, look)
    }

    /// The days that a verdict other than GO had seen more of.
    private static func thinner(_ records: [ChainRecord], _ look: Look) -> [String] {
        let now = Dictionary(look.days.map { ($0.day, $0.judged) }, uniquingKeysWith: max)
        let since = look.since.description.prefix(10)
        var most: [String: (judged: Int64, record: Int)] = [:]
        for record in records where record.entry.verdict != .go {
            for element in record.entry.body?["days"]?.elements ?? [] {
                guard let day = element["day"]?.string, day >= since,
                    let judged = element["judged"]?.integer, judged > most[day]?.judged ?? 0
                else { continue }
                most[day] = (judged, record.sequence)
            }
        }
        return most.keys.sorted().compactMap { day in
            guard let earlier = most[day] else { return nil }
            let judged = Int64(now[day] ?? 0)
            let least = earlier.judged.multipliedFullWidth(
                by: Int64(1_000_000 - tolerance.partsPerMillion)
            )
            let mine = judged.multipliedFullWidth(by: 1_000_000)
            guard (mine.high, mine.low) < (least.high, least.low) else { return nil }
            return "\(day): \(Figures.grouped(Int(judged))) episodes are judged, and "
                + "\(Figures.grouped(Int(earlier.judged))) were in record \(earlier.record)"
        }
    }

    /// The cases that a verdict was given on and the corpus does not hold as they were.
    private static func lost(_ records: [ChainRecord], _ corpus: CorpusEvidence?) -> [String] {
        guard let corpus else { return [] }
        let mine = Set(corpus.logs.map(\.words))
        let theirs = records.flatMap { record in
            (record.entry.body?["corpus_logs"]?.elements ?? []).compactMap(\.string)
        }
        return Set(theirs).subtracting(mine).sorted()
    }

    /// The episodes within a phase's scope that spoke against a recorded verdict.
    private static func against(
        _ body: JSONTree,
        _ phase: Phase,
        _ record: Int
    ) throws(RecordError) -> [Episode] {
        guard let elements = body["against"]?.elements else { return [] }
        var episodes: [Episode] = []
        for element in elements {
            let known = ["account", "divergence", "opened", "phase"]
            let object = try StrictObject(element, at: "against", known: known)
            guard try object.integer("phase") <= Int64(phase.rawValue) else { continue }
            guard let opened = Instant(rfc3339: try object.string("opened")) else {
                throw object.error("`opened` is no RFC 3339 time")
            }
            let account = AccountID(try object.string("account"))
            episodes.append(
                Episode(
                    key: ReportDocument.EpisodeKey(account: account, opened: opened),
                    divergence: try object.string("divergence"),
                    record: record
                )
            )
        }
        return episodes
    }
}
