import BillingModel
import DivergenceAnalysis
import FleetSimulation
import Foundation
import MirrorLog
import ParityReport
import ReportPages
import ShadowRun

/// Reports for pages: of the small fleet, and made up from that.
struct PageFleet {
    /// The report of the small fleet, every divergence drawn.
    let report: ParityReport
    /// Its `episodes.ndjson`.
    let listing: EpisodeListing

    /// What the gate says of it.
    var answers: [PhaseAnswer] { PhaseAnswer.all(of: report, listing: listing) }

    /// The small fleet, replayed once for all tests.
    static let small = Result { try PageFleet() }

    private init() throws {
        let file = Self.root.appending(path: "corpora/fleets/small.yaml")
        let plan = try FleetPlan(yaml: String(contentsOf: file, encoding: .utf8))
        var log: [UInt8] = []
        try FleetSimulation.run(plan: plan, writeRecord: { log += $0 }, writeTruth: { _ in })
        var replay = Replay(settings: JudgeSettings(), program: "a test")
        try replay.read(whole: log) { _ in }
        var episodes = EpisodeListing(keeping: .max)
        report = try replay.report(
            scope: nil,
            keepsSettled: false,
            drawsSwimlanes: true,
            each: { episodes.add($0) },
            reject: { _ in }
        )
        listing = episodes
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Leaves a page for the browser's tests, where somebody asked for it.
    static func keep(_ html: [UInt8], as name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["PARITY_PAGES"] else { return }
        let place = URL(filePath: folder)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data(html).write(to: place.appending(path: name))
    }
}

extension ParityReport {
    /// A report of as many divergences, each like one of this report, with names of its own.
    ///
    /// The names are as random as those of a log, for what can't be guessed can't be packed.
    func multiplied(to count: Int) -> ParityReport {
        var result = self
        var random = PageNames(state: 7)
        result.divergences = (0..<count).map { number in
            var entry = divergences[number % divergences.count]
            entry.episode.account = AccountID("acct_\(number)")
            entry.divergence.id = "dv_" + random.name(16, "0123456789abcdef")
            var names: [String: String] = [:]
            for record in entry.divergence.records + entry.divergence.reproducer
            where names[record.rawValue] == nil {
                let kind = record.rawValue.prefix { $0 != "_" }
                names[record.rawValue] = "\(kind)_" + random.name(22)
            }
            func renamed(_ record: RecordID) -> RecordID {
                RecordID(names[record.rawValue] ?? record.rawValue)
            }
            entry.divergence.records = entry.divergence.records.map(renamed)
            entry.divergence.reproducer = entry.divergence.reproducer.map(renamed)
            let words = entry.divergence.story.split(separator: " ").map { word in
                word.contains("_") && word.count > 20 ? "in_" + random.name(22) : String(word)
            }
            entry.divergence.story = words.joined(separator: " ")
            return entry
        }
        result.episodes.divergent = count
        return result
    }

    /// A report in which every name from the log is another one.
    func renamed(_ name: String) -> ParityReport {
        var result = self
        for place in result.divergences.indices {
            let unique = "\(name)\(place)"
            result.divergences[place].episode.account = AccountID(unique)
            result.divergences[place].episode.openedBy = name
            result.divergences[place].episode.accountType = .unknown(name)
            result.divergences[place].divergence.id = "dv_\(unique)"
            result.divergences[place].divergence.story = name
            result.divergences[place].divergence.records = [RecordID(name)]
            result.divergences[place].divergence.reproducer = [RecordID(name)]
            result.divergences[place].divergence.facets = [
                FacetDifference(
                    .items(SubscriptionID(name)),
                    legacy: .list([name]),
                    brain: .list([name, name])
                ),
                FacetDifference(.ban, legacy: .text(name), brain: .text(nil)),
            ]
            // Drawing takes long in a debug build: some are enough.
            if place > 5 { result.divergences[place].divergence.swimlane = nil }
            result.divergences[place].divergence.swimlane?.account = AccountID(name)
            result.divergences[place].divergence.swimlane?.story = name
        }
        result.standing = []
        result.unknownTypes = [name]
        result.types = [(name, types.reduce(0) { $0 + $1.accounts })]
        for place in result.cells.indices {
            result.cells[place].cell.trigger = "\(name)\(place)"
            result.cells[place].cell.accountType = name
        }
        result.input.program = name
        return result
    }
}

/// Random names of a seed.
struct PageNames {
    var state: UInt64

    mutating func name(
        _ length: Int,
        _ letters: String = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    ) -> String {
        let letters = Array(letters.utf8)
        let bytes = (0..<length).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return letters[Int((state >> 33) % UInt64(letters.count))]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
