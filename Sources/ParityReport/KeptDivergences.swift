import BillingModel
package import DivergenceAnalysis
package import MirrorLog
import ShadowRun

/// Divergences in a file without a name, and where each of them lies: some 40 bytes for one of which
/// memory would take thousands.
struct KeptDivergences: Sendable {
    private let file: ScratchFile
    /// Where they lie, in the order of the report.
    private let places: [Place]

    /// Where a divergence lies, and what orders it among the others.
    struct Place {
        /// When its episode opened.
        var opened: Instant
        /// Where it begins in the file.
        var start: Int
        /// How many bytes tell of it.
        var told: Int
        /// How many bytes behind those draw it.
        var drawn: Int
        /// How much it weighs.
        var weight: Int32
    }

    /// Divergences that were written in order of account and time.
    init(_ file: ScratchFile, _ places: [Place]) {
        self.file = file
        self.places = places.sorted { ($0.opened, $0.start) < ($1.opened, $1.start) }
    }

    var count: Int { places.count }

    var weights: [Int32] { places.map(\.weight) }

    /// The places of those of one account one after the other: as they lie in the file.
    var placesByAccount: [Int] { places.indices.sorted { places[$0].start < places[$1].start } }

    func entry(_ index: Int, isDrawn: Bool) throws -> ParityReport.Entry {
        let place = places[index]
        let end = place.start + place.told
        let bytes = try file.bytes(place.start..<(isDrawn ? end + place.drawn : end))
        let (episode, divergence) = try PackedDivergence.unpacked(
            bytes.prefix(place.told),
            bytes.dropFirst(place.told)
        )
        return ParityReport.Entry(episode: episode, divergence: divergence)
    }
}

/// Takes divergences as they are found: in memory while they fit, on disk from then on.
///
/// They come from where nothing can fail, so a disk that is full is told of at the end.
package struct DivergenceGathering: ~Copyable {
    private var held: [ParityReport.Entry] = []
    private var heldBytes = 0
    private var figures = DivergenceFigures()
    private var places: [KeptDivergences.Place] = []
    private var writer: ScratchWriter?
    private var failure: ScratchError?
    private let spilling: Spilling?

    /// A gathering of none.
    ///
    /// - Parameter spilling: Where those go that don't fit; `nil` keeps all in memory.
    package init(_ spilling: Spilling?) {
        self.spilling = spilling
        writer = nil
    }

    /// How many are in memory.
    package var heldCount: Int { held.count }

    /// About how many bytes of memory a divergence takes, and what its picture shows.
    private static let bytes = (told: 3 << 10, drawn: 11 << 10)

    /// Takes one; those of an account come one after the other.
    package mutating func add(_ entry: ParityReport.Entry) {
        figures.add(entry)
        guard failure == nil else { return }
        if !places.isEmpty { return keep(entry) }
        held.append(entry)
        heldBytes += Self.bytes.told + (entry.divergence.swimlane == nil ? 0 : Self.bytes.drawn)
        guard let spilling, heldBytes > spilling.limitBeside else { return }
        do throws(ScratchError) {
            writer = try ScratchWriter(in: spilling.folder)
        } catch {
            failure = error
        }
        for entry in held { keep(entry) }
        held = []
    }

    private mutating func keep(_ entry: ParityReport.Entry) {
        let packed = PackedDivergence(entry.episode, entry.divergence)
        do throws(ScratchError) {
            guard let told = try writer?.write(packed.told),
                let drawn = try writer?.write(packed.drawn)
            else { return }
            places.append(
                KeptDivergences.Place(
                    opened: entry.episode.opened,
                    start: told.lowerBound,
                    told: told.count,
                    drawn: drawn.count,
                    weight: Int32(entry.divergence.weight)
                )
            )
        } catch {
            failure = error
        }
    }

    /// All of them.
    ///
    /// - Returns: The divergences, in the order of a report.
    /// - Throws: ``ScratchError`` where the disk is full.
    package mutating func list() throws(ScratchError) -> DivergenceList {
        if let failure { throw failure }
        if let file = try writer?.finish() {
            return DivergenceList(KeptDivergences(file, places), figures: figures)
        }
        let places = held.indices.sorted { comesBefore($0, $1) }
        return DivergenceList(places.map { held[$0] }, figures: figures)
    }

    /// The order of divergences: by time, then by account.
    private func comesBefore(_ one: Int, _ other: Int) -> Bool {
        let (left, right) = (held[one].episode.opened, held[other].episode.opened)
        if left != right { return left < right }
        let account = held[one].episode.account
        if account != held[other].episode.account { return account < held[other].episode.account }
        return held[one].divergence.id < held[other].divergence.id
    }
}
