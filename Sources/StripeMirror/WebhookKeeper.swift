package import BillingModel
import Dispatch
package import MirrorLog
import Synchronization

/// Keeps deliveries, many at a time: while one batch becomes durable, those that come wait, and are then
/// kept as one.
///
/// So a store that takes ten milliseconds to be durable still takes thousands a second. An answer is
/// given once the batch of its delivery is durable, and not before.
///
/// A class because many deliveries share its queue. What changes is behind a lock; the reader is used on
/// the queue alone, which runs one block at a time.
package final class WebhookKeeper: Sendable {
    private let sink: any CaptureSink
    private let line: EventLine
    private let limits: Limits
    private let queue = DispatchQueue(label: "stripe.webhooks")
    private let waiting = Mutex(Waiting())
    private let counts = Mutex(Tally())

    /// How much may wait.
    package struct Limits: Hashable, Sendable {
        /// How many deliveries are kept in one batch at most.
        package var batchMax = 512
        /// How many deliveries may wait at most; further ones are to be sent again.
        package var waitingMax = 8192
        /// How many bytes they may have together.
        package var bytesMax = 256 << 20

        /// The usual limits.
        package init() {}
    }

    /// What came of deliveries so far.
    package struct Tally: Hashable, Sendable {
        /// Records that were new or came again.
        package var records = 0
        /// Of these, those that the sink had already.
        package var redelivered = 0
        /// What could not be read, and is kept as such.
        package var rejected = 0
        /// Deliveries that could not be kept, and are to be sent again.
        package var unavailable = 0
        /// Batches.
        package var batches = 0
        /// Whether the last batch could be kept.
        package var isKeeping = true
    }

    private struct Waiting {
        var deliveries: [Delivery] = []
        var bytes = 0
    }

    private struct Delivery {
        var body: [UInt8]
        var seen: Instant
        var answer: @Sendable (WebhookAnswer) -> Void
    }

    /// Keeps into a sink.
    ///
    /// - Parameters:
    ///   - sink: What keeps.
    ///   - line: How lines are made of events.
    ///   - limits: How much may wait.
    package init(sink: any CaptureSink, line: EventLine, limits: Limits = Limits()) {
        self.sink = sink
        self.line = line
        self.limits = limits
    }

    /// What came of deliveries so far.
    package var tally: Tally { counts.withLock { $0 } }

    /// Keeps a delivery that is believed.
    ///
    /// - Parameters:
    ///   - body: The body as it came.
    ///   - seen: When it came.
    ///   - answer: Called once, with what to answer, from another thread.
    package func keep(
        _ body: [UInt8],
        seen: Instant,
        _ answer: @escaping @Sendable (WebhookAnswer) -> Void
    ) {
        let delivery = Delivery(body: body, seen: seen, answer: answer)
        let hasRoom = waiting.withLock { waiting in
            guard waiting.deliveries.count < limits.waitingMax,
                body.count <= limits.bytesMax - waiting.bytes
            else { return false }
            waiting.deliveries.append(delivery)
            waiting.bytes += body.count
            return true
        }
        guard hasRoom else {
            counts.withLock { $0.unavailable += 1 }
            return answer(Self.unavailable("too many deliveries wait to be kept"))
        }
        queue.async { self.keepWaiting() }
    }

    private func keepWaiting() {
        let deliveries = waiting.withLock { waiting in
            let taken = Array(waiting.deliveries.prefix(limits.batchMax))
            waiting.deliveries.removeFirst(taken.count)
            waiting.bytes -= taken.reduce(0) { $0 + $1.body.count }
            return taken
        }
        guard !deliveries.isEmpty else { return }  // An earlier block has kept them.
        var batch = CapturedBatch(source: Self.source)
        var answers: [WebhookAnswer] = []
        do throws(RecordError) {
            let reader = try RecordReader()
            let scanner = try JSONScanner()
            for delivery in deliveries {
                answers.append(add(delivery, to: &batch, reader, scanner))
            }
        } catch {
            return refuse(deliveries, "memory is short")
        }
        do throws(CaptureError) {
            let redelivered = try sink.keep(batch)
            count(batch, redelivered)
            for (delivery, answer) in zip(deliveries, answers) { delivery.answer(answer) }
        } catch {
            refuse(deliveries, error.description)
        }
    }

    /// The name that the tap's records are counted under; it has no position.
    package static let source = "stripe webhooks"

    /// Adds what a delivery holds to the batch, and says what to answer once it is durable.
    private func add(
        _ delivery: Delivery,
        to batch: inout CapturedBatch,
        _ reader: borrowing RecordReader,
        _ scanner: JSONScanner
    ) -> WebhookAnswer {
        var problem: String?
        do throws(RecordError) {
            for content in try EventEnvelope.open(delivery.body, scanner) {
                switch captured(content, delivery.seen, reader) {
                case .record(let record): batch.records.append(record)
                case .reject(let reject):
                    problem = problem ?? reject.reason
                    batch.rejects.append(reject)
                }
            }
        } catch {
            problem = error.reason
            batch.rejects.append(
                CaptureReject(place: Self.source, reason: error.reason, content: delivery.body)
            )
        }
        // To send again what can't be read would not help, so that is 200 as well, once it is kept.
        guard let problem else { return Self.kept }
        let words = "kept, but not read: \(problem)"
        return WebhookAnswer(status: .kept, words: words, name: "rejected")
    }

    private func captured(
        _ content: EventEnvelope.Content,
        _ seen: Instant,
        _ reader: borrowing RecordReader
    ) -> EventLine.Captured {
        switch content {
        case .event(let event):
            return line.capture(event, seen: seen, place: Self.source, reader)
        case .rejected(let reason, let value):
            let id = RawJSON.string(RawJSON.member("id", of: value))
            let place = id.map { "stripe:\($0)" } ?? Self.source
            return .reject(CaptureReject(place: place, reason: reason, content: Array(value)))
        }
    }

    private func refuse(_ deliveries: [Delivery], _ why: String) {
        counts.withLock { counts in
            counts.unavailable += deliveries.count
            counts.isKeeping = false
        }
        for delivery in deliveries { delivery.answer(Self.unavailable(why)) }
    }

    private func count(_ batch: CapturedBatch, _ redelivered: Int) {
        counts.withLock { counts in
            counts.records += batch.records.count
            counts.redelivered += redelivered
            counts.rejected += batch.rejects.count
            counts.batches += 1
            counts.isKeeping = true
        }
    }

    private static let kept = WebhookAnswer(status: .kept, words: "", name: "kept")

    private static func unavailable(_ why: String) -> WebhookAnswer {
        WebhookAnswer(
            status: .unavailable,
            words: "it can't be kept now: \(why)",
            name: "unavailable"
        )
    }
}
