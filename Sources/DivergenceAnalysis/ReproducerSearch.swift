import BillingModel
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
        if !trials.checksInvariants {
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
            places.filter { records[$0].isRecording },
            places.filter { records[$0].kind == .change },
            places.filter { records[$0].kind == .mark },
        ]
    }

    /// The first of ever wider windows that diverges in the same way: the episode's records, then
    /// twice as many before them, and so on to the beginning.
    private func start(_ episode: Episode, _ trials: inout Trials) -> [Int]? {
        let baseline = records[..<episode.range.lowerBound].lastIndex { $0.kind == .baseline }
        trials.kept = Set([baseline].compactMap { $0 })
        let end = judge.end(of: episode, among: records)
        var reach = 0
        while true {
            let lower = max(0, episode.range.lowerBound - reach)
            let window = trials.kept.union(needs.closure(of: lower..<end)).sorted()
            if trials.diverges(window) { return window }
            if lower == 0 { return nil }
            reach = max(2 * reach, episode.range.count)
        }
    }

    /// Judges subsets and remembers how many.
    private struct Trials {
        let search: ReproducerSearch
        let signature: Divergence.Signature
        /// Places that are never left out.
        var kept: Set<Int> = []
        /// Whether decisions are held against the invariants, which takes as long as all the rest.
        private(set) var checksInvariants: Bool
        private var left = ReproducerSearch.mostTrials

        init(_ search: ReproducerSearch, _ signature: Divergence.Signature) {
            self.search = search
            self.signature = signature
            checksInvariants = signature.classes.contains(.brainDefect)
        }

        /// Goes on by holding every decision against the invariants, with as many trials again.
        mutating func checkInvariants() {
            checksInvariants = true
            left = ReproducerSearch.mostTrials
        }

        /// Whether the records at some places, judged by themselves, diverge in the same way.
        mutating func diverges(_ places: [Int]) -> Bool {
            guard left > 0 else { return false }
            left -= 1
            let subset = places.map { search.records[$0] }
            return search.judge.diverges(
                subset,
                in: signature,
                checksInvariants: checksInvariants
            )
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

extension AccountJudge {
    /// Whether some records, in event-time order and judged by themselves, have a divergence of a
    /// signature.
    ///
    /// Causes are only searched where extent and facets agree.
    func diverges(
        _ records: [MirrorRecord],
        in signature: Divergence.Signature,
        checksInvariants: Bool
    ) -> Bool {
        let alone = AccountJudge(
            settings: settings,
            coverage: LogCoverage(shownBy: records),
            rows: rows
        )
        var cutter = EpisodeCutter(records, settings)
        while let episode = cutter.nextEpisode() {
            guard episode.canBeJudged else { continue }
            let subject = alone.compare(episode, cutter, checksInvariants: checksInvariants)
            guard subject.differs, !subject.lacksFacts, subject.extent == signature.extent,
                subject.facets == signature.facets
            else { continue }
            if subject.classes(subject.explained(by: rows)) == signature.classes { return true }
        }
        return false
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
