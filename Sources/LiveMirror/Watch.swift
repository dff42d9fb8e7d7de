import BillingModel
package import DivergenceAnalysis
package import Logging
import MirrorLog
package import MirrorStore
package import ParityReport
package import PostgresMirror
package import ServiceLifecycle
package import ShadowRun
import StripeMirror
import Synchronization

/// A live mirror: sources fill a store, a judge keeps its verdicts up to date, and a report is written
/// now and then.
package struct Watch: Sendable {
    private let configuration: WatchConfiguration
    private let settings: JudgeSettings
    private let store: any MirrorStore
    private let database: PostgresSettings?
    private let stripe: StripeWatch?
    private let clock: JudgeLoop.Clock
    private let program: String
    private let owner: String
    private let logger: Logger
    private let status = WatchStatus()
    private let spilling: Spilling
    private let writeReport: @Sendable (inout Replay, _ folder: String) throws -> Void

    /// A mirror; nothing happens until its services run.
    ///
    /// - Parameters:
    ///   - configuration: What it is told to do.
    ///   - settings: What verdicts depend on besides the records.
    ///   - store: The store.
    ///   - database: How the database is watched; `nil` where none is.
    ///   - stripe: How Stripe is watched; `nil` where it is not.
    ///   - clock: The time.
    ///   - program: The program's name and version, for reports.
    ///   - owner: Who leases the store, for people to read.
    ///   - logger: Takes what happens; nothing of it is customer data.
    ///   - spilling: Where the records of a report go that don't fit into memory.
    ///   - writeReport: Writes the report of all records so far into a folder.
    package init(
        _ configuration: WatchConfiguration,
        _ settings: JudgeSettings,
        store: any MirrorStore,
        database: PostgresSettings?,
        stripe: StripeWatch?,
        clock: JudgeLoop.Clock,
        program: String,
        owner: String,
        logger: Logger,
        spilling: Spilling,
        writeReport: @escaping @Sendable (inout Replay, _ folder: String) throws -> Void
    ) {
        self.configuration = configuration
        self.settings = settings
        self.store = store
        self.database = database
        self.stripe = stripe
        self.clock = clock
        self.program = program
        self.owner = owner
        self.logger = logger
        self.spilling = spilling
        self.writeReport = writeReport
    }

    /// All that runs, in the order in which it starts; it stops in the opposite order, so that what the
    /// sources still hand on is kept.
    ///
    /// - Throws: ``StripeFailure`` where the webhook's address is none.
    package func services() throws -> [any Service] {
        let latest = Latest()
        var services: [any Service] = []
        if let address = configuration.status {
            services.append(StatusServer(address, status, now: clock.now))
        }
        services.append(ThreadService("judge") { try judge(latest, $0) })
        services.append(ThreadService("reports") { try report(latest, $0) })
        if let stripe {
            services.append(ThreadService("stripe") { try follow(stripe, $0) })
            if let webhook = stripe.webhook {
                let keeper = WebhookKeeper(
                    sink: CountingSink(store, status),
                    line: EventLine(mode: stripe.mode)
                )
                let tap = try WebhookTap(webhook, keeper: keeper, now: clock.now)
                services.append(WebhookService(tap: tap))
            }
        }
        if let database {
            services.append(ThreadService("postgres") { try follow(database, $0) })
        }
        for followed in configuration.follow {
            services.append(ThreadService(followed.name) { follow(followed, $0) })
        }
        return services
    }

    // MARK: - Judging

    private func judge(_ latest: Latest, _ shouldStop: @Sendable () -> Bool) throws {
        var judge = LiveJudge(settings: settings)
        var partitions = 1
        if case .postgres(_, let count) = configuration.store { partitions = count }
        let loop = JudgeLoop(store, owner: owner, partitions: partitions, clock: clock)
        try loop.run(&judge, until: shouldStop) { judge in
            latest.note(Judged(offset: judge.offset, covers: judge.covers))
            let counts = (try? store.sources()) ?? []
            status.update { facts in
                facts.tally = judge.tally
                facts.unsettled = judge.unsettledCount
                facts.unmapped = judge.unclaimedCount
                facts.horizon = judge.horizon
                facts.sources = counts
                facts.judgedAt = clock.now()
            }
        } tell: { event in
            tell(event)
        }
    }

    private func tell(_ event: JudgeLoop.Event) {
        if case .failed = event {} else { status.note(nil, of: "store") }
        switch event {
        case .waiting:
            status.note("another worker has the lease", of: "store")
            logger.notice("waiting: another worker has the lease")
        case .resumed(let records, let updates):
            logger.notice("resumed", metadata: ["records": "\(records)", "updates": "\(updates)"])
        case .committed(let updates, let offset, let closed):
            let now = clock.now()
            status.update { facts in for time in closed { facts.delays.note(now.since(time)) } }
            logger.debug("committed", metadata: ["updates": "\(updates)", "offset": "\(offset)"])
        case .failed(let error):
            status.note(error.description, of: "store")
            logger.error("the store failed; it is tried again", metadata: ["why": "\(error)"])
        }
    }

    // MARK: - Reports

    /// What a report is to be of.
    private struct Judged: Sendable {
        /// The offset of the last record that was judged.
        var offset: Int64
        /// Whose accounts were; `nil` for all.
        var covers: (@Sendable (AccountID) -> Bool)?
    }

    /// How far the judge has come, for whoever asks.
    private final class Latest: Sendable {
        private let state = Mutex<Judged?>(nil)

        func note(_ judged: Judged) { state.withLock { $0 = judged } }

        var judged: Judged? { state.withLock { $0 } }
    }

    private func report(_ latest: Latest, _ shouldStop: @Sendable () -> Bool) throws {
        var written: (at: Instant, offset: Int64)?
        while true {
            let isLast = shouldStop()
            if isLast || written.map({ clock.now().since($0.at) >= configuration.every }) ?? true,
                let judged = latest.judged
            {
                let offset = write(judged, unlike: written?.offset)
                written = (clock.now(), offset)
            }
            guard !isLast else { return }
            clock.sleep(Self.nap)
        }
    }

    /// Writes a report of what was judged, where that is something else than before.
    ///
    /// - Returns: Up to which offset the latest report takes account of the records.
    private func write(_ judged: Judged, unlike before: Int64?) -> Int64 {
        guard judged.offset > 0, judged.offset != before else { return judged.offset }
        let folder = "\(configuration.reports)/\(day(clock.now()))"
        do {
            var replay = try store.replay(
                settings,
                through: judged.offset,
                covers: judged.covers,
                program: program,
                spilling: spilling
            )
            try writeReport(&replay, folder)
            status.note(nil, of: "reports")
            logger.info("report written", metadata: ["folder": "\(folder)"])
            return judged.offset
        } catch {
            status.note("\(error)", of: "reports")
            logger.error("no report could be written", metadata: ["why": "\(error)"])
            return before ?? 0
        }
    }

    /// The day of an instant, as its report's folder is called.
    private func day(_ instant: Instant) -> String { String(instant.description.prefix(10)) }

    // MARK: - Sources

    private func follow(
        _ followed: WatchConfiguration.Followed,
        _ shouldStop: @Sendable () -> Bool
    ) {
        let source = TailSource(name: followed.name, path: followed.file)
        let sink = CountingSink(store, status)
        while !shouldStop() {
            do throws(CaptureError) {
                let hasMore = try source.advance(into: sink, now: clock.now())
                status.note(nil, of: followed.name)
                if !hasMore { clock.sleep(Self.nap) }
            } catch {
                status.note(error.description, of: followed.name)
                logger.error(
                    "a source failed; it is tried again",
                    metadata: ["source": "\(followed.name)", "why": "\(error)"]
                )
                clock.sleep(Self.setback)
            }
        }
    }

    private func follow(
        _ database: PostgresSettings,
        _ shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        let source = PostgresSource(
            database,
            sink: CountingSink(store, status),
            clock: MirrorClock(wall: clock.now, ticks: MirrorClock.system.ticks),
            stripeParts: try stripe.map { stripe in
                try stripe.baselineParts(
                    stripeClock,
                    tell: { logger.notice("Stripe lists", metadata: ["objects": "\($0)"]) },
                    shouldStop: shouldStop
                )
            } ?? { { _ in nil } },
            tell: tell
        )
        try source.run(shouldStop: shouldStop)
    }

    private func tell(_ event: PostgresEvent) {
        switch event {
        case .streaming(let position):
            status.note(nil, of: "postgres")
            logger.notice("streaming", metadata: ["from": "\(position)"])
        case .found(let finding):
            logger.warning("the database", metadata: ["finding": "\(finding)"])
        case .roleNeeded(let sql):
            logger.error("this makes a role that can only read", metadata: ["sql": "\(sql)"])
        case .lag(let lag):
            status.update { $0.slotBytes = Int64(clamping: lag.retained) }
        case .kept(let tally, _):
            status.update { $0.unattributed += tally.unattributed }
        case .gap(let from, let to, let why):
            logger.error("a gap", metadata: ["from": "\(from)", "to": "\(to)", "why": "\(why)"])
        case .baselines(let count):
            logger.notice("baselines taken", metadata: ["accounts": "\(count)"])
        case .retrying(let error, let milliseconds):
            status.note(error.description, of: "postgres")
            logger.error(
                "the database failed; it is tried again",
                metadata: ["why": "\(error)", "milliseconds": "\(milliseconds)"]
            )
        }
    }

    private var stripeClock: StripeClock { StripeClock(now: clock.now, sleep: clock.sleep) }

    private func follow(
        _ stripe: StripeWatch,
        _ shouldStop: @escaping @Sendable () -> Bool
    ) throws {
        let sink = CountingSink(store, status)
        let source = try stripe.source(sink, stripeClock) { report in tell(report) }
        try source.run(shouldStop: shouldStop)
    }

    private func tell(_ report: StripeSource.Report) {
        switch report {
        case .page: status.note(nil, of: "stripe")
        case .complete: break
        case .gap(let from, let to):
            logger.error("a gap at Stripe", metadata: ["from": "\(from)", "to": "\(to)"])
        case .failure(let failure):
            status.note(failure.description, of: "stripe")
            logger.error("Stripe failed; it is tried again", metadata: ["why": "\(failure)"])
        case .unkept(let error):
            status.note(error.description, of: "stripe")
            logger.error("the store failed; it is tried again", metadata: ["why": "\(error)"])
        }
    }

    /// How long a thread sleeps that has nothing to do.
    private static let nap = TimeSpan(microseconds: 100_000)
    /// How long a source waits after a failure.
    private static let setback = TimeSpan.seconds(1)
}
