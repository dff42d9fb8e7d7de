import Foundation
import Testing

/// Three fleets that were simulated and replayed, for the gate to be asked about.
struct GateFixture {
    let folder: Folder

    /// One that phase 1 may cut over on, with limits that its size can keep and its waivers.
    var clean: String { folder.path("clean") }
    /// One that was mirrored for too short a time.
    var young: String { folder.path("young") }
    /// The incident at a hundredth of its size.
    var incident: String { folder.path("incident") }
    /// Limits that a small fleet can keep.
    var limits: String { folder.path("gate.yaml") }
    /// The committed corpus: a part of it would not catch every planted defect.
    let corpus = CorpusFixture.committed
    /// The waivers of the clean fleet.
    let waivers = Self.fleets.appending(path: "clean-webhooks.waivers.yaml").path

    /// The fixture, made once for all tests.
    static let shared = Result { try GateFixture() }

    private static let fleets = CorpusFixture.root.appending(path: "corpora/fleets")

    private init() throws {
        folder = try Folder()
        try folder.write("gate.yaml", ["unexplained_ppm: 100000", "cell_episodes: 10"])
        // The clean fleet as it stands takes minutes of a debug build.
        let smaller = [
            ("pay_go: 6500", "pay_go: 150"), ("days: 60", "days: 30"),
            ("voided_invoice_flag: 8", "voided_invoice_flag: 2"),
        ]
        try simulate("clean-webhooks", as: "clean", replacing: smaller)
        try simulate("young-mirror", as: "young")
        try simulate("small", as: "incident")
    }

    private func simulate(
        _ fleet: String,
        as name: String,
        replacing changes: [(String, String)] = []
    ) throws {
        var text = try String(
            contentsOf: Self.fleets.appending(path: "\(fleet).yaml"),
            encoding: .utf8
        )
        for (old, new) in changes {
            let changed = text.replacing(old, with: new)
            try #require(changed != text, "\(old)")
            text = changed
        }
        let plan = try folder.write("\(name).yaml", Data(text.utf8))
        let made = folder.path("\(name)-log")
        try #require(try Tool.run(["simulate", plan, "--out", made]).status == 0)
        let log = "\(made)/log.ndjson"
        try #require(try Tool.run(["replay", log, "--out", folder.path(name)]).status == 0)
    }

    /// Asks about the clean fleet, with all that it takes for a GO.
    func askClean(_ options: String...) throws -> Tool.Run {
        try Tool.run(
            [
                "gate", "--phase", "1", clean, "--config", limits, "--waivers", waivers, "--corpus",
                corpus,
            ] + options
        )
    }
}
