package import DivergenceAnalysis
import MirrorLog

/// The divergences of a report, in order of opening, account and id: in memory, or on disk where they
/// take more than they may.
package struct DivergenceList: Sendable {
    /// Those in memory: all of them, or none where they are on disk.
    package internal(set) var held: [ParityReport.Entry] { didSet { gathered = nil } }
    private let kept: KeptDivergences?
    /// What they come to, where somebody counted while they were found.
    private var gathered: DivergenceFigures?

    /// Divergences in memory.
    ///
    /// - Parameters:
    ///   - entries: The divergences, in order.
    ///   - figures: What they come to, where that was counted already.
    init(_ entries: [ParityReport.Entry], figures: DivergenceFigures? = nil) {
        (held, kept, gathered) = (entries, nil, figures)
    }

    /// Divergences on disk.
    init(_ kept: KeptDivergences, figures: DivergenceFigures) {
        (held, self.kept, gathered) = ([], kept, figures)
    }

    /// Whether they are in memory.
    package var isHeld: Bool { kept == nil }

    /// How many there are.
    package var count: Int { kept?.count ?? held.count }

    /// What they come to.
    ///
    /// - Complexity: O(1) as a replay leaves them, O(n log n) where they were changed since.
    package var figures: DivergenceFigures { gathered ?? DivergenceFigures(held) }

    /// One of them.
    ///
    /// - Parameters:
    ///   - place: Its place in the list.
    ///   - isDrawn: Whether what a picture of it shows is read as well.
    /// - Returns: The divergence.
    /// - Throws: ``ScratchError`` and ``PackedError`` where it can't be read back from disk.
    package func entry(_ place: Int, isDrawn: Bool = false) throws -> ParityReport.Entry {
        guard let kept else { return held[place] }
        return try kept.entry(place, isDrawn: isDrawn)
    }

    /// Visits all of them, one at a time, without their pictures where they are on disk.
    ///
    /// - Parameter visit: Called with each, in order.
    /// - Throws: What `visit` throws, and as ``entry(_:isDrawn:)``.
    package func forEach(_ visit: (ParityReport.Entry) throws -> Void) throws {
        for place in 0..<count { try visit(entry(place)) }
    }

    /// Visits all of them, those of an account one after the other.
    ///
    /// - Parameter visit: Called with each.
    /// - Throws: What `visit` throws, and as ``entry(_:isDrawn:)``.
    package func forEachByAccount(_ visit: (ParityReport.Entry) throws -> Void) throws {
        let places = kept?.placesByAccount ?? held.placesByAccount
        for place in places { try visit(entry(place)) }
    }

    /// The places of those that weigh most first, and of equal ones in order.
    ///
    /// - Complexity: O(n log n), at eight bytes each.
    package var placesByWeight: [Int] {
        let weights = kept?.weights ?? held.map { Int32($0.divergence.weight) }
        return weights.indices.sorted { (weights[$1], $0) < (weights[$0], $1) }
    }
}

extension [ParityReport.Entry] {
    /// The places of those of one account one after the other.
    var placesByAccount: [Int] {
        indices.sorted { one, other in
            let (left, right) = (self[one].episode.account, self[other].episode.account)
            return left == right ? one < other : left < right
        }
    }
}

extension Divergence {
    /// How much it weighs, to say which to look at first: larger is graver, up to eight million.
    package var weight: Int {
        let counts = subscriptions + legacyOnly.count
        var weight = min(max(0, counts), 999_999)
        if !brainOnly.isEmpty { weight += 1_000_000 }
        if extent == .lasting { weight += 2_000_000 }
        if classes.contains(where: \.isBlocking) { weight += 4_000_000 }
        return weight
    }
}
