package import BillingModel
package import MirrorLog

/// Runs the back-fill into a sink until it is told to stop.
///
/// A page's records, what could not be read of it, what the mirror can say of its completeness, and the
/// position behind it are kept together. Only then is the next page asked for, so a crash at any time
/// repeats one page at most, and the sink knows its records by their ids.
///
/// It never ends by itself while the sink can keep: what goes wrong is reported and tried again.
package final class StripeSource {
    /// The name under which the position is kept.
    package static let name = "stripe"

    private let client: StripeClient
    private let sink: any CaptureSink
    private let clock: StripeClock
    private let settings: Settings
    private let reader: RecordReader
    private let report: (Report) -> Void

    /// How the source runs.
    package struct Settings: Sendable {
        /// How events are read.
        package var backfill: EventBackfill.Settings
        /// How lines are made of them.
        package var line: EventLine
        /// How long to rest when the newest event was reached.
        package var pollEvery: TimeSpan
        /// How long to rest after a failure that trying again did not help.
        package var restAfterFailure: TimeSpan

        /// Settings; what is not given suits a mirror with a webhook beside it.
        package init(
            backfill: EventBackfill.Settings = EventBackfill.Settings(),
            line: EventLine = EventLine(),
            pollEvery: TimeSpan = .seconds(15),
            restAfterFailure: TimeSpan = .seconds(30)
        ) {
            self.backfill = backfill
            self.line = line
            self.pollEvery = pollEvery
            self.restAfterFailure = restAfterFailure
        }
    }

    /// What happened, for metrics and logs.
    package enum Report: Hashable, Sendable {
        /// A page was kept.
        case page(records: Int, redelivered: Int, rejected: Int)
        /// All is complete up to a time.
        case complete(through: Instant)
        /// Events between two times are gone from Stripe and were never seen.
        case gap(from: Instant, to: Instant)
        /// Stripe could not be read; it is tried again.
        case failure(StripeFailure)
        /// The sink could not keep a page; it is tried again.
        case unkept(CaptureError)
    }

    /// A source.
    ///
    /// - Parameters:
    ///   - client: What asks Stripe.
    ///   - sink: What keeps.
    ///   - clock: The time.
    ///   - settings: How it runs.
    ///   - report: Called with what happens.
    /// - Throws: ``RecordError`` where memory is short.
    package init(
        client: StripeClient,
        sink: any CaptureSink,
        clock: StripeClock,
        settings: Settings = Settings(),
        report: @escaping (Report) -> Void = { _ in }
    ) throws(RecordError) {
        self.client = client
        self.sink = sink
        self.clock = clock
        self.settings = settings
        self.report = report
        reader = try RecordReader()
    }

    /// Reads and keeps until told to stop.
    ///
    /// - Parameter shouldStop: Asked several times a second.
    /// - Throws: ``CaptureError`` where the sink's trouble will not pass, or the kept position is not
    ///   one of this source's.
    package func run(shouldStop: () -> Bool) throws(CaptureError) {
        var backfill = EventBackfill(settings: settings.backfill, from: try position())
        while !shouldStop() {
            let asked = clock.now()
            guard case .ask(let request) = backfill.next(at: asked) else {
                _ = clock.wait(settings.pollEvery, shouldStop)
                continue
            }
            guard let (page, told) = ask(request, &backfill, shouldStop) else { continue }
            let progress: EventBackfill.Progress
            do throws(RecordError) {
                progress = try backfill.take(page, told: told, now: asked)
            } catch {
                rest(after: .unreadable(error.reason), shouldStop)
                continue
            }
            // Where it is not kept for a stop, the back-fill's new state goes with this call.
            try keep(batch(page, progress), progress, shouldStop)
        }
    }

    /// Asks for a page; `nil` where there is none, after a rest.
    private func ask(
        _ request: StripeRequest,
        _ backfill: inout EventBackfill,
        _ shouldStop: () -> Bool
    ) -> (page: ListPage, told: Instant?)? {
        do throws(StripeFailure) {
            return try client.page(request, shouldStop: shouldStop)
        } catch {
            if error.isOfMissingObject { _ = backfill.restartWindow() }
            if !error.isStop { rest(after: error, shouldStop) }
            return nil
        }
    }

    private func rest(after failure: StripeFailure, _ shouldStop: () -> Bool) {
        report(.failure(failure))
        _ = clock.wait(settings.restAfterFailure, shouldStop)
    }

    private func batch(_ page: ListPage, _ progress: EventBackfill.Progress) -> CapturedBatch {
        var batch = CapturedBatch(source: Self.name, position: progress.position?.text)
        let seen = clock.now()
        for (place, element) in page.elements.enumerated() {
            let place = "stripe: element \(place) of a page"
            switch settings.line.capture(element.raw, seen: seen, place: place, reader) {
            case .record(let record): batch.records.append(record)
            case .reject(let reject): batch.rejects.append(reject)
            }
        }
        for mark in progress.says.compactMap({ line(of: $0) }) { batch.records.append(mark) }
        return batch
    }

    private func line(of says: Mark.Says) -> CapturedRecord? {
        let line =
            switch says {
            case .through(let time): StripeMark.through(time)
            case .gap(let from, let to): StripeMark.gap(from: from, to: to)
            }
        return try? CapturedRecord(line: line, reader)
    }

    /// Keeps a batch, for as long as the sink's trouble may pass.
    private func keep(
        _ batch: CapturedBatch,
        _ progress: EventBackfill.Progress,
        _ shouldStop: () -> Bool
    ) throws(CaptureError) {
        guard !batch.isEmpty else { return }
        while true {
            do throws(CaptureError) {
                let redelivered = try sink.keep(batch)
                return tell(batch, progress, redelivered)
            } catch {
                report(.unkept(error))
                guard error.isPassing else { throw error }
                guard clock.wait(settings.restAfterFailure, shouldStop) else { return }
            }
        }
    }

    private func tell(
        _ batch: CapturedBatch,
        _ progress: EventBackfill.Progress,
        _ redelivered: Int
    ) {
        report(
            .page(
                records: batch.records.count,
                redelivered: redelivered,
                rejected: batch.rejects.count
            )
        )
        for says in progress.says {
            switch says {
            case .through(let time): report(.complete(through: time))
            case .gap(let from, let to): report(.gap(from: from, to: to))
            }
        }
    }

    private func position() throws(CaptureError) -> BackfillPosition? {
        guard let text = try sink.position(of: Self.name) else { return nil }
        guard let position = BackfillPosition(text) else {
            throw CaptureError(
                "the kept position of the source `\(Self.name)` can't be read: it was written by "
                    + "another version; run that one, or remove the position to read 30 days anew",
                isPassing: false
            )
        }
        return position
    }
}
