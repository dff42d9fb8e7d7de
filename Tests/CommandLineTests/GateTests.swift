import Foundation
import Testing

/// `gate` and `calibrate` as processes.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct GateTests {
    private let fixture: GateFixture
    private let folder: Folder

    init() throws {
        fixture = try GateFixture.shared.get()
        folder = try Folder()
    }

    private func criteria(_ name: String) throws -> [String: String] {
        let object = try JSONSerialization.jsonObject(with: folder.read("\(name)/gate.json"))
        let decision = try #require(object as? [String: Any])
        let criteria = try #require(decision["criteria"] as? [[String: Any]])
        var verdicts: [String: String] = [:]
        for criterion in criteria {
            let key = try #require(criterion["criterion"] as? String)
            verdicts[key] = criterion["verdict"] as? String
        }
        return verdicts
    }

    // MARK: - The three answers

    @Test("the clean fleet with its waivers is a GO, exit 0")
    func go() throws {
        let run = try fixture.askClean("--out", folder.path("out"))
        #expect(run.status == 0)
        #expect(run.output.hasSuffix("GO for phase 1: everything that is asked for was shown\n"))
        #expect(run.output.contains("limits that ask for less than the defaults:\n"))
        #expect(run.output.contains("unexplained_ppm: 100000 (the default is 1000)"))
        #expect(Set(try criteria("out").values) == ["GO"])
        #expect(folder.names(in: "out") == ["gate.html", "gate.json", "gate.md"])
    }

    @Test("without its waivers the clean fleet is NO-GO, by its known defect alone")
    func unwaived() throws {
        let run = try Tool.run([
            "gate", "--phase", "1", fixture.clean, "--config", fixture.limits, "--corpus",
            fixture.corpus, "--out", folder.path("out"),
        ])
        #expect(run.status == 1)
        let against = try criteria("out").filter { $0.value != "GO" }
        #expect(against == ["explained": "NO-GO"])
    }

    @Test("past their date the waivers of the clean fleet hold no more")
    func expired() throws {
        let run = try fixture.askClean("--at", "2026-09-02T00:00:00Z", "--out", folder.path("out"))
        #expect(run.status == 1)
        #expect(try criteria("out")["explained"] == "NO-GO")
        #expect(try criteria("out")["observed_time"] == "INSUFFICIENT")
    }

    @Test("asked as of a time before the end of what was observed, nothing passes")
    func backdated() throws {
        let run = try fixture.askClean("--at", "2026-04-15T00:00:00Z", "--out", folder.path("out"))
        #expect(run.status == 2)
        #expect(try criteria("out")["observed_time"] == "INSUFFICIENT")
    }

    @Test("a young mirror is INSUFFICIENT, exit 2, and says by when it will do")
    func insufficient() throws {
        let run = try Tool.run([
            "gate", "--phase", "1", fixture.young, "--corpus", fixture.corpus, "--out",
            folder.path("out"),
        ])
        #expect(run.status == 2)
        let against = try criteria("out").filter { $0.value != "GO" }
        // Its Path C never acted, so nobody knows how faithful its model is.
        #expect(against == ["unexplained": "INSUFFICIENT", "fidelity": "INSUFFICIENT"])
        #expect(run.output.contains("more clean episodes of invoice.finalized, startup, by 20"))
    }

    @Test("the incident is NO-GO for phases 1 and 2, for the right reasons", arguments: [1, 2])
    func incident(phase: Int) throws {
        let run = try Tool.run([
            "gate", "--phase", "\(phase)", fixture.incident, "--corpus", fixture.corpus,
            "--out", folder.path("out"),
        ])
        #expect(run.status == 1)
        let found = try criteria("out")
        for reason in ["explained", "completeness", "rejected"] {
            #expect(found[reason] == "NO-GO", "\(reason)")
        }
        // It is legacy that is wrong, and nothing that nobody could explain.
        for innocent in ["brain_defects", "harm", "fidelity", "corpus", "observed_time"] {
            #expect(found[innocent] == "GO", "\(innocent)")
        }
        #expect(found["dependency"] == (phase == 1 ? "GO" : "INSUFFICIENT"))
        for cause in ["race", "missing_unflag", "voided_invoice_flag"] {
            #expect(run.output.contains("\(cause): "), "\(cause)")
        }
    }

    // MARK: - The same answer

    @Test("the same files give the same gate.json, gate.md and gate.html, byte for byte")
    func deterministic() throws {
        for name in ["one", "two"] { _ = try fixture.askClean("--out", folder.path(name)) }
        for file in ["gate.json", "gate.md", "gate.html"] {
            #expect(try folder.read("one/\(file)") == folder.read("two/\(file)"), "\(file)")
        }
    }

    @Test("a report that is named twice, by its folder and by its file, counts once")
    func twice() throws {
        _ = try fixture.askClean("--out", folder.path("one"))
        _ = try fixture.askClean(fixture.clean + "/report.json", "--out", folder.path("two"))
        #expect(try folder.read("one/gate.json") == folder.read("two/gate.json"))
    }

    @Test("no line of a terminal is longer than 100 columns")
    func width() throws {
        for report in [fixture.clean, fixture.young, fixture.incident] {
            for phase in 1...4 {
                let run = try Tool.run(["gate", "--phase", "\(phase)", report])
                for line in run.output.split(separator: "\n") { #expect(line.count <= 100) }
            }
        }
    }

    // MARK: - Bad input

    @Test("an input that is not there is exit 66, and named")
    func missing() throws {
        let nowhere = folder.path("nowhere")
        let runs = try [
            Tool.run(["gate", "--phase", "1", nowhere]),
            Tool.run(["gate", "--phase", "1", fixture.young, "--config", nowhere]),
            Tool.run(["gate", "--phase", "1", fixture.young, "--waivers", nowhere]),
            Tool.run(["gate", "--phase", "1", fixture.young, "--corpus", nowhere]),
            Tool.run(["gate", "verify", nowhere]), Tool.run(["gate", "history", nowhere]),
            Tool.run(["calibrate", nowhere]),
        ]
        for run in runs {
            #expect(run.status == 66)
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("nowhere"))
        }
    }

    @Test("data that makes no sense is exit 65, and said with its place")
    func badData() throws {
        let config = try folder.write("bad.yaml", ["unexplained: 3"])
        let waivers = try folder.write("bad-waivers.yaml", ["waivers: [{id: W-1}]"])
        let whole = try Data(contentsOf: URL(filePath: fixture.young + "/report.json"))
        let cut = try folder.write("report.json", whole.prefix(whole.count / 2))
        let runs = try [
            ("bad.yaml", Tool.run(["gate", "--phase", "1", fixture.young, "--config", config])),
            ("waivers", Tool.run(["gate", "--phase", "1", fixture.young, "--waivers", waivers])),
            ("report.json", Tool.run(["gate", "--phase", "1", cut])),
            ("report.json", Tool.run(["calibrate", cut])),
        ]
        for (place, run) in runs {
            #expect(run.status == 65)
            #expect(run.errors.contains(place))
        }
    }

    @Test("a report of a narrower scope than the phase is exit 65")
    func narrow() throws {
        let log = fixture.folder.path("young-log/log.ndjson")
        let out = folder.path("narrow")
        _ = try Tool.run(["replay", log, "--phase", "1", "--out", out])
        #expect(try Tool.run(["gate", "--phase", "1", out]).status == 2)
        let run = try Tool.run(["gate", "--phase", "2", out])
        #expect(run.status == 65)
        #expect(run.errors.contains("scope of phase 1"))
    }

    @Test("two reports of which one has no listing are exit 65")
    func noListing() throws {
        let copy = try Data(contentsOf: URL(filePath: fixture.incident + "/report.json"))
        let lone = try folder.write("report.json", copy)
        let run = try Tool.run(["gate", "--phase", "1", fixture.young, lone])
        #expect(run.status == 65)
        #expect(run.errors.contains("episodes.ndjson"))
    }

    @Test(
        "wrong usage is exit 64",
        arguments: [
            (["gate", "r"], "--phase"), (["gate", "--phase", "5", "r"], "`5` is no phase"),
            (["gate", "--phase", "1"], "report"),
            (["gate", "--phase", "1", "r", "--at", "noon"], "`noon` is no time"),
            (["gate", "rollback", "c", "--phase", "1"], "--at"), (["calibrate"], "report"),
        ]
    )
    func usage(arguments: [String], expected: String) throws {
        let run = try Tool.run(arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains(expected))
    }

    @Test("a folder that can't be written is exit 74, and so is a full disk")
    func unwritable() throws {
        let file = try folder.write("file", ["x"])
        #expect(try fixture.askClean("--out", file).status == 74)
        #expect(try fixture.askClean("--record", "/proc/parity").status == 74)
        let full = try Tool.runOnFullDisk([
            "gate", "--phase", "1", fixture.young, "--out", folder.path("full"),
        ])
        #expect(full.status == 74)
        #expect(!folder.names(in: "full").contains { $0.hasSuffix(".partial") })
    }

    // MARK: - Calibrate and help

    @Test("calibrate tells for each facet how often legacy disagrees with itself")
    func calibrate() throws {
        let run = try Tool.run(["calibrate", fixture.incident])
        #expect(run.status == 0)
        for facet in ["bad_debt_flag", "ban", "subscriptions", "items", "customer_metadata"] {
            #expect(run.output.contains(facet))
        }
        for line in run.output.split(separator: "\n") { #expect(line.count <= 100) }
        #expect(try Tool.run(["calibrate", fixture.incident]).output == run.output)
    }

    @Test(
        "the help of each command is as it was looked at",
        arguments: [
            ("help-gate", ["gate"]), ("help-gate-decide", ["gate", "decide"]),
            ("help-gate-verify", ["gate", "verify"]), ("help-gate-history", ["gate", "history"]),
            ("help-gate-rollback", ["gate", "rollback"]), ("help-calibrate", ["calibrate"]),
        ]
    )
    func help(name: String, command: [String]) throws {
        let run = try Tool.run(command + ["--help"])
        #expect(run.status == 0)
        try expectSnapshot(run.output, named: name + ".txt")
    }
}
