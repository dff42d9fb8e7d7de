import BillingModel
import LegacyPaths
import MirrorLog
package import ShadowRun

/// Finds the smallest subset of an account's records that still diverges in the same way.
///
/// By delta debugging: ever finer parts of the records are left out for as long as the rest, judged
/// by itself, has a divergence of the same classes, extent and facets (A. Zeller and R. Hildebrandt,
/// "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002), and then one record
/// after the other, until none can go. What is left out takes along what can't be without it, so
/// that no execution loses its trigger and no event is of an invoice that never was. The baseline
/// is kept.
struct ReproducerSearch {
    /// The most subsets judged for one divergence; whatever is smallest by then stands.
    static let mostTrials = 400

    private let account: AccountID
    private let records: [MirrorRecord]
    private let needs: RecordNeeds
    private let judge: AccountJudge
    /// For each record, whether it shows that Path A is mirrored.
    private let isRecording: [Bool]

    /// A search among an account's records.
    ///
    /// - Parameters:
    ///   - account: The account.
    ///   - records: All of its records, in event-time order.
    ///   - judge: The judge of the account.
    init(_ account: AccountID, _ records: [MirrorRecord], by judge: AccountJudge) {
        self.account = account
        self.records = records
        self.judge = judge
        needs = RecordNeeds(records)
        isRecording = records.map(\.isRecording)
    }

    /// The ids of a divergence's reproducer, in event-time order.
    ///
    /// - Returns: A subset that diverges in the same way by itself; all of the account's records
    ///   where even they don't without the rest of the log.
    /// - Complexity: At most ``mostTrials`` judgements of at most the account's records.
    func reproducer(of divergence: Divergence, in episode: Episode) -> [RecordID] {
        var trials = Trials(self, divergence.signature)
        guard let start = start(episode, &trials) else { return records.map(\.id) }
        var places = trials.minimized(start)
        if !trials.keepsInvariants {
            // What was left out may have hidden a broken invariant, which would be another class.
            trials.checkInvariants()
            if !trials.diverges(places) { places = trials.minimized(start) }
        }
        return places.map { records[$0].id }
    }

    /// The kinds of record that mostly have nothing to do with a divergence, and that can only be
    /// left out together: a log that shows Path A at all is expected to show it for every event,
    /// and one that shows a table for every effect.
    private func companions(of places: [Int]) -> [[Int]] {
        [
            places.filter { isRecording[$0] },
            places.filter { records[$0].kind == .change },
            places.filter { records[$0].kind == .mark },
        ]
    }

    /// The first of ever wider windows that diverges in the same way: the episode's records, then
    /// twice as many before them, and so on to the beginning.
    private func start(_ episode: Episode, _ trials: inout Trials) -> [Int]? {
        let baseline = records[..<episode.range.lowerBound].lastIndex { $0.kind == .baseline }
        trials.kept = baseline
        let end = judge.end(of: episode, among: records)
        var reach = 0
        while true {
            let lower = max(0, episode.range.lowerBound - reach)
            let window = needs.closure(of: lower..<end, with: baseline)
            if trials.diverges(window) { return window }
            if lower == 0 { return nil }
            reach = max(2 * reach, episode.range.count)
        }
    }

    /// Judges subsets and remembers how many, and which of them did not diverge in the same way.
    private struct Trials {
        let search: ReproducerSearch
        let signature: Divergence.Signature
        /// A place that is never left out.
        var kept: Int?
        /// Whether decisions are held against the invariants, which takes as long as all the rest.
        private(set) var checksInvariants: Bool
        private var left = ReproducerSearch.mostTrials
        private var failed: Set<[Int]> = []
        /// The episode that diverged in the same way, of the last subset that had one.
        private var found: Timeline?

        init(_ search: ReproducerSearch, _ signature: Divergence.Signature) {
            self.search = search
            self.signature = signature
            checksInvariants = signature.classes.contains(.brainDefect)
        }

        /// Whether the last subset that diverged did so without a broken invariant that nobody looked
        /// for.
        var keepsInvariants: Bool {
            guard !checksInvariants, let found else { return true }
            return BrainRun(found, search.judge.settings).breaches.isEmpty
        }

        /// Goes on by holding every decision against the invariants, with as many trials again.
        mutating func checkInvariants() {
            checksInvariants = true
            left = ReproducerSearch.mostTrials
            failed = []
        }

        /// Whether the records at some places, judged by themselves, diverge in the same way.
        mutating func diverges(_ places: [Int]) -> Bool {
            guard left > 0 else { return false }
            left -= 1
            guard !failed.contains(places) else { return false }
            let timeline = search.judge.divergent(
                places.map { search.records[$0] },
                in: signature,
                expected: .expected(showsA: places.contains { search.isRecording[$0] }),
                checksInvariants: checksInvariants
            )
            guard let timeline else {
                failed.insert(places)
                return false
            }
            found = timeline
            return true
        }

