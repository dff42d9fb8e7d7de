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
import StripeMirror
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
              stripe:
                key_file: stripe.key        # a key restricted to reads, rk_live_...
                webhook: { listen: 127.0.0.1:8080, secret_files: [webhook.secret] }
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
            let stripe = try file.stripe(configuration)
            if let stripe { try file.refuseDanger(stripe) }
            let store = try file.store(configuration)
            let watch = Watch(
                configuration,
                settings,
                store: store,
                database: database,
                stripe: stripe,
                clock: .system,
                program: "dunning-parity \(DunningParity.version)",
                owner: "\(ProcessInfo.processInfo.hostName), process \(getpid())",
                logger: Logger(label: "dunning-parity") { _ in
                    StreamLogHandler.standardError(label: "dunning-parity")
                },
                spilling: MemoryOptions.spilling(limit: Self.reportBytes)
            ) { replay, folder in
                try Self.writeReport(&replay, folder)
            }
            let group = ServiceGroup(
                configuration: .init(
                    services: try watch.services().map { service in
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

    /// How many bytes of records a report holds in memory.
    private static let reportBytes = 64 << 20

    /// Writes the report of all records so far, as `replay --out` does.
    private static func writeReport(_ replay: inout Replay, _ path: String) throws {
        let folder = try OutputFolder(path)
        var listing = EpisodeListing(keeping: MemoryOptions.mostEpisodes(limit: reportBytes))
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

extension StripeClock {
    /// The machine's clock.
    static let system = StripeClock(
        now: JudgeLoop.Clock.system.now,
        sleep: JudgeLoop.Clock.system.sleep
    )
}
