package import BillingModel
import DivergenceAnalysis
package import MirrorLog
package import MirrorStore
import ParityReport

/// Keeps a store's verdicts up to date until it is told to stop.
package struct JudgeLoop: Sendable {
    /// How long it waits, and for what.
    package struct Pace: Sendable {
        /// How many records are taken at once.
        package var batch = 4096
        /// How long it sleeps where there is nothing to do.
        package var idle = TimeSpan(microseconds: 50_000)
        /// How long it works at least before it asks again what has settled.
        package var settling = TimeSpan(microseconds: 100_000)
        /// For how long the accounts are leased; renewed when half of it has gone.
        ///
        /// So long do verdicts stand still where a mirror was killed and started again. It need not be
        /// long to be safe: who slept through it is refused by its token.
        package var lease = TimeSpan(microseconds: 5_000_000)

        /// The usual pace.
        package init() {}
    }

    /// Time, and what passes of it.
    package struct Clock: Sendable {
        /// What time it is.
        package var now: @Sendable () -> Instant
        /// Waits.
        package var sleep: @Sendable (TimeSpan) -> Void

        /// A clock.
        package init(
            now: @escaping @Sendable () -> Instant,
            sleep: @escaping @Sendable (TimeSpan) -> Void
        ) {
            self.now = now
            self.sleep = sleep
        }
    }

    /// What is told of it as it goes.
    package enum Event: Sendable {
        /// Another has the lease; it waits for it.
        case waiting
        /// All that the store held at the start was read, and this many verdicts put right.
        case resumed(records: Int, updates: Int)
        /// Verdicts were committed, of episodes that had closed at these times.
        case committed(updates: Int, through: Int64, closed: [Instant])
        /// The store failed; it is tried again.
        case failed(CaptureError)
    }

    private let store: any MirrorStore
    private let owner: String
    private let clock: Clock
    private let pace: Pace
    private let partitions: Int

    /// A loop over a store.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - owner: Who leases the accounts, for people to read.
    ///   - partitions: Into how many parts the accounts are split, at least 1; it works on one.
    ///   - clock: The time.
    ///   - pace: How long it waits.
    package init(
        _ store: any MirrorStore,
        owner: String,
        partitions: Int = 1,
        clock: Clock,
        pace: Pace = Pace()
    ) {
        self.store = store
        self.partitions = max(1, partitions)
        self.owner = owner
        self.clock = clock
        self.pace = pace
    }

    /// Judges until told to stop, or until the lease is lost.
    ///
    /// - Parameters:
    ///   - judge: The judge, which has read nothing yet; what it has read is left in it.
    ///   - shouldStop: Asked often.
    ///   - look: Called whenever verdicts are up to date, with the judge as it stands.
    ///   - tell: Called with what happens.
    /// - Throws: ``CaptureError`` where the store fails for good or the lease was lost, and
    ///   ``RecordError`` where memory fails.
    package func run(
        _ judge: inout LiveJudge,
        until shouldStop: () -> Bool,
        look: (LiveJudge) -> Void = { _ in },
        tell: (Event) -> Void = { _ in }
    ) throws {
        guard var lease = try lease(until: shouldStop, tell) else { return }
        defer {
            // Where it can't be given back it runs out.
            try? store.giveBack(lease)
        }
        var committed = try store.offset(of: lease.partition)
        try resume(&judge, &lease, &committed, shouldStop, tell)
        look(judge)
        var settled = clock.now()
        while !shouldStop() {
            try renewIfDue(&lease)
            let records = try patiently(shouldStop, tell) { () throws(CaptureError) in
                try store.records(after: judge.offset, limit: pace.batch)
            }
            guard let records else { return }
            try judge.take(records)
            let passed = clock.now().since(settled)
            // A clock that was set back must not put it off until it has caught up.
            let isDue = passed >= pace.settling || passed < .zero
            if isDue || (!records.isEmpty && records.count < pace.batch) {
                let round = judge.round()
                _ = try carryOut(round, &judge, &lease, &committed, shouldStop, tell)
                look(judge)
                settled = clock.now()
            }
            if records.isEmpty { clock.sleep(pace.idle) }
        }
    }

    /// Waits for the accounts; `nil` where it was told to stop meanwhile.
    private func lease(
        until shouldStop: () -> Bool,
        _ tell: (Event) -> Void
    ) throws -> Lease? {
        var isTold = false
        while !shouldStop() {
            let now = clock.now()
            let lease = try patiently(shouldStop, tell) { () throws(CaptureError) in
                try store.lease(
                    of: partitions,
                    to: owner,
                    at: now,
                    until: now.advanced(by: pace.lease)
                )
            }
            if let lease = lease ?? nil { return lease }
            if !isTold { tell(.waiting) }
            isTold = true
            clock.sleep(pace.idle)
        }
        return nil
    }

    /// Reads all that the store holds, and puts its verdicts right.
    private func resume(
        _ judge: inout LiveJudge,
        _ lease: inout Lease,
        _ committed: inout Int64,
        _ shouldStop: () -> Bool,
        _ tell: (Event) -> Void
    ) throws {
        judge.judgeOnly(lease)
        while !shouldStop() {
            try renewIfDue(&lease)
            let records = try store.records(after: judge.offset, limit: pace.batch)
            guard !records.isEmpty else { break }
            try judge.take(records)
        }
        guard !shouldStop() else { return }
        let round = judge.round(isFirst: true)
        let updates = try carryOut(round, &judge, &lease, &committed, shouldStop) { event in
            if case .failed = event { tell(event) }
        }
        guard let updates else { return }
        try write([], lease, through: judge.offset)
        committed = judge.offset
        tell(.resumed(records: judge.records, updates: updates))
    }

    /// Judges what is due and commits it, page by page.
    ///
    /// `committed` is the offset up to which the store's verdicts take account of the records: all
    /// pages but the last leave it as it was. It returns how many verdicts changed; `nil` where it was
    /// told to stop meanwhile.
    private func carryOut(
        _ round: LiveJudge.Round,
        _ judge: inout LiveJudge,
        _ lease: inout Lease,
        _ committed: inout Int64,
        _ shouldStop: () -> Bool,
        _ tell: (Event) -> Void
    ) throws -> Int? {
        var round = round
        var updates = 0
        while !round.isOver {
            guard !shouldStop() else { return nil }
            try renewIfDue(&lease)
            let page = try patiently(shouldStop, tell) { () throws(CaptureError) in
                try judge.nextPage(of: &round, in: store)
            }
            guard let page else { return nil }
            if !page.updates.isEmpty {
                let (held, offset) = (lease, round.isOver ? judge.offset : committed)
                let written: Void? = try patiently(shouldStop, tell) { () throws(CaptureError) in
                    try write(page.updates, held, through: offset)
                }
                guard written != nil else { return nil }
                committed = offset
                let (count, closed) = (page.updates.count, page.closings)
                tell(.committed(updates: count, through: offset, closed: closed))
            }
            judge.note(page)
            updates += page.updates.count
        }
        judge.noteEnd(of: round)
        return updates
    }

    private func write(
        _ updates: [VerdictUpdate],
        _ lease: Lease,
        through offset: Int64
    ) throws(CaptureError) {
        guard try store.commit(updates, under: lease, through: offset) else { throw .lost(lease) }
    }

    private func renewIfDue(_ lease: inout Lease) throws(CaptureError) {
        let left = lease.until.since(clock.now())
        // More than a whole lease is left where the clock was set back.
        guard left.times(2) < pace.lease || left > pace.lease else { return }
        let until = clock.now().advanced(by: pace.lease)
        guard let renewed = try store.renew(lease, until: until) else { throw .lost(lease) }
        lease = renewed
    }

    /// Does something with the store, again and again while its failure may pass; `nil` where it was
    /// told to stop meanwhile.
    private func patiently<Value>(
        _ shouldStop: () -> Bool,
        _ tell: (Event) -> Void,
        _ body: () throws(CaptureError) -> Value
    ) throws(CaptureError) -> Value? {
        var wait = pace.idle
        while true {
            do throws(CaptureError) {
                return try body()
            } catch {
                guard error.isPassing else { throw error }
                tell(.failed(error))
            }
            guard !shouldStop() else { return nil }
            clock.sleep(wait)
            wait = min(wait.times(2), TimeSpan(microseconds: 5_000_000))
        }
    }
}

extension CaptureError {
    /// A lease that another worker has by now.
    fileprivate static func lost(_ lease: Lease) -> CaptureError {
        CaptureError(
            "another worker took over while this one (\(lease.owner)) did not renew its lease; it "
                + "stops, and nothing of its work was written since",
            isPassing: false
        )
    }
}
