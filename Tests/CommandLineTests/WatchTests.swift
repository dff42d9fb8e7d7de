import Foundation
import Testing

/// The live mirror as a process: killed, started again, asked what it knows.
@Suite(.enabled(if: Tool.isBuilt, Tool.skipped))
struct WatchTests {
    /// A mirror's folder, with a configuration that follows `log.ndjson` in it.
    private struct Mirror {
        let folder: Folder

        init() throws {
            folder = try Folder()
            try folder.write(
                "watch.yaml",
                [
                    "store: \(folder.path("mirror.sqlite"))",
                    "follow: [{ name: log, file: \(folder.path("log.ndjson")) }]",
                    "reports: { folder: \(folder.path("reports")), every: 30d }",
                ]
            )
        }

        var configuration: [String] { ["--config", folder.path("watch.yaml")] }

        /// Appends lines to the log, the last of them cut off after some bytes.
        func append(_ text: Data) throws {
            let path = folder.path("log.ndjson")
            if !FileManager.default.fileExists(atPath: path) {
                #expect(FileManager.default.createFile(atPath: path, contents: nil))
            }
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: text)
            try file.close()
        }

        /// Starts it; what it says goes nowhere.
        func start() throws -> Process { try Tool.start(["watch"] + configuration) }

        /// Starts it on a disk that is full once a file has so many kilobytes.
        func startOnFullDisk(kilobytes: Int) throws -> Process {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            // The shell counts in halves of a kilobyte.
            let script = "trap '' XFSZ; ulimit -f \(2 * kilobytes); exec \"$0\" \"$@\""
            process.arguments = ["-c", script, try #require(Tool.path), "watch"] + configuration
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle(forWritingAtPath: try folder.write("said", Data()))
            try process.run()
            return process
        }

        /// The lines of one of the store's lists.
        func list(_ what: String) throws -> [Substring] {
            let run = try Tool.run(["store", what] + configuration)
            #expect(run.status == 0, "\(run.errors)")
            return run.output.split(separator: "\n")
        }

        /// Lets it run until the store holds that many records and the verdicts no longer change,
        /// then stops it as an operator would.
        func settle(records: Int) throws {
            let process = try start()
            // Whatever goes wrong, none is left behind.
            defer { kill(process.processIdentifier, SIGKILL) }
            var (before, calm) = (0, 0)
            for _ in 0..<1200 where calm < 3 {
                usleep(250_000)
                guard FileManager.default.fileExists(atPath: folder.path("mirror.sqlite")),
                    try list("log").count >= records
                else { continue }
                // A mirror that was killed has its lease for a while, and none judge meanwhile.
                let verdicts = try list("verdicts").count
                calm = verdicts == before && verdicts > 0 ? calm + 1 : 0
                before = verdicts
            }
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationReason == .exit)
            #expect(process.terminationStatus == 0, "SIGTERM ends it in good order")
        }
    }

    /// The first records of the small fleet, each a line.
    private func log(_ count: Int) throws -> [String] {
        let folder = try Folder()
        let plan = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "corpora/fleets/small.yaml").path
        let made = try Tool.run(["simulate", plan, "--out", folder.path("fleet")])
        #expect(made.status == 0, "\(made.errors)")
        let text = String(decoding: try folder.read("fleet/log.ndjson"), as: UTF8.self)
        return text.split(separator: "\n").prefix(count).map(String.init)
    }

    @Test("killed at a hundred points, it loses no record, counts none twice, and judges the same")
    func kills() throws {
        let lines = try log(1500)
        let disturbed = try Mirror()
        var rest = Data(lines.map { $0 + "\n" }.joined().utf8)[...]
        var numbers = Numbers(seed: 20_261_121)
        for _ in 0..<100 {
            let part = rest.prefix(numbers.below(2 * rest.count / 100 + 20_000))
            // It may end in mid-line, as a writer's buffer does.
            try disturbed.append(Data(part))
            rest = rest[part.endIndex...]
            let process = try disturbed.start()
            usleep(UInt32(numbers.below(120_000)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
        }
        try disturbed.append(Data(rest))
        let undisturbed = try Mirror()
        try undisturbed.append(Data(lines.map { $0 + "\n" }.joined().utf8))
        let expected = Set(lines.map { Substring($0) })
        // Unreadable lines and redeliveries are in the log as well.
        try undisturbed.settle(records: expected.count - 40)
        let whole = try undisturbed.list("log")
        try disturbed.settle(records: whole.count)

        let kept = try disturbed.list("log")
        #expect(kept == whole, "every record once, in the same order")
        #expect(expected.isSuperset(of: kept))
        #expect(try disturbed.list("rejects") == undisturbed.list("rejects"))
        let verdicts = try disturbed.list("verdicts")
        #expect(verdicts.count > 100)
        #expect(verdicts.contains { $0.contains(#""divergence":{"#) })
        #expect(try verdicts == undisturbed.list("verdicts"), "byte for byte")
        let reports = disturbed.folder.names(in: "reports")
        #expect(reports.count >= 1, "it wrote a report before it stopped")
    }

    @Test("on a full disk it says so, waits, and loses nothing")
    func fullDisk() throws {
        let lines = try log(1500)
        let mirror = try Mirror()
        try mirror.append(Data(lines.map { $0 + "\n" }.joined().utf8))
        let process = try mirror.startOnFullDisk(kilobytes: 600)
        defer { kill(process.processIdentifier, SIGKILL) }
        for _ in 0..<1200 where try mirror.folder.read("said").isEmpty { usleep(100_000) }
        usleep(1_500_000)
        #expect(process.isRunning, "it goes on trying")
        let said = String(decoding: try mirror.folder.read("said"), as: UTF8.self)
        #expect(said.contains("a source failed; it is tried again"))
        #expect(said.contains("SQLite"))
        #expect(!said.contains("acct_"), "log lines hold no customer data")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()

        let undisturbed = try Mirror()
        try undisturbed.append(Data(lines.map { $0 + "\n" }.joined().utf8))
        try undisturbed.settle(records: Set(lines).count - 40)
        let whole = try undisturbed.list("log")
        try mirror.settle(records: whole.count)
        #expect(try mirror.list("log") == whole)
        #expect(try mirror.list("verdicts") == undisturbed.list("verdicts"))
    }

    @Test("what is wrong with a configuration is said before anything starts")
    func configuration() throws {
        let folder = try Folder()
        let file = try folder.write("watch.yaml", ["stor: x"])
        for command in ["watch", "doctor", "store log"] {
            let words = command.split(separator: " ").map(String.init)
            let run = try Tool.run(words + ["--config", file])
            #expect(run.status == 65)
            #expect(run.errors.contains("line 1: `stor` is no key here"))
        }
        let missing = try Tool.run(["watch", "--config", folder.path("none.yaml")])
        #expect(missing.status == 66)
    }

    @Test("the doctor says what is wrong and how to mend it")
    func doctor() throws {
        let well = try Mirror()
        try well.append(Data())
        let run = try Tool.run(["doctor"] + well.configuration)
        #expect(run.status == 0)
        #expect(run.output.contains("well: store: "))
        #expect(run.output.contains("nothing is wrong"))
        let folder = try Folder()
        try folder.write("store.sqlite", ["this is no database, nor anything like it"])
        let file = try folder.write(
            "watch.yaml",
            [
                "store: \(folder.path("store.sqlite"))", "judging: { policy: none.yaml }",
                "follow: [{ name: log, file: \(folder.path("log.ndjson")) }]",
            ]
        )
        let ill = try Tool.run(["doctor", "--config", file])
        #expect(ill.status == 1)
        #expect(ill.output.contains("bring back a copy, or start a new one"))
        #expect(ill.output.contains("wrong: judging.policy: `none.yaml` is not there"))
        #expect(ill.output.contains("doubtful: follow, `log`"))
    }

    @Test(
        "a Stripe key that could write is refused, and never shown",
        arguments: [
            ("sk_live_0123456789abcdef", "this is a secret key, which may do everything"),
            ("rk_test_0123456789abcdef", "the key is of test mode, and the mirror of live mode"),
            ("whsec_0123456789abcdef", "this is a webhook secret"),
        ]
    )
    func stripeKey(key: String, words: String) throws {
        let folder = try Folder()
        let file = try folder.write("key", [key])
        let configuration = try folder.write(
            "watch.yaml",
            [
                "store: \(folder.path("mirror.sqlite"))", "stripe: { key_file: \(file) }",
            ]
        )
        let run = try Tool.run(["watch", "--config", configuration])
        #expect(run.status == 77)
        #expect(run.errors.contains(words))
        #expect(!run.errors.contains(key))
        #expect(!FileManager.default.fileExists(atPath: folder.path("mirror.sqlite")))
        let doctor = try Tool.run(["doctor", "--config", configuration])
        #expect(doctor.status == 1)
        #expect(doctor.output.contains(words))
        #expect(!doctor.output.contains(key))
    }

    @Test("a store that is not there is exit 66")
    func noStore() throws {
        let mirror = try Mirror()
        let run = try Tool.run(["store", "log"] + mirror.configuration)
        #expect(run.status == 66)
        #expect(run.errors.contains("no mirror has run with this"))
    }

    /// A seeded source of numbers.
    private struct Numbers {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        /// A number from 0 to below a bound (Knuth's linear congruence).
        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(1, bound)))
        }
    }
}
