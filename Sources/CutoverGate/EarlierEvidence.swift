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
    /// The record that checked more cases, with how many; `nil` where none did.
    package var largerCorpus: LargerCorpus?

    /// What is missing: nothing, unless given.
    package init(forgotten: [Episode] = [], largerCorpus: LargerCorpus? = nil) {
        self.forgotten = forgotten
        self.largerCorpus = largerCorpus
    }

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

    /// A corpus that a verdict was given on.
    package struct LargerCorpus: Hashable, Sendable {
        /// The record of the verdict.
        package var record: Int
        /// How many cases there were.
        package var cases: Int

        /// A corpus.
        package init(record: Int, cases: Int) {
            self.record = record
            self.cases = cases
        }
    }
}

extension EarlierEvidence {
    /// What the present look has to be held against.
    struct Look {
        /// The phase that is asked about.
        var phase: Phase
        /// Since when an episode must be judged again: what is older than the time that has to be
        /// observed may be left out, as logs are not kept for ever.
        var since: Instant
        /// How many cases the corpus has.
        var cases: Int
        /// The episodes of all reports.
        var episodes: [ListedEpisode]
    }

    /// Compares a look with what was recorded.
    ///
    /// - Parameters:
    ///   - records: The chain's records, in order.
    ///   - look: The present look.
    /// - Throws: ``RecordError`` where a record's body can't be read.
    /// - Complexity: O(n + m log m) for n listed episodes and m that spoke against a verdict.
    init(_ records: [ChainRecord], missingFrom look: Look) throws(RecordError) {
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
        largerCorpus = try Self.largest(records).flatMap { $0.cases > look.cases ? $0 : nil }
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

    /// The largest corpus that a verdict was given on, the last of several.
    private static func largest(_ records: [ChainRecord]) throws(RecordError) -> LargerCorpus? {
        var largest: LargerCorpus?
        for record in records {
            guard let number = record.entry.body?["corpus_cases"]?.integer,
                let cases = Int(exactly: number), cases >= largest?.cases ?? 0
            else { continue }
            largest = LargerCorpus(record: record.sequence, cases: cases)
        }
        return largest
    }
}
