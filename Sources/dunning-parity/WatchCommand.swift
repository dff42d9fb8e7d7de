import ArgumentParser
import BillingModel
import DunningBrain
import Foundation
import LiveMirror
import Logging
import MirrorLog
import MirrorStore
import ParityReport
import PostgresMirror
import ServiceLifecycle
import ShadowRun
import UnixSignals

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract:
            "Runs beside production: captures events, judges them, keeps verdicts up to date.",
        discussion: """
            Everything that is captured is kept in a store first, a SQLite file, and judged from there: \
            so a crash loses nothing, and a replay of the store's records gives the same verdicts. \
            The day's report is written anew now and then, into a folder of the day's name. End it with \
            Ctrl-C or SIGTERM: it stops its sources, keeps what they handed on, and goes on from there \
            the next time.

            Nothing is ever written to what it watches.

            A configuration, watch.yaml:
              store: mirror.sqlite
              postgres: { connection: "host=db user=dunning_mirror dbname=subs" }
              follow:                       # logs that others append to
                - name: requests
                  file: /var/log/dunning/requests.ndjson
              judging: { settle: 15m }      # policy: policy.yaml
              reports: { folder: reports, every: 1h }
              status: 127.0.0.1:9464        # /metrics for Prometheus, /health

            Examples:
              dunning-parity watch --config watch.yaml
              dunning-parity doctor --config watch.yaml
            """
    )

    @OptionGroup var file: WatchFile

    func run() async throws {
        do {
            let configuration = try file.read()
            let settings = try file.settings(configuration)
            let database = try file.database(configuration)
            if let database { try file.refuseDanger(database) }
            let store = try file.store(configuration)
            let watch = Watch(
                configuration,
                settings,
                store: store,
                database: database,
                clock: .system,
                program: "dunning-parity \(DunningParity.version)",
                owner: "\(ProcessInfo.processInfo.hostName), process \(getpid())",
                logger: Logger(label: "dunning-parity") { _ in
                    StreamLogHandler.standardError(label: "dunning-parity")
                }
            ) { replay, folder in
                try Self.writeReport(&replay, folder)
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: watch.services.map { service in
                        .init(
                            service: service,
                            successTerminationBehavior: .ignore,
                            failureTerminationBehavior: .gracefullyShutdownGroup
                        )
                    },
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
                )
            )
            try await group.run()
        } catch let failure as CommandFailure {
            throw failure.exit
        } catch let error as PostgresError {
            throw CommandFailure(code: .inputOutput, message: error.description).exit
        } catch let error as CaptureError {
            throw CommandFailure(code: .inputOutput, message: error.description).exit
        }
    }

    /// Writes the report of all records so far, as `replay --out` does.
    private static func writeReport(_ replay: inout Replay, _ path: String) throws {
        let folder = try OutputFolder(path)
        var listing = EpisodeListing(keeps: true)
        var episodes = try folder.open("episodes.ndjson")
        let report = try replay.report(
            scope: nil,
            keepsSettled: true,
            drawsSwimlanes: true,
            each: { listing.add($0) },
            reject: { _ in }
        )
        try episodes.write(listing.drain())
        try episodes.close()
        try ReportFiles.write(report, listing, into: folder, jobs: 1)
    }
}

/// The file that says what to watch.
struct WatchFile: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration, in YAML.", valueName: "file"))
    var config: String

    @Flag(
        help: ArgumentHelp(
            "Go on though the database role could write what is watched.",
            discussion:
                "For a trial on a database of no worth: nothing then proves that the mirror "
                + "only reads."
        )
    )
    var acceptADatabaseRoleThatCanWrite = false

    /// Reads it.
    func read() throws(CommandFailure) -> WatchConfiguration {
        let text = try TextFile.read(config)
        do throws(RecordError) {
            return try WatchConfiguration(yaml: text)
        } catch {
            throw CommandFailure(code: .data, message: "`\(config)`: \(error.reason)")
        }
    }

    /// What verdicts depend on, with the policy read from its file.
    func settings(_ configuration: WatchConfiguration) throws(CommandFailure) -> JudgeSettings {
        let path = configuration.policy
        return JudgeSettings(
            settle: configuration.settle,
            policy: try path.map { path throws(CommandFailure) in try PolicyFile.read(path) }
                ?? .init()
        )
    }

    /// How the database is watched; `nil` where none is.
    func database(
        _ configuration: WatchConfiguration
    ) throws(CommandFailure) -> PostgresSettings? {
        guard let database = configuration.postgres else { return nil }
        let yaml = try database.mapping.map { path throws(CommandFailure) in
            try TextFile.read(path)
        }
        do throws(RecordError) {
            var settings = PostgresSettings(
                target: database.connection,
                slot: database.slot,
                publication: database.publication,
                mapping: try Self.mapping(yaml)
            )
            settings.allowsWritingRole = acceptADatabaseRoleThatCanWrite
            return settings
        } catch {
            let file = database.mapping ?? "the standard mapping"
            throw CommandFailure(code: .data, message: "`\(file)`: \(error.reason)")
        }
    }

    private static func mapping(_ yaml: String?) throws(RecordError) -> RowMapping {
        guard let yaml else { return try .standard() }
        return try RowMapping(yaml: yaml)
    }

    /// Refuses a database that could be written to.
    ///
    /// One that can't be reached is not refused: it is tried again while the mirror runs, and looked at
    /// before anything is read.
    func refuseDanger(_ settings: PostgresSettings) throws(CommandFailure) {
        let grave = Doctor.examine(settings).filter { $0.severity == .wrong && $0.isDanger }
        guard !grave.isEmpty else { return }
        let list = grave.map { "  \($0.words)" }.joined(separator: "\n")
        let sql = RoleSQL.text(
            role: "dunning_mirror",
            publication: settings.publication,
            mapping: settings.mapping
        )
        throw CommandFailure(
            code: .refused,
            message: "the database role could write what is watched:\n\(list)\n"
                + "Nothing was started. The SQL for a role that can only read:\n\n\(sql)"
        )
    }

    /// Opens the store.
    func store(
        _ configuration: WatchConfiguration
    ) throws(CommandFailure) -> any MirrorStore {
        do throws(CaptureError) {
            switch configuration.store {
            case .file(let path): return try SQLiteStore(path: path)
            case .postgres(let target, _): return try PostgresStore(target: target)
            }
        } catch {
            throw CommandFailure(code: .inputOutput, message: "`\(config)`: \(error)")
        }
    }
}

extension JudgeLoop.Clock {
    /// The machine's clock.
    static let system = JudgeLoop.Clock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    } sleep: { span in
        usleep(UInt32(clamping: span.microseconds))
    }
}