        /// Leaves out parts, then single records, until none can go.
        mutating func minimized(_ places: [Int]) -> [Int] {
            var rest = places
            for part in search.companions(of: places) {
                rest = leavingOutOne(of: [part], from: rest) ?? rest
            }
            var parts = 2
            while rest.count > 3 * parts / 2 {
                if let smaller = leavingOutOne(of: split(rest, into: parts), from: rest) {
                    rest = smaller
                    parts = max(2, parts - 1)
                } else {
                    parts *= 2
                }
            }
            while let smaller = leavingOutOne(of: rest.map { [$0] }, from: rest) { rest = smaller }
            return rest
        }

        private mutating func leavingOutOne(of parts: [[Int]], from places: [Int]) -> [Int]? {
            for part in parts {
                let smaller = search.needs.without(part, from: places, keeping: kept)
                if smaller.count < places.count, diverges(smaller) { return smaller }
            }
            return nil
        }

        private func split(_ places: [Int], into parts: Int) -> [[Int]] {
            let size = (places.count + parts - 1) / parts
            return stride(from: 0, to: places.count, by: size).map {
                Array(places[$0..<min($0 + size, places.count)])
            }
        }
    }
}

extension Divergence {
    /// What a smaller story of the same divergence must have in common with it.
    package struct Signature: Hashable, Sendable {
        /// The causes.
        package var classes: [DivergenceClass]
        /// How far it goes.
        package var extent: Extent
        /// The facets, with both values.
        package var facets: [FacetDifference]

        /// A signature from its parts.
        package init(
            classes: [DivergenceClass],
            extent: Extent,
            facets: [FacetDifference]
        ) {
            self.classes = classes
            self.extent = extent
            self.facets = facets
        }
    }

    /// The classes, the extent and the facets.
    package var signature: Signature {
        Signature(classes: classes, extent: extent, facets: facets)
    }
}

extension Divergence.Signature {
    /// Whether an episode may end in this way, as far as legacy's recorded end of it tells.
    ///
    /// It spares most subsets the shadow run and the comparison; a transient difference leaves
    /// nothing at the end to be held against.
    fileprivate func mayFit(_ timeline: Timeline, _ unprocessed: [Unprocessed]) -> Bool {
        guard extent == .lasting else { return true }
        return facets.allSatisfy { difference in
            if case .processed(let id) = difference.facet {
                return unprocessed.contains { $0.trigger.record == id }
            }
            return difference.facet.value(in: timeline.final) == difference.legacy
        }
    }

    /// Whether a case may have its facets that compares in this way; it has its extent.
    fileprivate func mayFit(_ comparison: Comparison) -> Bool {
        switch extent {
        case .transient: comparison.statesAgree
        case .lasting: comparison.differences == facets && !facets.isEmpty
        }
    }

    /// Whether a case that has its extent and its facets has its classes as well.
    fileprivate func hasClasses(of subject: EpisodeCase, _ rows: [CauseRow]) -> Bool {
        let causes = classes.filter { $0 != .brainDefect }
        let explanation =
            subject.comparison.isMatch
            ? nil
            : CauseSearch(subject, rows: rows)
                .explain(ifBy: causes == [.unexplained] ? nil : causes)
        return subject.classes(explanation) == classes
    }
}

extension AccountJudge {
    /// The first episode of some records, in event-time order and judged by themselves, that has a
    /// divergence of a signature.
    ///
    /// Causes are only searched where extent and facets agree.
    /// - Parameters:
    ///   - records: The records.
    ///   - signature: What the divergence must have.
    ///   - expected: The paths that should have an execution for whatever they react to, as these
    ///     records show it.
    ///   - checksInvariants: Whether each decision is held against the invariants.
    /// - Returns: The episode taken apart; `nil` where none has such a divergence.
    fileprivate func divergent(
        _ records: [MirrorRecord],
        in signature: Divergence.Signature,
        expected: PathSet,
        checksInvariants: Bool
    ) -> Timeline? {
        var cutter = EpisodeCutter(records, settings)
        while let episode = cutter.nextEpisode() {
            guard episode.canBeJudged else { continue }
            let unprocessed = episode.timeline.unprocessed(expected)
            guard signature.mayFit(episode.timeline, unprocessed) else { continue }
            let brain = BrainRun(episode.timeline, settings, checksInvariants: checksInvariants)
            let comparison = Comparison(episode.timeline.recorded(unprocessed), brain)
            guard signature.mayFit(comparison) else { continue }
            let subject = subject(episode, brain, comparison, unprocessed, expected, cutter)
            guard subject.differs, !subject.lacksFacts, subject.facets == signature.facets
            else { continue }
            if signature.hasClasses(of: subject, rows) { return episode.timeline }
        }
        return nil
    }

    /// The end of the records that an episode's verdict may rest on: those behind it count where a
    /// longer settle time is tried.
    func end(of episode: Episode, among records: [MirrorRecord]) -> Int {
        let until = episode.lastAt.advanced(by: settings.longerSettle)
        let behind = records[episode.range.upperBound...]
        return behind.firstIndex { $0.at > until } ?? records.count
    }
}

extension MirrorRecord {
    /// Whether it is Path A's doing, which reads nothing and does nothing to anybody.
    fileprivate var isRecording: Bool {
        switch body {
        case .execution(let execution): execution.path == .a
        case .change(let change): change.table == .dunning
        case .baseline, .stripe, .request, .mark: false
        }
    }
}
